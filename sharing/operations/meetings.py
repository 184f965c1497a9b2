"""Call a meeting, ask people to it, hear whether they come, write down who came, go on without a quorum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from agencies.models import Agency, Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from sharing import minutes, rules
from sharing.models import Cycle, Meeting, MeetingMember
from sharing.operations import obligations, parties
from sharing.operations.cycle import require_current, require_own_concern
from sharing.operations.disclosure import decisions_missing
from sharing.operations.meeting_guard import require_fit_for_all
from sharing.rules import meetings as meeting_rules
from sharing.rules.meetings import Attendance

MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Came:
    """What is written down of one member: there, apologies or neither; and their own words."""

    attendance: str
    words: str = ""


def lock_meeting(meeting: Meeting, *, seen_version: int | None = None) -> Meeting:
    """Lock a meeting through its concern and read it as it is now.

    Raises OutOfDate with what changed since the version that somebody was looking at.
    """
    parties.lock_concern(meeting.cycle.concern_id)
    locked = Meeting.objects.with_people().select_for_update(of=("self",)).get(pk=meeting.pk)
    changed = ""
    if seen_version is not None and locked.version != seen_version:
        changed = parties.what_changed(locked.reference, seen_version)
    rules.require_version(locked, seen_version, changed)
    return locked


def require_chair(meeting: Meeting, by: Membership, *, at: datetime, what: str) -> str:
    """Let only the chair or their deputy act, and return for whom a deputy acts. Raises NotYourTurn."""
    rules.require_role(by)
    return parties.require_party(by, meeting.chair, at=at, what=what)


def changed(
    meeting: Meeting,
    verb: str,
    *,
    by: Membership,
    at: datetime,
    fields: Iterable[str] = (),
    acting_for: str = "",
    also: Iterable[Agency] = (),
    **data: Any,
) -> Event:
    """Save what changed of a meeting, bring what waits for the chair up to date, and append the event.

    The caller holds its lock. `also` are agencies in whose own audit it stands too.
    """
    meeting.version += 1
    meeting.save(update_fields=[*fields, "version"])
    obligations.follow(meeting, at=at)
    return audit.record(
        verb,
        by=by,
        at=at,
        subject=meeting.reference,
        concern=meeting.cycle.concern.reference,
        acting_for=acting_for,
        also_for=sorted({one.reference for one in also} - {by.agency_reference}),
        data={"version": meeting.version, **data},
    )


@transaction.atomic
def call_meeting(
    cycle: Cycle,
    *,
    by: Membership,
    at: datetime,
    kind: str,
    purpose: str,
    chair: Membership,
    meets_at: datetime,
    where_or_how: str,
    quorum_agencies: int = 0,
    quorum_source: str = "",
) -> Meeting:
    """Call a meeting about a concern. The chair is of the agency whose concern it is, and its first member.

    `meets_at` is UTC. Raises Refused without a sharing decision for everybody it is about, for a chair of
    another agency, and for a quorum without its source.
    """
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    require_current(cycle)
    chair = parties.require_in_post(chair)
    if chair.agency_id != cycle.concern.agency_id or not chair.may(Permission.LOG_CONCERNS):
        raise Refused("The chair is somebody at your own agency who works on concerns.")
    if kind not in Meeting.Kind.values:
        raise Refused("Say what kind of meeting it is.")
    if not (purpose.strip() and where_or_how.strip()):
        raise Refused("Say what the meeting is for, and where or how people meet.")
    if quorum_agencies and not quorum_source.strip():
        raise Refused("Say where the quorum is from: which guidance or local procedure sets it.")
    _require_moment(meets_at, at=at)
    missing = decisions_missing(cycle)
    if missing:
        raise Refused(
            "Nobody is asked to a meeting before it is decided to share.",
            *missing,
            "If it cannot wait for that, tell them now as urgent, and call the meeting afterwards.",
        )
    meeting = Meeting.objects.create(
        reference=parties.next_reference(cycle.concern, "M"),
        cycle=cycle,
        kind=kind,
        purpose=purpose,
        chair=chair,
        called_by=by,
        called_at=at,
        meets_at=meets_at,
        where_or_how=where_or_how,
        quorum_agencies=quorum_agencies,
        quorum_source=quorum_source,
        version=0,
    )
    MeetingMember.objects.create(
        meeting=meeting, member=chair, asked_by=by, asked_at=at, attendance=Attendance.COMING
    )
    event = changed(meeting, "sharing.meeting.called", by=by, at=at, kind=kind)
    if chair.pk != by.pk:
        _tell(meeting, chair, by=by, at=at, event=event)
    return meeting


def _require_moment(meets_at: datetime, *, at: datetime) -> None:
    if not at - MOST_AHEAD <= meets_at <= at + MOST_AHEAD:
        raise Refused("That is more than a year away. Check the date.")


@transaction.atomic
def ask_to_meeting(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    member: Membership,
    why_you: str = "",
    is_needed: bool = False,
    instead_of: MeetingMember | None = None,
    seen_version: int | None = None,
) -> MeetingMember:
    """Ask somebody to a meeting, with or without an account. Nobody is on the list twice.

    Also afterwards, for somebody who came in another's place, until the minutes have gone out. Raises
    AnotherPersonMustCheck where it is the chair in another role, AlreadyDone where they are on the list.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_not_called_off(meeting)
    member = parties.require_in_post(member)
    if member.is_same_person(meeting.chair) and member.pk != meeting.chair_id:
        raise rules.AnotherPersonMustCheck(
            f"{member.full_name} is the chair in another role. Nobody is on both sides of a check-back."
        )
    if meeting.members.filter(member=member, taken_back_at__isnull=True).exists():
        raise rules.AlreadyDone(f"{member.full_name} is on the list already.")
    if instead_of is not None and instead_of.meeting_id != meeting.pk:
        raise Refused("They come instead of somebody who was asked to this meeting.")
    row = MeetingMember.objects.create(
        meeting=meeting,
        member=member,
        why_you=why_you,
        is_needed=is_needed,
        instead_of=instead_of,
        asked_by=by,
        asked_at=at,
    )
    require_fit_for_all(meeting, at=at)
    event = changed(
        meeting, "sharing.meeting.asked", by=by, at=at, also=[member.agency], member=str(member.pk)
    )
    row.meeting = meeting
    obligations.follow(row, at=at)
    if meeting.held_at is None and not member.is_outside and member.pk != by.pk:
        _tell(meeting, member, by=by, at=at, event=event)
    return row


def _tell(meeting: Meeting, member: Membership, *, by: Membership, at: datetime, event: Event) -> None:
    parties.tell_if_possible(
        member,
        Message.Kind.MEETING,
        about=meeting,
        sender=by,
        at=at,
        event=event,
        respond_by=meeting.meets_at if meeting.meets_at > at else None,
    )


@transaction.atomic
def take_off_the_list(
    meeting: Meeting, *, by: Membership, at: datetime, number: int, why: str, seen_version: int | None = None
) -> MeetingMember:
    """Take somebody off the list of a meeting, with a reason. They see it no longer.

    Raises Refused for the chair, and for somebody who has a part in what was written down.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_not_called_off(meeting)
    row = (
        meeting.members.filter(pk=number, taken_back_at__isnull=True).select_related("member__agency").first()
    )
    if row is None:
        raise rules.AlreadyDone("A colleague took them off the list already.")
    if row.member_id == meeting.chair_id:
        raise Refused("The chair stays on the list. Call the meeting off instead.")
    book = minutes.read(meeting)
    is_used = any(one.rests_with_id == row.pk for one in minutes.standing(book.actions))
    is_used |= any(
        one.brought_by_id == row.pk or book.is_for(one, row) for one in minutes.standing(book.contributions)
    )
    if is_used or row.copies.exists():
        raise Refused(
            "They have a part in this meeting: an action, something brought, or minutes that were sent.",
            "Take that back first. What was sent can be withdrawn on its own page.",
        )
    if not why.strip():
        raise Refused("Say why they are taken off the list.")
    row.taken_back_at, row.taken_back_by, row.taken_back_why = at, by, why
    row.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    changed(meeting, "sharing.meeting.taken_off", by=by, at=at, also=[row.member.agency])
    row.meeting = meeting
    obligations.follow(row, at=at)
    return row


@transaction.atomic
def answer_invitation(
    meeting: Meeting, *, by: Membership, at: datetime, is_coming: bool, words: str = ""
) -> MeetingMember:
    """Say that one comes, or send apologies in one's own words. The chair is told.

    Raises NotYourTurn for anybody but those asked and their deputies; Refused once it was held.
    """
    rules.require_role(by)
    meeting = lock_meeting(meeting)
    row, acting_for = _own_place(meeting, by, at=at)
    meeting_rules.require_still_to_come(meeting)
    if row.member_id == meeting.chair_id and not is_coming:
        raise Refused("You are in the chair. Hold the meeting at another time, or call it off.")
    if not is_coming and not words.strip():
        raise Refused("Write your apologies, and say who comes instead if somebody does.")
    row.attendance = Attendance.COMING if is_coming else Attendance.APOLOGIES
    row.words, row.answered_at, row.answered_by = words, at, by
    row.save(update_fields=["attendance", "words", "answered_at", "answered_by"])
    require_fit_for_all(meeting, at=at)
    event = changed(
        meeting,
        "sharing.meeting.answered",
        by=by,
        at=at,
        acting_for=acting_for,
        also=[meeting.chair.agency],
        answer=str(row.attendance),
    )
    row.meeting = meeting
    obligations.follow(row, at=at)
    if by.pk != meeting.chair_id:
        _tell(meeting, meeting.chair, by=by, at=at, event=event)
    return row


def _own_place(meeting: Meeting, by: Membership, *, at: datetime) -> tuple[MeetingMember, str]:
    """Return somebody's own place in a meeting, or that of whom they stand in for. Raises NotYourTurn."""
    rows = meeting.members.filter(taken_back_at__isnull=True).select_related("member__user", "member__agency")
    for row in sorted(rows, key=lambda one: one.member_id != by.pk):
        if parties.stands_for(by, row.member, at=at):
            return row, "" if row.member_id == by.pk else row.member.label
    raise rules.NotYourTurn("Only somebody who was asked to this meeting, or their deputy, can do this.")


@transaction.atomic
def move_meeting(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    meets_at: datetime,
    where_or_how: str,
    seen_version: int | None = None,
) -> Meeting:
    """Change when or where a meeting is, before it is held. Everybody on the list with an account is told."""
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_still_to_come(meeting)
    _require_moment(meets_at, at=at)
    if not where_or_how.strip():
        raise Refused("Say where or how people meet.")
    if (meeting.meets_at, meeting.where_or_how) == (meets_at, where_or_how):
        raise rules.AlreadyDone("That is when and where it is already.")
    meeting.meets_at, meeting.where_or_how = meets_at, where_or_how
    require_fit_for_all(meeting, at=at)
    event = changed(
        meeting, "sharing.meeting.moved", by=by, at=at, fields=["meets_at", "where_or_how"],
        also=_agencies_of(meeting),
    )  # fmt: skip
    _tell_everybody(meeting, by=by, at=at, event=event)
    return meeting


@transaction.atomic
def call_off(
    meeting: Meeting, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Meeting:
    """Call a meeting off before it is held, with a reason. Everybody on the list with an account is told."""
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_still_to_come(meeting)
    if not why.strip():
        raise Refused("Say why the meeting is called off, and what happens instead.")
    meeting.called_off_at, meeting.called_off_by, meeting.called_off_why = at, by, why
    require_fit_for_all(meeting, at=at)
    event = changed(
        meeting, "sharing.meeting.called_off", by=by, at=at, also=_agencies_of(meeting),
        fields=["called_off_at", "called_off_by", "called_off_why"],
    )  # fmt: skip
    _tell_everybody(meeting, by=by, at=at, event=event)
    return meeting


def _on_the_list(meeting: Meeting) -> list[MeetingMember]:
    rows = meeting.members.filter(taken_back_at__isnull=True)
    return list(rows.select_related("member__user", "member__agency"))


def _agencies_of(meeting: Meeting) -> list[Agency]:
    return [one.member.agency for one in _on_the_list(meeting)]


def _tell_everybody(meeting: Meeting, *, by: Membership, at: datetime, event: Event) -> None:
    for one in _on_the_list(meeting):
        one.meeting = meeting
        obligations.follow(one, at=at)
        if not one.member.is_outside and one.member_id != by.pk:
            _tell(meeting, one.member, by=by, at=at, event=event)


@transaction.atomic
def record_attendance(
    meeting: Meeting,
    *,
    by: Membership,
    at: datetime,
    held_at: datetime,
    came: Mapping[int, Came],
    seen_version: int | None = None,
) -> Meeting:
    """Write down when a meeting was held and who came, by the number of each member on the list.

    Whoever is not said to have come, and did not send apologies, did not come: their agency is listed
    as absent. It can be corrected; once the minutes have gone out, by an amendment. `held_at` is UTC.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    require_own_concern(by, meeting.cycle.concern)
    meeting_rules.require_not_called_off(meeting)
    meeting_rules.require_can_be_held_at(held_at, at=at)
    on_the_list = _on_the_list(meeting)
    for one in on_the_list:
        said = came.get(one.pk, Came(Attendance.ABSENT))
        if said.attendance not in (Attendance.PRESENT, Attendance.APOLOGIES, Attendance.ABSENT):
            raise Refused(f"Say whether {one.member.full_name} came, sent apologies or did neither.")
        if one.member_id == meeting.chair_id and said.attendance != Attendance.PRESENT:
            raise Refused(
                "A meeting is held by its chair. If somebody else was in the chair, call it again with them."
            )
        one.attendance = said.attendance
        one.words = said.words if said.attendance == Attendance.APOLOGIES else ""
        one.answered_at, one.answered_by = at, by
        one.save(update_fields=["attendance", "words", "answered_at", "answered_by"])
    meeting.held_at, meeting.held_by = held_at, by
    require_fit_for_all(meeting, at=at)
    changed(
        meeting, "sharing.meeting.held", by=by, at=at, fields=["held_at", "held_by"],
        happened_at=held_at.isoformat(),
    )  # fmt: skip
    for one in on_the_list:
        one.meeting = meeting
        obligations.follow(one, at=at)
    return meeting


@transaction.atomic
def go_on_without_quorum(
    meeting: Meeting, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Meeting:
    """Let a meeting decide without a quorum, as its chair, with a written reason that stays in the minutes.

    Raises NotYourTurn for anybody but the chair or their deputy, Refused where it is a quorum.
    """
    meeting = lock_meeting(meeting, seen_version=seen_version)
    acting_for = require_chair(meeting, by, at=at, what="go on without a quorum")
    meeting_rules.require_held(meeting)
    quorum = meeting_rules.quorum_of(meeting, _on_the_list(meeting))
    if quorum.is_met:
        raise Refused("This is a quorum: there is nothing to go on without.")
    if meeting.went_on_at is not None:
        raise rules.AlreadyDone("It is written down already why the meeting went on.")
    if not why.strip():
        raise Refused("Write why it cannot wait until enough agencies are there.")
    meeting.went_on_at, meeting.went_on_by, meeting.went_on_why = at, by, why
    require_fit_for_all(meeting, at=at)
    changed(
        meeting, "sharing.meeting.went_on", by=by, at=at, acting_for=acting_for,
        fields=["went_on_at", "went_on_by", "went_on_why"],
    )  # fmt: skip
    return meeting
