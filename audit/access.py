"""Reading the audit: by agency (its reference), newest first, a page at a time. Never changed from here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from audit.models import Event

PAGE = 50


def verbs_of(agency: str) -> list[str]:
    """Return each verb that the agency's events have."""
    return list(
        Event.objects.filter(agency=agency).order_by("verb").values_list("verb", flat=True).distinct()
    )


def events_of(
    agency: str,
    *,
    reference: str = "",
    what: str = "",
    actor_id: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: str = "",
    limit: int = PAGE,
) -> tuple[list[Event], str]:
    """Return what was done at an agency or shown to it, and where the next page starts.

    `reference` finds a concern with everything under it, or one thing. `start` is included, `end`
    is not (UTC, by when it happened).
    """
    rows = Event.objects.filter(Q(agency=agency) | Q(also_for__contains=[agency]))
    if reference:
        rows = rows.filter(Q(concern=reference.upper()) | Q(subject__iexact=reference))
    if what:
        rows = rows.filter(verb=what)
    return _page(_narrowed(rows, actor_id, start, end), after=after, limit=limit)


def _narrowed(
    rows: QuerySet[Event], actor_id: str | None, start: datetime | None, end: datetime | None
) -> QuerySet[Event]:
    if actor_id:
        rows = rows.filter(actor_id=actor_id)
    if start:
        rows = rows.filter(at__gte=start)
    if end:
        rows = rows.filter(at__lt=end)
    return rows


def _page(rows: QuerySet[Event], *, after: str, limit: int) -> tuple[list[Event], str]:
    """Take a page from after the row number `after`; anything else starts at the newest."""
    if after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""
