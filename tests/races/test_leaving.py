"""Handing over and leaving while others act: nothing is left without an owner, nothing is done twice."""

from __future__ import annotations

from functools import partial

import pytest

from agencies.models import Membership
from sharing import open_work
from sharing.models import Exchange, Handover
from sharing.operations import check_back, disclosure, handover
from sharing.operations.leaving import leave
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def to_anna(w: World, exchange: Exchange, *, leaver: Membership, by: Membership) -> partial[Handover]:
    """Hand over somebody's part to Anna."""
    concern, anna = exchange.cycle.concern, w.school.colleague
    return partial(handover.hand_over, concern, leaver=leaver, successor=anna, by=by, at=w.clock())


def newcomer(w: World, number: int) -> Membership:
    """Somebody new at social care, who has nothing open."""
    return factories.member(w.care.agency, f"Newcomer {number}")


def test_two_leads_hand_over_the_same_concern() -> None:
    w = factories.make_world()
    other = factories.member(w.school.agency, "Otis Other", "lead")
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(w, State.RESTATED)
        outcome = at_once(*(to_anna(w, exchange, leaver=w.priya, by=by) for by in (w.school.lead, other)))
        assert outcome.one_won_one_was_told
        assert Handover.objects.filter(concern=exchange.cycle.concern).count() == 1


def test_a_hand_over_and_a_new_exchange_to_the_leaver() -> None:
    """Whichever comes first, what was sent is the successor's once they have taken over."""
    w = factories.make_world()
    for number in range(ROUNDS):
        leaver = newcomer(w, number)
        concern = factories.at_share(w)
        factories.sent(w, concern, listener=leaver)
        new = factories.prepared(w, concern, listener=leaver)
        outcome = at_once(
            partial(
                handover.hand_over,
                concern,
                leaver=leaver,
                successor=w.care.colleague,
                by=w.care.lead,
                at=w.clock(),
            ),
            partial(disclosure.send, new, by=w.priya, at=w.clock(), meant=leaver.pk),
        )
        assert not outcome.errors, outcome.errors
        assert len(outcome.won) == 2
        row = Handover.objects.get(leaver=leaver)
        assert row.exchange is not None
        factories.understood(w, row.exchange)
        assert open_work.parts_of(leaver) == []
        passed = factories.again(new).superseded_by
        assert passed is not None
        assert passed.listener == w.care.colleague


def test_a_role_that_ends_and_something_that_is_sent_to_it() -> None:
    """One is refused: nothing is sent to somebody who has gone, and nobody goes with open work."""
    w = factories.make_world()
    for number in range(ROUNDS):
        leaver = newcomer(w, number)
        exchange = factories.prepared(w, factories.at_share(w), listener=leaver)
        outcome = at_once(
            partial(leave, leaver, by=w.care.administrator, at=w.clock()),
            partial(disclosure.send, exchange, by=w.priya, at=w.clock()),
        )
        assert outcome.one_won_one_was_told
        gone = Membership.objects.get(pk=leaver.pk).ended_at is not None
        assert gone == (factories.again(exchange).sent_at is None)


def test_a_hand_over_that_is_confirmed_and_the_leaver_who_still_checks() -> None:
    """The leaver checks before it passes on, or is told that it has."""
    w = factories.make_world()
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(w, State.RESTATED)
        row = to_anna(w, exchange, leaver=w.priya, by=w.school.lead)()
        assert row.exchange is not None
        handed = factories.restated(w, factories.received(w, row.exchange))
        outcome = at_once(
            *(
                partial(
                    check_back.check,
                    one,
                    by=by,
                    at=w.clock(),
                    outcome="CONFIRMED",
                    verdicts=factories.verdicts(one),
                )
                for one, by in ((handed, w.school.lead), (exchange, w.priya))
            )
        )
        assert not outcome.errors, outcome.errors
        assert 0 in outcome.won
        assert factories.again(exchange).speaker == w.school.colleague


def test_leaving_and_being_handed_over_at_once() -> None:
    """The role ends with a successor named, or not at all."""
    w = factories.make_world()
    for number in range(ROUNDS):
        leaver = factories.member(w.school.agency, f"Leaver {number}")
        concern = factories.logged(w, by=leaver)
        factories.move(w, concern, "start-at-ask")
        question = factories.enquiry(w, concern)
        outcome = at_once(
            partial(leave, leaver, by=w.school.administrator, at=w.clock()),
            to_anna(w, factories.answered(w, question), leaver=leaver, by=w.school.lead),
        )
        assert not outcome.errors, outcome.errors
        assert 1 in outcome.won
        if 0 in outcome.won:
            assert open_work.uncovered(leaver) == {}
