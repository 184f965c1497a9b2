"""Reading the record of a concern as plain values, a table at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from agencies.models import Membership
from audit.models import Event
from records.models import Concern
from sharing.exports.tables import ALL, EVENTS, Table

Plain = dict[str, Any]
PORTION = 500


def tables_of(concern: Concern) -> Iterator[tuple[Table, Iterator[Plain]]]:
    """Give each table with its rows, oldest first, as its own agency may read them."""
    people = _People()
    for table in ALL:
        yield table, rows_of(table, concern, people)


def rows_of(table: Table, concern: Concern, people: _People | None = None) -> Iterator[Plain]:
    """Give the rows of one table, without words that were withdrawn from the agency or never for it."""
    people = people or _People()
    rows: Any
    if table is EVENTS:
        rows = Event.objects.filter(concern=concern.reference)
    else:
        rows = QuerySet(table.model).filter(**{table.path: concern})
    if table.exchange:
        rows = rows.exclude(_closed(table.exchange, concern))
    members = {name for name in table.columns if _is_member(table, name)}
    fields = [f"{name}_id" if name in members else name for name in table.columns]
    # A key can have the name of a field of the row, so it is read under another.
    keys = {f"key_{name}": F(lookup) for name, lookup in table.keys}
    read: Any = rows.order_by("pk").annotate(**keys).values_list(*fields, *keys)
    for row in read.iterator(chunk_size=PORTION):
        values = dict(zip([*table.columns, *keys], row, strict=True))
        plain = {name: plainly(values[f"key_{name}"]) for name, _ in table.keys}
        for name in table.columns:
            plain[name] = people.label(values[name]) if name in members else plainly(values[name])
        yield plain


def plainly(value: Any) -> Any:
    """Return a value as JSON has it; moments are UTC and end with Z."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _is_member(table: Table, name: str) -> bool:
    field = table.model._meta.get_field(name)
    return field.is_relation and field.related_model is Membership


def _closed(exchange: str, concern: Concern) -> Q:
    """Words said to this agency by another that it may not read any more."""
    theirs = ~Q(**{f"{exchange}__speaker__agency_id": concern.agency_id})
    gone = Q(**{f"{exchange}__withdrawn_at__isnull": False}) | Q(
        **{f"{exchange}__not_mine_at__isnull": False}
    )
    return theirs & gone


class _People:
    """Who people are, each looked up once."""

    def __init__(self) -> None:
        self._labels: dict[UUID, str] = {}

    def label(self, key: UUID | None) -> str | None:
        if key is None:
            return None
        if key not in self._labels:
            self._labels[key] = Membership.objects.select_related("user", "agency").get(pk=key).label
        return self._labels[key]
