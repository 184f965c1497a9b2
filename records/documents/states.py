"""What is known of a version: whether a scanner has looked at it, and who may be given it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Value, When

from records.documents.models import DocumentVersion, ScanResult, ScanToDo


class Scan(StrEnum):
    """How a version stands with the scanner."""

    NONE = "NONE"
    WAITING = "WAITING"
    FAILED = "FAILED"
    CLEAN = "CLEAN"
    INFECTED = "INFECTED"
    GONE = "GONE"


TAGS: dict[Scan, dict[str, str]] = {
    Scan.NONE: {"text": "Not scanned", "colour": "yellow"},
    Scan.WAITING: {"text": "Waits to be scanned", "colour": "blue"},
    Scan.FAILED: {"text": "Could not be scanned yet", "colour": "orange"},
    Scan.CLEAN: {"text": "Scanned, nothing found", "colour": "green"},
    Scan.INFECTED: {"text": "Closed: malware found", "colour": "red"},
    Scan.GONE: {"text": "Content disposed of", "colour": "grey"},
}
SENTENCES: dict[Scan, str] = {
    Scan.NONE: (
        "No virus scanner is set up here, so nobody has looked for malware in it. Open it only if you "
        "expected it and know who it comes from."
    ),
    Scan.WAITING: (
        "It is being scanned for malware, so nobody can open it yet. It is usually ready within a minute."
    ),
    Scan.FAILED: (
        "The scanner could not look at it, so nobody can open it yet. It is tried again by itself, within "
        "the hour at the latest, and is ready once nothing is found. If it is not ready by tomorrow, tell "
        "whoever runs Check Back."
    ),
    Scan.CLEAN: "",
    Scan.INFECTED: "Malware was found in it, so nobody can open it.",
    Scan.GONE: "Its content has been disposed of by the rules for that. What it was stays on the record.",
}


def is_scanned_here() -> bool:
    """Say whether a scanner is set up."""
    return bool(settings.CLAMD_URL)


def scan_state(version: str = "pk") -> Any:
    """Return what gives the Scan of a version in a query; `version` is the way to its key.

    Malware that was found once closes a version for good, whatever is said of it later.
    """
    results = ScanResult.objects.filter(version=OuterRef(version))
    to_do = ScanToDo.objects.filter(version=OuterRef(version), done_at__isnull=True)
    gone = DocumentVersion.objects.filter(pk=OuterRef(version), file__isnull=True)
    unseen = Scan.WAITING if is_scanned_here() else Scan.NONE
    return Case(
        When(Exists(results.filter(outcome="INFECTED")), then=Value(Scan.INFECTED.value)),
        When(Exists(gone), then=Value(Scan.GONE.value)),
        When(Exists(results.filter(outcome="CLEAN")), then=Value(Scan.CLEAN.value)),
        When(
            Exists(to_do) & Exists(results.filter(outcome="FAILED")),
            then=Value(Scan.FAILED.value if is_scanned_here() else Scan.NONE.value),
        ),
        default=Value(unseen.value),
        output_field=CharField(),
    )


def state_of(version: DocumentVersion) -> Scan:
    """Read how one version stands with the scanner now."""
    found = DocumentVersion.objects.filter(pk=version.pk).values_list(scan_state(), flat=True)
    return Scan(found[0])


def is_open(state: Scan) -> bool:
    """Say whether anybody may be given the content: scanned and clean, or where nothing is ever scanned."""
    return state in (Scan.CLEAN, Scan.NONE)
