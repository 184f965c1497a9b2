"""Two people at one disagreement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sharing.operations import differ, ladder, outcome
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.races.two import Pair


def disagree_twice(w: World) -> Pair:
    e = factories.exchange_at(w, State.UNDERSTOOD)
    words = "Lower than that."
    return (
        partial(differ.open_disagreement, e, by=w.tom, at=w.clock(), about="RISK", words=words),
        partial(differ.open_disagreement, e, by=w.care.colleague, at=w.clock(), about="RISK", words=words),
    )


def hold_the_risk_twice(w: World) -> Pair:
    d = factories.disagreement(w)
    given: dict[str, Any] = {"person": w.tom, "meanwhile": "I ring them.", "seen_version": d.version}
    return (
        partial(ladder.name_risk_holder, d, by=w.priya, at=w.clock(), **given),
        partial(ladder.name_risk_holder, d, by=w.school.colleague, at=w.clock(), **given),
    )


def open_the_next_stage_twice(w: World) -> Pair:
    d = factories.held(w, factories.disagreement(w))
    return (
        partial(ladder.open_stage, d, by=w.priya, at=w.clock(), number=2, why="Tonight."),
        partial(ladder.open_stage, d, by=w.tom, at=w.clock(), number=2, why="Before Friday."),
    )


def open_the_next_stage_and_close(w: World) -> Pair:
    d = factories.disagreement(w)
    factories.understood_outcome(w, d)
    seen = factories.again(d).version
    return (
        partial(ladder.open_stage, d, by=w.priya, at=w.clock(), number=2, why="No.", seen_version=seen),
        partial(outcome.close, d, by=w.school.colleague, at=w.clock(), seen_version=seen),
    )


def write_the_outcome_twice(w: World) -> Pair:
    d = factories.held(w, factories.disagreement(w))
    words = {"what_was_decided": "A visit.", "why": "Nobody saw him.", "who_does_what": "Tom goes today."}
    given: dict[str, Any] = {**words, "seen_version": d.version}
    return (
        partial(outcome.write_outcome, d, by=w.priya, at=w.clock(), **given),
        partial(outcome.write_outcome, d, by=w.tom, at=w.clock(), **given),
    )


def close_twice(w: World) -> Pair:
    d = factories.disagreement(w)
    factories.understood_outcome(w, d)
    return (
        partial(outcome.close, d, by=w.priya, at=w.clock()),
        partial(outcome.close, d, by=w.school.colleague, at=w.clock()),
    )


# The pair, and how many messages the winner queues: a number for each, where they differ.
PAIRS: dict[Callable[[World], Pair], tuple[int, int]] = {
    disagree_twice: (2, 2),
    hold_the_risk_twice: (1, 2),
    open_the_next_stage_twice: (3, 3),
    open_the_next_stage_and_close: (3, 2),
    write_the_outcome_twice: (1, 1),
    close_twice: (1, 2),
}
# That it was written, and that it was sent.
EVENTS: dict[Callable[[World], Pair], tuple[int, int]] = {
    write_the_outcome_twice: (2, 2),
}
