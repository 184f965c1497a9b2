"""The scanner's rounds: rows claimed one at a time under a lease, asked about outside any transaction.

No request waits for a scanner. One that hangs or is gone costs a round a few seconds and nothing else; what
it could not look at is tried again, later each time.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agencies import files
from agencies.access import lead_of
from agencies.models import Membership
from agencies.operations.notices import NobodyToNotify, notify
from audit.operations import record
from notifications.models import Message
from records.documents.clamd import CannotScan, Said, scan
from records.documents.models import DocumentVersion, ScanResult, ScanToDo
from records.verbs import Verb

logger = logging.getLogger(__name__)

SECONDS_A_FILE = 15.0
LEASE = timedelta(seconds=60)
ROUND_SECONDS = 20.0
LATER = (60, 120, 300, 900, 1800, 3600)
AT_ONCE = 200


def scan_due(*, at: datetime | None = None, seconds: float = ROUND_SECONDS) -> int:
    """Scan what waits, oldest first, until nothing is left, time is up or the scanner fails; return how many.

    `at` is for tests; the clock is read otherwise. Nothing happens where no scanner is set up.
    """
    if not settings.CLAMD_URL:
        return 0
    now = at or timezone.now()
    _ask_for_the_others(now)
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until and (to_do := _claim(at or timezone.now())):
        count += 1
        if not _scan(to_do, at=at or timezone.now()):
            break
    return count


def _ask_for_the_others(at: datetime) -> None:
    """Have scanned what was kept before there was a scanner, a portion at a time."""
    asked = ScanToDo.objects.filter(version=OuterRef("pk"))
    versions = DocumentVersion.objects.filter(~Exists(asked), file__isnull=False).order_by("pk")[:AT_ONCE]
    ScanToDo.objects.bulk_create(
        [ScanToDo(version=one, asked_at=at, next_try_at=at) for one in versions], ignore_conflicts=True
    )


def _claim(at: datetime) -> ScanToDo | None:
    """Take the oldest version that is due and that nobody is scanning."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    with transaction.atomic():
        due = ScanToDo.objects.filter(free, done_at=None, next_try_at__lte=at)
        to_do = due.order_by("next_try_at", "pk").select_for_update(skip_locked=True).first()
        if to_do is not None:
            to_do.attempt += 1
            to_do.lease_until = at + LEASE
            to_do.save(update_fields=["attempt", "lease_until"])
    return to_do


def _scan(to_do: ScanToDo, *, at: datetime) -> bool:
    """Ask the scanner about one version and write down what it says; say whether to go on."""
    version = DocumentVersion.objects.select_related("file").get(pk=to_do.version_id)
    if version.file is None:
        _finish(to_do, at=at)
        return True
    try:
        said = scan(files.chunks_of(version.file), url=settings.CLAMD_URL, seconds=SECONDS_A_FILE)
    except CannotScan as error:
        _failed(to_do, error.code, at=at)
        return error.again
    _written_down(to_do, said, at=at)
    return True


def _failed(to_do: ScanToDo, code: str, *, at: datetime) -> None:
    """Write down that it could not be scanned, and try again later."""
    logger.warning("document not scanned", extra={"code": code, "attempt": to_do.attempt})
    later = LATER[min(to_do.attempt, len(LATER)) - 1]
    with transaction.atomic():
        if _mine(to_do).update(next_try_at=at + timedelta(seconds=later), lease_until=None):
            ScanResult.objects.create(version_id=to_do.version_id, outcome="FAILED", said=code, at=at)


def _written_down(to_do: ScanToDo, said: Said, *, at: datetime) -> None:
    """Write down what the scanner said, once. Malware closes the content, and people are told with it."""
    outcome = ScanResult.Outcome.INFECTED if said.infected else ScanResult.Outcome.CLEAN
    with transaction.atomic():
        if not _finish(to_do, at=at):
            return
        ScanResult.objects.create(version_id=to_do.version_id, outcome=outcome, said=said.name, at=at)
        if said.infected:
            _tell(to_do.version_id, at=at)


def _finish(to_do: ScanToDo, *, at: datetime) -> int:
    return _mine(to_do).update(done_at=max(at, to_do.asked_at), lease_until=None)


def _mine(to_do: ScanToDo) -> QuerySet[ScanToDo]:
    """The row, as long as nobody else has claimed it since."""
    return ScanToDo.objects.filter(pk=to_do.pk, attempt=to_do.attempt, done_at=None)


def _tell(version_id: int, *, at: datetime) -> None:
    """Tell whoever uploaded it, and their lead, that a document is closed: a reference and no word of it."""
    version = DocumentVersion.objects.select_related(
        "document__concern__agency", "added_by__user", "added_by__agency__partnership"
    ).get(pk=version_id)
    document, concern = version.document, version.document.concern
    data = {"document": document.label, "document_version": version.number}
    record(
        Verb.DOCUMENT_INFECTED,
        by=None,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        also_for=[concern.agency.reference],
        data=data,
    )
    people = [version.added_by, lead_of(version.added_by)]
    for person in dict.fromkeys(one for one in people if one is not None):
        _notice(person, document.number, concern.reference, version, at=at)


def _notice(
    person: Membership, number: int, reference: str, version: DocumentVersion, *, at: datetime
) -> None:
    try:
        notify(
            person,
            Message.Kind.INFECTED,
            reference=reference,
            sender=version.added_by.agency,
            path=f"/concerns/{reference}/documents/{number}/",
            at=at,
            dedupe_key=f"infected:{version.pk}:{person.pk}",
            urgent=True,
        )
    except NobodyToNotify:
        logger.warning("nobody to tell of a closed document", extra={"reference": reference})
