"""Rows are inserted, and changed one by one, with statements that are put together and planned once.

Planning an INSERT or UPDATE takes PostgreSQL longer than doing it, because the rules about whose rows are
whose (agencies/row_security.py) are part of each plan; and Django puts its text together anew each time. Here
the text of an INSERT is kept, and the values are bound by the server, which keeps the plan as well
(where no pooler is between). What is written is what Django would write. Statements whose text would differ
with their values, or that say more than values and a key, are left to Django.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from django.db.backends.postgresql import compiler as postgresql
from django.db.backends.postgresql.compiler import SQLAggregateCompiler, SQLCompiler, SQLDeleteCompiler
from django.db.models import Model
from django.db.models.constants import OnConflict
from django.db.models.expressions import DatabaseDefault
from django.db.models.lookups import Exact
from django.db.models.sql import InsertQuery
from psycopg.types.numeric import Int8

from config.postgresql.values import value_of

TEXTS: dict[Hashable, tuple[str, Any]] = {}
CHANGES: dict[Hashable, str] = {}


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
            if connection.is_looked_at:
                return super().execute_sql(returning_fields)
            self.returning_fields = returning_fields
            rows: Any = [row for answer in connection.send(self.as_sql()) for row in answer.rows]
            if returning_fields and not many and not rows:
                return [None]  # it was there already: as Django's own says it
            table = query.get_meta().db_table
            columns = [field.get_col(table) for field in returning_fields or ()]
            converters = self.get_converters(columns)
            return list(self.apply_converters(rows, converters)) if converters else rows
        finally:
            self.connection = connection

    def as_sql(self) -> Any:  # type: ignore[override]  # as Django's own
        query = self.query
        if not query.objs or not query.fields or not isinstance(self.connection, _Bound):
            return super().as_sql()
        values = [[value_of(field, row, self._prepared) for row in query.objs] for field in query.fields]
        one = len(query.objs) == 1
        # What PostgreSQL fills in stands in the text of an INSERT of one row.
        filled_in = [one and isinstance(column[0], DatabaseDefault) for column in values]
        key = (
            query.model, one, *(field.column for field in query.fields), None, *filled_in, None,
            *(field.column for field in self.returning_fields or ()), None,
            query.on_conflict, *(field.column for field in query.update_fields), None,
            *(field.column for field in query.unique_fields),
        )  # fmt: skip
        given = [column for column, is_filled_in in zip(values, filled_in, strict=True) if not is_filled_in]
        if key not in TEXTS:
            [(text, params)] = super().as_sql()
            if text.count("%s") == len(params) == len(given):
                TEXTS[key] = (text, self.returning_params)
            return [(text, _sent(params))]
        if any(hasattr(value, "as_sql") for column in given for value in column):
            return super().as_sql()
        text, self.returning_params = TEXTS[key]
        # The values of many rows are sent as a list for each column.
        return [(text, _sent([column[0] for column in given] if one else given))]

    def _prepared(self, field: Any, row: Any) -> Any:
        return self.prepare_value(field, self.pre_save_val(field, row))


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
            if connection.is_looked_at:
                return super().execute_sql(result_type)
            text, params = self.as_sql()
            return connection.send([(text, params)])[0].written if text else 0
        finally:
            self.connection = connection

    def as_sql(self) -> Any:  # type: ignore[override]  # as Django's own
        text, params = super().as_sql()
        return text, _sent(params) if isinstance(self.connection, _Bound) else params


def inserting(connection: Any, rows: Sequence[Model], *, ignore_conflicts: bool) -> list[tuple[str, Any]]:
    """Return the statements that insert rows of one model and give nothing back."""
    if not rows:
        return []
    meta: Any = rows[0]._meta
    has_number = rows[0].pk is not None
    fields = [one for one in meta.concrete_fields if has_number or not one.primary_key]
    for row in rows:
        _require_saved_relations(row, "insert_later")
    query: Any = InsertQuery(rows[0].__class__, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, rows)
    compiler = query.get_compiler(connection=_Bound(connection))
    statements: list[tuple[str, Any]] = compiler.as_sql()
    return statements


def _require_saved_relations(row: Any, operation: str) -> None:
    """Raise ValueError where a row refers to one that is not saved, as Django does before it saves."""
    row._prepare_related_fields_for_save(operation_name=operation)  # noqa: SLF001  # as save calls it


def saving(connection: Any, row: Model, names: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """Return the statement that writes these fields of a row that is there.

    Raises ValueError for what is worked out by PostgreSQL, and for fields that are more than a value.
    """
    meta: Any = row._meta
    fields = [*map(meta.get_field, names), meta.pk]
    key = (row.__class__, *names)
    if key not in CHANGES:
        if not names or any(hasattr(one, "get_placeholder") or not one.concrete for one in fields):
            raise ValueError("save_later writes plain columns")
        quoted = connection.ops.quote_name
        changes = ", ".join(f"{quoted(one.column)} = %s" for one in fields[:-1])
        table = quoted(meta.db_table)
        where = f"{table}.{quoted(meta.pk.column)} = %s"
        CHANGES[key] = f"UPDATE {table} SET {changes} WHERE {where}"  # noqa: S608  # names of columns alone

    def prepared(field: Any, row: Model) -> Any:
        return field.get_db_prep_save(field.pre_save(row, False), connection)

    _require_saved_relations(row, "save_later")
    if any(hasattr(getattr(row, one.attname), "resolve_expression") for one in fields):
        raise ValueError("save_later writes values")
    return CHANGES[key], _sent([value_of(one, row, prepared) for one in fields])


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
