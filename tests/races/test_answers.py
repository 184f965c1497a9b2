"""A hand-over accepted while it is taken back, a decision sent twice: one wins, one is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from audit.models import Event
from sharing.models import DecisionNotAwaited, Transfer
from sharing.operations import check_back, decisions, transfers
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.races.two import Act, Pair, at_once
from tests.sharing import deciding, moving

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def _ready(w: World) -> Transfer:
    return moving.understood(w, moving.proposed(w, factories.exchange_at(w, State.SENT)))


def _accept(w: World, row: Transfer) -> Act:
    return partial(transfers.accept, row, by=w.tom, at=w.clock(), words="We do.", taken_on_by=w.tom)


def _decline(w: World, row: Transfer) -> Act:
    given = {"why": "No lease.", "what_they_want": "Tell us later."}
    return partial(transfers.decline, row, by=w.care.lead, at=w.clock(), **given)  # type: ignore[arg-type]


def accept_and_take_back(w: World) -> Pair:
    row = _ready(w)
    return _accept(w, row), partial(transfers.withdraw, row, by=w.priya, at=w.clock(), why="They came back.")


def accept_and_decline(w: World) -> Pair:
    row = _ready(w)
    return _accept(w, row), _decline(w, row)


def ask_twice(w: World) -> Pair:
    exchange = factories.exchange_at(w, State.SENT)
    people = [factories.main_person(exchange.cycle.concern)]
    given = {"why": "They moved.", "people": people}
    return (
        partial(transfers.propose, exchange, by=w.priya, at=w.clock(), **given),  # type: ignore[arg-type]
        partial(transfers.propose, exchange, by=w.school.lead, at=w.clock(), **given),  # type: ignore[arg-type]
    )


def decide_twice(w: World) -> Pair:
    exchange = deciding.understood(w)
    return (
        partial(decisions.decide, exchange, by=w.tom, at=w.clock(), **deciding.WORDS),
        partial(decisions.decide, exchange, by=w.care.colleague, at=w.clock(), **deciding.WORDS),
    )


def go_on_without_and_a_leads_go_on_without(w: World) -> Pair:
    exchange = deciding.understood(w)
    return (
        partial(decisions.go_on_without, exchange, by=w.priya, at=w.clock(), why="By phone."),
        partial(decisions.go_on_without, exchange, by=w.school.lead, at=w.clock(), why="He moved."),
    )


PAIRS = (
    accept_and_take_back,
    accept_and_decline,
    ask_twice,
    decide_twice,
    go_on_without_and_a_leads_go_on_without,
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_one_wins_and_one_is_told(pair: Callable[[World], Pair]) -> None:
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        assert at_once(*pair(w)).one_won_one_was_told
    for row in Transfer.objects.all():
        ends = [row.accepted_at, row.declined_at, row.withdrawn_at]
        assert sum(end is not None for end in ends) <= 1
        verbs = Event.objects.filter(subject=row.reference).values_list("verb", flat=True)
        answers = [v for v in verbs if v.split(".")[-1] in ("accepted", "declined", "withdrawn")]
        assert len(answers) <= 1


def test_taken_back_with_what_it_rests_on_or_accepted_and_never_both() -> None:
    """The exchange is understood, so it is not withdrawn any more; its hand-over is only received."""
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        row = moving.proposed(w, factories.exchange_at(w, State.SENT))
        exchange = row.exchange
        outcome = at_once(
            partial(check_back.receive, exchange, by=w.tom, at=w.clock()),
            partial(transfers.withdraw, row, by=w.priya, at=w.clock(), why="They came back."),
        )
        assert not outcome.errors
        row = moving.again(row)
        assert row.withdrawn_at is not None
        assert (row.received_at is None) or row.answer_due_at is not None


def test_going_on_without_it_is_written_down_once() -> None:
    w = factories.make_world(deputies=True)
    first, second = go_on_without_and_a_leads_go_on_without(w)
    at_once(first, second)
    assert DecisionNotAwaited.objects.count() == 1
