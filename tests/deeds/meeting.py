"""Meetings: one way to do each operation."""

from __future__ import annotations

from datetime import timedelta

from sharing.operations import (
    meeting_minutes,
    meetings,
)
from tests import factories, meeting_cases
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


@deed(meetings.call_meeting)
def _(w: World) -> Deed:
    cycle, at = factories.the_cycle(factories.at_share(w)), w.clock.moment
    return do(
        meetings.call_meeting, cycle, by=w.priya, w=w, kind="PANEL", purpose="To agree who sees her.",
        chair=w.priya, meets_at=at + timedelta(days=1), where_or_how="By video call",
    )  # fmt: skip


@deed(meetings.ask_to_meeting)
def _(w: World) -> Deed:
    return do(meetings.ask_to_meeting, meeting_cases.called(w), by=w.priya, w=w, member=w.tom)


@deed(meetings.take_off_the_list)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    number = meeting_cases.place(meeting, w.tom).pk
    return do(meetings.take_off_the_list, meeting, by=w.priya, w=w, number=number, why="The wrong Tom.")


@deed(meetings.answer_invitation)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    return do(meetings.answer_invitation, meeting, by=w.tom, w=w, is_coming=False, words="I am on leave.")


@deed(meetings.move_meeting)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    later = meeting.meets_at + timedelta(days=1)
    return do(meetings.move_meeting, meeting, by=w.priya, w=w, meets_at=later, where_or_how="At the school")


@deed(meetings.call_off)
def _(w: World) -> Deed:
    return do(meetings.call_off, meeting_cases.with_members(w), by=w.priya, w=w, why="The plan has changed.")


@deed(meetings.record_attendance)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    came = {one.pk: meetings.Came("PRESENT") for one in meeting.members.all()}
    held_at = w.clock.moment
    return do(meetings.record_attendance, meeting, by=w.priya, w=w, held_at=held_at, came=came)


@deed(meetings.go_on_without_quorum)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w, away={w.tom: ""})
    return do(meetings.go_on_without_quorum, meeting, by=w.priya, w=w, why="She goes home tonight.")


@deed(meeting_minutes.bring)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    numbers = {one: meeting_cases.place(meeting, one).pk for one in (w.tom, w.amara)}
    return do(
        meeting_minutes.bring, meeting, by=w.tom, w=w, brought_by=numbers[w.tom], kind="FACT_SEEN",
        text="She was seen on Monday.", source="My own visit", for_whom=[numbers[w.amara]],
    )  # fmt: skip


@deed(meeting_minutes.record_decision)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w)
    return do(
        meeting_minutes.record_decision, meeting, by=w.priya, w=w, what="Seen every week.", why="It helps."
    )


@deed(meeting_minutes.record_action)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w)
    return do(
        meeting_minutes.record_action, meeting, by=w.priya, w=w, owner=meeting_cases.place(meeting, w.tom).pk,
        what="See her on Monday.", by_when="2 working days", contingency="She is not in school.",
    )  # fmt: skip


@deed(meeting_minutes.take_back)
def _(w: World) -> Deed:
    meeting = meeting_cases.ready(w)
    return do(meeting_minutes.take_back, meeting, by=w.priya, w=w, part="decision", number=1, why="Misheard.")


@deed(meeting_minutes.issue_minutes)
def _(w: World) -> Deed:
    meeting = meeting_cases.called(w)
    meeting_cases.asked(w, meeting, w.tom)
    return do(
        meeting_minutes.issue_minutes, meeting_cases.ready(w, meeting_cases.again(meeting)), by=w.priya, w=w,
        main_risk="That nobody is told on Friday.",
    )  # fmt: skip
