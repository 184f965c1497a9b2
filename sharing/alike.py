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
from django.db.models.lookups import GreaterThanOrEqual

from agencies import names
from agencies.models import ContactPoint, Membership, User
from agencies.prepared import Prepared
from agencies.querysets import MembershipQuerySet
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


class LikeInAnyCase(Func):
    """Whether a text fits a pattern, whatever its capitals."""

    template = "UPPER(%(expressions)s)"
    arg_joiner = ") LIKE UPPER("
    output_field = BooleanField()


class AsOneOfMany(Func):
    """A value that PostgreSQL takes for any other when it plans. To estimate how many names are like one of
    them it would compare them, and plan the question anew for each, which takes longer than to answer it."""

    template = "(SELECT %(expressions)s)"
    output_field = TextField()


def alike_to(listener: Membership, *, by: Membership) -> list[Alike]:
    """Return somebody with all those, in any agency, who could be taken for them. Nobody: an empty list.

    Alike are names that are written nearly the same, that sound the same, or that have the same surname
    and initial. One person's two roles are both shown. A small question says that nobody is.
    """
    name = listener.full_name.strip()
    initial, surname = _initial_and_surname(name)
    others = NEAR.all(
        by=by, name=name, initial=initial, surname=surname,
        first=name.split(" ")[0], last=name.rpartition(" ")[2],
    )  # fmt: skip
    if not set(others) - {listener.pk}:
        return []
    rows = CALLED.all(people=[*others, listener.pk], by=by, name=name)
    # They themselves come first, and are among them whatever the number.
    found: list[Any] = sorted(rows, key=lambda row: row.pk != listener.pk)[:MOST]
    if len(found) < 2:
        return []
    return [Alike(row, row.point or "", row.point_checked_at, row.last_exchange_at) for row in found]


def _near(
    *, by: Membership, name: str, initial: str | None, surname: str | None, first: str, last: str
) -> QuerySet[Any, UUID]:
    """Find those with names alike whom somebody may send to, along indexes whatever the number of people."""

    def named(field: str) -> Q:
        # `%` of PostgreSQL finds names that are less alike as well; whoever has the same surname and initial
        # has the same last word.
        near = Q(**{f"{field}__trigram_similar": AsOneOfMany(Value(name))}) | names.ends_alike(F(field), last)
        sounds = names.sounds_alike(F(field), first, last)
        if initial is None or surname is None:
            same = Q(**{f"{field}__iexact": name})
        else:
            same = Q(LikeInAnyCase(F(field), Value(initial))) & Q(LikeInAnyCase(F(field), Value(surname)))
        alike = Q(GreaterThanOrEqual(TrigramSimilarity(field, name), ALIKE))
        return (near | sounds) & (alike | same | sounds)

    reached = _reached_by(by)
    with_account = reached.filter(user__in=User.objects.filter(named("full_name")).values("pk"))
    without = reached.filter(named("name"), user__isnull=True)
    return with_account.values_list("pk", flat=True).union(without.values_list("pk", flat=True), all=True)


def _reached_by(by: Membership) -> MembershipQuerySet:
    """Everybody in a directory whom somebody may send to, but for themselves."""
    inside = Q(role__in=["practitioner", "lead"], agency__partnership_id=by.agency.partnership_id)
    rows = Membership.objects.current().filter(inside | Q(agency__kept_by=by.agency_id))
    return rows.exclude(user_id=by.account_pk)


def _called(*, people: list[UUID], by: Membership, name: str) -> QuerySet[Membership]:
    return (
        _reached_by(by)
        .with_people()
        .filter(pk__any_of=people)
        .annotate(called=NAME, likeness=TrigramSimilarity(NAME, name))
        .annotate(
            point=_point("label"), point_checked_at=_point("checked_at"), last_exchange_at=_last_exchange(by)
        )
        .order_by("-likeness", "called", "agency__name", "pk")[: 4 * MOST]
    )


NEAR = Prepared(_near)
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
