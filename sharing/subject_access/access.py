"""The only way a page obtains a request, a piece or a hold: through whoever asks. Each look is logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from agencies import looks
from agencies.http import HatRequest
from agencies.roles import Permission
from audit.operations import log_access
from records.models import Concern, Person
from sharing.models import (
    AccessBundle,
    AccessPiece,
    AccessRequest,
    AccessWait,
    DisclosureHold,
    HeldWord,
    PieceDecision,
)
from sharing.subject_access import contents, standing
from sharing.subject_access.contents import Shown

PAGE = 25


def _visible(request: HatRequest) -> QuerySet[AccessRequest]:
    """The requests made to my agency, where my role answers them; none otherwise."""
    if not request.membership.may(Permission.ANSWER_ACCESS):
        return AccessRequest.objects.none()
    return AccessRequest.objects.filter(agency=request.membership.agency_id)


def _closed_to(request: HatRequest) -> QuerySet[Concern]:
    """The concerns of whom a request is about that my agency closed to me."""
    mine = Concern.objects.filter(
        agency=request.membership.agency_id, subjects__person=OuterRef("person"), disposed_at__isnull=True
    )
    return mine.exclude(pk__in=Concern.objects.visible_to(request.membership).values("pk"))


def get_request(
    request: HatRequest,
    reference: str,
    *,
    action: str = "subject access",
    prefetch: Sequence[str] = standing.PARTS,
    words: bool = False,
) -> AccessRequest:
    """Return a request made to my agency. `prefetch` says what to fetch with it. Raises Http404.

    `words` says that what was gathered is shown: then no concern that the person is in may be closed to me.
    """
    rows = standing.with_people(_visible(request)).prefetch_related(*prefetch)
    rows = rows.filter(~Exists(_closed_to(request))) if words else rows
    found = rows.filter(reference=reference).first()
    if found is None:
        looks.log_refused(
            request, by=request.membership, action=action, subject=reference, why="not theirs, or no such"
        )
        raise Http404
    log(request, found.reference, action)
    return found


def log(request: HatRequest, subject: str, action: str) -> None:
    """Log a look by itself, such as at what goes out, or a file that is taken away."""
    log_access(action, by=request.membership, subject=subject, address=request.META.get("REMOTE_ADDR"))


def list_requests(request: HatRequest, *, before: int | None) -> tuple[list[AccessRequest], int | None]:
    """Return a page of my agency's requests, open ones first, and where the next page begins."""
    log(request, "subject access requests", "list")
    rows = standing.with_standing(_visible(request))
    rows = rows.filter(pk__lt=before) if before else rows
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def requests_of(request: HatRequest, person: Person) -> list[AccessRequest]:
    """Return the requests made to my agency about a person already obtained, newest first."""
    return list(standing.with_standing(_visible(request)).filter(person=person).order_by("-pk"))


def counts(found: AccessRequest) -> dict[str, int]:
    """Count the pieces of a request, and those that nobody has decided on. One statement."""
    decided = Exists(PieceDecision.objects.filter(piece=OuterRef("pk")))
    rows = contents.current_pieces(found).order_by().annotate(is_decided=decided)
    return rows.aggregate(pieces=Count("pk"), undecided=Count("pk", filter=Q(is_decided=False)))


def get_wait(found: AccessRequest, number: int) -> AccessWait:
    """Return something that whoever asks was asked, by its place. Raises Http404."""
    waits = standing.waits_of(found)
    if not 1 <= number <= len(waits):
        raise Http404
    waits[number - 1].request = found
    return waits[number - 1]


def undecided_besides(one: AccessPiece) -> list[int]:
    """Return the numbers of the other pieces that nobody has decided on, beginning after this one."""
    decided = Exists(PieceDecision.objects.filter(piece=OuterRef("pk")))
    rows = contents.current_pieces(one.request).filter(~decided).exclude(pk=one.pk)
    places = list(rows.values_list("order", "pk"))
    return [pk for _, pk in sorted(places, key=lambda place: (place < (one.order, one.pk), place))]


def get_piece(found: AccessRequest, number: int) -> Shown:
    """Return a piece that counts now, with how it stands. Raises Http404."""
    shown = contents.states_of(found, contents.current_pieces(found).filter(pk=number))
    if not shown:
        raise Http404
    shown[0].piece.request = found
    return shown[0]


def get_word(found: AccessRequest, number: int) -> HeldWord:
    """Return words that are held back everywhere. Raises Http404."""
    row = found.held_words.filter(pk=number).first()
    if row is None:
        raise Http404
    row.request = found
    return row


def get_hold_in(found: AccessRequest, number: int) -> tuple[Any, list[AccessPiece]]:
    """Return what is on hold in a request, with the pieces that hold it. Raises Http404."""
    hold = DisclosureHold.objects.filter(agency=found.agency_id, lifted_at__isnull=True, pk=number).first()
    pieces = list(contents.current_pieces(found).filter(carries__contains=[hold.key])) if hold else []
    if hold is None or not pieces:
        raise Http404
    return hold, pieces


def get_bundle(found: AccessRequest, number: int) -> AccessBundle:
    """Return a version of the answer. Raises Http404."""
    row = next((one for one in found.bundles.all() if one.number == number), None)
    if row is None:
        raise Http404
    row.request = found
    return row


def holds_of(concern: Concern) -> list[DisclosureHold]:
    """Return what is and was on hold in a concern already obtained, what is on hold first."""
    rows = concern.disclosure_holds.select_related(
        "added_by__user", "added_by__agency", "lifted_by__user", "lifted_by__agency"
    )
    return sorted(rows, key=lambda one: (one.lifted_at is not None, one.pk))


def get_hold(concern: Concern, number: int) -> DisclosureHold:
    """Return what is on hold in a concern already obtained. Raises Http404."""
    row = concern.disclosure_holds.filter(pk=number, lifted_at__isnull=True).first()
    if row is None:
        raise Http404
    row.concern = concern
    return row
