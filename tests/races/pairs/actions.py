"""Two people at one action."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sharing.operations import actions
from sharing.states import ActionState
from tests import factories
from tests.factories import World
from tests.races.two import Pair


def accept_and_deputys_accept(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock()),
        partial(actions.accept, a, by=w.care.colleague, at=w.clock()),
    )


def accept_and_decline(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock()),
        partial(actions.decline, a, by=w.care.colleague, at=w.clock(), why="On leave."),
    )


def accept_and_withdraw_action(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock(), seen_version=a.version),
        partial(
            actions.withdraw_action,
            a,
            by=w.priya,
            at=w.clock(),
            why="Done by others.",
            seen_version=a.version,
        ),
    )


def report_and_deputys_report(w: World) -> Pair:
    a, at = factories.action_at(w, ActionState.AGREED), w.clock()
    return (
        partial(actions.report, a, by=w.tom, at=at, what_happened="Seen.", done_at=at),
        partial(actions.report, a, by=w.care.colleague, at=at, what_happened="Seen too.", done_at=at),
    )


def check_report_both_ways(w: World) -> Pair:
    a = factories.action_at(w, ActionState.REPORTED)
    return (
        partial(actions.check_report, a, by=w.priya, at=w.clock(), is_done=True),
        partial(actions.check_report, a, by=w.school.colleague, at=w.clock(), is_done=False, note="Not yet."),
    )


# The pair, and how many messages the winner queues: a number for each, where they differ.
PAIRS: dict[Callable[[World], Pair], tuple[int, int]] = {
    accept_and_deputys_accept: (1, 1),
    accept_and_decline: (1, 1),
    accept_and_withdraw_action: (1, 1),
    report_and_deputys_report: (1, 1),
    check_report_both_ways: (1, 1),
}
