"""What a request wrote, table by table, from the counters that PostgreSQL keeps of each transaction.

They count every row that was inserted, updated or deleted, by triggers too and whether or not it was taken
back since; reading them is one short statement, where reading the rows themselves takes a hundred times that.
Where no statement was made at all, they are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLES = (
    "SELECT oid, relname FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid"
)
WRITTEN = (
    "SELECT pg_stat_get_xact_tuples_inserted(t) + pg_stat_get_xact_tuples_updated(t)"
    " + pg_stat_get_xact_tuples_deleted(t) FROM unnest(%s::oid[]) WITH ORDINALITY AS of(t, n) ORDER BY n"
)


class Watch:
    """Counts, inside one transaction, what was written since it was last asked."""

    def __init__(self) -> None:
        assert connection.in_atomic_block, "These counters are those of one transaction"
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            found = cursor.fetchall()
        self.statements = 0
        self.numbers, self.names = [row[0] for row in found], [row[1] for row in found]
        self.last = self._read()

    def _count(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Count the statements of the block."""
        with connection.execute_wrapper(self._count):
            yield

    def _read(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN, [self.numbers])
            return [row[0] for row in cursor.fetchall()]

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """Forget what was written before the block, and count its statements."""
        self.forget()
        with self.looking():
            yield

    def forget(self) -> None:
        """Leave out what was written up to now."""
        self.last, self.statements = self._read(), 0

    def written(self) -> dict[str, int]:
        """Return how many rows of which tables were written since the last time, those with none left out."""
        if not self.statements:
            return {}
        self.statements = 0
        before, self.last = self.last, self._read()
        return {
            name: now - then
            for name, then, now in zip(self.names, before, self.last, strict=True)
            if now != then
        }
