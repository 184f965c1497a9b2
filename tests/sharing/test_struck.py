"""What was struck through after it was shared: everyone who was given it is told that it no longer stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from agencies.refusals import Refused
from records import operations as records
from records.models import Concern
from sharing.models import ActionFlag, Correction, ProposedCorrection
from sharing.operations import disclosure, meeting_minutes
from sharing.states import ActionState, State
from tests import correcting, factories, meeting_cases
from tests.correcting import concern_of, told_of
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db

WHY: dict[str, Any] = {"reason": "WRONG_PERSON", "why": "The note was about another child in his class."}
GONE = "This no longer stands. It is about somebody else. The note was about another child in his class."


def strike(w: World, concern: Concern, *, number: int = 1, by: Membership | None = None) -> Correction:
    row = correcting.statement(concern, number)
    struck = records.strike_statement(row, by=by or w.priya, at=w.clock(), **WHY)
    return Correction.objects.get(statement=struck.statement, kind="STATEMENT_STRUCK")


def page(browser: Client, name: str, *args: Any) -> str:
    answer = browser.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_everyone_who_was_given_it_is_told_and_says_it_back(world: World) -> None:
    concern = factories.at_share(world)
    to_tom = factories.understood(world, factories.sent(world, concern))
    to_amara = factories.sent(world, concern, listener=world.amara)
    correction = strike(world, concern)
    for exchange in (to_tom, to_amara):
        sent = told_of(correction, exchange)
        item = sent.items.get()
        assert (item.text, item.is_key) == (GONE, True)
        assert item.corrects == exchange.items.get(statement__number=1)
    assert correcting.understood(world, told_of(correction, to_tom)).understood_at is not None


def test_nobody_is_told_of_what_nobody_was_given(world: World) -> None:
    correction = strike(world, factories.concern_at(world, "ASK"))
    assert not correction.recipients.exists()


def test_a_correction_that_is_not_said_back_yet_is_overtaken(world: World) -> None:
    exchange, first, told = correcting.corrected(world)
    second = strike(world, concern_of(exchange))
    assert first.statement == second.statement
    assert factories.again(told).superseded_by == told_of(second, exchange)


def test_it_cannot_be_chosen_for_a_disclosure(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    concern = concern_of(exchange)
    strike(world, concern)
    with pytest.raises(disclosure.NotReady, match="struck through since you chose"):
        disclosure.send(exchange, by=world.priya, at=world.clock())
    assert 1 not in {one.number for one in disclosure.current_statements(exchange.cycle)}
    with pytest.raises(Refused, match="struck through, while you were choosing"):
        disclosure.choose_items(
            exchange, by=world.priya, at=world.clock(), share=[1], key=[1], held_back={},
            why_you="You are on duty.", what_i_ask="Visit today.", urgency="HIGH",
        )  # fmt: skip


def test_actions_that_rest_on_it_are_to_be_looked_at_again(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    correction = strike(world, concern_of(action))
    assert ActionFlag.objects.get(action=action).correction == correction


def test_a_proposal_to_correct_it_is_answered_by_it(world: World) -> None:
    proposal = correcting.proposed(world)
    carried = proposal.item.statement
    assert carried is not None
    correction = strike(world, concern_of(proposal.exchange), number=carried.number)
    proposal = ProposedCorrection.objects.get(pk=proposal.pk)
    assert (proposal.answer, proposal.correction) == ("CORRECTED", correction)


def test_a_statement_brought_to_a_meeting_is_left_out_of_the_minutes(world: World) -> None:
    meeting = meeting_cases.ready(world)
    concern = meeting.cycle.concern
    for_whom = [meeting_cases.place(meeting, world.tom).pk]
    meeting_minutes.bring(
        meeting, by=world.priya, at=world.clock(), brought_by=meeting_cases.place(meeting, world.priya).pk,
        kind="", text="", statement=correcting.statement(concern), for_whom=for_whom,
    )  # fmt: skip
    strike(world, concern)
    meeting_cases.issued(world, meeting)
    assert not meeting_cases.copy_of(meeting, world.tom).items.filter(statement__isnull=False).exists()


# --- The pages --------------------------------------------------------------------------------------


def test_the_listener_reads_it_struck_through_in_what_they_were_told(
    world: World, signed_in: SignedIn
) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    correction = strike(world, concern_of(exchange))
    assert "has changed" in page(signed_in(world.tom), "exchange", exchange.reference)
    factories.received(world, told_of(correction, exchange))
    shown = page(signed_in(world.tom), "exchange", exchange.reference)
    assert "Struck through" in shown
    assert GONE in shown
    assert GONE in page(signed_in(world.tom), "exchange", told_of(correction, exchange).reference)


def test_the_concern_shows_it_struck_through_with_who_and_why(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    correction = strike(world, concern)
    for name, argument in (
        ("concern", concern.reference),
        ("corrections", concern.reference),
        ("correction", correction.reference),
    ):
        shown = page(signed_in(world.priya), name, argument)
        assert "Struck through: it no longer counts" in shown
        assert WHY["why"] in shown
    assert "S1 was struck through" in page(signed_in(world.priya), "corrections", concern.reference)


def test_before_it_is_struck_through_the_page_says_who_was_told(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    shown = page(signed_in(world.priya), "concern-statement-strike", concern_of(exchange).reference, 1)
    assert "Who has been told already" in shown
    assert exchange.reference in shown
    assert "It cannot be brought back" in shown


def test_an_opinion_that_rests_on_it_says_so(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, "ASK")
    strike(world, concern)
    shown = page(signed_in(world.priya), "concern", concern.reference)
    if concern.statements.filter(kind="OPINION").exists():
        assert "which was struck through since" in shown
