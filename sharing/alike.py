"""People in the directory who could be taken for one another: names alike in writing or in sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Func, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import Exact

from agencies.models import ContactPoint, Membership
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
    inside = Q(role__in=["practitioner", "lead"], agency__partnership_id=by.agency.partnership_id)
    rows = (
        Membership.objects.current()
        .with_people()
        .filter(inside | Q(agency__kept_by=by.agency_id))
        .exclude(user_id=by.account_pk)
        .annotate(called=NAME, likeness=TrigramSimilarity(NAME, name))
        .filter(Q(pk=listener.pk) | Q(likeness__gte=ALIKE) | _same_surname_and_initial(name) | _sounds(name))
        .annotate(
            point=_point("label"), point_checked_at=_point("checked_at"), last_exchange_at=_last_exchange(by)
        )
        .order_by("-likeness", "called", "agency__name", "pk")
    )
    # They themselves come first, and are among them whatever the number.
    found: list[Any] = sorted(rows[: 4 * MOST], key=lambda row: row.pk != listener.pk)[:MOST]
    if len(found) < 2:
        return []
    return [Alike(row, row.point or "", row.point_checked_at, row.last_exchange_at) for row in found]


def _same_surname_and_initial(name: str) -> Q:
    first, _, last = name.partition(" ")
    last = last.rpartition(" ")[2] or last
    if not (first and last):
        return Q(called__iexact=name)
    return Q(called__istartswith=first[0], called__iendswith=f" {last}")


def _sounds(name: str) -> Q:
    """Both the first name and the surname sound the same: Stephen Philips, Steven Phillips."""
    first, last = name.split(" ")[0], name.rpartition(" ")[2]
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
