"""Which lawful bases to offer, to whom and when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from agencies.models import Agency
    from consent.models import Basis


class BasisQuerySet(models.QuerySet["Basis"]):
    """Reference rows by date and agency."""

    def in_force(self, *, on: date, nation: str = "ENG") -> BasisQuerySet:
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on), effective_from__lte=on, nation=nation
        )

    def offered_to(self, agency: Agency, *, on: date) -> BasisQuerySet:
        """Rows in force on a day for this kind of agency. Recognised legitimate interest, for one,
        is not open to a public authority for its tasks (domain facts C.4)."""
        return self.in_force(on=on, nation=agency.region).filter(
            Q(public_authority__isnull=True) | Q(public_authority=agency.public_authority),
            Q(agency_kinds=[]) | Q(agency_kinds__contains=[agency.kind]),
        )
