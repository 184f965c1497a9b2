"""What waits for somebody because of a meeting: to say whether they come; for the chair, its minutes."""

from __future__ import annotations

from agencies.addresses import reverse
from agencies.models import TimeLimit
from sharing.models import Meeting, MeetingMember, Obligation
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait

Kind = Obligation.Kind


def of_meeting(meeting: Meeting) -> list[Wait]:
    """The chair owes the minutes from when the meeting is held: from when it is to be, until that is known.

    The limit is the partnership's (MINUTES). Of a meeting called after it was held it counts from then: it
    may be that there was no limit before. Nothing waits once the first version has gone out, or where the
    meeting was called off. An amendment is nobody's duty by itself.
    """
    if meeting.called_off_at or meeting.minutes.exists():
        return []
    since = max(meeting.held_at or meeting.meets_at, meeting.called_at)
    due = limit_of(meeting.chair, TimeLimit.Key.MINUTES, at=since)
    return [
        Wait(
            key=f"meeting:{meeting.pk}",
            kind=Kind.MINUTES,
            reference=meeting.reference,
            path=reverse("meeting", args=[meeting.reference]),
            concern=meeting.cycle.concern,
            owner=meeting.chair,
            other=None,
            since=since,
            due_at=due.at,
            due_why="\n".join(due.why),
        )
    ]


def of_place(place: MeetingMember) -> list[Wait]:
    """Whoever is asked to a meeting says whether they come, by its beginning or the limit of an answer."""
    meeting, member = place.meeting, place.member
    is_over = meeting.called_off_at or meeting.held_at or place.taken_back_at
    if is_over or place.attendance != MeetingMember.Attendance.ASKED or member.is_outside:
        return []
    due = limit_of(member, TimeLimit.Key.ANSWER, at=place.asked_at)
    is_soon = place.asked_at < meeting.meets_at < due.at
    return [
        Wait(
            key=f"place:{place.pk}",
            kind=Kind.ATTEND,
            reference=meeting.reference,
            path=reverse("meeting", args=[meeting.reference]),
            concern=meeting.cycle.concern,
            owner=member,
            other=meeting.chair,
            since=place.asked_at,
            due_at=meeting.meets_at if is_soon else due.at,
            due_why="" if is_soon else "\n".join(due.why),
        )
    ]
