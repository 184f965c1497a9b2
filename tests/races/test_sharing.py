"""Each operation of sharing that two people could race on: one wins, one is told, one event, one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from audit.models import Event
from consent import operations as consent
from consent.models import View
from notifications.models import Message
from sharing.models import Exchange, Stage
from sharing.operations import differ, disclosure
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.races.pairs import actions, concerns, disagreements, exchanges
from tests.races.two import Pair, at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
PAIRS = {**exchanges.PAIRS, **actions.PAIRS, **concerns.PAIRS, **disagreements.PAIRS}
# How many events the winner writes: one, but of these.
EVENTS = {**concerns.EVENTS, **disagreements.EVENTS}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_one_wins_and_one_is_told(pair: Callable[[World], Pair]) -> None:
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        acts = pair(w)
        last = Event.objects.latest("id").pk
        messages = Message.objects.count()
        outcome = at_once(*acts)
        assert outcome.one_won_one_was_told, (outcome.won, outcome.refusals)
        winner = outcome.won[0]
        assert Event.objects.filter(id__gt=last).count() == EVENTS.get(pair, (1, 1))[winner]
        assert Message.objects.count() - messages == PAIRS[pair][winner]


def test_consent_is_not_withdrawn_between_the_look_and_the_sending() -> None:
    """Sent before the withdrawal, by the order of the audit, or not sent at all."""
    w = factories.make_world()
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(w, State.PREPARED)
        concern = exchange.cycle.concern
        at = w.clock()
        outcome = at_once(
            partial(disclosure.send, exchange, by=w.priya, at=at),
            partial(
                consent.record_view, concern, factories.main_person(concern), by=w.priya, at=at,
                answer="WITHDRAWN", asked_at=at - timedelta(minutes=1), capacity="NOT_COMPETENT",
            ),
        )  # fmt: skip
        assert not outcome.errors, outcome.errors
        assert View.objects.filter(concern=concern, answer="WITHDRAWN").count() == 1
        verbs = Event.objects.filter(concern=concern.reference).order_by("id")
        order = [e.verb for e in verbs if e.verb in ("sharing.exchange.sent", "consent.view.recorded")][-2:]
        if 0 in outcome.won:
            assert order == ["sharing.exchange.sent", "consent.view.recorded"]
        else:
            assert any("Decide again" in sentence for sentence in outcome.refusals[0].sentences)
            assert factories.again(exchange).sent_at is None


def test_eight_colleagues_get_eight_references() -> None:
    w = factories.make_world()
    concern = factories.concern_at(w, Stage.DO)
    cycle = factories.the_cycle(concern)
    people = [factories.member(w.care.agency, f"Worker {n}") for n in range(8)]
    at = w.clock()
    outcome = at_once(
        *(
            partial(
                disclosure.choose_listener,
                cycle,
                listener=p,
                meant=p.pk,
                by=w.priya,
                at=at,
                right_place="List.",
            )
            for p in people
        )
    )
    assert not outcome.errors, outcome.errors
    assert len(outcome.won) == 8
    assert {e.reference for e in cycle.exchanges.all()} == {f"{concern.reference}-X{n}" for n in range(1, 9)}


def test_different_concerns_do_not_deadlock() -> None:
    """Two people work on each other's concerns, many times over, and nobody waits for ever."""
    w = factories.make_world(deputies=True)
    exchanges = [factories.exchange_at(w, State.RECEIVED) for _ in range(4)]

    def go_through(rows: list[Exchange]) -> None:
        for e in rows:
            differ.answer_agreement(e, by=w.tom, at=w.clock(), risk="AGREE", action="AGREE")

    outcome = at_once(partial(go_through, exchanges), partial(go_through, exchanges[::-1]))
    assert not outcome.errors, outcome.errors
    assert len(outcome.won) == 2
