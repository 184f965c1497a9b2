"""What a lead's pages of retention obtain, through whoever asks. Each look is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from agencies import looks
from agencies.http import HatRequest
from agencies.models import Agency, Membership, Partnership
from agencies.prepared import Prepared
from audit.operations import log_access
from records.models import Concern, Disposal, Holding, LegalHold, Person, RetentionClass, Subject
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
    """What my agency holds of a concern, how its review was counted, and what was suggested.

    `is_asked_for` where somebody in it waits for their record; `others` hold a part of their own;
    `people` is whom our own record is about, and empty for another's.
    """

    concern: Concern
    holding: Holding
    review: Review
    suggested: str
    is_own: bool
    is_filed: bool
    is_asked_for: bool
    known: holders.Known
    others: Sequence[Agency]
    people: Sequence[Person]


def get_standing(request: HatRequest, reference: str, *, action: str = "retention") -> Standing:
    """Return what my agency holds of a concern: its own, or what it was party to. Raises Http404."""
    agency = request.membership.agency
    seen = Q(pk__in=Concern.objects.visible_to(request.membership).values("pk"))
    rows = Concern.objects.select_related("agency").filter(seen | ~Q(agency=agency), reference=reference)
    concern = rows.annotate(
        last_ended_at=Subquery(holders.last_end(OuterRef("pk"))),
        is_asked_for=Exists(holders.asked_for(agency, OuterRef("pk"))),
    ).first()
    filed = _holding(concern, agency) if concern else None
    agencies = _agencies_holding(concern, filed)
    holds = agency in agencies
    found: Concern = _or_404(request, concern if holds else None, reference, action)
    today, is_own = timezone.localdate(), found.agency_id == agency.pk
    holding = filed or Holding(agency=agency, concern=found, version=1)
    holding.concern, holding.agency = found, agency
    people = holders.people_of(found) if is_own else []
    known = holders.Known(
        people=holders.as_counted(people) if is_own else holders.people_as_held(holding),
        closed_on=holders.closed_after(found, getattr(concern, "last_ended_at", None)),
        classes=holders.classes_for(agency, on=today),
    )
    kind = holders.kind_for(known.people)
    if filed is None:
        holding.retention_class = known.classes.get(kind)
    review = holders.review_of(holding, on=today, known=known)
    others = [one for one in agencies if one != agency]
    return Standing(found, holding, review, kind, is_own=is_own, is_filed=filed is not None,
                    is_asked_for=getattr(concern, "is_asked_for", False),
                    known=known, others=others, people=people)  # fmt: skip


def _holding(concern: Concern, agency: Agency) -> Holding | None:
    rows = Holding.objects.select_related("retention_class", "chosen_by__user", "chosen_by__agency")
    return rows.filter(concern=concern, agency=agency).first()


def _agencies_holding(concern: Concern | None, filed: Holding | None) -> list[Agency]:
    """Return who still holds something of a concern: nobody of a draft in hand.

    `filed` is what my agency has filed of it. Nobody is returned where that was disposed of.
    """
    if concern is None or (concern.logged_at is None and concern.discarded_at is None):
        return []
    if filed is not None and filed.disposed_at is not None:
        return []
    return holders.agencies_holding(concern)


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


def _for_a_second_person(*, member: Membership) -> QuerySet[Disposal]:
    rows = Disposal.objects.filter(
        agency=member.agency_id, approved_at__isnull=True, stopped_at__isnull=True
    ).exclude(proposed_by__user=member.user_id)
    return rows.select_related("proposed_by__user").order_by("-id")[:PAGE]


# What a lead can approve or stop, as somebody else of their agency proposed it: the newest first.
FOR_A_SECOND_PERSON = Prepared(_for_a_second_person)


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


def holds_on(standing: Standing) -> tuple[list[LegalHold], list[LegalHold]]:
    """List the holds of my agency on a concern: those to show, and those in force, which hold it back.

    Shown are those on it or anybody whom it is about, ended too. One on anybody else in it holds it back.
    """
    about = Subject.objects.filter(concern=standing.concern)
    on_it = Q(concern=standing.concern)
    rows = LegalHold.objects.filter(
        on_it | Q(person__in=about.values("person")), agency=standing.holding.agency
    ).annotate(is_shown=Q(on_it | Q(person__in=about.filter(is_main=True).values("person"))))
    found = list(rows.select_related("person", "placed_by__user", "ended_by__user").order_by("-number"))
    shown: list[LegalHold] = [one for one in found if one.is_shown]
    in_force: list[LegalHold] = [one for one in reversed(found) if one.ended_at is None]
    return shown, in_force


def get_person_to_hold(request: HatRequest, reference: str) -> Person:
    """Return a person of my agency's records. Raises Http404."""
    found = Person.objects.visible_to(request.membership).filter(reference=reference).first()
    person: Person = _or_404(request, found, reference, "person")
    return person
