"""Whoever answers a request goes from piece to piece, and not back to the list after each."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sharing.models import AccessPiece
from tests import answering
from tests.answering import again, gathered, pieces
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def here(piece: AccessPiece) -> str:
    return reverse("subject-access-piece", args=[piece.request.reference, piece.pk])


def decides(client: Client, piece: AccessPiece, **answers: str) -> str:
    """Decide on a piece and return where that leads."""
    answered = client.post(
        here(piece), {"form_id": str(uuid4()), "version": again(piece.request).version, **answers}
    )
    assert answered.status_code == 302, answered.text
    return answered.headers["Location"]


def test_the_next_piece_follows_a_decision_and_the_request_the_last(
    world: World, signed_in: SignedIn
) -> None:
    request = gathered(world)
    every = pieces(request)
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.lead)
        second, *rest, last = every[1:]
        assert decides(client, last, answer="DISCLOSE") == here(every[0])
        assert decides(client, second, answer="HOLD", ground="NOT_THEIRS", why="His own.") == here(rest[0])
        for piece, following in zip(rest, [*rest[1:], every[0]], strict=True):
            assert decides(client, piece, answer="DISCLOSE") == here(following)
        found = reverse("subject-access-request", args=[request.reference])
        assert decides(client, every[0], answer="DISCLOSE") == found


def test_where_parts_are_held_back_what_is_left_comes_first_and_leads_on(
    world: World, signed_in: SignedIn
) -> None:
    piece, other = pieces(gathered(world))[:2]
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.lead)
        asked = client.get(here(piece)).context["form"].fields["held"].choices
        answers = {"answer": "PART", "held": asked[0][0], "ground": "THIRD_PARTY", "why": "His sister."}
        assert decides(client, piece, **answers) == here(piece)
        page = client.get(here(piece)).text
    assert "held back: part of this" in page
    assert f"{len(pieces(piece.request)) - 1} other pieces are still to be decided." in page
    assert f'href="{here(other)}">Read the next piece' in page


def test_nothing_is_said_of_others_where_all_are_decided(world: World, signed_in: SignedIn) -> None:
    request = answering.decided(world)
    piece = pieces(request)[0]
    with time_machine.travel(world.clock(), tick=False):
        assert "still to be decided" not in signed_in(world.school.lead).get(here(piece)).text
