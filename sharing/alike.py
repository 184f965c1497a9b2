"""People in the directory who could be taken for one another: names alike in writing or in sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import BooleanField, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact

from agencies.models import ContactPoint, Membership
from agencies.prepared import Prepared
from sharing.models import Exchange

# Of whole names: “Marcus Webb” and “Markus Web” are 0.56 alike, “Anna Bell” and “Anna Hall” 0.43.
ALIKE = 0.5
MOST = 6
NAME = Coalesce("user__full_name", "name")


@dataclass(frozen=True)
class Alike:
    """One of several people with names alike, as a sender needs to see them to tell them apart."""

    member: Membership
    point: str
    point_checked_at: datetime | None
    last_exchange_at: datetime | None


class Sound(Func):
    """How a word sounds in English (PostgreSQL's fuzzystrmatch)."""

    function = "dmetaphone"
    output_field = TextField()


class LikeInAnyCase(Func):
    """Whether a text fits a pattern, whatever its capitals."""

    template = "UPPER(%(expressions)s)"
    arg_joiner = ") LIKE UPPER("
    output_field = BooleanField()


class FirstWord(Func):
    template = "split_part(%(expressions)s, ' ', 1)"
    output_field = TextField()


class LastWord(Func):
    template = "regexp_replace(%(expressions)s, '^.* ', '')"
    output_field = TextField()


def alike_to(listener: Membership, *, by: Membership) -> list[Alike]:
    """Return somebody with all those, in any agency, who could be taken for them. Nobody: an empty list.

    Alike are names that are written nearly the same, that sound the same, or that have the same surname
    and initial. One person's two roles are both shown. In one statement.
    """
    name = listener.full_name.strip()
    initial, surname = _initial_and_surname(name)
    rows = CALLED.all(
        listener=listener.pk, by=by, name=name, initial=initial, surname=surname,
        first=name.split(" ")[0], last=name.rpartition(" ")[2],
    )  # fmt: skip
    # They themselves come first, and are among them whatever the number.
    found: list[Any] = sorted(rows, key=lambda row: row.pk != listener.pk)[:MOST]
    if len(found) < 2:
        return []
    return [Alike(row, row.point or "", row.point_checked_at, row.last_exchange_at) for row in found]


def _called(
    *,
    listener: UUID,
    by: Membership,
    name: str,
    initial: str | None,
    surname: str | None,
    first: str,
    last: str,
) -> QuerySet[Membership]:
    inside = Q(role__in=["practitioner", "lead"], agency__partnership_id=by.agency.partnership_id)
    if initial is None or surname is None:
        same = Q(called__iexact=name)
    else:
        same = Q(LikeInAnyCase(NAME, Value(initial))) & Q(LikeInAnyCase(NAME, Value(surname)))
    return (
        Membership.objects.current()
        .with_people()
        .filter(inside | Q(agency__kept_by=by.agency_id))
        .exclude(user_id=by.account_pk)
        .annotate(called=NAME, likeness=TrigramSimilarity(NAME, name))
        .filter(Q(pk=listener) | Q(likeness__gte=ALIKE) | same | _sounds(first, last))
        .annotate(
            point=_point("label"), point_checked_at=_point("checked_at"), last_exchange_at=_last_exchange(by)
        )
        .order_by("-likeness", "called", "agency__name", "pk")[: 4 * MOST]
    )


CALLED = Prepared(_called)


def _initial_and_surname(name: str) -> tuple[str | None, str | None]:
    """Return patterns of names that begin and end as this one does; None for one that is a single word."""
    first, _, last = name.partition(" ")
    last = last.rpartition(" ")[2] or last
    if not (first and last):
        return None, None
    # So that nothing in a name stands for anything else in a pattern.
    as_written = connection.ops.prep_for_like_query
    return f"{as_written(first[0])}%", f"% {as_written(last)}"


def _sounds(first: str, last: str) -> Q:
    """Both the first name and the surname sound the same: Stephen Philips, Steven Phillips."""
    same_first = Q(Exact(Sound(FirstWord(NAME)), Sound(Value(first))))
    return same_first & Q(Exact(Sound(LastWord(NAME)), Sound(Value(last))))


def _point(field: str) -> Subquery:
    """The e-mail address that notices go to: their own, the last one checked, else the duty inbox."""
    points = ContactPoint.objects.checked().filter(
        Q(member=OuterRef("pk")) | Q(member__isnull=True),
        agency=OuterRef("agency"),
        kind=ContactPoint.Kind.EMAIL,
    )
    return Subquery(points.order_by(F("member").asc(nulls_last=True), "-checked_at").values(field)[:1])


def _last_exchange(by: Membership) -> Any:
    """When either of the two last told the other something."""
    told = Exchange.objects.filter(speaker=by, listener=OuterRef("pk"), sent_at__isnull=False)
    heard = Exchange.objects.filter(speaker=OuterRef("pk"), listener=by, sent_at__isnull=False)
    newest = [Subquery(rows.order_by("-sent_at").values("sent_at")[:1]) for rows in (told, heard)]
    return Greatest(*newest)


def ids(people: list[Alike]) -> list[UUID]:
    """Return who was shown."""
    return [one.member.pk for one in people]
