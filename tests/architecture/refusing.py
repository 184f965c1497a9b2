"""How a test writes past the operations, and sees that the database itself refuses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from tests.factories import World
from tests.rows import nothing_changes


def refused(says: str, write: Callable[[], object]) -> None:
    """Fail unless the database itself refuses a write, saying so, and nothing changed."""

    @transaction.atomic
    def and_check() -> None:
        write()
        connection.check_constraints()

    with nothing_changes(), pytest.raises(DatabaseError, match=says):
        and_check()


def table(model: type[Model]) -> str:
    return model._meta.db_table


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def set_raw(row: Model, **values: Any) -> Callable[[], None]:
    """Write columns of a row past Django's models."""
    columns = ", ".join(f"{name} = %s" for name in values)

    def write() -> None:
        sql(f"UPDATE {table(type(row))} SET {columns} WHERE id = %s", *values.values(), row.pk)

    return write


def delete_raw(row: Model) -> Callable[[], None]:
    return lambda: sql(f"DELETE FROM {table(type(row))} WHERE id = %s", row.pk)


def copy_of(row: Model, **changes: Any) -> Callable[[], None]:
    """Insert the same row again, with other values in some fields."""

    def write() -> None:
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        type(row)._base_manager.create(**{**values, **changes})

    return write


def append_only(row: Model, column: str = "by_id") -> None:
    """Neither the row's rights nor its trigger let it be changed or taken away."""
    for write in (set_raw(row, **{column: getattr(row, column)}), delete_raw(row)):
        refused("permission denied|Cannot update or delete", write)


def pairs(row: Model, at: str, by: str, name: str, w: World, **more: Any) -> None:
    """When without by whom, and by whom without when, are refused."""
    refused(name, set_raw(row, **{at: w.clock(), **more}))
    refused(name, set_raw(row, **{by: w.priya.pk, **more}))
