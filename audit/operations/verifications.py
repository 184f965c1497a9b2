"""Writing down that the record was compared with its seals, and what came of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audit.models import Verification
from audit.verify import Report


@transaction.atomic
def record(
    report: Report, *, by: str, started_at: datetime, at: datetime, concern: str = "", against: bool = False
) -> Verification:
    """Append one verification. `by` is what ran it, `started_at` and `at` its beginning and end (UTC)."""
    first = report.first
    return Verification.objects.create(
        started_at=started_at,
        finished_at=at,
        by=by,
        concern=concern,
        against=against,
        head=report.head,
        seals=report.seals,
        leaves=report.leaves,
        rows=report.rows,
        findings=report.found,
        first_finding=first.text if first else "",
    )
