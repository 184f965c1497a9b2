"""The database backend: Django's own, with the compilers of compiler.py and a cursor for them."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg.types.datetime import TimestamptzLoader


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
