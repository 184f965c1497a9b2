"""Several agencies act on one concern, and none reaches what the others did."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from sharing.models import Action, Disagreement
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def test_listeners_of_two_agencies_each_disagree_and_propose_an_action(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.at_share(world)
    told = [
        factories.understood(world, factories.sent(world, concern, listener=one))
        for one in (world.tom, world.amara)
    ]
    for exchange in told:
        client, here = signed_in(exchange.listener), f"/exchanges/{exchange.reference}/"
        send(client, f"{here}disagree/", about="RISK", position="Lower than that.")
        send(
            client, f"{here}actions/new/", what="Ring the nurse.", owner=str(world.priya.pk),
            by_when="2 working days", contingency="He is not at school.",
        )  # fmt: skip
    numbers = {
        model: sorted(model.objects.values_list("reference", flat=True)) for model in (Disagreement, Action)
    }
    assert numbers == {
        Disagreement: [f"{concern.reference}-D{n}" for n in (1, 2)],
        Action: [f"{concern.reference}-A{n}" for n in (1, 2)],
    }


def send(client: Client, path: str, **fields: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    version = page.context["form"].shown_version
    sent = client.post(path, {"form_id": str(uuid4()), "version": version or "", **fields})
    assert sent.status_code == 302, sent.text
