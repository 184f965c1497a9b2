"""The demo's core group: three agencies came, one sent apologies, and one member sees the risk as higher."""

from __future__ import annotations

from datetime import datetime, timedelta

from agencies.models import Membership
from records.models import Concern
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange, Meeting, MeetingMember
from sharing.operations import differ, meeting_minutes, meetings
from sharing.operations.meetings import Came

CHAIR, SOCIAL_WORKER = "Helen Croft", "Tom Ashdown"
SCHOOL, HEALTH, GP = "Priya Nair", "Joanne Tully", "Dr Amara Osei"
RISK = (
    "That he is alone with his father's friend at weekends, and that none of us would hear of it till Monday."
)
Attendance = MeetingMember.Attendance


def a_core_group_meets_about_nathaniel(now: datetime) -> None:
    """Called by the front door, held, minuted and amended; each member is somewhere else with their part."""
    clock = steps.working_morning(now, 2)
    concern = _told(clock, now)
    meeting = _called(concern, clock)
    _held(meeting, clock)
    _decided(meeting, clock)
    _understood_and_agreed(meeting, clock)
    _understood_and_not_agreed(meeting, clock)
    _said_back(meeting, clock)
    _amended(meeting, clock)


def a_strategy_discussion_is_called(now: datetime) -> None:
    """Called for tomorrow: the police have not answered, the school comes, and nothing is decided yet."""
    clock = Clock(now - timedelta(hours=5))
    concern = _told(clock, now, first="Freya", last="Holt", who=SOCIAL_WORKER)
    meeting = meetings.call_meeting(
        steps.now_at(concern),
        by=steps.member(SOCIAL_WORKER),
        at=clock.tick(),
        kind=Meeting.Kind.STRATEGY,
        purpose="Freya: whether she is safe tonight, and who sees her first.",
        chair=steps.member(SOCIAL_WORKER),
        meets_at=now + timedelta(hours=20),
        where_or_how="By telephone; the duty desk puts everybody through.",
        quorum_agencies=3,
        quorum_source="Working Together 2026: social care, police and health",
    )
    for name, needed in (("Silas Webb", True), (SCHOOL, False), (HEALTH, True)):
        _ask(meeting, name, clock, is_needed=needed)
    meetings.answer_invitation(meeting, by=steps.member(SCHOOL), at=clock.tick(20), is_coming=True)
    _bring(meeting, SCHOOL, clock, "She asked twice today whether she has to go home.", SOCIAL_WORKER)


def _told(
    clock: Clock, now: datetime, *, first: str = "Nathaniel", last: str = "Cole", who: str = SOCIAL_WORKER
) -> Concern:
    """A concern of the front door's, at Do, with a decision to share."""
    tale = Tale(
        by=steps.member(who),
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(6, now)},
        said=[
            Said("FACT_SEEN", "Bed without a mattress, window that does not shut.", "My visit"),
            Said("VOICE", "He shouts when the football is on.", f"{first}, to me", verbatim=True,
                 voice_of="WORDS"),
        ],
        level=3,
    )  # fmt: skip
    concern = steps.log(tale)
    steps.settle_ask(
        tale, concern, who="School, the health visitor and the GP.", worked_with=steps.member(HEALTH)
    )
    steps.decide(tale, concern, capacity="NOT_COMPETENT", answer="GIVEN", told=True)
    return concern


def _called(concern: Concern, clock: Clock) -> Meeting:
    meeting = meetings.call_meeting(
        steps.now_at(concern),
        by=steps.member(SOCIAL_WORKER),
        at=clock.tick(),
        kind=Meeting.Kind.CORE_GROUP,
        purpose="Nathaniel: who sees him each week, and what would make us meet sooner.",
        chair=steps.member(CHAIR),
        meets_at=clock.now + timedelta(minutes=90),
        where_or_how="Room 2 at the family front door, or by video call.",
        quorum_agencies=3,
        quorum_source="Local procedures: three agencies, the school among them",
    )
    _ask(meeting, SOCIAL_WORKER, clock, why="You visit the family.")
    _ask(meeting, SCHOOL, clock, why="He is in your school every day.", is_needed=True)
    _ask(meeting, HEALTH, clock, why="You see the baby.")
    _ask(meeting, GP, clock, why="You know the parents.")
    meetings.answer_invitation(
        meeting,
        by=steps.member(GP),
        at=clock.tick(20),
        is_coming=False,
        words="I have surgery until noon, and nobody can take it. What I know is written below.",
    )
    _bring(meeting, GP, clock, "His father has been given a new prescription; ask him, not me.", CHAIR)
    _bring(
        meeting, HEALTH, clock, "The baby was weighed on Monday and is well.", SOCIAL_WORKER,
        kind="FACT_SEEN",
    )  # fmt: skip
    _bring(meeting, SCHOOL, clock, "He eats everything at breakfast club.", HEALTH, SOCIAL_WORKER)
    return Meeting.objects.with_people().get(pk=meeting.pk)


def _ask(
    meeting: Meeting, name: str, clock: Clock, *, why: str = "", is_needed: bool = False
) -> MeetingMember:
    return meetings.ask_to_meeting(
        meeting, by=meeting.called_by, at=clock.tick(2), member=steps.member(name), why_you=why,
        is_needed=is_needed,
    )  # fmt: skip


def _place(meeting: Meeting, name: str) -> MeetingMember:
    return meeting.members.get(member=steps.member(name))


def _bring(
    meeting: Meeting, who: str, clock: Clock, text: str, *for_whom: str, kind: str = "REPORTED"
) -> None:
    """Somebody brings something for some of the others. For the chair it is in any case."""
    others = [name for name in for_whom if steps.member(name).pk != meeting.chair_id]
    meeting_minutes.bring(
        meeting,
        by=steps.member(who),
        at=clock.tick(5),
        brought_by=_place(meeting, who).pk,
        kind=kind,
        text=text,
        source="My own notes",
        for_whom=[_place(meeting, name).pk for name in others],
    )


def _held(meeting: Meeting, clock: Clock) -> None:
    """The GP's apologies are hers; everybody else was there."""
    clock.now = max(clock.now, meeting.meets_at)
    gp = _place(meeting, GP)
    came = {one.pk: Came(Attendance.PRESENT) for one in meeting.members.exclude(pk=gp.pk)}
    came[gp.pk] = Came(Attendance.APOLOGIES, gp.words)
    chair = steps.member(CHAIR)
    meetings.record_attendance(meeting, by=chair, at=clock.tick(40), held_at=meeting.meets_at, came=came)


def _decided(meeting: Meeting, clock: Clock) -> None:
    chair = steps.member(CHAIR)
    meeting_minutes.record_decision(
        meeting,
        by=chair,
        at=clock.tick(),
        what="One of us sees him every week, and tells the others the same day.",
        why="He talks to each of us about something else.",
    )
    for who, what, contingency in (
        (SOCIAL_WORKER, "Visit at home, on a Friday afternoon.", "Nobody opens, twice."),
        (SCHOOL, "Speak with him on Monday morning, before lessons.", "He is not in school."),
        (GP, "Look for missed appointments of the last year.", "There are more than two."),
    ):
        _act(meeting, who, what, contingency, clock)
    meeting_minutes.record_action(
        meeting, by=chair, at=clock.tick(2), owner=_place(meeting, CHAIR).pk,
        checked_by=_place(meeting, SCHOOL).pk, what="Tell the parents what was decided, face to face.",
        by_when="2 working days", contingency="They will not see me.",
    )  # fmt: skip
    meeting_minutes.issue_minutes(meeting, by=chair, at=clock.tick(15), main_risk=RISK)


def _act(meeting: Meeting, who: str, what: str, contingency: str, clock: Clock) -> None:
    meeting_minutes.record_action(
        meeting,
        by=steps.member(CHAIR),
        at=clock.tick(2),
        owner=_place(meeting, who).pk,
        what=what,
        by_when="3 working days",
        contingency=contingency,
    )


def _part(meeting: Meeting, who: str) -> Exchange:
    """The part of the minutes that somebody was sent last."""
    rows = Exchange.objects.with_people().filter(minutes_copy__minutes__meeting=meeting)
    return rows.filter(listener=steps.member(who)).latest("pk")


def _hear(meeting: Meeting, who: str, clock: Clock, will_do: str) -> tuple[Membership, Exchange]:
    part = _part(meeting, who)
    steps.hear(
        part,
        clock,
        "We each see him every week, and ring round on the day, so that no weekend passes unnoticed.",
        "Nobody sees him between Friday and Monday while the friend is in the house.",
        will_do,
    )
    return steps.member(who), part


def _understood_and_agreed(meeting: Meeting, clock: Clock) -> None:
    who, part = _hear(
        meeting, HEALTH, clock, "I go on seeing the baby, and ring at once if the friend opens the door."
    )
    steps.confirm(part, clock)
    differ.answer_agreement(part, by=who, at=clock.tick(), risk="AGREE", action="AGREE")


def _understood_and_not_agreed(meeting: Meeting, clock: Clock) -> None:
    who, part = _hear(
        meeting, SCHOOL, clock, "I take him aside on Monday; if he is away I ring the front door by nine."
    )
    steps.confirm(part, clock)
    differ.answer_agreement(
        part,
        by=who,
        at=clock.tick(),
        risk="DISAGREE",
        risk_why="It is higher than that. He flinched on Thursday, and once a week is too seldom.",
        action="PARTLY",
        action_why="Somebody has to see him at the weekend too.",
    )


def _said_back(meeting: Meeting, clock: Clock) -> None:
    """The social worker has said it back, and the chair has not checked it yet."""
    _hear(
        meeting, SOCIAL_WORKER, clock, "I call round on Friday, and go back with a colleague if nobody is in."
    )


def _amended(meeting: Meeting, clock: Clock) -> None:
    """An action that was left out: version 2 goes to the health visitor alone, whose part it changes."""
    _act(meeting, HEALTH, "Ask his mother who is at home at weekends.", "She will not say.", clock)
    meeting_minutes.issue_minutes(
        meeting,
        by=steps.member(CHAIR),
        at=clock.tick(10),
        main_risk=RISK,
        what_changed="The health visitor’s action was left out of version 1.",
    )


STORIES = (a_core_group_meets_about_nathaniel, a_strategy_discussion_is_called)
