"""Documents through whoever asks: what shows the concern shows its documents, and nothing else does."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.http import Http404

from agencies import looks
from agencies.http import HatRequest
from audit.operations import log_access
from records.documents.models import Document, DocumentVersion
from records.documents.states import Scan, scan_state
from records.models import Concern

PEOPLE = ("added_by__user", "added_by__agency")


def documents_of(concern: Concern) -> list[Any]:
    """Return the documents of a concern already obtained, each with its newest version's number and state."""
    newest = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number")
    rows = concern.documents.annotate(
        newest=Subquery(newest.values("number")[:1]),
        found_kind=Subquery(newest.values("kind")[:1]),
        size=Subquery(newest.values("size")[:1]),
        scan=Subquery(newest.values(state=scan_state())[:1]),
        many=Count("versions"),
    )
    return list(rows.select_related("strike", "about", *PEOPLE).order_by("-number"))


def get_document(request: HatRequest, reference: str, number: int, *, action: str = "document") -> Any:
    """Return a document, by the number it has in a concern that I may see, with its versions newest first.

    Each version has its `scan`. The look is logged. Raises Http404.
    """
    versions = DocumentVersion.objects.annotate(scan=scan_state()).select_related(*PEOPLE).order_by("-number")
    rows = Document.objects.filter(
        concern__in=Concern.objects.visible_to(request.membership),
        concern__reference=reference,
        number=number,
    )
    found = (
        rows.select_related("concern", "strike__by__user", "strike__by__agency", "about", *PEOPLE)
        .prefetch_related(Prefetch("versions", versions, "newest_first"))
        .first()
    )
    _log(request, action, f"{reference}-D{number}", found)
    return found


def get_version(request: HatRequest, reference: str, number: int, version: int) -> Any:
    """Return one version of a document, with its `scan`, to be given out; `log_file` logs that it was.

    Raises Http404.
    """
    rows = DocumentVersion.objects.filter(
        document__concern__in=Concern.objects.visible_to(request.membership),
        document__concern__reference=reference,
        document__number=number,
        number=version,
    )
    found = rows.annotate(scan=scan_state()).select_related("document__concern", "file").first()
    if found is None:
        _log(request, "document-file", f"{reference}-D{number}-{version}", None)
    return found


def log_file(request: HatRequest, version: Any, *, refused: Scan | None = None) -> None:
    """Log that somebody took a version away, or that they tried."""
    document = version.document
    subject = f"{document.concern.reference}-{document.label}-{version.number}"
    if refused:
        looks.log_refused(
            request, by=request.membership, action="document-file", subject=subject, why=refused.value.lower()
        )
        return
    address = request.META.get("REMOTE_ADDR")
    log_access("document-file", by=request.membership, subject=subject, address=address)


def _log(request: HatRequest, action: str, subject: str, found: object) -> None:
    if found is None:
        looks.log_refused(
            request, by=request.membership, action=action, subject=subject, why="not theirs, or no such"
        )
        raise Http404("No such page")
    log_access(action, by=request.membership, subject=subject, address=request.META.get("REMOTE_ADDR"))
