"""The rules of the gate out of Record, and what nothing is closed without."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agencies.refusals import Refused
from sharing import rules
from sharing.models import Incident, SkippedStep, Stage
from sharing.operations import actions, check_back, differ, misdirected, outcome, record
from sharing.operations import cycle as cycles
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes
from tests.sharing.gate import closed, missing, spoken

pytestmark = pytest.mark.django_db


def test_the_summary_is_written(world: World) -> None:
    rule = rules.the_summary_is_written
    concern = factories.concern_at(world, Stage.RECORD)
    for move in ("next-cycle", "close"):
        assert closed(world, concern, move, rule) == [
            "The summary of this cycle is not written. Priya Nair can do this now."
        ]
    record.write_summary(
        factories.the_cycle(concern), by=world.priya, at=world.clock(), decision="A visit tomorrow."
    )
    assert missing(concern, rule) == []


def test_every_party_has_answered_the_summary(world: World) -> None:
    rule = rules.every_party_has_answered_the_summary
    summary = factories.summary_sent(world)
    concern = summary.cycle.concern
    assert closed(world, concern, "close", rule) == [
        (
            "Tom Ashdown (Wyrefold Family Front Door) has not answered the summary. "
            f"Tom Ashdown (Wyrefold Family Front Door) can do this, {spoken(summary.respond_by)}."
        )
    ]
    record.answer_summary(summary, by=world.tom, at=world.clock(), matches=True)
    assert missing(concern, rule) == []


def test_silence_counts_once_it_is_recorded_and_not_before_its_time(world: World) -> None:
    rule = rules.every_party_has_answered_the_summary
    summary = factories.summary_sent(world)
    assert summary.respond_by is not None
    with nothing_changes(), pytest.raises(Refused, match="still have time"):
        record.record_silence(summary, by=world.priya, at=summary.respond_by)
    late = summary.respond_by + timedelta(minutes=1)
    record.record_silence(summary, by=world.priya, at=late)
    assert missing(summary.cycle.concern, rule) == []


def test_no_correction_is_unanswered(world: World) -> None:
    rule = rules.no_correction_is_unanswered
    summary = factories.summary_sent(world)
    concern = summary.cycle.concern
    record.answer_summary(
        summary, by=world.tom, at=world.clock(), matches=False, correction="We said Thursday."
    )
    assert closed(world, concern, "next-cycle", rule) == [
        "Tom Ashdown has corrected the summary. Priya Nair can do this now."
    ]
    record.write_summary(
        factories.the_cycle(concern),
        by=world.priya,
        at=world.clock(),
        decision="A visit on Thursday.",
        what_changed="The day.",
    )
    assert missing(concern, rule) == []


def test_no_action_is_open(world: World) -> None:
    rule = rules.no_action_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    action = factories.propose(world, concern.cycles.get().exchanges.get(kind="DISCLOSURE"))
    tom, by_when = "Tom Ashdown (Wyrefold Family Front Door)", spoken(action.due_at)
    assert closed(world, concern, "close", rule) == [
        f"Action {action.reference} is not agreed. {tom} can do this, {by_when}."
    ]
    actions.accept(action, by=world.tom, at=world.clock())
    assert missing(concern, rule) == [f"Action {action.reference} is not done. {tom} can do this, {by_when}."]
    at = world.clock()
    actions.report(action, by=world.tom, at=at, what_happened="Seen.", done_at=at)
    assert missing(concern, rule) == [
        f"Action {action.reference} is not checked. Priya Nair (St Wulstan’s Primary) can do this, {by_when}."
    ]
    actions.check_report(action, by=world.priya, at=world.clock(), is_done=True)
    assert missing(concern, rule) == []


def test_no_exchange_is_open(world: World) -> None:
    """Of any cycle: what was passed by on safety grounds still waits at the end."""
    rule = rules.no_exchange_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = factories.sent_in_emergency(world, concern)
    assert closed(world, concern, "close", rule) == [
        (
            f"Amara Osei has not confirmed receipt of {exchange.reference}. "
            f"Amara Osei (Bridge Street Surgery) can do this, {spoken(exchange.respond_by)}."
        )
    ]
    factories.understood(world, exchange)
    assert missing(concern, rule) == []


def test_no_disagreement_is_open(world: World) -> None:
    rule = rules.no_disagreement_is_open
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = concern.cycles.get().exchanges.get(kind="DISCLOSURE")
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="PARTLY", risk_why="Lower.", action="AGREE"
    )
    assert closed(world, concern, "close", rule) == [
        f"A disagreement on {exchange.reference} is open. Priya Nair or Tom Ashdown can do this now."
    ]
    disagreement = exchange.disagreements.get()
    differ.add_position(disagreement, by=world.priya, at=world.clock(), words="Higher.")
    factories.understood_outcome(world, disagreement)
    assert missing(concern, rule) != []
    outcome.close(disagreement, by=world.priya, at=world.clock())
    assert missing(concern, rule) == []


def test_no_wrong_recipient_is_unresolved(world: World) -> None:
    rule = rules.no_wrong_recipient_is_unresolved
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = factories.sent_in_emergency(world, concern)
    check_back.not_mine(exchange, by=world.amara, at=world.clock())
    assert closed(world, concern, "close", rule) == [
        (
            f"{exchange.reference} reached the wrong person, and nobody has said what was done. "
            "Priya Nair can do this now."
        )
    ]
    incident = Incident.objects.get(exchange=exchange)
    misdirected.handle_incident(incident, by=world.priya, at=world.clock(), **factories.HANDLED)
    assert missing(concern, rule) == []


def test_no_skipped_step_is_left(world: World) -> None:
    rule = rules.no_skipped_step_is_left
    concern = factories.concern_at(world, Stage.ASK)
    factories.sent_in_emergency(world, concern)
    steps = {step.step: step for step in SkippedStep.objects.all()}
    assert set(steps) == {"ASK", "DECISION"}
    by_when = spoken(steps["ASK"].due_at)
    assert missing(concern, rule) == [
        (
            "A step was skipped for an urgent disclosure: ask who else works with them, and test your "
            f"assumptions. Priya Nair can do this, {by_when}."
        ),
        (
            "A step was skipped for an urgent disclosure: record the sharing decision for each person "
            f"concerned. Priya Nair can do this, {by_when}."
        ),
    ]
    for step in steps.values():
        cycles.finish_skipped_step(step, by=world.priya, at=world.clock())
    assert missing(concern, rule) == []
