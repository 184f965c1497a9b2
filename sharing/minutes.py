"""What the minutes of a meeting say, and what each member's own part of them is. Read, never written, here.

A member's part is the main risk, the one set of decisions, what they themselves do, what the chair does
that they check, and what was brought for them. It has nothing else: `part_for` is the only place where a
part is put together, and a test tries to find anything in it that was for somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery

from records.models import Statement, Strike
from sharing.models import (
    Contribution,
    ContributionFor,
    Item,
    Meeting,
    MeetingAction,
    MeetingDecision,
    MeetingMember,
    Minutes,
)
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.rules.meetings import Attendance, agencies_at, quorum_of

RISK = "The main risk: say this back"
DECIDED = "What was decided"
YOURS = "What you do by when: say this back"
CHAIRS = "What the chair does by when, and you check"
BROUGHT = "Brought for you"
HEADINGS = frozenset({RISK, DECIDED, YOURS, CHAIRS})
WHAT_I_ASK = (
    "Say back the main risk and your own actions. Then say whether you agree, which is another question."
)


class Line(NamedTuple):
    """One item of a member's part. What was brought has a source of its own, and who brought it.

    `statement` is the number of the statement of the concern that it gives, so that a correction finds it.
    """

    source: str
    kind: str
    text: str
    is_key: bool
    brought_by: str = ""
    statement: int | None = None


def is_line(item: Item) -> bool:
    """Say whether an item of a part stands under one of its headings, and was not brought by somebody."""
    return item.source in HEADINGS and not item.written_by


@dataclass
class Book:
    """A meeting as it stands, with what was taken back too, read in five statements."""

    meeting: Meeting
    members: list[MeetingMember]
    contributions: list[Contribution]
    decisions: list[MeetingDecision]
    actions: list[MeetingAction]
    minutes: list[Minutes]

    @property
    def asked(self) -> list[MeetingMember]:
        """Those who are on the list."""
        return [one for one in self.members if one.taken_back_at is None]

    @property
    def latest(self) -> Minutes | None:
        return self.minutes[-1] if self.minutes else None

    def place_of_chair(self) -> MeetingMember | None:
        """The chair's own place, where they are on the list as everybody is."""
        return next((one for one in self.asked if one.member_id == self.meeting.chair_id), None)

    def is_for(self, contribution: Contribution, member: MeetingMember) -> bool:
        return member.pk in for_whom(contribution)


def for_whom(contribution: Contribution) -> frozenset[int]:
    """Return for which members, by their number on the list, something was brought."""
    numbers: list[int] = contribution.for_numbers  # type: ignore[attr-defined]  # `read` annotates it
    return frozenset(numbers)


def standing(rows: Iterable[Any]) -> list[Any]:
    """Leave out what was taken back."""
    return [row for row in rows if row.taken_back_at is None]


def read(meeting: Meeting) -> Book:
    """Read everything about one meeting, in five statements."""
    newest = Statement.objects.filter(
        concern=OuterRef("statement__concern"), number=OuterRef("statement__number")
    ).order_by("-version")
    for_each = ContributionFor.objects.filter(contribution=OuterRef("pk")).order_by("pk")
    return Book(
        meeting=meeting,
        members=list(meeting.members.select_related(*people("member"), "instead_of__member__user")),
        contributions=list(
            meeting.contributions.select_related(*people("brought_by__member"), "entered_by__user").annotate(
                for_numbers=ArraySubquery(for_each.values("member")),
                newest=Subquery(newest.values("pk")[:1]),
                newest_text=Subquery(newest.values("text")[:1]),
                newest_source=Subquery(newest.values("source")[:1]),
                is_struck=Exists(_struck()),
            )
        ),
        decisions=list(meeting.decisions.all()),
        actions=list(
            meeting.actions.select_related(*people("owner__member", "checked_by__member"), "action__exchange")
        ),
        minutes=list(meeting.minutes.select_related("by__user")),
    )


def _struck() -> Any:
    """What says that the statement which somebody brought was struck through since."""
    brought = {"concern": OuterRef("statement__concern"), "number": OuterRef("statement__number")}
    return Strike.objects.filter(**{f"statement__{name}": value for name, value in brought.items()})


def body_of(book: Book) -> dict[str, Any]:
    """Put what everybody may know of a meeting into words, as it stands now: the body of the minutes."""
    meeting = book.meeting
    quorum = quorum_of(meeting, book.asked)
    chair = meeting.chair.label
    return {
        "chair": chair,
        "held_at": meeting.held_at.isoformat() if meeting.held_at else "",
        "where_or_how": meeting.where_or_how,
        "attendance": [
            {
                "agency": there.agency.name,
                "attendance": Attendance(there.attendance).label,
                "people": [_place(one) for one in there.people],
            }
            for there in agencies_at(book.asked)
        ],
        "quorum": {
            "is_met": quorum.is_met,
            "sentences": list(quorum.sentences),
            "source": quorum.source,
            "went_on_why": "" if quorum.is_met else meeting.went_on_why,
        },
        "decisions": [
            {"number": one.number, "what": one.what, "why": one.why} for one in standing(book.decisions)
        ],
        "actions": [
            {
                "number": one.number,
                "who": one.owner.member.label if one.owner else chair,
                "what": one.what,
                "limit": spoken_limit(one.due_at),
                "contingency": one.contingency,
            }
            for one in standing(book.actions)
        ],
    }


def _place(one: MeetingMember) -> dict[str, str]:
    """One member in the list of those who came, sent apologies or did not come."""
    instead = f", instead of {one.instead_of.member.full_name}" if one.instead_of else ""
    return {
        "who": f"{one.member.full_name}, {one.member.job_title}{instead}",
        "attendance": Attendance(one.attendance).label,
        "words": one.words if one.attendance == Attendance.APOLOGIES else "",
    }


def part_for(book: Book, member: MeetingMember, *, main_risk: str) -> list[Line]:
    """Return one member's own part of the minutes: the whole of it, and nothing that is not for them."""
    lines = [Line(RISK, "OPINION", main_risk, True)]
    lines += [Line(DECIDED, "FACT_SEEN", _decision(one), False) for one in standing(book.decisions)]
    actions = standing(book.actions)
    lines += [Line(YOURS, "FACT_SEEN", _action(one), True) for one in actions if one.owner_id == member.pk]
    lines += [
        Line(CHAIRS, "FACT_SEEN", _action(one), False) for one in actions if one.checked_by_id == member.pk
    ]
    for one in standing(book.contributions):
        if book.is_for(one, member) and one.brought_by_id != member.pk and not one.is_struck:
            lines.append(_brought(one))
    return lines


def _decision(one: MeetingDecision) -> str:
    return f"{one.what}\nWhy: {one.why}"


def _action(one: MeetingAction) -> str:
    limit = spoken_limit(one.due_at)
    return f"{one.what}\n{limit[:1].upper()}{limit[1:]}.\nSooner if: {one.contingency}"


def _brought(one: Any) -> Line:
    """What was brought; a statement that was corrected since is given as it is now."""
    text, source = one.newest_text or one.text, one.newest_source or one.source
    return Line(source, one.kind, text, False, one.brought_by.member.label, one.newest)


def told(book: Book, *, also: Iterable[int] = ()) -> list[MeetingMember]:
    """Return who gets a part of the minutes: whoever was there, has an action, or was brought something,
    and those of the others whom the chair names. Never the chair, who sends it."""
    chair = book.meeting.chair_id
    asked_for = {*also}
    for action in standing(book.actions):
        asked_for.add(action.rests_with_id)
    for contribution in standing(book.contributions):
        if not contribution.is_struck:
            asked_for |= for_whom(contribution)
    return [
        one
        for one in book.asked
        if one.member_id != chair and (one.attendance == Attendance.PRESENT or one.pk in asked_for)
    ]


def is_the_same(book: Book, *, main_risk: str) -> bool:
    """Say whether the meeting still stands as the latest minutes say. What was brought is not in them."""
    latest = book.latest
    return latest is not None and (latest.body, latest.main_risk) == (body_of(book), main_risk)
