"""Two people at once, where something is protected, sent all the same, or entered as a breach."""

from __future__ import annotations

from functools import partial

import pytest

from agencies import deciding
from agencies.deciding import Decision
from agencies.models import Membership
from records import operations as records
from records.models import ProtectedDetail
from sharing.models import Breach, Exchange, GuardDecision, Obligation
from sharing.operations import breach, check_back, disclosure, misdirected
from sharing.operations.guarding import ProtectedDetailFound
from sharing.states import State
from tests import factories
from tests.factories import HANDLED
from tests.guard.steps import HOUSE, all_the_same, concern_saying, leaking, protect, stopped
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_what_is_protected_while_it_is_being_sent_either_stops_it_or_came_too_late() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        concern = concern_saying(w, "We drove her to 14 Mill Lane.")
        exchange = factories.prepared(w, concern)
        person, at = factories.main_person(concern), w.clock()
        outcome = at_once(
            partial(disclosure.send, exchange, by=w.priya, at=at),
            partial(
                records.protect_detail, person, by=w.school.colleague, at=at, kind="ADDRESS", value=HOUSE,
                kept_from="EVERYBODY", why="Father must not find them.",
            ),
        )  # fmt: skip
        assert not outcome.errors, outcome.errors
        was_sent = Exchange.objects.get(pk=exchange.pk).sent_at is not None
        assert was_sent == (0 in outcome.won)
        if not was_sent:
            assert isinstance(outcome.refusals[0], ProtectedDetailFound)
        # Where it was sent first, whoever was told hears that the address is protected.
        told = Exchange.objects.filter(kind="CORRECTION", cycle__concern=concern).exists()
        assert told == was_sent


def test_it_is_sent_all_the_same_once_with_one_decision() -> None:
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        exchange = leaking(w)
        decision = all_the_same(stopped(w, exchange))

        def send(by: Membership, exchange: Exchange = exchange, decision: Decision = decision) -> None:
            with deciding.deciding(decision):
                disclosure.send(exchange, by=by, at=w.clock())

        assert at_once(partial(send, w.priya), partial(send, w.school.colleague)).one_won_one_was_told
        assert GuardDecision.objects.filter(exchange=exchange).count() == 1


def test_the_same_detail_is_protected_once() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        person = factories.child(w)
        acts = [partial(protect, w, person, by=one) for one in (w.priya, w.school.colleague)]
        assert at_once(*acts).one_won_one_was_told
        assert ProtectedDetail.objects.filter(person=person).count() == 1


def test_breaches_of_one_agency_have_a_number_each() -> None:
    w = factories.make_world()
    handled = {**HANDLED, "is_breach": True, "breach_why": "It names a child."}
    for number in range(ROUNDS):
        incidents = [factories.misdirected(w), factories.misdirected(w)]
        at = w.clock()
        outcome = at_once(
            *(partial(misdirected.handle_incident, one, by=w.priya, at=at, **handled) for one in incidents)
        )
        assert not outcome.errors, outcome.errors
        assert len(outcome.won) == 2
        assert sorted(Breach.objects.values_list("number", flat=True)) == list(range(1, 2 * number + 3))


def test_the_sender_and_the_recipient_say_at_once_that_it_is_not_theirs() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(w, State.RECEIVED)
        at = w.clock()
        assert at_once(
            partial(misdirected.report_misdirected, exchange, by=w.priya, at=at, note="The wrong line."),
            partial(check_back.not_mine, exchange, by=w.tom, at=at),
        ).one_won_one_was_told
        assert Obligation.objects.filter(kind="INCIDENT", reference=exchange.reference).count() == 1


def test_a_breach_is_closed_or_decided_anew_and_not_both() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        found = factories.breach(w)
        for about in ("ICO", "PERSON"):
            breach.decide(found, by=w.school.lead, at=w.clock(), about=about, answer=False, why="No risk.")
        at = w.clock()
        outcome = at_once(
            partial(
                breach.close, found, by=w.school.lead, at=at, how_told="", what_was_learned="Look twice."
            ),
            partial(
                breach.decide, found, by=w.school.lead, at=at, about="PERSON", answer=True, why="Now a risk."
            ),
        )
        assert outcome.one_won_one_was_told
