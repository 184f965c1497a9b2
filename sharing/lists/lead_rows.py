"""How one row of a lead's list reads: what waits, for whom, how late, how often chased, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch

from agencies import days
from agencies.addresses import reverse
from agencies.models import Membership
from records import rules as records_rules
from records.models import Concern, Statement
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


@dataclass(frozen=True)
class Row:
    """One row as the list shows it. Each address is empty where the lead cannot do that from here."""

    number: int
    heading: str
    reference: str
    who: str
    facts: tuple[str, ...]
    tags: Sequence[dict[str, str]]
    due: dict[str, Any]
    late: str
    chased: str
    href: str
    may_chase: bool
    take_over: str
    hand_over: str
    answer: str
    proceed: str


def row_of(found: Any, lead: Membership, *, at: datetime, uncovered: Sequence[Any] = ()) -> Row:
    """Write down how a row that `lists.lead` found reads to a lead. `at` is UTC."""
    owner, other, kind = found.owner, found.other, Kind(found.kind)
    is_ours = owner.agency_id == lead.agency_id
    is_mine = owner.pk == lead.pk
    own_concern = found.concern is not None and found.concern.agency_id == lead.agency_id
    is_late = found.due_at < at
    return Row(
        number=found.pk,
        heading=f"{owner.full_name} {TO_A_LEAD.get(kind) or WORDS[kind].theirs}",
        reference=found.reference,
        who=f"{owner.job_title}, {owner.agency.name}",
        facts=meta(found.what, f"Waiting for it: {other.full_name}, {other.agency.name}" if other else ""),
        tags=tags_of(found, is_uncovered=owner.pk in uncovered),
        due={"text": spoken_limit(found.due_at), "late": is_late, "at": found.due_at},
        late=f"{days.between(found.due_at, at)} late" if is_late else "",
        chased=chased(found),
        href=found.path,
        may_chase=not is_mine and (not found.chased or at - max(found.chased) >= BETWEEN_CHASES),
        take_over=address("lead-take-over", found.pk)
        if is_ours and not is_mine and owner.ended_at is None and kind in DEPUTIES_DO
        else "",
        hand_over=address("hand-over-of", owner.pk) if is_ours and not is_mine else "",
        answer=found.path if is_ours and kind in DISPUTES else "",
        proceed=address("proceed", found.concern.reference)
        if own_concern and found.holds_back and kind in CHECK_BACKS
        else "",
    )


def tags_of(found: Any, *, is_uncovered: bool) -> list[dict[str, str]]:
    """The tag that everybody sees, and whether nobody is there to do it."""
    first = tag_of(found)
    tags = [first] if first else []
    return [*tags, {"text": "No cover", "colour": "orange"}] if is_uncovered else tags


def chased(found: Any) -> str:
    """Say how often it was chased, by reminders and by hand, and when last."""
    moments = [*found.reminded, *found.chased]
    if not moments:
        return "Not chased yet"
    times, last = len(moments), max(moments)
    often = "once" if times == 1 else "twice" if times == 2 else f"{times} times"
    return f"Chased {often}, last {days.local(last):%-d %B at %H:%M}"


def address(name: str, *parts: Any) -> str:
    """Return the address of a page, or nothing where there is none of that name."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""


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
