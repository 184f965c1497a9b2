"""Setting up a partnership and its agencies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import Agency, Membership, Partnership
from agencies.verbs import Verb
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
