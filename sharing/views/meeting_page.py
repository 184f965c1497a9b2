"""What the page of a meeting shows: to the agency whose concern it is all, to a member their own part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import Coalesce, JSONObject

from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from sharing import minutes
from sharing.minutes import Book
from sharing.models import Agreement, Exchange, Meeting, MeetingMember, Minutes
from sharing.querysets import people
from sharing.rules import meetings as meeting_rules
from sharing.rules import spoken_limit
from sharing.rules.meetings import Attendance, Quorum
from sharing.states import TAGS, State, state_of
from sharing.told import moment
from sharing.views.exchange_page import AGREEMENT_COLOURS
from sharing.waiting.chasing import chased

ATTENDANCE_COLOURS = {
    Attendance.ASKED: "grey",
    Attendance.COMING: "blue",
    Attendance.APOLOGIES: "yellow",
    Attendance.PRESENT: "green",
    Attendance.ABSENT: "red",
}


@dataclass(frozen=True)
class Seen:
    """A meeting as it was read for one person, once."""

    book: Book
    copies: Sequence[Any]
    quorum: Quorum
    reader: Membership
    now: datetime
    is_ours: bool
    is_chair: bool
    reads_all: bool
    place: MeetingMember | None

    @property
    def meeting(self) -> Meeting:
        return self.book.meeting

    @property
    def own_copies(self) -> list[Any]:
        """The parts sent to the reader, to whom they stand in for or, for a lead, to their agency."""
        mine = {self.reader.pk, *([self.place.member_id] if self.place else [])}
        oversees = self.reader.may(Permission.OVERSEE) and not self.is_ours
        return [
            one
            for one in self.copies
            if one.not_mine_at is None
            and (one.listener_id in mine or (oversees and one.listener.agency_id == self.reader.agency_id))
        ]


def look(request: HatRequest, meeting: Any, *, now: datetime) -> Seen:
    """Read a meeting, and say what this person may know of it.

    `reads_all` is for the chair, their deputies and the leads of their agency: only they read what was
    brought for others, because the chair sends it on. `place` is the reader's own on the list, or that of
    whom they stand in for.
    """
    member = request.membership
    book = minutes.read(meeting)
    is_ours = member.agency_id == meeting.cycle.concern.agency_id
    return Seen(
        book=book,
        copies=copies_of(meeting),
        quorum=meeting_rules.quorum_of(meeting, book.asked),
        reader=member,
        now=now,
        is_ours=is_ours,
        is_chair=meeting.i_chair,
        reads_all=meeting.i_chair or (is_ours and member.may(Permission.OVERSEE)),
        place=next((one for one in book.asked if one.pk == meeting.my_place), None),
    )


def copies_of(meeting: Meeting) -> list[Any]:
    """Read each member's part with where its check-back stands and what they think, in one statement."""
    name = Coalesce("by__user__full_name", "by__name")
    said = (
        Agreement.objects.filter(exchange=OuterRef("pk"))
        .order_by("pk")
        .values(json=JSONObject(about="about", answer="answer", why="why", name=name))
    )
    rows = Exchange.objects.filter(minutes_copy__minutes__meeting=meeting).with_state()
    rows = rows.annotate(said=ArraySubquery(said))
    return list(
        rows.select_related(*people("listener", "speaker"), "minutes_copy__minutes").order_by(
            "minutes_copy__member", "pk"
        )
    )


def state(meeting: Meeting, latest: Minutes | None) -> dict[str, str]:
    """Say where a meeting stands, as a tag. `latest` is the last version of its minutes."""
    if meeting.called_off_at:
        return {"text": "Called off", "colour": "red"}
    if latest:
        text = "Minutes sent" if latest.number == 1 else f"Minutes sent, version {latest.number}"
        return {"text": text, "colour": "green"}
    return {"text": "Held", "colour": "purple"} if meeting.held_at else {"text": "Called", "colour": "blue"}


def context(seen: Seen) -> dict[str, Any]:
    """Put what was read into the words of the page."""
    meeting, book = seen.meeting, seen.book
    shown: dict[str, Any] = {
        "meeting": meeting,
        "tag": state(meeting, book.latest),
        "rows": _about(seen),
        "quorum": seen.quorum,
        "agencies": agencies(seen),
        "brought": brought(seen),
        "is_ours": seen.is_ours,
        "is_chair": seen.is_chair,
        "reads_all": seen.reads_all,
        "place": seen.place,
        "may_answer": seen.place is not None and meeting.held_at is None and not meeting.called_off_at,
        "may_bring": not meeting.called_off_at and (seen.is_chair or seen.place is not None),
        "versions": _versions(seen),
        "next": next_step(seen),
        "back": _back(seen),
    }
    if seen.is_ours:
        shown |= {
            "decisions": book.decisions,
            "actions": [_action(one, meeting) for one in book.actions],
            "parts": parts(seen),
            **_limit(seen),
            "may_write": meeting.held_at is not None and not meeting.called_off_at,
            "is_open": not meeting.called_off_at,
        }
    return shown


def _limit(seen: Seen) -> dict[str, Any]:
    """By when the minutes are to go out, and how that is chased."""
    waiting = [one for one in chased(seen.meeting.reference) if one.key.startswith("meeting:")]
    due = None
    if waiting:
        at = waiting[0].due_at
        due = {"text": spoken_limit(at), "late": at < seen.now, "at": at}
    return {"due": due, "chasing": waiting}


def _back(seen: Seen) -> dict[str, str]:
    if seen.is_ours:
        reference = seen.meeting.cycle.concern.reference
        return {"href": reverse("meetings", args=[reference]), "text": "Back to the meetings of the concern"}
    return {"href": reverse("home"), "text": "Back to what is waiting for you"}


def _about(seen: Seen) -> list[dict[str, Any]]:
    """What a meeting is, as names and values. Everybody on its list reads this."""
    meeting = seen.meeting
    rows = [
        {"key": "What for", "value": meeting.purpose},
        {"key": "Chair", "value": meeting.chair.label},
        {"key": "When", "value": moment(meeting.meets_at)},
        {"key": "Where or how", "value": meeting.where_or_how},
    ]
    if meeting.held_at:
        rows.append({"key": "Held", "value": moment(meeting.held_at)})
    if meeting.called_off_at and meeting.called_off_by:
        who = f"{meeting.called_off_by.full_name}, {moment(meeting.called_off_at)}"
        rows.append({"key": "Called off because", "value": f"{meeting.called_off_why}\n{who}"})
    return rows


def agencies(seen: Seen) -> list[dict[str, Any]]:
    """The agencies on the list with their people, and where each stands: an agency that stayed away too."""
    return [
        {
            "name": there.agency.name,
            "tag": _attendance(there.attendance),
            "is_needed": there.is_needed,
            "people": [_person(seen, one) for one in there.people],
        }
        for there in meeting_rules.agencies_at(seen.book.members)
    ]


def _attendance(value: str) -> dict[str, str]:
    choice = Attendance(value)
    return {"text": str(choice.label), "colour": ATTENDANCE_COLOURS[choice]}


def _person(seen: Seen, one: MeetingMember) -> dict[str, Any]:
    is_chair = one.member_id == seen.meeting.chair_id
    may_take_off = seen.is_ours and not is_chair and not seen.meeting.called_off_at
    return {
        "number": one.pk,
        "who": f"{one.member.full_name}, {one.member.job_title}",
        "is_chair": is_chair,
        "instead_of": one.instead_of.member.full_name if one.instead_of else "",
        "tag": _attendance(one.attendance),
        "words": one.words,
        "no_account": one.member.is_outside,
        "take_off": reverse("meeting-take-back", args=[seen.meeting.reference, "member", one.pk])
        if may_take_off
        else "",
    }


def brought(seen: Seen) -> list[dict[str, Any]]:
    """What was brought: to the chair's side all of it, to anybody else only what they brought themselves."""
    meeting = seen.meeting
    names = {one.pk: one.member.full_name for one in seen.book.members}
    found = []
    for one in seen.book.contributions:
        is_mine = seen.place is not None and one.brought_by_id == seen.place.pk
        is_mine = is_mine or one.entered_by_id == seen.reader.pk
        if not (seen.reads_all or is_mine):
            continue
        may_take_back = one.taken_back_at is None and not seen.book.minutes and (is_mine or seen.is_chair)
        found.append(
            {
                "row": one,
                "who": one.brought_by.member.label,
                "for_whom": [names[pk] for pk in sorted(minutes.for_whom(one))],
                "take_back": reverse("meeting-take-back", args=[meeting.reference, "brought", one.number])
                if may_take_back
                else "",
            }
        )
    return found


def _action(one: Any, meeting: Meeting) -> dict[str, Any]:
    who = one.owner.member.label if one.owner else meeting.chair.label
    return {
        "row": one,
        "who": who,
        "limit": spoken_limit(one.due_at),
        "checked_by": one.checked_by.member.full_name if one.checked_by else meeting.chair.full_name,
        "href": reverse("action", args=[one.action.reference]) if one.action else "",
    }


def _versions(seen: Seen) -> list[dict[str, Any]]:
    """The versions of the minutes: all of them, or those of which somebody has a part of their own."""
    reference = seen.meeting.reference
    mine = {one.minutes_copy.minutes_id for one in seen.own_copies}
    return [
        {
            "href": reverse("meeting-minutes", args=[reference, one.number]),
            "text": f"Version {one.number}, sent on {moment(one.at)}",
            "what_changed": one.what_changed,
        }
        for one in seen.book.minutes
        if seen.is_ours or one.pk in mine
    ]


def state_of_copy(copy: Any) -> State:
    """Where the check-back of one member's part stands."""
    return state_of(copy, last_outcome=copy.last_outcome)


def views_of(copy: Any) -> list[dict[str, Any]]:
    """What a member thinks of the risk and of what is done, the latest of each, in their own words."""
    latest = {one["about"]: one for one in copy.said}
    return [
        {
            "about": Agreement.About(one["about"]).label,
            "tag": {
                "text": Agreement.Answer(one["answer"]).label,
                "colour": AGREEMENT_COLOURS[one["answer"]],
            },
            "why": one["why"],
            "name": one["name"],
        }
        for one in latest.values()
    ]


def parts(seen: Seen) -> list[dict[str, Any]]:
    """Each member's latest part: how far its check-back is and, for the chair's side, what they think."""
    latest = {copy.minutes_copy.member_id: copy for copy in seen.copies}
    found = []
    for copy in latest.values():
        where = state_of_copy(copy)
        reads = seen.reads_all or copy in seen.own_copies
        found.append(
            {
                "who": copy.listener.label,
                "reference": copy.reference,
                "version": copy.minutes_copy.minutes.number,
                "tag": {"text": where.value.capitalize(), "colour": TAGS[where]},
                "href": reverse("exchange", args=[copy.reference]) if reads else "",
                "views": views_of(copy) if reads else [],
            }
        )
    return found


def next_step(seen: Seen) -> dict[str, str]:
    """Say the one next step on a meeting to whoever looks."""
    meeting, book = seen.meeting, seen.book
    if meeting.called_off_at:
        return {"title": "This meeting was called off"}
    if not seen.is_ours or any(not one.is_over for one in seen.own_copies):
        return _members_step(seen)
    if meeting.held_at is None:
        if len(book.asked) == 1:
            return _step(seen, "Ask the people who should be there", "meeting-add", "Add somebody")
        title = "Is everybody asked? When it has been held, write down who came"
        return _step(seen, title, "meeting-attendance", "Write down who came")
    if not seen.quorum.is_met and meeting.went_on_at is None:
        title = "This is not a quorum, so nothing can be decided yet"
        if not seen.is_chair:
            return {"title": title, "text": f"{meeting.chair.full_name} decides whether it can wait."}
        return _step(seen, title, "meeting-without-quorum", "Write why it cannot wait")
    if not minutes.standing(book.decisions):
        return _step(seen, "Write down what was decided", "meeting-decision", "Add a decision")
    if book.latest is None:
        title = "Add the actions, then send the minutes"
        if not seen.is_chair:
            return {"title": title, "text": f"{meeting.chair.full_name} sends the minutes."}
        return _step(seen, title, "meeting-send", "Send the minutes")
    return _after(seen)


def _step(seen: Seen, title: str, page: str, button: str) -> dict[str, str]:
    return {"title": title, "href": reverse(page, args=[seen.meeting.reference]), "button": button}


def _after(seen: Seen) -> dict[str, str]:
    """The minutes are out: is something changed since, and who has not understood their part yet?"""
    book = seen.book
    latest = book.latest
    if latest and seen.is_chair and not minutes.is_the_same(book, main_risk=latest.main_risk):
        title = f"Something has changed since version {latest.number}"
        return _step(seen, title, "meeting-send", "Send the amendment")
    waiting = [
        copy.listener.full_name
        for copy in {one.minutes_copy.member_id: one for one in seen.copies}.values()
        if not copy.is_over
    ]
    if waiting:
        return {"title": f"Waiting until these are understood: {', '.join(waiting)}"}
    return {"title": "Every member has understood their part"}


def _members_step(seen: Seen) -> dict[str, str]:
    """The next step of a member of another agency: to answer, to bring something, to say their part back."""
    mine = seen.own_copies
    if mine:
        title = {
            State.UNDERSTOOD: "Your part of the minutes is understood",
            State.RESTATED: f"{seen.meeting.chair.full_name} checks what you said back",
        }.get(state_of_copy(mine[-1]), "Your part of the minutes waits for you")
        href = reverse("exchange", args=[mine[-1].reference])
        return {"title": title, "href": href, "button": "Open your part"}
    if seen.meeting.held_at is not None or seen.place is None:
        return {"title": f"Waiting for {seen.meeting.chair.full_name} to send the minutes"}
    if seen.place.attendance == Attendance.ASKED:
        return _step(seen, "Will you come?", "meeting-coming", "Answer")
    return _step(seen, "Bring what the others need to know", "meeting-bring", "Bring something")
