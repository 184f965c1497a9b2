"""A fact changes at the very moment at which it is sent, said back, handed over or corrected again."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from agencies.models import Membership
from consent import operations as consent
from records import operations as records
from records.models import Concern, Statement
from sharing.models import ActionFlag, Correction, CorrectionTo, Exchange
from sharing.operations import check_back, disclosure, flags, handover, proposals
from sharing.states import State
from tests import correcting, factories
from tests.correcting import NEW, NEWER, WHY, concern_of
from tests.factories import OWN_WORDS, World, make_world
from tests.races.two import Outcome, at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def world() -> World:
    return make_world(deputies=True)


def amending(
    w: World, concern: Concern, *, text: str = NEW, by: Membership | None = None
) -> partial[Statement]:
    row = correcting.statement(concern)
    return partial(records.amend_statement, row, why=WHY, by=by or w.priya, at=w.clock(), text=text)


def no_faults(outcome: Outcome) -> None:
    if outcome.errors:
        raise outcome.errors[0]


def nobody_is_left_with_the_old(concern: Concern) -> None:
    """Whoever was sent the statement was sent its newest version, or a correction."""
    newest = correcting.statement(concern)
    given = Exchange.objects.filter(cycle__concern=concern, kind="DISCLOSURE", sent_at__isnull=False)
    for exchange in given.filter(superseded_by=None):
        has_newest = exchange.items.filter(statement=newest).exists()
        told = CorrectionTo.objects.filter(about=exchange, correction__statement=newest).exists()
        assert has_newest != told


def test_amending_while_it_is_sent_leaves_nobody_with_the_old(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.PREPARED)
        concern = concern_of(exchange)
        outcome = at_once(
            partial(disclosure.send, exchange, by=world.priya, at=world.clock()), amending(world, concern)
        )
        no_faults(outcome)
        assert 1 in outcome.won
        nobody_is_left_with_the_old(concern)
        assert factories.again(exchange).is_sent == (0 in outcome.won)


def test_amending_while_the_old_is_said_back_tells_of_it_whichever_is_first(
    world: World,
) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.RECEIVED)
        concern = concern_of(exchange)
        outcome = at_once(
            partial(
                check_back.restate, exchange, by=world.tom, at=world.clock(),
                seen_version=exchange.version, **OWN_WORDS,
            ),
            amending(world, concern),
        )  # fmt: skip
        no_faults(outcome)
        assert 1 in outcome.won
        nobody_is_left_with_the_old(concern)
        assert exchange.rounds.exists() == (0 in outcome.won)


def test_amending_while_the_old_is_confirmed(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.RESTATED)
        concern = concern_of(exchange)
        outcome = at_once(
            partial(
                check_back.check, exchange, by=world.priya, at=world.clock(), outcome="CONFIRMED",
                verdicts=factories.verdicts(exchange), seen_version=exchange.version,
            ),
            amending(world, concern, by=world.school.colleague),
        )  # fmt: skip
        no_faults(outcome)
        assert 1 in outcome.won
        nobody_is_left_with_the_old(concern)
        assert (factories.again(exchange).understood_at is not None) == (0 in outcome.won)


def test_two_corrections_at_once_are_one_and_the_other_is_told(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        concern = concern_of(exchange)
        outcome = at_once(
            amending(world, concern), amending(world, concern, text=NEWER, by=world.school.colleague)
        )
        assert outcome.one_won_one_was_told
        assert Correction.objects.filter(concern=concern).count() == 1


def test_amending_while_a_correction_is_said_back_ends_with_one_open_correction(world: World) -> None:
    for _ in range(ROUNDS):
        exchange, _, sent = correcting.corrected(world)
        sent = factories.received(world, sent)
        concern = concern_of(exchange)
        outcome = at_once(
            partial(
                check_back.restate, sent, by=world.tom, at=world.clock(), seen_version=sent.version,
                **correcting.HEARD,
            ),
            amending(world, concern, text=NEWER),
        )  # fmt: skip
        no_faults(outcome)
        assert Exchange.objects.open().filter(cycle__concern=concern, kind="CORRECTION").count() == 1


def test_amending_while_it_is_handed_over_tells_the_successor(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.RECEIVED)
        concern = concern_of(exchange)
        hand_over = partial(
            handover.hand_over, concern, leaver=world.tom, successor=world.care.colleague, by=world.tom,
            at=world.clock(),
        )  # fmt: skip
        outcome = at_once(hand_over, amending(world, concern))
        no_faults(outcome)
        open_ones = Exchange.objects.open().filter(cycle__concern=concern, kind="CORRECTION")
        assert open_ones.count() == 1


def test_taking_back_agreement_while_it_is_sent_leaves_nobody_untold(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.PREPARED)
        concern = concern_of(exchange)
        person, at = factories.main_person(concern), world.clock()
        withdraw = partial(
            consent.record_view, concern, person, answer="WITHDRAWN", capacity="NOT_COMPETENT",
            asked_at=at, by=world.priya, at=at,
        )  # fmt: skip
        outcome = at_once(partial(disclosure.send, exchange, by=world.priya, at=world.clock()), withdraw)
        no_faults(outcome)
        told = CorrectionTo.objects.filter(about=exchange, exchange__isnull=False).exists()
        assert told == (0 in outcome.won)


def test_protecting_an_address_and_amending_never_wait_for_each_other(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        concern = concern_of(exchange)
        person = factories.main_person(concern)
        protect = partial(
            records.change_person, person, by=world.priya, at=world.clock(), address_is_protected=True
        )
        outcome = at_once(protect, amending(world, concern))
        no_faults(outcome)
        assert sorted(outcome.won) == [0, 1]
        assert Exchange.objects.open().filter(cycle__concern=concern, kind="CORRECTION").count() == 2


def test_both_sides_look_again_at_once_and_one_answer_stands(world: World) -> None:
    for _ in range(ROUNDS):
        action = correcting.flagged(world)
        said: dict[str, Any] = {"answer": "STILL_RIGHT", "why": "The side changes nothing."}
        outcome = at_once(
            partial(flags.look_again, action, by=world.tom, at=world.clock(), **said),
            partial(flags.look_again, action, by=world.priya, at=world.clock(), **said),
        )
        assert outcome.one_won_one_was_told
        assert ActionFlag.objects.filter(action=action, answer="STILL_RIGHT").count() == 1


def test_correcting_and_saying_why_not_at_once_answers_a_proposal_once(world: World) -> None:
    for _ in range(ROUNDS):
        row = correcting.proposed(world)
        outcome = at_once(
            partial(proposals.keep_as_said, row, by=world.priya, at=world.clock(), why="Two saw it."),
            amending(world, concern_of(row.exchange), by=world.school.colleague),
        )
        no_faults(outcome)
        assert 1 in outcome.won
        row.refresh_from_db()
        assert row.answer == ("KEPT" if 0 in outcome.won else "CORRECTED")
