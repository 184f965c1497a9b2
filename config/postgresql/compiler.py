"""Rows are inserted, and changed one by one, with statements that are put together and planned once.

Planning an INSERT or UPDATE takes PostgreSQL longer than doing it, because the rules about whose rows are
whose (agencies/row_security.py) are part of each plan; and Django puts its text together anew each time. Here
the text of an INSERT is kept, and the values are bound by the server, which keeps the plan as well
(where no pooler is between). What is written is what Django would write. Statements whose text would differ
with their values, or that say more than values and a key, are left to Django.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.db.backends.postgresql import compiler as postgresql
from django.db.backends.postgresql.compiler import SQLAggregateCompiler, SQLCompiler, SQLDeleteCompiler
from django.db.models.lookups import Exact
from psycopg.types.numeric import Int8

TEXTS: dict[Hashable, tuple[str, Any]] = {}


class _Bound:
    """A connection for one statement, whose values are bound by the server."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        return self._connection.bound_cursor()


class SQLInsertCompiler(postgresql.SQLInsertCompiler):
    """Keeps the text of an INSERT, by its table, columns and what it returns."""

    connection: Any
    query: Any

    def execute_sql(self, returning_fields: Any = None) -> Any:  # type: ignore[override]  # as Django's own
        query = self.query
        many = len(query.objs) != 1
        if many and any(hasattr(field, "get_placeholder") for field in query.fields):
            return super().execute_sql(returning_fields)  # each number of rows has a text of its own
        connection = self.connection
        self.connection = _Bound(connection)
        try:
            return super().execute_sql(returning_fields)
        finally:
            self.connection = connection

    def as_sql(self) -> Any:  # type: ignore[override]  # as Django's own
        query = self.query
        if not query.objs or not query.fields or not isinstance(self.connection, _Bound):
            return super().as_sql()
        key = (
            query.model, len(query.objs) == 1, *(field.column for field in query.fields), None,
            *(field.column for field in self.returning_fields or ()), None,
            query.on_conflict, *(field.column for field in query.update_fields), None,
            *(field.column for field in query.unique_fields),
        )  # fmt: skip
        if key not in TEXTS:
            [(text, params)] = super().as_sql()
            if text.count("%s") == len(params) == len(query.fields):
                TEXTS[key] = (text, self.returning_params)
            return [(text, _sent(params))]
        values = [
            [self.prepare_value(field, self.pre_save_val(field, row)) for row in query.objs]
            for field in query.fields
        ]
        if any(hasattr(value, "as_sql") for column in values for value in column):
            return super().as_sql()
        text, self.returning_params = TEXTS[key]
        # The values of many rows are sent as a list for each column.
        return [(text, _sent([column[0] for column in values] if len(query.objs) == 1 else values))]


class SQLUpdateCompiler(postgresql.SQLUpdateCompiler):
    """Has the change of one row, as `save` makes it, bound by the server."""

    connection: Any
    query: Any

    def execute_sql(self, result_type: Any) -> Any:  # type: ignore[override]  # as Django's own
        if not _is_of_one_row(self.query):
            return super().execute_sql(result_type)
        connection = self.connection
        self.connection = _Bound(connection)
        try:
            return super().execute_sql(result_type)
        finally:
            self.connection = connection

    def as_sql(self) -> Any:  # type: ignore[override]  # as Django's own
        text, params = super().as_sql()
        return text, _sent(params) if isinstance(self.connection, _Bound) else params


def _is_of_one_row(query: Any) -> bool:
    """Say whether an UPDATE sets values, and nothing that is worked out, in the row with a key."""
    children = query.where.children
    return (
        len(children) == 1
        and isinstance(children[0], Exact)
        and getattr(getattr(children[0].lhs, "target", None), "primary_key", False)
        and not query.where.negated
        and not query.related_updates
        and not any(hasattr(value, "resolve_expression") for _, _, value in query.values)
        and not hasattr(children[0].rhs, "resolve_expression")
    )


def _sent(params: Any) -> tuple[Any, ...]:
    """Return values as they are sent: every number in the same width, or each width would have a plan."""
    return tuple(Int8(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in params)


__all__ = [
    "SQLAggregateCompiler",
    "SQLCompiler",
    "SQLDeleteCompiler",
    "SQLInsertCompiler",
    "SQLUpdateCompiler",
]
