"""The page of a concern: who may see it, what it says, and what moving it does and does not do."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from agencies.models import Membership
from sharing.models import Stage
from tests import factories
from tests.factories import World

PAGES = ("", "start/", "move/to-do/", "timeline/", "ask/", "worry-now/", "ask/people/", "ask/people/by-hand/",
         "ask/assumptions/add/", "ask/assumptions/1/", "ask/enquiry/", "ask/advice/")  # fmt: skip


def signed_in(member: Membership) -> Client:
    """Sign in with a role chosen, past the second factor."""
    client = Client()
    client.force_login(member.user)
    session = client.session
    session["hat"] = str(member.pk)
    session.save()
    return client


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.MFA_REQUIRED = False


def posted(client: Client, address: str, **answers: Any) -> Any:
    return client.post(address, {"form_id": str(uuid.uuid4()), **answers})


def test_the_page_says_where_the_concern_is_and_what_is_missing(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    page = signed_in(world.priya).get(f"/concerns/{concern.reference}/")
    assert page.status_code == 200
    text = page.content.decode()
    for words in (
        "Leo Marsh",
        "Nobody is listed as working with them.",
        "Priya Nair",
        "This opinion rests on",
        "999",
    ):
        assert words in text
