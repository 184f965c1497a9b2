"""Meetings in every state, brought about by the real operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agencies.models import Membership
from agencies.operations.outside import add_outside
from records.models import Concern
from sharing.models import Contribution, Exchange, Meeting, MeetingAction, MeetingMember, Minutes, Obligation
from sharing.operations import meeting_minutes, meetings
from sharing.operations.meetings import Came
from sharing.rules.meetings import Attendance
from tests import factories
from tests.factories import World

RISK = "That she goes back to the same house on Friday with nobody told."
DECISION = "Two of us see her at school every week until the end of term."


def waiting(kind: str) -> list[Obligation]:
    """What somebody owes still, of one kind, the oldest first."""
    return list(Obligation.objects.filter(kind=kind, settled_at__isnull=True).order_by("pk"))


def called(world: World, concern: Concern | None = None, **more: Any) -> Meeting:
    """Call a core group of the school's, chaired by the owner of the concern, in five minutes."""
    concern = concern or factories.at_share(world)
    at = world.clock()
    given: dict[str, Any] = {
        "kind": "CORE_GROUP",
        "purpose": "To agree who sees her every week, and what would make us meet sooner.",
        "chair": concern.owner,
        "meets_at": at + timedelta(minutes=5),
        "where_or_how": "By video call; the link comes from the school office.",
        "quorum_agencies": 2,
        "quorum_source": "Local procedures, core groups",
        **more,
    }
    return meetings.call_meeting(factories.the_cycle(concern), by=concern.owner, at=at, **given)


def asked(world: World, meeting: Meeting, member: Membership, **more: Any) -> MeetingMember:
    """Ask somebody to a meeting, as its chair."""
    return meetings.ask_to_meeting(meeting, by=meeting.chair, at=world.clock(), member=member, **more)


def with_members(world: World, concern: Concern | None = None, **more: Any) -> Meeting:
    """Call a meeting and ask the social worker and the doctor to it."""
    meeting = called(world, concern, **more)
    asked(world, meeting, world.tom, why_you="You visit the family.", is_needed=True)
    asked(world, meeting, world.amara)
    return again(meeting)


def again(meeting: Meeting) -> Meeting:
    """Read a meeting again as it is now, with its people."""
    return Meeting.objects.with_people().get(pk=meeting.pk)


def outside(world: World) -> Membership:
    """Put somebody without an account in the school's directory."""
    return add_outside(
        by=world.priya,
        at=world.clock(),
        organisation="Moorside Nursery",
        kind="CHARITY",
        full_name="Wanda Outhwaite",
        job_title="Room leader",
        email="wanda@moorside.example",
        how_email_checked="I rang and she answered from it.",
        phone="01632 960 555",
        how_phone_checked="I rang her on it.",
    )


def place(meeting: Meeting, member: Membership) -> MeetingMember:
    """Return somebody's place on the list of a meeting."""
    rows = meeting.members.select_related("member__user", "member__agency", "meeting__cycle__concern")
    return rows.get(member=member, taken_back_at__isnull=True)


def held(
    world: World, meeting: Meeting | None = None, *, away: dict[Membership, str] | None = None
) -> Meeting:
    """Write down that everybody came but those who are `away`: with their apologies, or none ("")."""
    meeting = meeting or with_members(world)
    world.clock.jump_to(max(world.clock.moment, meeting.meets_at))
    absent = {member.pk: words for member, words in (away or {}).items()}
    came = {}
    for one in meeting.members.filter(taken_back_at__isnull=True):
        if one.member_id not in absent:
            came[one.pk] = Came(Attendance.PRESENT)
        elif absent[one.member_id]:
            came[one.pk] = Came(Attendance.APOLOGIES, absent[one.member_id])
    meetings.record_attendance(
        meeting, by=meeting.chair, at=world.clock(), held_at=world.clock.moment, came=came
    )
    return again(meeting)


def brought(
    world: World,
    meeting: Meeting,
    member: Membership,
    *for_whom: Membership,
    text: str = "She was seen at home on Monday and spoke freely.",
    by: Membership | None = None,
) -> Contribution:
    """Bring something to a meeting, for some of the others."""
    return meeting_minutes.bring(
        meeting,
        by=by or member,
        at=world.clock(),
        brought_by=place(meeting, member).pk,
        kind="FACT_SEEN",
        text=text,
        source="I did",
        for_whom=[place(meeting, one).pk for one in for_whom],
    )


def decided(world: World, meeting: Meeting, **more: Any) -> None:
    """Write down a decision."""
    given = {"what": DECISION, "why": "She talks there, and nowhere else.", **more}
    meeting_minutes.record_decision(meeting, by=meeting.chair, at=world.clock(), **given)


def action(world: World, meeting: Meeting, owner: Membership, **more: Any) -> MeetingAction:
    """Write down what a member does."""
    given: dict[str, Any] = {
        "what": "See her at school and ring the chair after.",
        "by_when": "2 working days",
        "contingency": "She is not in school.",
        **more,
    }
    return meeting_minutes.record_action(
        meeting, by=meeting.chair, at=world.clock(), owner=place(meeting, owner).pk, **given
    )


def ready(world: World, meeting: Meeting | None = None) -> Meeting:
    """Bring a meeting to where its minutes can go out: held, a decision, an action of the social worker's."""
    meeting = held(world, meeting)
    decided(world, meeting)
    action(world, meeting, world.tom)
    return again(meeting)


def issued(world: World, meeting: Meeting | None = None, **more: Any) -> Minutes:
    """Send the minutes of a meeting."""
    meeting = meeting or ready(world)
    return meeting_minutes.issue_minutes(
        meeting, by=meeting.chair, at=world.clock(), **{"main_risk": RISK, **more}
    )


def copy_of(meeting: Meeting, member: Membership) -> Exchange:
    """Return the latest part of the minutes that was sent to somebody."""
    rows = Exchange.objects.with_people().filter(minutes_copy__minutes__meeting=meeting)
    return rows.filter(minutes_copy__member__member=member).latest("pk")
