"""The only way a view obtains something about agencies and people, through the person asking."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.http import Http404
from django.urls import NoReverseMatch
from django.utils import timezone

from agencies import opening, weeks
from agencies.addresses import reverse
from agencies.models import Absence, Agency, ContactPoint, Deputy, Membership, NoticeChoice
from agencies.prepared import Prepared, together
from agencies.querysets import MembershipQuerySet
from agencies.roles import Lead, Permission
from agencies.working_time import Calendar

PAGE = 20
ALIKE = 0.4  # “Ashdwon” is 0.5 like “Ashdown”; PostgreSQL's own 0.6 would miss two letters changed round
FIRST_PAGES = (
    (Permission.EXCHANGE, "home"),
    (Permission.MANAGE_STAFF, "team"),
    (Permission.READ_AUDIT, "audit_events"),
    (Permission.OVERSEE_PARTNERSHIP, "partnership"),
)


def first_page(member: Membership) -> str:
    """Return the address where a role starts work."""
    for permission, name in FIRST_PAGES:
        if member.may(permission):
            try:
                return reverse(name)
            except NoReverseMatch:
                break
    return "/"


def calendar_of(agency: Agency, *, known_at: datetime | None = None) -> Calendar:
    """Return when an agency works, without asking the database. Raises CalendarNotKnown for an unknown zone.

    `known_at` (UTC) asks for what had been said by a moment, whatever was said afterwards: a limit counted
    again later is the same as when it was given.
    """
    opening = weeks.read(agency.opening, known_at=known_at)
    return Calendar(
        zone=agency.zone, region=agency.region, extra_closed_days=opening.closed, weeks=opening.weeks
    )


# --- Reaching people ---------------------------------------------------------------------------


def checked_contact_point(member: Membership) -> ContactPoint | None:
    """Return the e-mail address that notices to somebody go to, if one was checked.

    Their own, the last one checked; else their agency's duty inbox. None where there is neither.
    """
    return CHECKED.first(member=member.pk, agency=member.agency_id)


def _checked(*, member: UUID, agency: int) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.checked().filter(
        Q(member=member) | Q(member__isnull=True), agency_id=agency, kind=ContactPoint.Kind.EMAIL
    )
    return points.order_by(F("member").asc(nulls_last=True), "-checked_at")[:1]


CHECKED = Prepared(_checked)


def duty_inbox_of(agency: Agency) -> ContactPoint | None:
    """Return the checked e-mail address at which an agency reads whatever comes, if there is one."""
    points = ContactPoint.objects.checked().filter(
        agency=agency, member__isnull=True, kind=ContactPoint.Kind.EMAIL
    )
    return points.order_by("-checked_at").first()


def reached_of(member: Membership, on: date) -> tuple[bool, ContactPoint | None, NoticeChoice]:
    """Return whether somebody is away on a day (local date), where notices reach them, and their choice.

    Whoever has no account has chosen nothing.
    """
    whose = member.user_id
    away, points, choices = together(
        AWAY.asking(member=member.pk, on=on),
        CHECKED.asking(member=member.pk, agency=member.agency_id),
        CHOICE.asking(user=whose) if whose else None,
    )
    nothing_chosen = NoticeChoice(user_id=whose) if whose else NoticeChoice()
    return bool(away), next(iter(points), None), next(iter(choices), nothing_chosen)


def notice_choice_of(member: Membership) -> NoticeChoice:
    """Return how somebody wants to be told; for whoever has not said, a choice that is not saved yet."""
    whose = member.account_pk
    return CHOICE.first(user=whose) or NoticeChoice(user_id=whose)


CHOICE = Prepared(lambda *, user: NoticeChoice.objects.filter(user_id=user))


def is_away(member: Membership, on: date) -> bool:
    """Say whether somebody is recorded as away on a day (local date)."""
    return bool(AWAY.all(member=member.pk, on=on))


AWAY = Prepared(
    lambda *, member, on: Absence.objects.filter(
        member=member, starts_on__lte=on, ends_on__gte=on
    ).values_list("pk", flat=True)[:1]
)


def deputies_of(member: Membership, on: date) -> list[Membership]:
    """Return who acts for somebody, by name, on a day (local date), those who may still sign in."""
    named = Deputy.objects.of_day(on).filter(member=member).order_by("named_at", "pk")
    people = Membership.objects.current().with_people().in_bulk([deputy.deputy_id for deputy in named])
    return list({d.deputy_id: people[d.deputy_id] for d in named if d.deputy_id in people}.values())


def lead_of(member: Membership) -> Membership | None:
    """Return who oversees somebody's work: their manager, else a lead of their agency, never themselves."""
    current = Membership.objects.current().with_people().exclude(pk=member.pk)
    manager = current.filter(pk=member.manager_id).first() if member.manager_id else None
    return (
        manager
        or current.filter(agency_id=member.agency_id, role="lead").order_by("started_at", "pk").first()
    )


def leads_of(agency: Agency) -> list[Membership]:
    """Return the leads of an agency who are there, those who have been longest first."""
    rows = Membership.objects.current().with_people().filter(agency=agency, role=Lead.code)
    return list(rows.order_by("started_at", "pk"))


# --- Finding whom to share with ----------------------------------------------------------------


class Contact(NamedTuple):
    """Somebody to share with, as a sender needs to see them before choosing."""

    member: Membership
    away_until: date | None
    deputies: list[Membership]
    point: ContactPoint | None
    closed: str = ""
    """That their agency is closed now and when it opens; nothing where it is open."""

    @property
    def cover(self) -> str:
        """Say in a sentence who is there, if they are not."""
        if self.away_until is None:
            return ""
        until = f"Away until {self.away_until:%-d %B %Y}."
        if not self.deputies:
            return f"{until} Nobody is named to act for them."
        return f"{until} {self.deputies[0].full_name}, {self.deputies[0].job_title}, acts for them."


def find_recipients(
    member: Membership,
    query: str,
    *,
    kind: str = "",
    agency_id: int | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> list[Contact]:
    """Find people of the partnership to share with: by name, post and agency, every word of `query`.

    Those whose name looks alike are among them, each with post and agency, so that nobody is taken
    for somebody else. Returns at most `limit`, by name, from after the person `after`; as many
    statements whatever the number.
    """
    found = who_exchange_with(member)
    if query.strip():
        found = found.annotate(alike=TrigramWordSimilarity(query, "user__full_name")).filter(_matches(query))
    if kind:
        found = found.filter(agency__kind=kind)
    if agency_id is not None:
        found = found.filter(agency_id=agency_id)
    found = found.order_by("user__full_name", "pk")
    if after is not None:
        last = Membership.objects.filter(pk=after).values_list("user__full_name", flat=True).first() or ""
        found = found.filter(Q(user__full_name__gt=last) | Q(user__full_name=last, pk__gt=after))
    return [_contact(row) for row in _with_cover(found)[:limit]]


def get_recipient(member: Membership, membership_id: UUID) -> Contact:
    """Return one person to share with. Raises Http404 for anybody else, as for nobody."""
    rows = who_exchange_with(member) | _outside(member)
    row = _with_cover(rows.filter(pk=membership_id)).first()
    if row is None:
        raise Http404
    return _contact(row)


def find_named(member: Membership, name: str, agency: str = "") -> list[Membership]:
    """Return the people of the directory who are called exactly this, at an agency where it is named.

    Capitals make no difference. Those of the asker's own agency are among them, and those without an
    account whom it added; the asker is not.
    """
    inside = Q(role__in=["practitioner", "lead"], agency__partnership_id=member.agency.partnership_id)
    named = (inside & Q(user__full_name__iexact=name)) | Q(
        agency__kept_by=member.agency_id, name__iexact=name
    )
    found = Membership.objects.current().with_people().filter(named)
    if agency:
        found = found.filter(agency__name__iexact=agency)
    return list(found.exclude(pk=member.pk).order_by("agency__name", "pk")[:PAGE])


def colleagues_called(member: Membership, name: str, post: str = "") -> list[Membership]:
    """Return the people at somebody's own agency who are called exactly this, whatever they do there.

    Capitals make no difference. The person asking is among them.
    """
    rows = Membership.objects.current().with_people().filter(agency_id=member.agency_id)
    rows = rows.filter(user__full_name__iexact=name)
    if post:
        rows = rows.filter(job_title__iexact=post)
    return list(rows.order_by("pk")[:PAGE])


def who_exchange_with(member: Membership) -> MembershipQuerySet:
    """Everybody of the partnership who exchanges information, but the person asking."""
    if not member.may(Permission.EXCHANGE):
        return Membership.objects.none()
    return (
        Membership.objects.current()
        .who_exchange()
        .with_people()
        .filter(agency__partnership_id=member.agency.partnership_id)
        .exclude(user_id=member.account_pk)
    )


def _outside(member: Membership) -> MembershipQuerySet:
    """The people without an account whom one's own agency keeps in its directory."""
    rows = Membership.objects.current().with_people()
    if not member.may(Permission.EXCHANGE) or member.is_outside:
        return rows.none()
    return rows.filter(user__isnull=True, agency__kept_by=member.agency_id)


class Reached(NamedTuple):
    """Somebody without an account, with the two ways to reach them that are checked and in use."""

    member: Membership
    email: ContactPoint | None
    phone: ContactPoint | None


def outside_of(member: Membership) -> list[Reached]:
    """Return the people without an account in the directory of one's own agency, by name. Two statements."""
    return [_reached(row) for row in _with_ways(_outside(member)).order_by("name", "pk")]


def get_outside(member: Membership, membership_id: UUID) -> Reached:
    """Return one person without an account of one's own directory. Raises Http404 for any other."""
    row = _with_ways(_outside(member).filter(pk=membership_id)).first()
    if row is None:
        raise Http404
    return _reached(row)


def ways_to(outside: Membership) -> Reached:
    """Return how somebody without an account is reached, whether or not they are in a directory still."""
    return _reached(_with_ways(Membership.objects.with_people().filter(pk=outside.pk)).get())


def known_by(member: Membership, email: str) -> Membership | None:
    """Return who has an e-mail address among those one can share with: with an account, or outside."""
    here = who_exchange_with(member).filter(user__email__iexact=email.strip()).first()
    there = ContactPoint.objects.in_use().filter(member=OuterRef("pk"), address__iexact=email.strip())
    return here or _outside(member).filter(Exists(there)).first()


def _with_ways(rows: MembershipQuerySet) -> MembershipQuerySet:
    ways = ContactPoint.objects.checked().select_related("checked_by__user", "checked_by__agency")
    return rows.prefetch_related(Prefetch("contact_points", ways.order_by("-checked_at"), "ways"))


def _reached(row: Membership) -> Reached:
    ways: list[ContactPoint] = row.ways  # type: ignore[attr-defined]  # fetched by _with_ways
    first = {point.kind: point for point in reversed(ways)}
    return Reached(row, first.get(ContactPoint.Kind.EMAIL), first.get(ContactPoint.Kind.PHONE))


def _matches(query: str) -> Q:
    """Every word somewhere in name, post or agency; or a name that looks alike."""
    every = Q()
    for word in query.split()[:8]:
        every &= (
            Q(user__full_name__icontains=word)
            | Q(job_title__icontains=word)
            | Q(agency__name__icontains=word)
        )
    return every | Q(alike__gte=ALIKE)


def _with_cover(rows: MembershipQuerySet) -> MembershipQuerySet:
    """Fetch with each person who covers them today and how they are reached."""
    today = timezone.localdate()
    deputies = Deputy.objects.of_day(today).who_may_sign_in()
    deputies = deputies.select_related("deputy__user", "deputy__agency")
    return rows.select_related("agency__out_of_hours").prefetch_related(
        Prefetch("absences", Absence.objects.filter(starts_on__lte=today, ends_on__gte=today), "away_now"),
        Prefetch("deputies", deputies.order_by("named_at", "pk"), "covered_now"),
        Prefetch(
            "contact_points",
            ContactPoint.objects.checked().filter(kind=ContactPoint.Kind.EMAIL).order_by("-checked_at"),
            "reached_at",
        ),
        Prefetch(
            "agency__contact_points",
            ContactPoint.objects.checked()
            .filter(kind=ContactPoint.Kind.EMAIL, member__isnull=True)
            .order_by("-checked_at"),
            "duty_inboxes",
        ),
    )


def _contact(row: Membership) -> Contact:
    away: list[Absence] = row.away_now  # type: ignore[attr-defined]  # the prefetch above makes these
    covered: list[Deputy] = row.covered_now  # type: ignore[attr-defined]
    points: list[ContactPoint] = row.reached_at or row.agency.duty_inboxes  # type: ignore[attr-defined]
    return Contact(
        member=row,
        away_until=max((absence.ends_on for absence in away), default=None),
        deputies=[deputy.deputy for deputy in covered],
        point=points[0] if points else None,
        closed="" if row.agency.is_outside else opening.said(timezone.now(), calendar_of(row.agency)),
    )


# --- Looking after staff -----------------------------------------------------------------------


def staff_of(member: Membership) -> list[Membership]:
    """Return the people of an administrator's own agency, those who are there first."""
    if not member.may(Permission.MANAGE_STAFF):
        return []
    there = Case(When(ended_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Membership.objects.with_people().filter(agency_id=member.agency_id).select_related("manager__user")
    return list(rows.order_by(there, "user__full_name", "pk"))


def get_staff(member: Membership, membership_id: UUID) -> Membership:
    """Return somebody of an administrator's own agency. Raises Http404 for anybody else, as for nobody."""
    rows = Membership.objects.with_people().select_related("manager__user", "ended_by__user")
    found = rows.filter(pk=membership_id, agency_id=member.agency_id).first()
    if found is None or not member.may(Permission.MANAGE_STAFF):
        raise Http404
    return found


def everybody_ever_at(member: Membership) -> list[Membership]:
    """Return everybody who ever had a role at an auditor's agency, by name."""
    return staff_ever_of(member) if member.may(Permission.READ_AUDIT) else []


def staff_ever_of(member: Membership) -> list[Membership]:
    """Return everybody who ever had a role at somebody's agency, by name, to narrow who looked."""
    if not (member.may(Permission.READ_AUDIT) or member.may(Permission.OVERSEE)):
        return []
    rows = Membership.objects.with_people().filter(agency_id=member.agency_id)
    return list(rows.order_by("user__full_name", "pk"))


def cover_of(member: Membership, on: date) -> list[Deputy]:
    """Return the deputies of one member of staff, on a day and later, each with whether it is to come."""
    rows = Deputy.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), member=member)
    rows = rows.annotate(is_to_come=Q(starts_on__gt=on))
    return list(
        rows.select_related("deputy__user", "deputy__agency", "named_by__user").order_by("starts_on", "pk")
    )


def get_cover(member: Membership, membership_id: UUID, number: int) -> Deputy:
    """Return one deputy's cover of somebody whose cover I may arrange. Raises Http404 for any other."""
    whom = get_covered(member, membership_id)
    found = (
        Deputy.objects.select_related("member__user", "member__agency").filter(member=whom, pk=number).first()
    )
    if found is None:
        raise Http404
    return found


def get_covered(member: Membership, membership_id: UUID) -> Membership:
    """Return whose cover I may arrange: myself, or anybody of my agency where my role arranges cover.

    Raises Http404 for anybody else, as for nobody.
    """
    rows = Membership.objects.with_people().filter(agency_id=member.agency_id, ended_at__isnull=True)
    found = rows.filter(pk=membership_id).first()
    if found is None or not (found.pk == member.pk or member.may(Permission.ARRANGE_COVER)):
        raise Http404
    return found


def get_absence(member: Membership, membership_id: UUID, number: int) -> Absence:
    """Return one absence of somebody whose cover I may arrange. Raises Http404 for any other."""
    whom = get_covered(member, membership_id)
    found = Absence.objects.select_related("member__user").filter(member=whom, pk=number).first()
    if found is None:
        raise Http404
    return found


def absences_of(member: Membership, on: date) -> list[Absence]:
    """Return the absences of one member of staff, on a day and later, each with whether it is to come."""
    rows = Absence.objects.filter(member=member, ends_on__gte=on).annotate(is_to_come=Q(starts_on__gt=on))
    return list(rows.order_by("starts_on", "pk"))


def contact_points_of(member: Membership) -> list[ContactPoint]:
    """Return the contact points in use at an administrator's own agency, duty inboxes first."""
    if not member.may(Permission.MANAGE_STAFF):
        return []
    rows = ContactPoint.objects.in_use().filter(agency_id=member.agency_id)
    rows = rows.select_related("member__user", "checked_by__user")
    return list(rows.order_by(F("member").asc(nulls_first=True), "member__user__full_name", "label", "pk"))


def get_contact_point(member: Membership, point_id: UUID) -> ContactPoint:
    """Return a contact point of an administrator's own agency. Raises Http404 for any other."""
    rows = ContactPoint.objects.select_related("member__user", "agency")
    found = rows.filter(pk=point_id, agency_id=member.agency_id).first()
    if found is None or not member.may(Permission.MANAGE_STAFF):
        raise Http404
    return found


# --- The partnership ---------------------------------------------------------------------------


def who_may_stand_in(member: Membership, *, on: date) -> list[Agency]:
    """Return the other agencies of an administrator's partnership that are open all hours on a day."""
    if not member.may(Permission.MANAGE_STAFF):
        return []
    return [a for a in agencies_of(member) if a.pk != member.agency_id and calendar_of(a).never_closes(on)]


def agencies_of(member: Membership) -> list[Agency]:
    """Return the agencies of one's partnership, without the organisations outside it."""
    rows = Agency.objects.filter(partnership_id=member.agency.partnership_id, kept_by__isnull=True)
    return list(rows.order_by("name"))
