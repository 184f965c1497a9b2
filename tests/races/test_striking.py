"""A statement is struck through at the very moment at which it is sent, corrected or struck through."""

from __future__ import annotations

from functools import partial

import pytest

from agencies.models import Membership
from agencies.refusals import OutOfDate, Refused
from records import operations as records
from records.models import ChronologyEntry, Concern, Strike
from records.striking import StruckAlready
from sharing.models import CorrectionTo, Exchange
from sharing.operations import disclosure
from sharing.states import State
from tests import correcting, factories
from tests.correcting import NEW, WHY, concern_of
from tests.factories import World, make_world
from tests.races.two import Outcome, at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.fixture
def world() -> World:
    return make_world(deputies=True)


def striking(w: World, concern: Concern, *, by: Membership | None = None) -> partial[Strike]:
    row = correcting.statement(concern)
    return partial(
        records.strike_statement, row, reason="TWICE", why="It is S3.", by=by or w.priya, at=w.clock()
    )


def refusals(outcome: Outcome) -> set[type[Refused]]:
    """Say which refusals there were; anything else that went wrong fails the test."""
    if outcome.errors:
        raise outcome.errors[0]
    return {type(refused) for refused in outcome.refusals.values()}


def test_two_who_strike_it_through_at_once_strike_it_through_once(world: World) -> None:
    for _ in range(ROUNDS):
        concern = concern_of(factories.exchange_at(world, State.UNDERSTOOD))
        outcome = at_once(striking(world, concern), striking(world, concern, by=world.school.lead))
        assert refusals(outcome) == {StruckAlready}
        assert Strike.objects.filter(statement__concern=concern).count() == 1
        assert CorrectionTo.objects.filter(correction__concern=concern).count() == 1


def test_whoever_is_sent_it_at_that_moment_is_told_that_it_no_longer_stands(world: World) -> None:
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(world, State.PREPARED)
        concern = concern_of(exchange)
        outcome = at_once(
            partial(disclosure.send, exchange, by=world.priya, at=world.clock()), striking(world, concern)
        )
        told = refusals(outcome)
        sent = Exchange.objects.get(pk=exchange.pk).sent_at is not None
        assert told == (set() if sent else {disclosure.NotReady})
        assert CorrectionTo.objects.filter(about=exchange).exists() == sent


def test_it_is_corrected_or_struck_through_first_and_the_other_is_told(world: World) -> None:
    for _ in range(ROUNDS):
        concern = concern_of(factories.exchange_at(world, State.UNDERSTOOD))
        row = correcting.statement(concern)
        amend = partial(records.amend_statement, row, why=WHY, by=world.priya, at=world.clock(), text=NEW)
        outcome = at_once(amend, striking(world, concern))
        assert refusals(outcome) <= {OutOfDate, StruckAlready}
        assert outcome.one_won_one_was_told


def test_two_files_that_say_the_same_at_once_add_it_once(world: World) -> None:
    child = factories.child(world)
    for number in range(ROUNDS):
        add = partial(
            records.add_entry, child, by=world.priya, at=world.clock(), happened_at=factories.LONG_AGO,
            precision="DAY", kind="EVENT", text=f"Event {number}.", source="Old file",
        )  # fmt: skip
        at_once(add, add)
    found = ChronologyEntry.objects.filter(person=child).order_by("number")
    assert [one.number for one in found] == list(range(1, ROUNDS + 1))
