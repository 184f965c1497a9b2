"""What the database refuses about meetings: a function for each constraint and trigger, by its name."""

from __future__ import annotations

from django.db.models import Model

from sharing.models import (
    Contribution,
    ContributionFor,
    Meeting,
    MeetingAction,
    MeetingDecision,
    MeetingMember,
    Minutes,
    MinutesCopy,
)
from tests import meeting_cases
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def needs_all_three(row: Model, act: str, name: str, w: World) -> None:
    """A moment, a person and a reason, or none of them."""
    at, by, why = f"{act}_at", f"{act}_by_id", f"{act}_why"
    refused(name, set_raw(row, **{at: w.clock()}))
    refused(name, set_raw(row, **{at: w.clock(), by: w.priya.pk}))
    refused(name, set_raw(row, **{why: "Because."}))


def frozen(row: Model, **changes: object) -> None:
    for column, value in changes.items():
        refused("Cannot update|permission denied", set_raw(row, **{column: value}))


def meeting_held_when_and_by_whom(w: World) -> None:
    pairs(meeting_cases.with_members(w), "held_at", "held_by_id", "meeting_held_when_and_by_whom", w)


def meeting_went_on_when_by_whom_and_why(w: World) -> None:
    needs_all_three(meeting_cases.called(w), "went_on", "meeting_went_on_when_by_whom_and_why", w)


def meeting_called_off_when_by_whom_and_why(w: World) -> None:
    needs_all_three(meeting_cases.called(w), "called_off", "meeting_called_off_when_by_whom_and_why", w)


def meeting_called_off_was_not_held(w: World) -> None:
    off = {"called_off_at": w.clock(), "called_off_by_id": w.priya.pk, "called_off_why": "Other plans."}
    refused("meeting_called_off_was_not_held", set_raw(meeting_cases.held(w), **off))


def quorum_says_where_it_is_from(w: World) -> None:
    row = meeting_cases.called(w)
    refused("quorum_says_where_it_is_from", copy_of(row, reference="M", quorum_source=""))


def meeting_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(meeting_cases.called(w)))


def meeting_is_frozen(w: World) -> None:
    frozen(meeting_cases.called(w), purpose="Another.", kind="PANEL", quorum_agencies=0)


def a_chair_passes_only_by_hand_over(w: World) -> None:
    row = meeting_cases.called(w)
    refused("only by a hand-over", set_raw(row, chair_id=w.school.colleague.pk))


def _place(w: World) -> MeetingMember:
    return meeting_cases.place(meeting_cases.with_members(w), w.tom)


def a_member_is_asked_once(w: World) -> None:
    refused("a_member_is_asked_once", copy_of(_place(w)))


def member_answered_when_and_by_whom(w: World) -> None:
    pairs(_place(w), "answered_at", "answered_by_id", "member_answered_when_and_by_whom", w)


def member_taken_off_when_by_whom_and_why(w: World) -> None:
    needs_all_three(_place(w), "taken_back", "member_taken_off_when_by_whom_and_why", w)


def member_of_a_meeting_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_place(w)))


def member_of_a_meeting_is_frozen(w: World) -> None:
    frozen(_place(w), why_you="Another reason.", is_needed=False)


def a_place_passes_only_by_hand_over(w: World) -> None:
    refused("only by a hand-over", set_raw(_place(w), member_id=w.care.colleague.pk))


def _brought(w: World) -> Contribution:
    return meeting_cases.brought(w, meeting_cases.with_members(w), w.tom, w.amara)


def contributions_are_numbered(w: World) -> None:
    refused("contributions_are_numbered", copy_of(_brought(w)))


def contribution_taken_back_when_by_whom_and_why(w: World) -> None:
    needs_all_three(_brought(w), "taken_back", "contribution_taken_back_when_by_whom_and_why", w)


def contribution_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_brought(w)))


def contribution_is_frozen(w: World) -> None:
    frozen(_brought(w), text="Other words.", source="Somebody else")


def brought_for_somebody_once(w: World) -> None:
    _brought(w)
    refused("brought_for_somebody_once", copy_of(ContributionFor.objects.get()))


def brought_for_append_only(w: World) -> None:
    _brought(w)
    append_only(ContributionFor.objects.get(), "member_id")


def _decision(w: World) -> MeetingDecision:
    return MeetingDecision.objects.get(meeting=meeting_cases.ready(w))


def decisions_are_numbered(w: World) -> None:
    refused("decisions_are_numbered", copy_of(_decision(w)))


def decision_taken_back_when_by_whom_and_why(w: World) -> None:
    needs_all_three(_decision(w), "taken_back", "decision_taken_back_when_by_whom_and_why", w)


def decision_of_a_meeting_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_decision(w)))


def decision_of_a_meeting_is_frozen(w: World) -> None:
    frozen(_decision(w), what="Something else.", why="Another reason.")


def _action(w: World) -> MeetingAction:
    return MeetingAction.objects.get(meeting=meeting_cases.ready(w))


def actions_of_a_meeting_are_numbered(w: World) -> None:
    refused("actions_of_a_meeting_are_numbered", copy_of(_action(w)))


def meeting_action_taken_back_when_by_whom_and_why(w: World) -> None:
    needs_all_three(_action(w), "taken_back", "meeting_action_taken_back_when_by_whom_and_why", w)


def a_member_does_it_or_checks_the_chair(w: World) -> None:
    row, name = _action(w), "a_member_does_it_or_checks_the_chair"
    refused(name, copy_of(row, number=2, owner_id=None))
    refused(name, copy_of(row, number=2, checked_by_id=row.owner_id))


def action_of_a_meeting_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_action(w)))


def action_of_a_meeting_is_frozen(w: World) -> None:
    frozen(_action(w), what="Something else.", due_at=w.clock())


def _minutes(w: World) -> Minutes:
    return meeting_cases.issued(w)


def minutes_are_numbered(w: World) -> None:
    refused("minutes_are_numbered", copy_of(_minutes(w)))


def minutes_name_the_main_risk(w: World) -> None:
    refused("minutes_name_the_main_risk", copy_of(_minutes(w), number=2, what_changed="It.", main_risk=""))


def amended_minutes_say_what_changed(w: World) -> None:
    refused("amended_minutes_say_what_changed", copy_of(_minutes(w), number=2))


def minutes_append_only(w: World) -> None:
    append_only(_minutes(w))


def minutes_only_of_what_was_held(w: World) -> None:
    row = _minutes(w)
    other: Meeting = meeting_cases.with_members(w)
    refused("only of a meeting that was held", copy_of(row, meeting_id=other.pk))


def minutes_copy_append_only(w: World) -> None:
    _minutes(w)
    append_only(MinutesCopy.objects.earliest("pk"), "member_id")
