"""A meeting: which agencies were there, whether that is a quorum, and when its parts can be written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency
from agencies.refusals import Refused
from sharing.models import Meeting, MeetingMember

Attendance = MeetingMember.Attendance
# The best that anybody of an agency did counts for the agency.
BEST_FIRST = (
    Attendance.PRESENT,
    Attendance.COMING,
    Attendance.APOLOGIES,
    Attendance.ASKED,
    Attendance.ABSENT,
)


class CalledOff(Refused):
    """The meeting was called off, so nothing is added to it."""


class NotHeld(Refused):
    """Nobody has written down who came."""


class NotQuorate(Refused):
    """Too few agencies were there, or one that has to be, and the chair has not gone on with a reason."""


class NothingChanged(Refused):
    """An amendment changes nothing."""


@dataclass(frozen=True)
class There:
    """One agency at a meeting, by the best that anybody of it did."""

    agency: Agency
    attendance: str
    is_needed: bool
    people: tuple[MeetingMember, ...]

    @property
    def is_there(self) -> bool:
        return self.attendance == Attendance.PRESENT


def agencies_at(members: Iterable[MeetingMember]) -> list[There]:
    """Put the members together by agency, in the order in which they were asked."""
    found: dict[int, list[MeetingMember]] = {}
    for one in members:
        if one.taken_back_at is None:
            found.setdefault(one.member.agency_id, []).append(one)
    return [
        There(
            agency=group[0].member.agency,
            attendance=min((Attendance(one.attendance) for one in group), key=BEST_FIRST.index),
            is_needed=any(one.is_needed for one in group),
            people=tuple(group),
        )
        for group in found.values()
    ]


@dataclass(frozen=True)
class Quorum:
    """How many agencies have to be there and were, and which are missing. The chair's own counts."""

    wanted: int
    source: str
    there: tuple[str, ...]
    missing: tuple[str, ...]
    needed_and_missing: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        return len(self.there) >= self.wanted and not self.needed_and_missing

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say whether it is a quorum and, if not, who is missing."""
        if not self.wanted and not self.needed_and_missing and not self.missing:
            return ("Every agency that was asked was there.",)
        said = []
        if self.wanted:
            said.append(f"{_agencies(self.wanted)} make a quorum, and {len(self.there)} came.")
        if self.needed_and_missing:
            said.append(f"It needs {_and(self.needed_and_missing)}, and nobody from there came.")
        elif self.missing and not self.is_met:
            said.append(f"Missing: {_and(self.missing)}.")
        return tuple(said) or ("No quorum is set for this meeting.",)


def quorum_of(meeting: Meeting, members: Iterable[MeetingMember]) -> Quorum:
    """Say how a meeting stands towards its quorum. Without a number, only agencies that are needed count."""
    there = agencies_at(members)
    return Quorum(
        wanted=meeting.quorum_agencies,
        source=meeting.quorum_source,
        there=tuple(one.agency.name for one in there if one.is_there),
        missing=tuple(one.agency.name for one in there if not one.is_there),
        needed_and_missing=tuple(one.agency.name for one in there if one.is_needed and not one.is_there),
    )


def require_not_called_off(meeting: Meeting) -> None:
    """Nothing is added to a meeting that was called off."""
    if meeting.called_off_at:
        raise CalledOff("This meeting was called off. Call another one.")


def require_held(meeting: Meeting) -> None:
    """First it is written down who came."""
    require_not_called_off(meeting)
    if meeting.held_at is None:
        raise NotHeld("Write down who came first: what was decided counts only with that.")


def require_quorum(meeting: Meeting, members: Iterable[MeetingMember]) -> None:
    """It is a quorum, or the chair has written why the meeting went on without one."""
    quorum = quorum_of(meeting, members)
    if not quorum.is_met and meeting.went_on_at is None:
        raise NotQuorate(
            "This is not a quorum, so nothing can be decided yet.",
            *quorum.sentences,
            f"Hold it another day, or let {meeting.chair.full_name} write why it cannot wait.",
        )


def require_still_to_come(meeting: Meeting) -> None:
    """What is about coming can be said until it is written down who came."""
    require_not_called_off(meeting)
    if meeting.held_at is not None:
        raise Refused("It has been written down who came to this meeting. Correct that instead.")


def require_can_be_held_at(held_at: datetime, *, at: datetime) -> None:
    """A meeting is not written down before it was held."""
    if held_at > at:
        raise Refused("It cannot have been held after now. Check the date and time.")


def _agencies(number: int) -> str:
    return "1 agency" if number == 1 else f"{number} agencies"


def _and(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
