"""Retention classes, which of them a record is held under, keeping it longer, and legal holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from agencies import operations as agencies
from agencies import rules as agencies_rules
from agencies.models import Agency, Membership, Partnership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from records.models import Concern, Holding, LegalHold, Person, RetentionClass, RetentionDecision
from records.retention.rules import years_after
from records.retention.seeds import SUGGESTED
from sharing.operations import parties
from sharing.retention import holders

LONGEST_KEPT = 100
COUNTED_AGAIN = timedelta(days=7)
TOLD_AGAIN = timedelta(days=28)
PORTION = 200


class ClassNotPossible(Refused):
    """The retention class cannot be added, withdrawn or chosen like this. The sentence says why."""


class HoldNotPossible(Refused):
    """The legal hold cannot be placed or ended like this. The sentence says why."""


@transaction.atomic
def suggest_classes(partnership: Partnership, *, by: Membership | None, at: datetime) -> list[RetentionClass]:
    """Add the suggested class, from today, wherever the partnership has none. Returns those added.

    `by` is None where the service itself is being set up. Raises NotAllowed, and ClassNotPossible where none
    is missing.
    """
    if by is not None:
        agencies_rules.require(by, Permission.SET_TIME_LIMITS)
        if by.agency.partnership_id != partnership.pk:
            raise NotAllowed("Defaults are set by the partnership’s own office.")
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    there = RetentionClass.objects.filter(
        partnership=partnership, agency__isnull=True, withdrawn_at__isnull=True
    ).values_list("agency_kind", "record_kind")
    known = set(there)
    made = [
        RetentionClass(
            partnership=partnership,
            agency_kind=one.agency_kind,
            record_kind=one.record_kind,
            source=one.source,
            to_check=one.to_check,
            effective_from=timezone.localdate(at),
            set_at=at,
            set_by=by,
            **one.terms,
        )
        for one in SUGGESTED
        if (one.agency_kind, one.record_kind) not in known
    ]
    if not made:
        raise ClassNotPossible("No suggested class is missing. Nothing was changed.")
    RetentionClass.objects.bulk_create(made)
    _write_down(
        "sharing.retention.classes_suggested", by=by, at=at, subject=partnership.reference, classes=len(made)
    )
    return made


@transaction.atomic
def add_class(
    agency: Agency,
    *,
    by: Membership,
    at: datetime,
    record_kind: str,
    trigger: str,
    years: int,
    source: str,
    effective_from: date,
    of_adults: bool = False,
) -> RetentionClass:
    """Add a class of one's own agency, from a day on (a local date, today or later).

    One of its own that was to count from the same day is withdrawn. What is held already keeps its class
    until somebody chooses again. Raises NotAllowed, and ClassNotPossible for a day that has passed or a
    period that nobody means.
    """
    _require_own(agency, by)
    if effective_from < timezone.localdate(at):
        raise ClassNotPossible("A class counts from today at the earliest. Choose today or a later day.")
    if not 1 <= years <= 150:
        raise ClassNotPossible("Give a number of years from 1 to 150.")
    if not source.strip():
        raise ClassNotPossible("Say which law, guidance or schedule of your agency it rests on.")
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    RetentionClass.objects.filter(
        agency=agency, record_kind=record_kind, effective_from=effective_from, withdrawn_at__isnull=True
    ).update(withdrawn_at=at, withdrawn_by=by)
    row = RetentionClass.objects.create(
        partnership_id=agency.partnership_id,
        agency=agency,
        record_kind=record_kind,
        trigger=trigger,
        years=years,
        of_adults=of_adults,
        source=source,
        effective_from=effective_from,
        set_at=at,
        set_by=by,
    )
    _write_down(
        "sharing.retention.class_added",
        by=by,
        at=at,
        subject=agency.reference,
        record=record_kind,
        trigger=trigger,
        years=years,
    )
    return row


@transaction.atomic
def withdraw_class(row: RetentionClass, *, by: Membership, at: datetime) -> RetentionClass:
    """Withdraw a class of one's own agency: from now the partnership's counts. Raises as `add_class` does."""
    row = RetentionClass.objects.select_for_update(of=("self",)).select_related("agency").get(pk=row.pk)
    if row.agency is None:
        raise NotAllowed("This class is the partnership’s. Add one of your own agency instead.")
    _require_own(row.agency, by)
    if row.withdrawn_at is not None:
        raise ClassNotPossible("This class has been withdrawn already.")
    row.withdrawn_at, row.withdrawn_by = at, by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _write_down(
        "sharing.retention.class_withdrawn",
        by=by,
        at=at,
        subject=row.agency.reference,
        record=row.record_kind,
    )
    return row


@transaction.atomic
def choose_class(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    record_kind: str,
    is_sexual_abuse: bool = False,
    event_on: date | None = None,
    died_on: date | None = None,
    why: str = "",
    seen_version: int | None = None,
) -> Holding:
    """Choose, or confirm, under which class one's agency holds a concern, and count its day of review.

    `event_on` is the local day of the order, the death or the end of care, where the class counts from that;
    `died_on` when the child died whom it is about. `why` is needed where it is not the class that was
    suggested. Raises NotAllowed, ClassNotPossible, OutOfDate.
    """
    holding = lock_holding(concern, by=by, at=at, seen_version=seen_version)
    today = timezone.localdate(at)
    _no_disposal_is_open(holding)
    chosen = holders.classes_for(holding.agency, on=today).get(record_kind)
    if chosen is None:
        raise ClassNotPossible("Your agency has no class for that kind of record. Add one first.")
    differs = record_kind != holders.suggested_kind(holding)
    if differs and not why.strip():
        raise ClassNotPossible("This is not the class that was suggested. Say why it is the right one.")
    for day in (event_on, died_on):
        if day is not None and day > today:
            raise ClassNotPossible("That day has not come yet. Check the date.")
    holding.retention_class, holding.is_sexual_abuse = chosen, is_sexual_abuse
    holding.event_on, holding.died_on = event_on, died_on
    holding.chosen_by, holding.chosen_at = by, at
    _count(holding, on=today)
    RetentionDecision.objects.create(
        holding=holding, kind=RetentionDecision.Kind.CLASS, retention_class=chosen, why=why, by=by, at=at
    )
    _of_concern("sharing.retention.class_chosen", holding.concern, by=by, at=at, record=record_kind)
    return holding


@transaction.atomic
def keep_longer(
    concern: Concern, *, by: Membership, at: datetime, until: date, why: str, seen_version: int | None = None
) -> Holding:
    """Keep what one's agency holds of a concern until a later day (a local date), for a reason.

    Raises NotAllowed, ClassNotPossible, OutOfDate.
    """
    holding = lock_holding(concern, by=by, at=at, seen_version=seen_version)
    today = timezone.localdate(at)
    _no_disposal_is_open(holding)
    if not why.strip():
        raise ClassNotPossible("Say why it is still needed. Keeping it needs a reason as destroying it does.")
    if not today < until <= years_after(today, LONGEST_KEPT):
        raise ClassNotPossible("Choose a day after today, at which somebody looks at it again.")
    if holding.review_on is not None and until <= holding.review_on:
        raise ClassNotPossible("It is kept until then already. Choose a later day, or leave it.")
    holding.keep_until = until
    _count(holding, on=today)
    RetentionDecision.objects.create(
        holding=holding, kind=RetentionDecision.Kind.KEEP, until=until, why=why, by=by, at=at
    )
    _of_concern("sharing.retention.kept_longer", holding.concern, by=by, at=at, until=until.isoformat())
    return holding


@transaction.atomic
def place_hold(
    held: Concern | Person, *, by: Membership, at: datetime, reason: str, reference: str, why: str
) -> LegalHold:
    """Hold what one's agency has of a concern, or about a person: nothing of it is disposed of meanwhile.

    A disposal that is on its way waits, and goes on only if the hold ends and somebody has not stopped it.
    Raises NotAllowed, HoldNotPossible.
    """
    agencies_rules.require(by, Permission.DISPOSE)
    if reason not in LegalHold.Reason.values:
        raise HoldNotPossible("Choose what the hold is for.")
    if not why.strip() or not reference.strip():
        raise HoldNotPossible("Say why it is held, and under which reference.")
    if isinstance(held, Concern):
        concern = parties.lock_concern(held.pk)
        _require_holder(concern, by)
        row = LegalHold(concern=concern)
        subject = concern.reference
    else:
        person = Person.objects.select_for_update().get(pk=held.pk)
        if person.agency_id != by.agency_id or person.disposed_at is not None:
            raise NotAllowed("This person is in another agency’s records.")
        row = LegalHold(person=person)
        subject = person.reference
    Agency.objects.select_for_update(no_key=True).get(pk=by.agency_id)
    last = LegalHold.objects.filter(agency=by.agency_id).aggregate(last=Max("number"))["last"] or 0
    row.agency_id, row.number = by.agency_id, last + 1
    row.reason, row.reference, row.why = reason, reference, why
    row.placed_by, row.placed_at = by, at
    row.save()
    _write_down(
        "sharing.retention.hold_placed", by=by, at=at, subject=subject, hold=row.number, reason=reason
    )
    return row


@transaction.atomic
def end_hold(hold: LegalHold, *, by: Membership, at: datetime, why: str) -> LegalHold:
    """End a hold of one's agency, with a reason. Any lead may, whoever placed it: disposal needs two anyway.

    Raises NotAllowed, HoldNotPossible.
    """
    hold = (
        LegalHold.objects.select_for_update(of=("self",)).select_related("concern", "person").get(pk=hold.pk)
    )
    agencies_rules.require(by, Permission.DISPOSE)
    if hold.agency_id != by.agency_id:
        raise NotAllowed("This hold is another agency’s.")
    if hold.ended_at is not None:
        raise HoldNotPossible("This hold has been ended already.")
    if not why.strip():
        raise HoldNotPossible("Say why it is not needed any more.")
    hold.ended_at, hold.ended_by, hold.ended_why = at, by, why
    hold.save(update_fields=["ended_at", "ended_by", "ended_why"])
    held = hold.concern or hold.person
    _write_down(
        "sharing.retention.hold_ended", by=by, at=at, subject=held.reference if held else "", hold=hold.number
    )
    return hold


# --- What is counted without anybody's hand ---------------------------------------------------------


def file(concern: Concern, *, at: datetime) -> list[Holding]:
    """Count, for each agency that holds something of a concern, when it comes up for review.

    Whoever has not chosen a class is held under the suggested one until they do. The caller holds the lock of
    the concern.
    """
    today = timezone.localdate(at)
    found = []
    for agency in holders.agencies_holding(concern):
        holding = _start(concern, agency, on=today)
        if holding.disposed_at is None:
            _count(holding, on=today)
            found.append(holding)
    return found


def count_again(*, at: datetime, at_most: int = PORTION) -> int:
    """File what was closed or discarded and is not filed, and count again what was counted a week ago.

    Birth dates are corrected, classes are withdrawn. Returns how many holdings were counted.
    """
    today = timezone.localdate(at)
    old = Holding.objects.filter(disposed_at__isnull=True, counted_on__lt=today - COUNTED_AGAIN)
    ids = list(old.order_by("counted_on").values_list("concern_id", flat=True)[:at_most])
    over = Concern.objects.filter(disposed_at__isnull=True, holdings__isnull=True)
    discarded = over.filter(discarded_at__isnull=False).values_list("pk", flat=True)[:at_most]
    closed = over.filter(cycles__stage="CLOSED").values_list("pk", flat=True).distinct()[:at_most]
    count = 0
    for pk in dict.fromkeys([*ids, *discarded, *closed]):
        with transaction.atomic():
            count += len(file(parties.lock_concern(pk), at=at))
    return count


def tell_of_reviews(*, at: datetime, at_most: int = 20) -> int:
    """Tell the leads of an agency, once in four weeks, that records have come up for review."""
    today = timezone.localdate(at)
    due = Holding.objects.filter(disposed_at__isnull=True, review_on__lte=today)
    lately = Q(told_on__gt=today - TOLD_AGAIN)
    untold = Agency.objects.filter(pk__in=due.values("agency")).exclude(
        pk__in=due.filter(lately).values("agency")
    )
    told = 0
    for agency in untold.order_by("pk")[:at_most]:
        with transaction.atomic():
            Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
            mine = due.filter(agency=agency)
            if mine.filter(lately).exists():
                continue
            tell_leads(leads_of(agency), agency, reference="retention", path="/retention/", at=at,
                       key=f"retention:{agency.pk}:{today:%Y-%m-%d}")  # fmt: skip
            told += mine.update(told_on=today)
    return told


def leads_of(agency: Agency) -> list[Membership]:
    """Return who decides on retention at an agency."""
    rows = Membership.objects.current().with_people().filter(agency=agency, role="lead")
    return list(rows.order_by("started_at", "pk"))


def tell_leads(
    people: Iterable[Membership], agency: Agency, *, reference: str, path: str, at: datetime, key: str
) -> None:
    """Queue a notice to each of some leads that something of retention waits for them, where they can be."""
    for lead in people:
        try:
            agencies.notify(
                lead,
                Message.Kind.RETENTION,
                reference=reference,
                sender=agency,
                path=path,
                at=at,
                dedupe_key=f"{key}:{lead.pk}",
            )
        except agencies.NobodyToNotify:
            continue


# --- Locks and checks -------------------------------------------------------------------------------


def lock_holding(
    concern: Concern, *, by: Membership, at: datetime, seen_version: int | None = None
) -> Holding:
    """Lock what one's agency holds of a concern, through the concern. Raises NotAllowed, OutOfDate."""
    agencies_rules.require(by, Permission.DISPOSE)
    concern = parties.lock_concern(concern.pk)
    _require_holder(concern, by)
    holding = _start(concern, by.agency, on=timezone.localdate(at))
    if holding.disposed_at is not None:
        raise NotAllowed("Your agency has disposed of this record.")
    if seen_version is not None and seen_version != holding.version:
        raise OutOfDate("A colleague has changed how long this is kept since you opened the page.",
                        "Look at it again before you save.")  # fmt: skip
    return holding


def _start(concern: Concern, agency: Agency, *, on: date) -> Holding:
    """Return what an agency holds of a concern, locked; under the suggested class where it is new."""
    rows = Holding.objects.select_for_update(of=("self",)).select_related("retention_class", "agency")
    holding = rows.filter(concern=concern, agency=agency).first()
    if holding is None:
        new = Holding(concern=concern, agency=agency)
        suggested = holders.classes_for(agency, on=on).get(holders.suggested_kind(new))
        holding = Holding.objects.create(
            concern=concern, agency=agency, retention_class=suggested, counted_on=on
        )
    holding.concern = concern
    return holding


def _count(holding: Holding, *, on: date) -> None:
    """Write down the day of review as it is counted now."""
    if holding.chosen_at is None:
        kind = holders.suggested_kind(holding)
        holding.retention_class = holders.classes_for(holding.agency, on=on).get(kind)
    before = (holding.review_on, holding.retention_class_id)
    holding.review_on = holders.review_of(holding, on=on).on
    holding.counted_on = on
    if holding.chosen_at is not None or before != (holding.review_on, holding.retention_class_id):
        holding.version += 1
    holding.save(
        update_fields=[
            *("retention_class", "is_sexual_abuse", "event_on", "died_on", "chosen_by", "chosen_at"),
            *("review_on", "keep_until", "counted_on", "version"),
        ]
    )


def _no_disposal_is_open(holding: Holding) -> None:
    open_one = holding.concern.disposals.filter(
        agency=holding.agency, stopped_at__isnull=True, carried_out_at__isnull=True
    ).first()
    if open_one is not None:
        raise ClassNotPossible(f"Disposal {open_one.reference} is on its way. Stop that first.")


def _require_holder(concern: Concern, by: Membership) -> None:
    """Only an agency that holds something of a concern decides on what it holds. Raises NotAllowed."""
    if by.agency_id not in {one.pk for one in holders.agencies_holding(concern)}:
        raise NotAllowed("Your agency holds nothing of this concern.")


def _require_own(agency: Agency, by: Membership) -> None:
    agencies_rules.require(by, Permission.DISPOSE)
    if by.agency_id != agency.pk:
        raise NotAllowed("An agency’s own classes are added by its leads.")


def _of_concern(verb: str, concern: Concern, *, by: Membership, at: datetime, **data: object) -> Event:
    """Append an event that is one agency's own affair: no other that holds the concern sees it."""
    own = concern.reference if concern.agency_id == by.agency_id else ""
    return audit.record(verb, by=by, at=at, subject=concern.reference, concern=own, data=data)


def _write_down(verb: str, *, by: Membership | None, at: datetime, subject: str, **data: object) -> Event:
    return audit.record(verb, by=by, at=at, subject=subject, data=data)
