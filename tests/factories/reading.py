"""Rows as they are now."""

from __future__ import annotations

from typing import TypeVar

from agencies.models import Membership
from records.models import Concern
from sharing.models import Action, Breach, Cycle, Disagreement, Enquiry, Exchange

Row = TypeVar("Row", Exchange, Action, Concern, Cycle, Enquiry, Disagreement, Breach)


def again(row: Row) -> Row:
    """Read a row again as it is now."""
    return type(row)._default_manager.get(pk=row.pk)


def again_with_people(member: Membership) -> Membership:
    """Read a membership again as it is now, with its agency."""
    return Membership.objects.with_people().get(pk=member.pk)
