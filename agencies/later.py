"""Rows that an operation writes with its next statement (config/postgresql/later.py).

For rows of which it needs neither a number nor a refusal before its block ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model


def save(row: Model, *names: str) -> None:
    """Write these fields of a row that is there, as `row.save(update_fields=names)` does.

    Raises NotWritten, with the next statement, where it is not there.
    """
    known: Any = connection
    known.save_later(row, names)


def insert(rows: Iterable[Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows of one model, as `bulk_create` does. They are not told their numbers."""
    known: Any = connection
    known.insert_later(list(rows), ignore_conflicts=ignore_conflicts)
