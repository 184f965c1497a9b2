"""Two people at one exchange: its check-back, its sending, and where it went."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sharing.models import Exchange, Stage
from sharing.operations import check_back, disclosure, misdirected, spoken
from sharing.states import State
from tests import factories
from tests.factories import HANDLED, OTHER_WORDS, OWN_WORDS, World
from tests.races.two import Act, Pair


def confirm(w: World, exchange: Exchange, *, by: Any, outcome: str = "CONFIRMED") -> Act:
    answer = "UNDERSTOOD" if outcome == "CONFIRMED" else "WRONG"
    return partial(
        check_back.check, exchange, by=by, at=w.clock(), outcome=outcome, note="Again, on the second.",
        verdicts=factories.verdicts(exchange, answer),
    )  # fmt: skip


def restate_and_deputys_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
        partial(check_back.restate, e, by=w.care.colleague, at=w.clock(), **OTHER_WORDS),
    )


def receive_and_deputys_receive(w: World) -> Pair:
    e = factories.exchange_at(w, State.SENT)
    return (
        partial(check_back.receive, e, by=w.tom, at=w.clock()),
        partial(check_back.receive, e, by=w.care.colleague, at=w.clock()),
    )


def confirm_and_deputys_confirm(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return confirm(w, e, by=w.priya), confirm(w, e, by=w.school.colleague)


def confirm_and_deputys_correct(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return confirm(w, e, by=w.priya), confirm(w, e, by=w.school.colleague, outcome="CORRECTED")


def confirm_and_deputys_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return (
        confirm(w, e, by=w.priya),
        partial(check_back.withdraw, e, by=w.school.colleague, at=w.clock(), why="Wrong child."),
    )


def restate_and_withdraw(w: World) -> Pair:
    """Both may go through where the restatement comes first, unless the page says which version it saw."""
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.restate, e, by=w.tom, at=w.clock(), seen_version=e.version, **OWN_WORDS),
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child.", seen_version=e.version),
    )


def confirm_a_call_and_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.SPOKEN)
    return (
        partial(spoken.confirm_said, e, by=w.tom, at=w.clock()),
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child."),
    )


def confirm_a_call_and_deputys_say_differently(w: World) -> Pair:
    e = factories.exchange_at(w, State.SPOKEN)
    return (
        partial(spoken.confirm_said, e, by=w.tom, at=w.clock()),
        partial(spoken.say_differently, e, by=w.care.colleague, at=w.clock(), **OTHER_WORDS),
    )


def log_a_call_and_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    at = w.clock(minutes=15)
    return (
        partial(spoken.log_call, e, by=w.priya, at=at, **factories.call_words(e, at=at)),
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
    )


def withdraw_and_deputys_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.OPENED)
    return (
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child."),
        partial(check_back.withdraw, e, by=w.school.colleague, at=w.clock(), why="Wrong person."),
    )


def receive_and_not_mine(w: World) -> Pair:
    e = factories.exchange_at(w, State.OPENED)
    return (
        partial(check_back.receive, e, by=w.tom, at=w.clock(), seen_version=e.version),
        partial(check_back.not_mine, e, by=w.care.colleague, at=w.clock(), seen_version=e.version),
    )


def not_mine_and_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.not_mine, e, by=w.care.colleague, at=w.clock()),
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
    )


def send_and_deputys_send(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock()),
        partial(disclosure.send, e, by=w.school.colleague, at=w.clock()),
    )


def send_and_choose_again(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock(), seen_version=e.version),
        partial(
            disclosure.choose_items, e, by=w.school.colleague, at=w.clock(), share=[1], key=[1],
            held_back={2: "Not theirs.", 3: "Not theirs."}, why_you="On duty.", what_i_ask="Visit.",
            urgency="HIGH", seen_version=e.version,
        ),
    )  # fmt: skip


def send_and_discard(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock()),
        partial(disclosure.discard_prepared, e, by=w.school.colleague, at=w.clock()),
    )


def choose_the_same_listener(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.DO))
    place = "The partnership's list."
    return (
        partial(
            disclosure.choose_listener, cycle, listener=w.tom, by=w.priya, at=w.clock(), right_place=place
        ),
        partial(
            disclosure.choose_listener,
            cycle,
            listener=w.tom,
            by=w.school.lead,
            at=w.clock(),
            right_place=place,
        ),
    )


def handle_incident_twice(w: World) -> Pair:
    incident = factories.exchange_at(w, State.NOT_MINE).incident
    return (
        partial(misdirected.handle_incident, incident, by=w.priya, at=w.clock(), **HANDLED),
        partial(misdirected.handle_incident, incident, by=w.school.lead, at=w.clock(), **HANDLED),
    )


# The pair, and how many messages the winner queues: a number for each, where they differ.
PAIRS: dict[Callable[[World], Pair], tuple[int, int]] = {
    restate_and_deputys_restate: (1, 1),
    receive_and_deputys_receive: (1, 1),
    confirm_and_deputys_confirm: (1, 1),
    confirm_and_deputys_correct: (1, 1),
    confirm_and_deputys_withdraw: (1, 1),
    restate_and_withdraw: (1, 1),
    confirm_a_call_and_withdraw: (1, 1),
    confirm_a_call_and_deputys_say_differently: (1, 1),
    log_a_call_and_restate: (1, 1),
    withdraw_and_deputys_withdraw: (1, 1),
    receive_and_not_mine: (1, 2),
    not_mine_and_restate: (2, 1),
    send_and_deputys_send: (1, 1),
    send_and_choose_again: (1, 0),
    send_and_discard: (1, 0),
    choose_the_same_listener: (0, 0),
    handle_incident_twice: (0, 0),
}
