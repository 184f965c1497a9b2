"""A lead's list: everything open in which their agency has to act or waits, a page at a time.

Each agency's part of it is a few short walks: one along an index for each side and section, from where
the page before ended, never further than a page. They are merged by time limit and row number. So a
page costs the same number of statements, and nearly the same time, for ten rows and for a hundred
thousand. Nothing is counted beyond a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Absence, Agency, Deputy, Membership, User
from agencies.prepared import Prepared, together
from records.models import Concern
from sharing.lists.work import Cursor, cursor
from sharing.models import Chase, Exchange, Obligation, Override, Reminder
from sharing.models.obligation import OF_TWO_AGENCIES

PAGE = 25
MOST_COUNTED = 100
MOST_OFFERED = 100
Section = Obligation.Section


class Show(StrEnum):
    """What the list is narrowed to."""

    EVERYTHING = "everything"
    LATE = "late"
    UNANSWERED = "unanswered"
    DISAGREED = "disagreed"
    ESCALATED = "escalated"
    MISDIRECTED = "misdirected"
    UNCOVERED = "uncovered"
    UNREACHABLE = "unreachable"
    WRITTEN_LATE = "written-late"


SHOWS: dict[Show, str] = {
    Show.EVERYTHING: "Everything open",
    Show.LATE: "Late",
    Show.UNANSWERED: "Not answered",
    Show.DISAGREED: "Disagreed",
    Show.ESCALATED: "Escalated",
    Show.MISDIRECTED: "Reached the wrong person",
    Show.UNCOVERED: "Away without cover",
    Show.UNREACHABLE: "Nobody can be told",
    Show.WRITTEN_LATE: "Recorded late",
}
SECTIONS: dict[Show, tuple[int, ...]] = {
    Show.UNANSWERED: (Section.UNANSWERED,),
    Show.DISAGREED: (Section.DISAGREED,),
    Show.ESCALATED: (Section.ESCALATED,),
    Show.MISDIRECTED: (Section.MISDIRECTED,),
}
OURS, THEIRS = "ours", "theirs"
DUE, NEWEST = "due", "newest"


@dataclass(frozen=True)
class Wanted:
    """What a lead asks to see. It reads itself from an address, and writes one."""

    show: Show = Show.EVERYTHING
    turn: str = ""
    person: UUID | None = None
    sort: str = DUE
    after: Cursor | None = None

    @classmethod
    def read(cls, query: Any) -> Wanted:
        """Read what an address asks for. What it does not know, it leaves out."""
        given = {name: query.get(name, "") for name in ("show", "turn", "person", "sort", "after")}
        try:
            person = UUID(given["person"]) if given["person"] else None
        except ValueError:
            person = None
        return cls(
            show=Show(given["show"]) if given["show"] in set(Show) else Show.EVERYTHING,
            turn=given["turn"] if given["turn"] in (OURS, THEIRS) else "",
            person=person,
            sort=NEWEST if given["sort"] == NEWEST else DUE,
            after=cursor(given["after"]),
        )

    def query(self, **changes: Any) -> str:
        """Return the address's query for this, with something changed. From the first page unless `after`."""
        wanted = replace(self, **{"after": None, **changes})
        parts = {
            "show": "" if wanted.show == Show.EVERYTHING else wanted.show.value,
            "turn": wanted.turn,
            "person": str(wanted.person or ""),
            "sort": "" if wanted.sort == DUE else wanted.sort,
            "after": str(wanted.after or ""),
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True)
class Found:
    """One page of rows with what is known of each, and where the next page starts."""

    rows: list[Any]
    next: Cursor | None


class Waiting(NamedTuple):
    """One row as it is read: what waits, for whom, who waits for it, and how often it was chased (UTC)."""

    pk: int
    kind: str
    reference: str
    path: str
    what: str
    stage: int
    is_urgent: bool
    due_at: datetime
    unreachable_at: datetime | None
    owner: UUID
    owner_name: str
    owner_title: str
    owner_agency: int
    owner_agency_name: str
    owner_ended_at: datetime | None
    other_name: str | None
    other_agency_name: str | None
    concern_agency: int | None
    concern_reference: str | None
    reminded: list[datetime]
    chased: list[datetime]
    holds_back: bool


class Worker(NamedTuple):
    """Somebody who has work, as the list names them."""

    pk: UUID
    full_name: str
    has_left: bool


@dataclass(frozen=True)
class Choice:
    """Whose work a list can be narrowed to: everybody who has some, or of very many those on the page."""

    offered: list[Worker]
    are_all: bool


class LeadList:
    """The open work of one lead's agency at a moment (UTC), read in two round trips."""

    def __init__(self, lead: Membership, wanted: Wanted, *, at: datetime) -> None:
        self.agency_id, self.wanted, self.at = lead.agency_id, wanted, at
        is_of_uncovered = wanted.show == Show.UNCOVERED
        has_places = wanted.show != Show.WRITTEN_LATE and not is_of_uncovered
        uncovered, at_work, places = together(
            UNCOVERED.asking(agency=self.agency_id, on=timezone.localdate(at)),
            AT_WORK.asking(agency=self.agency_id),
            PLACES.asking(**self._where()) if has_places else None,
        )
        self.uncovered: list[UUID] = uncovered
        self.at_work = [Worker(*one) for one in at_work]
        if is_of_uncovered:
            places = PLACES.all(**self._where(self.uncovered))
        self.places = [Cursor(*place) for place in places]
        ids = [place.row for place in self.places[:PAGE]]
        details, counts = together(
            DETAILS.asking(ids=ids) if ids else None,
            COUNTS.asking(**self._asked(), uncovered=self.uncovered),
        )
        known = {row[0]: Waiting(*row) for row in details}
        self.rows = [known[pk] for pk in ids if pk in known]
        self.numbers: Sequence[int] = counts[0] if counts else [0] * len(Show)

    def page(self) -> Found:
        """Return the page that is wanted."""
        return Found(self.rows, self.places[PAGE - 1] if len(self.places) > PAGE else None)

    def counts(self) -> dict[Show, str]:
        """Say how many rows each choice would show, up to a hundred."""
        return {show: spoken_count(number) for show, number in zip(Show, self.numbers, strict=True)}

    def to_choose_from(self) -> Choice:
        """Return who of the agency has work, by name; of very many, those on the page and who was chosen."""
        people, chosen = self.at_work, self.wanted.person
        are_all = len(people) <= MOST_OFFERED
        if not are_all:
            ours = [row for row in self.rows if row.owner_agency == self.agency_id]
            people = list({Worker(one.owner, one.owner_name, one.owner_ended_at is not None) for one in ours})
            if chosen and all(chosen != one.pk for one in people):
                rows = Membership.objects.filter(agency=self.agency_id, pk=chosen)
                people += [Worker(*one) for one in _workers(rows)]
        return Choice(sorted(people, key=lambda one: (one.full_name.casefold(), one.pk)), are_all)

    def concerns_page(self) -> Found:
        """Return a page of the concerns in which something was recorded late, the latest first."""
        after, found = self.wanted.after, []
        for rows in Ends(self.agency_id, self.wanted, at=self.at).late_concerns():
            if after:
                rows = rows.filter(
                    Q(written_late_at__lt=after.due_at) | Q(pk__lt=after.row),
                    written_late_at__lte=after.due_at,
                )
            found = list(rows.select_related("owner__user", "agency")[: PAGE + 1])
        last = found[PAGE - 1] if len(found) > PAGE else None
        end = Cursor(last.written_late_at, last.pk) if last and last.written_late_at else None
        return Found(found[:PAGE], end)

    def _asked(self) -> dict[str, Any]:
        wanted = self.wanted
        how = {"show": wanted.show, "turn": (wanted.turn,), "person": wanted.person, "sort": (wanted.sort,)}
        return {"agency": self.agency_id, "at": self.at, **how}

    def _where(self, uncovered: Sequence[UUID] = ()) -> dict[str, Any]:
        after = self.wanted.after
        whose = {f"uncovered_{number}": pk for number, pk in enumerate(uncovered)}
        return {**self._asked(), "due_at": after and after.due_at, "row": after and after.row, **whose}


class Ends:
    """Where the parts of a list begin: each is one end of one index, and no row is in two."""

    def __init__(
        self, agency_id: int, wanted: Wanted, *, at: datetime, uncovered: Sequence[UUID] = ()
    ) -> None:
        self.agency_id, self.wanted, self.at, self.uncovered = agency_id, wanted, at, uncovered

    def places(self) -> QuerySet[Obligation, tuple[datetime, int]]:
        """Return where the rows of a page stand, and where the next page begins."""
        column, backwards = self._order(self.wanted.show)
        ends = [
            _walk(rows, column, backwards, self.wanted.after).values_list(column, "pk")[: PAGE + 1]
            for rows in self._parts(self.wanted.show)
        ]
        if not ends:
            return Obligation.objects.none().values_list(column, "pk")
        if len(ends) == 1:
            return ends[0]
        return ends[0].union(*ends[1:], all=True).order_by(*_by(column, backwards))[: PAGE + 1]

    def counted(self, show: Show) -> Combinable:
        """Return how many rows a choice would show, up to a few more than are counted."""
        if show == Show.WRITTEN_LATE:
            parts: list[Any] = self.late_concerns()
        elif show == Show.UNCOVERED:
            # In no order, so that everybody's are counted in one walk.
            parts = [] if self.wanted.turn == THEIRS else [self._of_the_uncovered()]
        else:
            column, backwards = self._order(show)
            parts = [part.order_by(*_by(column, backwards)) for part in self._parts(show)]
        some = [part.values("pk")[: MOST_COUNTED + 1] for part in parts]
        if not some:
            return Value(0)
        # The parts are walked one after the other, and no further than enough.
        whole = some[0].union(*some[1:], all=True)[: MOST_COUNTED + 1] if len(some) > 1 else some[0]
        return HowMany(whole)

    def _of_the_uncovered(self) -> QuerySet[Obligation]:
        rows = Obligation.objects.filter(settled_at__isnull=True, owner_agency=self.agency_id)
        mine = Q(owner=self.wanted.person) if self.wanted.person else Q()
        return rows.filter(mine, owner__any_of=list(self.uncovered)).order_by()

    def late_concerns(self) -> list[QuerySet[Concern]]:
        """Return the concerns in which something was recorded late, the latest first."""
        if self.wanted.turn == THEIRS:
            return []
        rows = Concern.objects.filter(agency=self.agency_id, written_late_at__isnull=False)
        if self.wanted.person:
            rows = rows.filter(owner=self.wanted.person)
        return [rows.order_by("-written_late_at", "-pk")]

    def _order(self, show: Show) -> tuple[str, bool]:
        """By which column, and whether backwards. The newest of what is late is what became late last."""
        if self.wanted.sort == DUE:
            return "due_at", False
        return ("due_at" if show == Show.LATE else "since"), True

    def _parts(self, show: Show) -> list[QuerySet[Obligation]]:
        """The parts of the list, each of which is one end of one index. No row is in two."""
        rows = Obligation.objects.filter(settled_at__isnull=True)
        if show == Show.LATE:
            rows = rows.filter(due_at__lt=self.at)
        if show == Show.UNREACHABLE:
            rows = rows.filter(unreachable_at__isnull=False)
        sections = SECTIONS.get(show)
        if self.wanted.person or show == Show.UNCOVERED:
            if self.wanted.turn == THEIRS:
                return []
            if sections:
                rows = rows.filter(section__in=sections)
            whose = self.uncovered if show == Show.UNCOVERED else [self.wanted.person]
            chosen = [pk for pk in whose if pk and self.wanted.person in (None, pk)]
            return [rows.filter(owner=pk, owner_agency=self.agency_id) for pk in chosen]
        ours, theirs = (
            rows.filter(owner_agency=self.agency_id),
            rows.filter(OF_TWO_AGENCIES, other_agency=self.agency_id),
        )
        if show == Show.UNREACHABLE:
            both = {OURS: [ours], THEIRS: [theirs.exclude(section=Section.MISDIRECTED)]}
        else:
            both = {
                OURS: [ours.filter(section=one) for one in sections or Section.values],
                # What reached the wrong person is the affair of whoever sent it.
                THEIRS: [
                    theirs.filter(section=one)
                    for one in sections or Section.values
                    if one != Section.MISDIRECTED
                ],
            }
        return [part for side, parts in both.items() if self.wanted.turn in ("", side) for part in parts]


class HowMany(Subquery):
    """How many rows a question finds."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS found)"
    output_field = IntegerField()


def _wanted(show: Show, turn: tuple[str], person: UUID | None, sort: tuple[str], after: Any = None) -> Wanted:
    return Wanted(show=show, turn=turn[0], person=person, sort=sort[0], after=after)


def _places(
    *, agency: int, at: datetime, due_at: datetime | None, row: int | None, show: Show, turn: tuple[str],
    person: UUID | None, sort: tuple[str], **uncovered: UUID,
) -> QuerySet[Obligation, tuple[datetime, int]]:  # fmt: skip
    after = Cursor(due_at, row) if due_at is not None and row is not None else None
    wanted = _wanted(show, turn, person, sort, after)
    return Ends(agency, wanted, at=at, uncovered=list(uncovered.values())).places()


def _counts(
    *, agency: int, at: datetime, show: Show, turn: tuple[str], person: UUID | None, sort: tuple[str],
    uncovered: list[UUID],
) -> QuerySet[Agency, tuple[int, ...]]:  # fmt: skip
    ends = Ends(agency, _wanted(show, turn, person, sort), at=at, uncovered=uncovered)
    numbers = {f"number_{place}": ends.counted(one) for place, one in enumerate(Show)}
    return Agency.objects.filter(pk=agency).values_list(*numbers.values())


def _details(*, ids: list[int]) -> QuerySet[Obligation, tuple[Any, ...]]:
    """What a list says of rows and their people, when each was chased, and whether a lead may proceed."""
    raised = Reminder.objects.filter(obligation=OuterRef("pk"), raised_at__isnull=False)
    chases = Chase.objects.filter(obligation=OuterRef("pk"))
    return Obligation.objects.filter(pk__any_of=ids).values_list(
        *("pk", "kind", "reference", "path", "what", "stage", "is_urgent", "due_at", "unreachable_at"),
        *("owner_id", _name("owner"), "owner__job_title", "owner__agency_id", "owner__agency__name"),
        *("owner__ended_at", _name("other"), "other__agency__name"),
        *("concern__agency_id", "concern__reference"),
        ArraySubquery(raised.order_by().values("raised_at")),
        ArraySubquery(chases.order_by().values("at")),
        Exists(_holding_back()),
    )


def _name(who: str) -> Coalesce:
    """The name of somebody, whether or not they have an account (Membership.full_name)."""
    return Coalesce(f"{who}__user__full_name", f"{who}__name")


def spoken_count(number: int) -> str:
    """Write a number up to a hundred: “7”, “100+”."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _by(column: str, backwards: bool) -> tuple[str, str]:
    return (f"-{column}", "-pk") if backwards else (column, "pk")


def _walk(
    rows: QuerySet[Obligation], column: str, backwards: bool, after: Cursor | None
) -> QuerySet[Obligation]:
    """Go on from where the page before ended. The outer bound is what an index can start from."""
    if after:
        way = "lt" if backwards else "gt"
        rows = rows.filter(
            Q(**{f"{column}__{way}": after.due_at}) | Q(**{f"pk__{way}": after.row}),
            **{f"{column}__{way}e": after.due_at},
        )
    return rows.order_by(*_by(column, backwards))


def _holding_back() -> QuerySet[Exchange]:
    """The check-back that a row is about, where it holds back its concern and nobody decided to go on."""
    decided = Override.objects.filter(cycle=OuterRef("cycle"), stage=OuterRef("stage"))
    return Exchange.objects.filter(
        ~Exists(decided),
        reference=OuterRef("reference"),
        understood_at__isnull=True,
        cycle__ended_at__isnull=True,
        cycle__stage=F("stage"),
    )


def uncovered_members(agency_id: int, *, on: date) -> list[UUID]:
    """Return who of an agency has work waiting and is away on a day, or has left, with nobody in their place.

    One statement. A deputy who is away that day is no cover.
    """
    return UNCOVERED.all(agency=agency_id, on=on)


def _uncovered(*, agency: int, on: date) -> QuerySet[Membership, UUID]:
    away = Absence.objects.filter(starts_on__lte=on, ends_on__gte=on)
    deputy_away = away.filter(member=OuterRef("deputy"))
    covered = Deputy.objects.of_day(on).who_may_sign_in().filter(~Exists(deputy_away), member=OuterRef("pk"))
    rows = Membership.objects.filter(~Exists(covered), _has_work(), agency=agency).values_list(
        "pk", flat=True
    )
    # Each begins with the few who are not there, so that the many who are need not be looked at.
    left = rows.filter(ended_at__isnull=False)
    shut_out = rows.filter(user__in=User.objects.filter(is_active=False).values("pk"))
    absent = rows.filter(pk__in=away.values("member"))
    return left.union(shut_out, absent).order_by("pk")


def _at_work(*, agency: int) -> QuerySet[Membership, tuple[UUID, str, bool]]:
    rows = Membership.objects.filter(_has_work(), agency=agency).order_by()
    return _workers(rows)[: MOST_OFFERED + 1]


def _workers(rows: QuerySet[Membership]) -> QuerySet[Membership, tuple[UUID, str, bool]]:
    name = Coalesce("user__full_name", "name")
    has_left = ExpressionWrapper(Q(ended_at__isnull=False), output_field=BooleanField())
    return rows.values_list("pk", name, has_left)


def _has_work() -> Exists:
    return Exists(Obligation.objects.filter(owner=OuterRef("pk"), settled_at__isnull=True))


PLACES, COUNTS, DETAILS = Prepared(_places), Prepared(_counts), Prepared(_details)
UNCOVERED, AT_WORK = Prepared(_uncovered), Prepared(_at_work)
