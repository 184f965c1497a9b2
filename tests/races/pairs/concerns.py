"""Two people at one concern: its stage, its questions and its summary."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sharing import workflow
from sharing.models import Stage
from sharing.operations import ask, record
from sharing.operations import cycle as cycles
from tests import factories
from tests.factories import World
from tests.races.two import Pair


def move_and_move(w: World) -> Pair:
    concern = factories.concern_at(w, Stage.ASK)
    factories.finish_ask(w, concern)
    return (
        partial(workflow.move, concern, "to-do", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "to-do", by=w.school.lead, at=w.clock()),
    )


def next_cycle_and_close(w: World) -> Pair:
    concern = factories.concern_at(w, Stage.RECORD)
    factories.finish_record(w, concern)
    return (
        partial(workflow.move, concern, "next-cycle", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "close", by=w.school.lead, at=w.clock()),
    )


def start_twice(w: World) -> Pair:
    concern = factories.concern_at(w, None)
    return (
        partial(workflow.move, concern, "start-at-ask", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "start-at-do", by=w.school.lead, at=w.clock(), reason="By phone."),
    )


def answer_and_deputys_answer(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    said = [ask.Said(kind="HISTORY", text="Two missed appointments.")]
    return (
        partial(ask.answer, q, by=w.amara, at=w.clock(), said=said),
        partial(ask.answer, q, by=w.gp.colleague, at=w.clock(), said=said),
    )


def answer_and_explain(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    said = [ask.Said(kind="HISTORY", text="Two missed appointments.")]
    return (
        partial(ask.answer, q, by=w.amara, at=w.clock(), said=said, seen_version=q.version),
        partial(ask.explain_no_answer, q, by=w.priya, at=w.clock(), why="Closed today."),
    )


def explain_twice(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    return (
        partial(ask.explain_no_answer, q, by=w.priya, at=w.clock(), why="Closed today."),
        partial(ask.explain_no_answer, q, by=w.school.lead, at=w.clock(), why="No answer."),
    )


def test_the_same_assumption(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    row = ask.name_assumption(cycle, by=w.priya, at=w.clock(), text="At home.")
    return (
        partial(ask.test_assumption, row, by=w.priya, at=w.clock(), how_tested="Asked."),
        partial(ask.test_assumption, row, by=w.school.lead, at=w.clock(), how_tested="Asked as well."),
    )


def write_summary_twice(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.RECORD))
    return (
        partial(record.write_summary, cycle, by=w.priya, at=w.clock(), decision="A visit."),
        partial(record.write_summary, cycle, by=w.school.lead, at=w.clock(), decision="A meeting."),
    )


def answer_summary_and_deputys_answer(w: World) -> Pair:
    e = factories.summary_sent(w)
    return (
        partial(record.answer_summary, e, by=w.tom, at=w.clock(), matches=True),
        partial(
            record.answer_summary, e, by=w.care.colleague, at=w.clock(), matches=False, correction="Thursday."
        ),
    )


def answer_summary_and_record_silence(w: World) -> Pair:
    e = factories.summary_sent(w)
    assert e.respond_by is not None
    w.clock.jump_to(e.respond_by)
    return (
        partial(record.answer_summary, e, by=w.tom, at=w.clock(), matches=True),
        partial(record.record_silence, e, by=w.priya, at=w.clock()),
    )


def proceed_twice(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.SHARE))
    other = w.school.colleague
    other.role = "lead"
    other.save()
    return (
        partial(cycles.proceed_on_safety_grounds, cycle, by=w.school.lead, at=w.clock(), reason="Tonight."),
        partial(cycles.proceed_on_safety_grounds, cycle, by=other, at=w.clock(), reason="Now."),
    )


# The pair, and how many messages the winner queues: a number for each, where they differ.
PAIRS: dict[Callable[[World], Pair], tuple[int, int]] = {
    move_and_move: (0, 0),
    next_cycle_and_close: (0, 0),
    start_twice: (0, 0),
    answer_and_deputys_answer: (1, 1),
    answer_and_explain: (1, 0),
    explain_twice: (0, 0),
    test_the_same_assumption: (0, 0),
    write_summary_twice: (1, 2),
    answer_summary_and_deputys_answer: (1, 1),
    answer_summary_and_record_silence: (1, 0),
    proceed_twice: (0, 0),
}
# Answering writes two events: that it was answered, and that the answer was sent. So does a summary.
EVENTS: dict[Callable[[World], Pair], tuple[int, int]] = {
    answer_and_deputys_answer: (2, 2),
    answer_and_explain: (2, 1),
    write_summary_twice: (2, 3),
}
