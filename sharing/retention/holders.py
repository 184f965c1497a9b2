"""Who holds something of a concern, what its day of review rests on, and which class fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F, OuterRef, Q, QuerySet
from django.utils import timezone

from agencies.models import Agency, Membership
from records.models import Concern, Holding, Person, RetentionClass, Subject
from records.retention import rules
from sharing.models import AccessRequest, Cycle, Enquiry, Exchange, ExchangePerson, MeetingMember

RecordKind = RetentionClass.RecordKind
TheirsToo = Q(sent_at__isnull=False, withdrawn_at__isnull=True, not_mine_at__isnull=True)


@dataclass(frozen=True)
class Known:
    """What the review of a record is counted from, obtained once: `closed_on` is a local day."""

    people: Sequence[rules.Somebody]
    closed_on: date | None
    classes: Mapping[str, RetentionClass]


def agencies_holding(concern: Concern) -> list[Agency]:
    """Return the agencies that hold something of a concern: its own, and whoever was party to what was said.

    An organisation outside is none of them: it keeps what it saved, and nothing here is its own.
    """
    said = Exchange.objects.filter(cycle__concern=concern)
    asked = Enquiry.objects.filter(cycle__concern=concern)
    met = MeetingMember.objects.filter(meeting__cycle__concern=concern, taken_back_at__isnull=True)
    held = (
        Q(pk=concern.agency_id)
        | Q(pk__in=said.values("speaker__agency"))
        | Q(pk__in=said.filter(TheirsToo).values("listener__agency"))
        | Q(pk__in=asked.values("asked_of__agency"))
        | Q(pk__in=met.values("member__agency"))
    )
    return list(Agency.objects.filter(held, kept_by__isnull=True).order_by("pk"))


def last_end(concern: Concern | OuterRef) -> QuerySet[Cycle, datetime | None]:
    """Return when the last cycle of a concern ended, as a query of one row: None in it while one is open."""
    rows = Cycle.objects.filter(concern=concern).order_by(F("ended_at").desc(nulls_first=True))
    return rows.values_list("ended_at", flat=True)[:1]


def closed_on(concern: Concern) -> date | None:
    """Return the local day on which a concern was closed or discarded; None while it is open."""
    if concern.discarded_at:
        return timezone.localdate(concern.discarded_at)
    return closed_after(concern, next(iter(last_end(concern)), None))


def closed_after(concern: Concern, ended_at: datetime | None) -> date | None:
    """Return the local day on which a concern was closed or discarded, from when its last cycle ended."""
    ended = concern.discarded_at or ended_at
    return timezone.localdate(ended) if ended else None


def asked_for(agency: Agency | int, concern: Concern | OuterRef) -> QuerySet[AccessRequest]:
    """Return the requests for their own record, not answered yet by an agency, of anybody in a concern."""
    return AccessRequest.objects.filter(
        agency=agency, person__concerned_in__concern=concern, closed_at__isnull=True
    )


def people_of(concern: Concern) -> list[Person]:
    """Return whom a concern is about."""
    rows = Subject.objects.filter(concern=concern, is_main=True).select_related("person").order_by("pk")
    return [row.person for row in rows]


def people_as_held(holding: Holding) -> list[rules.Somebody]:
    """Return whom a record is about as its holder knows them: another agency, from what it was told."""
    if holding.concern.agency_id == holding.agency_id:
        return as_counted(people_of(holding.concern))
    mine = Q(exchange__speaker__agency=holding.agency_id) | Q(exchange__listener__agency=holding.agency_id)
    told = ExchangePerson.objects.filter(
        mine, exchange__cycle__concern=holding.concern, exchange__sent_at__isnull=False
    )
    latest = {one.person_id: one for one in told.order_by("pk")}
    return [rules.Somebody(one.kind == Person.Kind.CHILD.label, one.born_on) for one in latest.values()]


def as_counted(people: Sequence[Person]) -> list[rules.Somebody]:
    """Return people as a review counts them."""
    return [
        rules.Somebody(one.kind == Person.Kind.CHILD, one.born_on, one.birth_date_is_estimated)
        for one in people
    ]


def facts_of(holding: Holding, *, floor_years: int | None, known: Known | None = None) -> rules.Facts:
    """Gather what the day of review rests on. A death is that of the one person whom a concern is about."""
    concern = holding.concern
    people = people_as_held(holding) if known is None else known.people
    if len(people) == 1:
        people = [replace(people[0], died_on=holding.died_on)]
    return rules.Facts(
        began_on=timezone.localdate(concern.logged_at or concern.started_at),
        closed_on=closed_on(concern) if known is None else known.closed_on,
        event_on=holding.event_on,
        people=tuple(people),
        floor_years=floor_years,
    )


def classes_for(agency: Agency, *, on: date) -> dict[str, RetentionClass]:
    """Return the class that counts for an agency on a day, for each kind of record that has one.

    Its own comes before the partnership's for its kind of agency, and that before the one for any kind.
    """
    theirs = Q(agency=agency) | Q(agency__isnull=True, agency_kind__in=[agency.kind, ""])
    rows = RetentionClass.objects.filter(
        theirs, partnership=agency.partnership_id, withdrawn_at__isnull=True, effective_from__lte=on
    )
    found: dict[str, RetentionClass] = {}
    for row in sorted(rows, key=_nearest):
        found[row.record_kind] = row
    order = list(RecordKind.values)
    return {kind: found[kind] for kind in sorted(found, key=order.index)}


def _nearest(row: RetentionClass) -> tuple[bool, bool, date]:
    return row.agency_id is not None, bool(row.agency_kind), row.effective_from


def suggested_kind(holding: Holding) -> RecordKind:
    """Suggest a kind of record by whom it is about: a child's where there is one, or nobody is known."""
    return kind_for(people_as_held(holding))


def kind_for(people: Sequence[rules.Somebody]) -> RecordKind:
    """Suggest a kind of record from whom it is about."""
    is_about_a_child = not people or any(one.is_child for one in people)
    return RecordKind.CHILD if is_about_a_child else RecordKind.ADULT


def review_of(holding: Holding, *, on: date, known: Known | None = None) -> rules.Review:
    """Work out when what an agency holds comes up for review, and say how that was counted.

    `known` is what was obtained already; without it, it is obtained here.
    """
    chosen = holding.retention_class
    if chosen is None:
        return rules.Review(None, ("No class is known for it. Add one for your agency, then choose it.",))
    floor = None
    if holding.is_sexual_abuse:
        classes = classes_for(holding.agency, on=on) if known is None else known.classes
        row = classes.get(RecordKind.SEXUAL_ABUSE)
        floor = row.years if row else 75
    found = rules.review(chosen.terms, facts_of(holding, floor_years=floor, known=known))
    if found.on is None or holding.keep_until is None or holding.keep_until <= found.on:
        return found
    return rules.Review(holding.keep_until, (*found.because, "Somebody gave a reason to keep it longer."))


def gone_from_sender(concern: Concern, member: Membership) -> bool:
    """Say whether the agency that logged a concern has disposed of its own record, as others are told."""
    return concern.disposed_at is not None and concern.agency_id != member.agency_id
