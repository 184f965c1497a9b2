"""The page of an exchange, for each side by state and turn."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from sharing.models import Exchange
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.signing_in import give_second_factor

SEEN = "Four small round marks"
SAID = "He squeezed me because I was loud."
HELD_BACK = "In my view the marks look like gripping"


def as_(member: Membership) -> Client:
    """Sign somebody in, wearing that hat."""
    give_second_factor(member.user)
    client = Client()
    client.force_login(member.user)
    session = client.session
    session["hat"] = str(member.pk)
    session.save()
    return client


def at(page: str, exchange: Exchange) -> str:
    return reverse(page, args=[exchange.reference])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def post(member: Membership, page: str, exchange: Exchange, **words: Any) -> Any:
    """Post a page's form as somebody who has just opened it, unless a version is given."""
    exchange.refresh_from_db()
    return as_(member).post(at(page, exchange), filled(exchange, **words))


def filled(exchange: Exchange, **words: Any) -> dict[str, Any]:
    return {"form_id": str(uuid.uuid4()), "version": exchange.version, **words}


def test_listener_sees_reference_sender_and_time_limit_before_opening(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    response = as_(world.tom).get(at("exchange", exchange))
    page = text(response)
    assert response.status_code == 200
    assert exchange.reference in page
    assert "Priya Nair" in page
    assert "To be understood" in page
    assert SEEN not in page
    assert "Leo" not in page
    exchange.refresh_from_db()
    assert exchange.opened_at is None


def test_opening_by_post_shows_the_content_and_is_written_down_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    assert post(world.tom, "exchange", exchange).status_code == 302
    exchange.refresh_from_db()
    assert exchange.opened_at is not None
    page = text(as_(world.tom).get(at("exchange", exchange)))
    assert SEEN in page
    assert SAID in page
    assert HELD_BACK not in page
