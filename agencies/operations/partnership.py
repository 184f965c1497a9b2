"""Setting up a partnership: its agencies and its time limits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from agencies.models import Agency, Membership, Partnership, TimeLimit
from agencies.verbs import Verb
from agencies.working_time import parse_duration
from audit import operations as audit


@transaction.atomic
def make_partnership(
    *, by: Membership | None, at: datetime, reference: str, name: str, prefix: str
) -> Partnership:
    """Set up a partnership. `by` is None where the service itself is being set up."""
    partnership = Partnership.objects.create(reference=reference, name=name, prefix=prefix)
    audit.record(Verb.PARTNERSHIP_MADE, by=by, at=at, subject=reference)
    return partnership


@transaction.atomic
def add_agency(
    partnership: Partnership,
    *,
    by: Membership | None,
    at: datetime,
    reference: str,
    name: str,
    kind: str,
    **details: Any,
) -> Agency:
    """Add an agency to a partnership. `details` are further fields of Agency."""
    agency = Agency.objects.create(
        partnership=partnership, reference=reference, name=name, kind=kind, **details
    )
    audit.record(Verb.AGENCY_ADDED, by=by, at=at, subject=reference, data={"kind": kind})
    return agency


@transaction.atomic
def set_time_limit(
    partnership: Partnership,
    *,
    by: Membership | None,
    at: datetime,
    key: str,
    duration: str,
    label: str,
    source: str,
    effective_from: date,
) -> TimeLimit:
    """Set how long something may take from a day on, and end the limit that stood before.

    Raises DurationNotUnderstood for a duration that cannot be counted.
    """
    duration = str(parse_duration(duration))
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    TimeLimit.objects.filter(partnership=partnership, key=key, effective_to__isnull=True).update(
        effective_to=effective_from - timedelta(days=1)
    )
    limit = TimeLimit.objects.create(
        partnership=partnership,
        key=key,
        duration=duration,
        label=label,
        source=source,
        effective_from=effective_from,
    )
    audit.record(
        Verb.LIMIT_SET,
        by=by,
        at=at,
        subject=partnership.reference,
        data={"key": key, "duration": duration, "label": label, "from": effective_from.isoformat()},
    )
    return limit
