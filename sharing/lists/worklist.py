"""What is waiting for me, and what I am waiting for from others: late first, one next step each.

Every kind of work is an obligation, so a list is one short walk along an index for each person whom I
act for, and a list of ten thousand costs what a list of ten does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agencies.models import Membership
from agencies.prepared import Prepared, together
from agencies.roles import Permission
from records.closed import closed_to
from records.models import Concern, Disposal
from sharing.lists.work import Cursor, Page, Work, cursor, for_whom, meta
from sharing.models import Cycle, Obligation, Stage
from sharing.querysets import people
from sharing.retention.access import FOR_A_SECOND_PERSON
from sharing.waiting.waits import OWN_AFFAIR

if TYPE_CHECKING:
    from sharing.lists.lead import Waiting

__all__ = ["PAGE", "Cursor", "Page", "Work", "cursor", "lists_of", "waiting_for_me",
           "waiting_for_others"]  # fmt: skip


class Side(Enum):
    """Which column says whose list a piece of work is on."""

    MINE = "owner"
    THEIRS = "other"


PAGE = 25
CONCERNS = 10
Kind = Obligation.Kind


class Words(NamedTuple):
    """How one kind of work reads: the link of my next step, its tag, and what others have not done."""

    link: str
    theirs: str
    tag: tuple[str, str] | None = None
    with_whom: str = "From"


WORDS: dict[str, Words] = {
    Kind.OPEN: Words("Open", "has not opened it", ("Sent", "blue")),
    Kind.RECEIVE: Words("Confirm receipt", "has opened it and not confirmed receipt", ("Opened", "blue")),
    Kind.SAY_BACK: Words("Say it back", "has confirmed receipt and not said it back", ("Received", "blue")),
    Kind.SAY_AGAIN: Words("Say it again", "has been asked to say it again", ("To be said again", "orange")),
    Kind.CHECK: Words("Check it", "has not checked what was said back", ("Said back", "purple")),
    Kind.SUMMARY: Words("Answer", "has not answered the summary", ("Summary", "blue")),
    Kind.ANSWER: Words("Answer", "has not answered your question"),
    Kind.ADVISE: Words("Answer", "has not given the advice you asked for"),
    Kind.TAKE_ON: Words("Answer", "has not taken on an action", None, "With"),
    Kind.DO: Words("Report on it", "is to do an action", None, "With"),
    Kind.CHECK_ACTION: Words("Check it", "has not checked an action", None, "With"),
    Kind.STEP_ASK: Words("Open the concern", "has a step to do", None, ""),
    Kind.STEP_DECISION: Words("Open the concern", "has a step to do", None, ""),
    Kind.INFORM: Words("Decide", "has to decide again", None, ""),
    Kind.AGREE: Words("Say whether you agree", "has not said whether they agree"),
    Kind.POSITION: Words("Give your side", "has not given their side", ("Disagreed", "orange"), "With"),
    Kind.LADDER: Words("Go on with it", "has a disagreement to settle", ("Disagreed", "orange"), "With"),
    Kind.CONFIRM_SPOKEN: Words(
        "Confirm it", "has not confirmed in writing what they said", ("By telephone", "purple")
    ),
    Kind.DECIDE: Words("Send the decision", "has not sent their decision", None, "For"),
    Kind.TELL_BY_HAND: Words(
        "Tell them", "has to tell somebody of a correction", ("Corrected", "orange"), ""
    ),
    Kind.CORRECT: Words("Answer", "has not answered your correction", ("Corrected", "orange")),
    Kind.STILL_RIGHT: Words(
        "Look again", "has not looked again at an action", ("Corrected", "orange"), "With"
    ),
    Kind.ATTEND: Words("Answer", "has not said whether they come to a meeting", None, "Called by"),
    Kind.MINUTES: Words("Open the meeting", "has not sent the minutes", None, ""),
    Kind.TRANSFER: Words("Answer", "has not said whether they take on responsibility"),
    Kind.BREACH: Words("Decide", "has to decide about a breach", ("Breach", "red"), ""),
    Kind.BREAK_GLASS: Words(
        "Look at it", "has to look at why a closed record was opened", ("Closed record", "red"), ""
    ),
    Kind.LINK: Words("Look at their link", "has to send a new link", ("Link", "orange"), "To"),
    Kind.CONFERENCE: Words("Write it down", "is to hold a conference", None, "For"),
    Kind.ACCESS: Words("Go on with it", "has a subject access request to answer", None, ""),
    Kind.ACCESS_WAITS: Words("Open it", "waits for whoever asked to see what is held", None, ""),
    Kind.ACCESS_CHECK: Words("Check it", "has a subject access request to check", None, "Prepared by"),
    Kind.INCIDENT: Words(
        "Record what was done", "has to say what was done", ("Not theirs", "red"), "Sent to"
    ),
}
WHY_ALONE = {
    Kind.STEP_ASK: "Skipped for an urgent disclosure",
    Kind.STEP_DECISION: "Skipped for an urgent disclosure",
    Kind.INFORM: "They have not been informed",
}


def tag_of(row: Obligation | Waiting) -> dict[str, str] | None:
    """The tag of a piece of work: that nobody can be told, that it is urgent, or where it stands."""
    if row.unreachable_at:
        return {"text": "Nobody can be told", "colour": "red"}
    if row.stage > 1:
        return {"text": f"Stage {row.stage}", "colour": "red"}
    if row.is_urgent and row.kind != Kind.INCIDENT:
        return {"text": "Urgent", "colour": "red"}
    tag = WORDS[row.kind].tag
    return {"text": tag[0], "colour": tag[1]} if tag else None


def _mine(member: Membership, row: Obligation, now: datetime) -> Work:
    kind = Kind(row.kind)
    words = WORDS[kind]
    other = row.other
    whom = f"{words.with_whom} {other.full_name}, {other.agency.name}" if other else ""
    return Work(
        # Not get_kind_display(), which works out the words of every kind for each row.
        heading=kind.label,
        reference=row.reference,
        meta=meta(WHY_ALONE.get(kind, ""), row.what, whom, for_whom(member, row.owner)),
        due_at=row.due_at,
        href=row.path,
        link_text=words.link,
        tag=tag_of(row),
        now=now,
    )


def _theirs(member: Membership, row: Obligation, now: datetime) -> Work:
    return Work(
        heading=f"{row.owner.full_name} {WORDS[row.kind].theirs}",
        reference=row.reference,
        meta=meta(row.owner.agency.name, row.what),
        due_at=row.due_at,
        href=row.path,
        link_text="Look at it",
        tag=tag_of(row) if row.is_urgent or row.unreachable_at or row.stage > 1 else None,
        now=now,
    )


class Lists(NamedTuple):
    """What the home page lists: what waits for somebody and for others, drafts, and concerns of their own.

    For a lead also the `disposals` that somebody else of their agency proposed, and nobody has approved.
    """

    mine: Page
    others: Page
    unfinished: list[Concern]
    concerns: list[Any]
    disposals: Sequence[Disposal]


def lists_of(
    member: Membership, *, at: datetime, mine: Cursor | None = None, others: Cursor | None = None
) -> Lists:
    """Return a page of both worklists, late first, as of `at` (UTC), and the concerns that somebody began
    to write and has not logged, or owns and has not closed, newest first.

    `mine` and `others` are where the page before ended. Eight statements at most, in three round trips.
    """
    acting, unfinished, concerns, disposals = together(
        ACTING.asking(member=member, day=timezone.localdate(at)),
        UNFINISHED.asking(member=member),
        OWN.asking(member=member),
        FOR_A_SECOND_PERSON.asking(member=member) if member.may(Permission.DISPOSE) else None,
    )
    near = together(
        NEAR.asking(**_near(member, acting, Side.MINE, mine, at=at)),
        NEAR.asking(**_near(member, acting, Side.THEIRS, others, at=at)),
    )
    ids = [[pk for _, pk in places] for places in near]
    ours, theirs = together(*(NUMBERED.asking(ids=one) if one else None for one in ids))
    return Lists(
        _page(member, ours, _mine, at=at),
        _page(member, theirs, _theirs, at=at),
        unfinished,
        concerns,
        disposals,
    )


def waiting_for_me(member: Membership, *, at: datetime, after: Cursor | None = None) -> Page:
    """Return a page of what waits for somebody or those they deputise for, late first."""
    return lists_of(member, at=at, mine=after).mine


def waiting_for_others(member: Membership, *, at: datetime, after: Cursor | None = None) -> Page:
    """Return a page of what somebody waits for from others, late first."""
    return lists_of(member, at=at, others=after).others


def _near(
    member: Membership, acting: Sequence[UUID], side: Side, after: Cursor | None, *, at: datetime
) -> dict[str, Any]:
    """What is asked for the next rows of all whom somebody acts for: each from its own end of the index."""
    covered = {f"covered_{n}": pk for n, pk in enumerate(pk for pk in acting if pk != member.pk)}
    due_at, row = after or (None, None)
    return {"member": member, "side": side, "due_at": due_at, "row": row, "at": at, **covered}


def _ends(
    *, member: Membership, side: Side, due_at: datetime | None, row: int | None, at: datetime, **covered: UUID
) -> QuerySet[Obligation, tuple[datetime, int]]:
    acting = [member.pk, *covered.values()]
    which = Q() if side is Side.MINE else ~Q(owner__in=acting) & ~Q(kind__in=OWN_AFFAIR)
    rows = Obligation.objects.filter(which, settled_at__isnull=True)
    if due_at is not None:
        # The first bound is what the index can walk from; the second leaves out those already shown.
        rows = rows.filter(Q(due_at__gt=due_at) | Q(pk__gt=row), due_at__gte=due_at)
    # Of a record that is closed to me I see my own part: cover for a colleague does not open it.
    closed = ~Q(concern__in=closed_to(member, at=at))
    first, *others = [
        rows.filter(Q() if pk == member.pk else closed, **{side.value: pk})
        .order_by("due_at", "pk")
        .values_list("due_at", "pk")[: PAGE + 1]
        for pk in acting
    ]
    return first.union(*others, all=True).order_by("due_at", "pk")[: PAGE + 1] if others else first


def _page(member: Membership, rows: Sequence[Obligation], as_work: Any, *, at: datetime) -> Page:
    items = sorted(rows, key=lambda row: (row.due_at, row.pk))
    work = [as_work(member, row, at) for row in items[:PAGE]]
    if len(items) <= PAGE:
        return Page(work, None)
    last = items[PAGE - 1]
    return Page(work, Cursor(last.due_at, last.pk))


def _open_concerns(*, member: Membership) -> QuerySet[Any]:
    cycle = Cycle.objects.filter(concern=OuterRef("pk")).order_by("-number")
    return (
        Concern.objects.filter(owner=member, logged_at__isnull=False)
        .annotate(stage=Subquery(cycle.values("stage")[:1]), cycle=Subquery(cycle.values("number")[:1]))
        .filter(Q(stage__isnull=True) | ~Q(stage=Stage.CLOSED))
        .order_by("-id")[:CONCERNS]
    )


ACTING = Prepared(
    lambda *, member, day: Membership.objects.acting_for(member, on=day).values_list("pk", flat=True)
)
NEAR = Prepared(_ends)
NUMBERED = Prepared(
    lambda *, ids: Obligation.objects.filter(pk__any_of=ids).select_related(*people("owner", "other"))
)
UNFINISHED = Prepared(
    lambda *, member: (
        Concern.objects.visible_to(member).drafts().filter(started_by=member).order_by("-id")[:5]
    )
)
OWN = Prepared(_open_concerns)
