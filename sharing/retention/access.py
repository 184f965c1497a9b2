"""What a lead's pages of retention obtain, through whoever asks. Each look is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from agencies import looks
from agencies.http import HatRequest
from agencies.models import Agency, Partnership
from audit.operations import log_access
from records.models import Concern, Disposal, Holding, LegalHold, Person, RetentionClass
from records.retention.rules import Review
from sharing.retention import holders

PAGE = 25


def log(request: HatRequest, subject: str, action: str) -> None:
    """Log a look at one of the pages of retention."""
    log_access(action, by=request.membership, subject=subject, address=request.META.get("REMOTE_ADDR"))


def _or_404(request: HatRequest, found: Any, subject: str, action: str) -> Any:
    if found is None:
        looks.log_refused(
            request, by=request.membership, action=action, subject=subject[:80], why="not theirs, or no such"
        )
        raise Http404("No such page")
    log(request, subject[:80], action)
    return found


@dataclass(frozen=True)
class Standing:
    """What my agency holds of a concern, how its review was counted, and what was suggested."""

    concern: Concern
    holding: Holding
    review: Review
    suggested: str
    is_own: bool
    is_filed: bool


def get_standing(request: HatRequest, reference: str, *, action: str = "retention") -> Standing:
    """Return what my agency holds of a concern: its own, or what it was party to. Raises Http404."""
    agency = request.membership.agency
    seen = Q(pk__in=Concern.objects.visible_to(request.membership).values("pk"))
    rows = Concern.objects.select_related("agency").filter(seen | ~Q(agency=agency), reference=reference)
    concern = rows.first()
    if concern is not None and not _holds(concern, agency):
        concern = None
    found: Concern = _or_404(request, concern, reference, action)
    today = timezone.localdate()
    holding = _holding(found, agency)
    is_filed = holding is not None
    if holding is None:
        holding = Holding(agency=agency, concern=found, version=1)
    holding.concern, holding.agency = found, agency
    kind = holders.suggested_kind(holding)
    if not is_filed:
        holding.retention_class = holders.classes_for(agency, on=today).get(kind)
    review, own = holders.review_of(holding, on=today), found.agency_id == agency.pk
    return Standing(found, holding, review, kind, is_own=own, is_filed=is_filed)


def _holding(concern: Concern, agency: Agency) -> Holding | None:
    rows = Holding.objects.select_related("retention_class", "chosen_by__user", "chosen_by__agency")
    return rows.filter(concern=concern, agency=agency).first()


def _holds(concern: Concern, agency: Agency) -> bool:
    """Say whether an agency still holds something of a concern. A draft in hand is nobody's record yet."""
    if concern.logged_at is None and concern.discarded_at is None:
        return False
    if Holding.objects.filter(concern=concern, agency=agency, disposed_at__isnull=False).exists():
        return False
    return agency.pk in {one.pk for one in holders.agencies_holding(concern)}


def get_hold(request: HatRequest, number: int) -> LegalHold:
    """Return a hold of my agency that is in force. Raises Http404."""
    rows = LegalHold.objects.select_related("concern", "person", "placed_by__user", "placed_by__agency")
    found = rows.filter(agency=request.membership.agency_id, number=number, ended_at__isnull=True).first()
    hold: LegalHold = _or_404(request, found, f"hold {number}", "legal hold")
    return hold


def get_disposal(request: HatRequest, reference: str) -> Disposal:
    """Return a disposal of my agency, open, stopped or carried out. Raises Http404."""
    people = ("proposed_by", "approved_by", "stopped_by")
    rows = Disposal.objects.select_related(
        "concern", "agency", "retention_class", "certificate",
        *(f"{one}__{part}" for one in people for part in ("user", "agency")),
    )  # fmt: skip
    found = rows.filter(agency=request.membership.agency_id, reference=reference).first()
    row: Disposal = _or_404(request, found, reference, "disposal")
    return row


def get_class(request: HatRequest, number: int) -> RetentionClass:
    """Return a class of my agency's own. Raises Http404."""
    found = RetentionClass.objects.filter(agency=request.membership.agency_id, pk=number).first()
    row: RetentionClass = _or_404(request, found, f"retention class {number}", "retention class")
    return row


def reviews(agency: Agency, *, until: date, after: int = 0) -> Sequence[Any]:
    """List what comes up for review by a day, the earliest first; `after` is how many were shown before."""
    rows = Holding.objects.filter(agency=agency, disposed_at__isnull=True, review_on__lte=until)
    found = rows.select_related("concern", "retention_class").order_by("review_on", "pk")
    return list(found[after : after + PAGE + 1])


def holds_of(agency: Agency) -> list[LegalHold]:
    """List the holds of an agency that are in force, the newest first."""
    rows = LegalHold.objects.filter(agency=agency, ended_at__isnull=True)
    return list(rows.select_related("concern", "person", "placed_by__user", "placed_by__agency")[:200])


def disposals_of(agency: Agency) -> list[Disposal]:
    """List the disposals of an agency, the newest first: at most two hundred."""
    rows = Disposal.objects.filter(agency=agency).select_related("concern", "proposed_by__user")
    return list(rows.order_by("-pk")[:200])


def classes_of(agency: Agency) -> list[RetentionClass]:
    """List the classes that count for an agency today, and those of its own that are to come."""
    today = timezone.localdate()
    now = list(holders.classes_for(agency, on=today).values())
    coming = RetentionClass.objects.filter(
        agency=agency, withdrawn_at__isnull=True, effective_from__gt=today
    ).order_by("effective_from")
    return [*now, *coming]


def defaults_of(partnership: Partnership) -> list[RetentionClass]:
    """List the partnership's classes that have not been withdrawn."""
    rows = RetentionClass.objects.filter(
        partnership=partnership, agency__isnull=True, withdrawn_at__isnull=True
    )
    return list(rows.order_by("agency_kind", "record_kind", "effective_from"))


def holds_on(standing: Standing) -> list[LegalHold]:
    """List the holds of my agency, in force and ended, on a concern or anybody whom it is about."""
    people = [one.pk for one in holders.people_of(standing.concern)]
    rows = LegalHold.objects.filter(agency=standing.holding.agency)
    mine = rows.filter(concern=standing.concern) | rows.filter(person__in=people)
    return list(mine.select_related("person", "placed_by__user", "ended_by__user").order_by("-number"))


def get_person_to_hold(request: HatRequest, reference: str) -> Person:
    """Return a person of my agency's records. Raises Http404."""
    found = Person.objects.visible_to(request.membership).filter(reference=reference).first()
    person: Person = _or_404(request, found, reference, "person")
    return person
