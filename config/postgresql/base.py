"""The database backend: Django's own, with the compilers of compiler.py and a cursor for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models import Model
from psycopg.types.datetime import TimestamptzLoader

from config.postgresql import compiler, kept
from config.postgresql.later import Later, NotWritten


class Operations(DatabaseOperations):
    compiler_module = "config.postgresql.compiler"


class DatabaseWrapper(Later):
    ops_class = Operations

    def _configure_connection(self, connection: Any) -> bool:
        """Django, or the pool, calls this once for each connection that was opened."""
        kept.keep(connection)
        django: Any = super()
        return bool(django._configure_connection(connection))  # noqa: SLF001  # the same of Django's

    def bound_cursor(self) -> Any:
        """Return a cursor that has values bound by the server, so that PostgreSQL keeps its plan."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        # Whoever looks at statements is shown the values in them.
        kind: Any = base.Cursor if self.queries_logged else base.ServerBindingCursor
        django: Any = super()
        with self.wrap_database_errors:
            cursor = kind(self.connection)
        # Django's own loader of moments is Python's and takes twenty times as long. They are in the time zone
        # of the connection in either case, which Django sets to UTC.
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        return django._prepare_cursor(cursor)  # noqa: SLF001  # as cursor() does

    def write(self, text: str, values: Sequence[Any]) -> int:
        """Write rows with a statement that is kept, and return how many. It has %s for each value."""
        with transaction.mark_for_rollback_on_error(using=self.alias):
            if not self.is_looked_at:
                return self.send([(text, values)])[0].written
            with self.cursor() as cursor:
                cursor.execute(text, values)
                return int(cursor.rowcount)

    def write_later(self, text: str, values: Sequence[Any], *, rows: int | None = None) -> None:
        """Write rows as `write` does, with the next statement where that can be.

        Raises NotWritten, then, where these are not as many `rows` as it was to write.
        """
        if not self.later(text, values, rows=rows):
            written = self.write(text, values)
            if rows is not None and written != rows:
                raise NotWritten(f"{written} rows were written instead of {rows}.")

    def insert_later(self, rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
        """Insert rows of one model, whose numbers nobody needs, with the next statement where that can be."""
        for text, values in compiler.inserting(self, rows, ignore_conflicts=ignore_conflicts):
            self.write_later(text, values, rows=None if ignore_conflicts else len(rows))

    def save_later(self, row: Model, names: Sequence[str]) -> None:
        """Write these fields of a row that is there, with the next statement where that can be.

        Raises NotWritten, then, where it is not there.
        """
        self.write_later(*compiler.saving(self, row, names), rows=1)
