"""How one row of a lead's list reads: what waits, for whom, how late, how often chased, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from agencies import days
from agencies.addresses import reverse
from agencies.models import Membership
from records import rules as records_rules
from records.models import Concern, Statement
from sharing.lists.lead import Waiting
from sharing.lists.work import meta
from sharing.lists.worklist import WORDS, tag_of
from sharing.models import Obligation
from sharing.operations.lead import BETWEEN_CHASES
from sharing.rules import spoken_limit

Kind = Obligation.Kind
CHECK_BACKS = (Kind.OPEN, Kind.RECEIVE, Kind.SAY_BACK, Kind.SAY_AGAIN, Kind.CHECK, Kind.SUMMARY)
DISPUTES = (Kind.POSITION, Kind.LADDER)
# What a deputy can do in somebody's place.
DEPUTIES_DO = (
    *(*CHECK_BACKS, Kind.ANSWER, Kind.ADVISE, Kind.TAKE_ON, Kind.DO, Kind.CHECK_ACTION, Kind.AGREE),
    *(Kind.DECIDE, Kind.TRANSFER, Kind.CONFERENCE),
)
TO_A_LEAD = {
    Kind.ANSWER: "has not answered a question",
    Kind.ADVISE: "has not given the advice they were asked for",
}


class Row(NamedTuple):
    """One row as the list shows it. Each address is empty where the lead cannot do that from here."""

    heading: str
    reference: str
    who: str
    facts: tuple[str, ...]
    tags: Sequence[dict[str, str]]
    due: dict[str, Any]
    late: str
    chased: str
    href: str
    chase: str
    take_over: str
    hand_over: str
    answers: bool
    proceed: str


def row_of(
    found: Waiting, lead: Membership, *, at: datetime, uncovered: Sequence[Any] = (), query: str = ""
) -> Row:
    """Write down how a row that `lists.lead` found reads to a lead. `at` is UTC.

    `query` is what the list is narrowed to: whoever acts on a row comes back to it.
    """
    kind, back = Kind(found.kind), f"?{query}" if query else ""
    is_ours = found.owner_agency == lead.agency_id
    is_mine = found.owner == lead.pk
    own_concern = found.concern_agency == lead.agency_id
    is_late = found.due_at < at
    may_chase = not is_mine and (not found.chased or at - max(found.chased) >= BETWEEN_CHASES)
    may_take_over = is_ours and not is_mine and found.owner_ended_at is None and kind in DEPUTIES_DO
    other = f"{found.other_name}, {found.other_agency_name}" if found.other_name else ""
    return Row(
        heading=f"{found.owner_name} {TO_A_LEAD.get(kind) or WORDS[kind].theirs}",
        reference=found.reference,
        who=f"{found.owner_title}, {found.owner_agency_name}",
        facts=meta(found.what, f"Waiting for it: {other}" if other else ""),
        tags=tags_of(found, is_uncovered=found.owner in uncovered),
        due={"text": spoken_limit(found.due_at), "late": is_late, "at": found.due_at},
        late=f"{days.between(found.due_at, at)} late" if is_late else "",
        chased=chased(found),
        href=found.path,
        chase=reverse("lead-chase", [found.pk]) + back if may_chase else "",
        take_over=reverse("lead-take-over", [found.pk]) + back if may_take_over else "",
        hand_over=reverse("hand-over-of", [found.owner]) if is_ours and not is_mine else "",
        answers=is_ours and kind in DISPUTES,
        proceed=reverse("proceed", [found.concern_reference])
        if own_concern and found.holds_back and kind in CHECK_BACKS
        else "",
    )


def tags_of(found: Waiting, *, is_uncovered: bool) -> list[dict[str, str]]:
    """The tag that everybody sees, and whether nobody is there to do it."""
    first = tag_of(found)
    tags = [first] if first else []
    return [*tags, {"text": "No cover", "colour": "orange"}] if is_uncovered else tags


def chased(found: Waiting) -> str:
    """Say how often it was chased, by reminders and by hand, and when last."""
    moments = [*found.reminded, *found.chased]
    if not moments:
        return "Not chased yet"
    times, last = len(moments), max(moments)
    often = "once" if times == 1 else "twice" if times == 2 else f"{times} times"
    return f"Chased {often}, last {days.local(last):%-d %B at %H:%M}"


@dataclass(frozen=True)
class LateConcern:
    """A concern in which something was recorded late, as the list shows it."""

    reference: str
    owner: str
    at: datetime
    statements: tuple[str, ...]
    why: str


def late_concerns(concerns: Sequence[Concern]) -> list[LateConcern]:
    """Say of each concern which statements were written down late, and how late: one statement."""
    late: dict[int, list[str]] = {}
    known = {concern.pk: concern for concern in concerns}
    rows = Statement.objects.current().filter(concern__in=known).order_by("concern_id", "number")
    for row in rows if known else ():
        if (
            row.happened_at
            and row.replaces_id is None
            and records_rules.is_late(row, within=known[row.concern_id].agency.record_within_hours)
        ):
            after = days.between(row.happened_at, row.written_at)
            late.setdefault(row.concern_id, []).append(f"{row.label}: {after} after it happened")
    return [
        LateConcern(
            reference=concern.reference,
            owner=concern.owner.full_name,
            at=concern.written_late_at or concern.started_at,
            statements=tuple(late.get(concern.pk, ())),
            why=concern.late_why,
        )
        for concern in concerns
    ]
