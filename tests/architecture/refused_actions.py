"""What the database refuses of actions and reports on them."""

from __future__ import annotations

from sharing.models import (
    ActionReport,
)
from sharing.operations import actions
from sharing.states import ActionState, State
from tests import factories
from tests.architecture.refusing import copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def action_accepted_when_and_by_whom(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    pairs(row, "accepted_at", "accepted_by_id", "action_accepted_when_and_by_whom", w)


def action_declined_when_and_by_whom(w: World) -> None:
    row, name = factories.action_at(w, ActionState.PROPOSED), "action_declined_when_and_by_whom"
    pairs(row, "declined_at", "declined_by_id", name, w, declined_why="No.")


def action_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = factories.action_at(w, ActionState.PROPOSED), "action_withdrawn_when_and_by_whom"
    pairs(row, "withdrawn_at", "withdrawn_by_id", name, w, withdrawn_why="No.")


def action_checked_when_and_by_whom(w: World) -> None:
    row = factories.action_at(w, ActionState.AGREED)
    pairs(row, "checked_at", "checked_by_id", "action_checked_when_and_by_whom", w)


def action_done_only_after_accepted(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("action_done_only_after_accepted", set_raw(row, checked_at=w.clock(), checked_by_id=w.priya.pk))


def action_accepted_or_declined_not_both(w: World) -> None:
    row = factories.action_at(w, ActionState.AGREED)
    refused(
        "action_accepted_or_declined_not_both",
        set_raw(row, declined_at=w.clock(), declined_by_id=w.tom.pk, declined_why="No."),
    )


def declined_action_says_why(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("declined_action_says_why", set_raw(row, declined_at=w.clock(), declined_by_id=w.tom.pk))


def withdrawn_action_says_why(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("withdrawn_action_says_why", set_raw(row, withdrawn_at=w.clock(), withdrawn_by_id=w.tom.pk))


def action_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.action_at(w, ActionState.PROPOSED)))


def an_action_passes_only_by_hand_over(w: World) -> None:
    row, says = factories.action_at(w, ActionState.PROPOSED), "passes to somebody else only by a hand-over"
    refused(says, set_raw(row, owner_id=w.care.colleague.pk))
    refused(says, set_raw(row, other_side_id=w.school.colleague.pk))


def agree_only_what_is_understood(w: World) -> None:
    says = "agreed only when its exchange is understood"
    for state in (State.PREPARED, State.SENT, State.RECEIVED, State.RESTATED, State.CORRECTED):
        row = factories.propose(w, factories.exchange_at(w, state))
        accept = {"accepted_at": w.clock(), "accepted_by_id": w.tom.pk}
        refused(says, set_raw(row, **accept))
        refused(says, copy_of(row, reference="A", **accept))


def _report(w: World) -> ActionReport:
    return factories.action_at(w, ActionState.REPORTED).reports.get()


def reports_are_numbered(w: World) -> None:
    row = factories.action_at(w, ActionState.DONE).reports.get()
    refused("reports_are_numbered", copy_of(row))


def one_report_to_check(w: World) -> None:
    refused("one_report_to_check", copy_of(_report(w), number=2))


def report_checked_when_and_by_whom(w: World) -> None:
    row, name = _report(w), "report_checked_when_and_by_whom"
    pairs(row, "checked_at", "checked_by_id", name, w, outcome="DONE")
    refused(name, set_raw(row, outcome="DONE"))


def nobody_checks_their_own_report(w: World) -> None:
    refused(
        "nobody_checks_their_own_report|nobody checks their own report",
        set_raw(_report(w), outcome="DONE", checked_at=w.clock(), checked_by_id=w.tom.pk),
    )


def one_person_does_not_report_and_check(w: World) -> None:
    at_school, in_care = w.two_hats
    exchange = factories.exchange_at(w, State.RECEIVED, listener=in_care)
    action = factories.propose(w, factories.confirmed(w, factories.restated(w, exchange)))
    actions.accept(action, by=in_care, at=w.clock())
    at = w.clock()
    row = actions.report(action, by=in_care, at=at, what_happened="Seen.", done_at=at)
    refused(
        "nobody checks their own report, in whichever role",
        set_raw(row, outcome="DONE", checked_at=w.clock(), checked_by_id=at_school.pk),
    )


def not_done_says_what_is_missing(w: World) -> None:
    refused(
        "not_done_says_what_is_missing",
        set_raw(_report(w), outcome="NOT_DONE", checked_at=w.clock(), checked_by_id=w.priya.pk),
    )


def report_is_frozen(w: World) -> None:
    row = _report(w)
    refused("Cannot update", set_raw(row, what_happened="Other."))
    refused("Cannot update", set_raw(row, done_at=w.clock()))
    refused("Cannot update", set_raw(row, reported_by_id=w.care.colleague.pk))


def checked_report_is_frozen(w: World) -> None:
    row = factories.action_at(w, ActionState.DONE).reports.get()
    refused("Cannot update", set_raw(row, note="Other."))


def report_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_report(w)))
