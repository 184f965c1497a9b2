"""The database backend: Django's own, with the compilers of compiler.py and a cursor for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.types.datetime import TimestamptzLoader

from config.postgresql import direct


class Operations(DatabaseOperations):
    compiler_module = "config.postgresql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations

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

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody looks at each statement, or keeps them from being asked: cursors tell them."""
        return self.queries_logged or bool(self.execute_wrappers)

    def send(self, statements: Sequence[direct.Statement]) -> list[direct.Answer]:
        """Send statements in one round trip, without cursors, and return their answers (direct.py)."""
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return direct.send(self.connection, statements)

    def write(self, text: str, values: Sequence[Any]) -> int:
        """Write rows with a statement that is kept, and return how many. It has %s for each value."""
        with transaction.mark_for_rollback_on_error(using=self.alias):
            if not self.is_looked_at:
                return self.send([(text, values)])[0].written
            with self.cursor() as cursor:
                cursor.execute(text, values)
                return int(cursor.rowcount)
