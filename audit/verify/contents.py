"""Files whose digest is sealed: is their content still what it was?

A model says in `sealed_files` which of its sealed columns is the SHA-256 of which of its files. The content
is in the portions of the file, which are not sealed one by one.
"""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.db.models import Model, QuerySet

from audit import leaves
from audit.verify.findings import Report, ask, thing


def verify_contents(report: Report, *, concern: str = "") -> None:
    """Compare the content of every file with its sealed digest, one file at a time in PostgreSQL.

    A content that is gone is in order only where the row has a tombstone.
    """
    for model in apps.get_models():
        for digest, file in getattr(model, "sealed_files", {}).items():
            _compare(report, model, digest, file, concern)


def _compare(report: Report, model: type[Model], digest: str, name: str, concern: str) -> None:
    table, q = model._meta.db_table, leaves.quoted
    key = cast(Any, model._meta.get_field(name))
    chunk = next(f for f in key.related_model._meta.related_objects if f.name == "chunks").related_model
    only = "" if not concern else " AND t.id = ANY(%s)"
    found = ask(
        f"""
        SELECT t.id, t.{q(key.column)} IS NULL FROM {q(table)} t
        WHERE t.{q(digest)} <> ''{only} AND CASE
            WHEN t.{q(key.column)} IS NULL THEN NOT EXISTS (
                SELECT 1 FROM audit_tombstone b WHERE b.table_name = '{table}' AND b.row_id = t.id)
            ELSE t.{q(digest)} <> (
                SELECT encode(sha256(coalesce(string_agg(c.data, ''::bytea ORDER BY c.number), '')), 'hex')
                FROM {q(chunk._meta.db_table)} c WHERE c.file_id = t.{q(key.column)}) END
        ORDER BY t.id
        """,  # noqa: S608 - names of tables and columns alone
        [_rows_of(model, concern)] if concern else None,
    )
    for row, is_gone in found:
        what = "is gone without a tombstone" if is_gone else "is not what its sealed digest says"
        report.add("content", f"The content of {thing(table, row, concern)} {what}.")


def _rows_of(model: type[Model], concern: str) -> list[int]:
    """Return the rows of a model that belong to a concern."""
    path = next(s.concern for s in leaves.shapes() if s.model is model)
    rows: QuerySet[Any] = QuerySet(model).filter(**{path: concern})
    return list(rows.values_list("pk", flat=True))
