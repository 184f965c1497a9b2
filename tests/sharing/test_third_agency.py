"""Somebody of neither agency answers at the top of a ladder: they see the disagreement, not the exchange."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from agencies import scope
from agencies.models import Membership
from sharing.models import Action, ActionReport, Disagreement, Exchange, Item, Obligation, Outcome, Round
from sharing.operations import differ, ladder
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.reaching import reach
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


DECIDED = {
    "what_was_decided": "They visit together on Thursday.",
    "why": "Neither has seen him at home.",
    "who_does_what": "Tom Ashdown books it.",
}


def not_done(world: World, action: Action) -> Disagreement:
    """Let the listener say that an action was not done, and the speaker answer."""
    row = differ.open_disagreement(
        action.exchange, by=world.tom, at=world.clock(), about="NOT_DONE", words="Nobody came.", action=action
    )
    differ.add_position(row, by=world.priya, at=world.clock(), words="He was not at home.")
    return factories.again(row)


def at_the_top(world: World, row: Disagreement) -> Disagreement:
    """Bring a disagreement to where the lead of the surgery answers for school and social care."""
    row = factories.held(world, factories.at_stage(world, 3, row))
    ladder.open_stage(
        row,
        by=world.priya,
        at=world.clock(),
        number=4,
        for_speaker=world.gp.lead,
        for_listener=world.gp.lead,
        why="Our managers do not agree either.",
    )
    return factories.held(world, factories.again(row), by=world.tom)


@pytest.fixture
def scrutinised(world: World) -> Disagreement:
    """A disagreement about something understood, at the top of its ladder."""
    return at_the_top(world, factories.disagreement(world))


def test_what_waits_for_them_opens(world: World, scrutinised: Disagreement, signed_in: SignedIn) -> None:
    client = signed_in(world.gp.lead)
    waiting = Obligation.objects.get(owner=world.gp.lead, settled_at=None)
    assert waiting.path in client.get("/").text
    page = client.get(waiting.path)
    assert page.status_code == 200
    assert "It is higher than that." in page.text
    assert "Lower than that." in page.text
    links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', page.text))
    assert {link for link in links if client.get(link, follow=True).status_code != 200} == set()


def test_they_are_told_which_action_was_not_done(world: World, signed_in: SignedIn) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    row = at_the_top(world, not_done(world, action))
    client = signed_in(world.gp.lead)
    page = client.get(f"/disagreements/{row.reference}/")
    assert action.what in page.text
    assert action.reference not in page.text
    assert client.get(f"/actions/{action.reference}/").status_code == 404


def test_they_read_nothing_of_the_exchange_it_is_about(
    world: World, scrutinised: Disagreement, signed_in: SignedIn
) -> None:
    client = signed_in(world.gp.lead)
    exchange = scrutinised.exchange
    page = client.get(f"/disagreements/{scrutinised.reference}/").text
    told = [item.text for item in exchange.items.all()]
    last = exchange.rounds.latest("number")
    assert told
    for words in (*told, exchange.why_you, exchange.what_i_ask, last.what_happened):
        assert words
        assert words not in page
    concern = exchange.cycle.concern.reference
    for path in (
        f"/exchanges/{exchange.reference}/",
        f"/concerns/{concern}/",
        f"/concerns/{concern}/timeline/",
    ):
        assert client.get(path).status_code == 404


def test_postgresql_gives_them_the_row_of_the_exchange_and_nothing_that_hangs_on_it(
    world: World, scrutinised: Disagreement
) -> None:
    exchange = scrutinised.exchange_id
    everything = (Exchange.objects.filter(pk=exchange), Item.objects.filter(exchange=exchange),
                  Round.objects.filter(exchange=exchange))  # fmt: skip
    assert all(rows.exists() for rows in everything)

    assert reached(everything, by=world.gp.lead) == [True, False, False]
    assert reached(everything, by=world.stranger.lead) == [False, False, False]
    assert reached(everything, by=world.tom) == [True, True, True]


def test_of_the_action_that_was_not_done_they_reach_no_report(world: World) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    row = not_done(world, action)
    everything = (Action.objects.filter(pk=action.pk), ActionReport.objects.filter(action=action))
    assert reached(everything, by=world.gp.lead) == [False, False]
    at_the_top(world, row)
    assert reached(everything, by=world.gp.lead) == [True, False]
    assert reached(everything, by=world.tom) == [True, True]


def reached(everything: Iterable[QuerySet[Any]], *, by: Membership) -> list[bool]:
    """Say of which queries somebody's page gets rows."""
    reach(connection, everything=False)
    try:
        scope.tell(by)
        return [rows.all().exists() for rows in everything]
    finally:
        reach(connection, everything=True)


def test_they_decide_both_sides_understand_it_and_one_closes_it(
    world: World, scrutinised: Disagreement, signed_in: SignedIn
) -> None:
    client = signed_in(world.gp.lead)
    here = f"/disagreements/{scrutinised.reference}/"
    answer = send(client, f"{here}outcome/", **DECIDED)
    assert answer.headers["Location"] == here
    written = Outcome.objects.get()
    assert written.by == world.gp.lead
    copies = list(written.exchanges.all())
    assert {copy.listener for copy in copies} == {world.priya, world.tom}
    for copy in copies:
        assert client.get(f"/exchanges/{copy.reference}/").status_code == 200
        factories.understood(world, copy)
    assert client.get(here).status_code == 200
    closed = send(signed_in(world.priya), f"{here}close/")
    assert closed.status_code == 302
    assert Disagreement.objects.get().settled_at is not None
    assert not Obligation.objects.filter(owner=world.gp.lead, settled_at=None).exists()


def test_what_they_decide_goes_to_whoever_took_over(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    row = at_the_top(world, factories.disagreement(world, exchange))
    factories.handed_over(world, exchange.cycle.concern, leaver=world.tom, successor=world.care.colleague)
    assert factories.again(exchange).superseded_by is not None
    here = f"/disagreements/{row.reference}/"
    assert send(signed_in(world.gp.lead), f"{here}outcome/", **DECIDED).headers["Location"] == here
    assert {copy.listener for copy in Outcome.objects.get().exchanges.all()} == {
        world.priya, world.care.colleague,
    }  # fmt: skip


@pytest.mark.parametrize("first", ["tom", "priya"])
def test_neither_side_closes_it_before_the_other_has_understood_the_outcome(
    world: World, scrutinised: Disagreement, signed_in: SignedIn, first: str
) -> None:
    who: Membership = getattr(world, first)
    written = factories.decided(world, scrutinised, by=world.gp.lead)
    factories.understood(world, written.exchanges.get(listener=who))
    client, here = signed_in(who), f"/disagreements/{scrutinised.reference}/"
    assert f"{here}close/" not in client.get(here).text
    refused = client.post(f"{here}close/", {"form_id": str(uuid4()), "version": ""})
    assert refused.status_code == 409
    assert Disagreement.objects.get().settled_at is None


def send(client: Client, path: str, **fields: str) -> Any:
    version = client.get(path).context["form"].shown_version
    return client.post(path, {"form_id": str(uuid4()), "version": version or "", **fields})
