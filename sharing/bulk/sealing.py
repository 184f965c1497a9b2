"""The leaves of rows that were copied in: what their triggers would have written, in sets.

They are written as the application's role, in one transaction before the first seal after it. Where a row
says when the database's clock wrote it, its leaf is of that moment, as in a record that grew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audit import leaves

WRITE = """
    INSERT INTO audit_leaf (shape_id, row_id, content, concern, written_at, xid, written_by)
    SELECT (SELECT s.id FROM audit_shape s WHERE s.key = %(key)s ORDER BY s.by_trigger LIMIT 1), t.id,
           {hash}, coalesce({concern}, ''), {clock}, pg_current_xact_id()::text::bigint, %(role)s
    FROM {table} t WHERE t.id BETWEEN %(start)s AND %(end)s AND {final} ORDER BY t.id
"""


def shapes_of(tables: Sequence[str]) -> list[leaves.Shape]:
    """Return what is sealed of some tables."""
    return [shape for shape in leaves.shapes() if shape.table in tables]


def write_leaves(cursor: Any, shape: leaves.Shape, *, role: str, start: int, end: int) -> int:
    """Write the leaves of rows by their ids. Returns how many."""
    sql = WRITE.format(
        hash=leaves.hashed(shape.content("t")),
        concern=leaves.reference_of(shape.model, shape.concern, row="t"),
        clock=f"t.{leaves.quoted(shape.clock)}" if shape.clock else "clock_timestamp()",
        table=leaves.quoted(shape.table),
        final=shape.is_final("t"),
    )
    cursor.execute(sql, {"key": shape.key, "role": role, "start": start, "end": end})
    return int(cursor.rowcount)
