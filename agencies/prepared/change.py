"""A change of rows that is put together once, as a question is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

from agencies.prepared.once import PutTogetherOnce


class PreparedChange(PutTogetherOnce):
    """What `QuerySet.update` and `delete` do: `PreparedChange(compose).do(rows=[7], at=now)`.

    `compose` returns the rows with what they are set to, or with None where they are deleted. Nothing follows
    a deletion but what the database does by itself, so that it is for tables that no other refers to.
    """

    def do(self, **given: object) -> int:
        """Make the change, and return how many rows it changed. Raises NotPrepared as a question does."""
        plan, values = self._plan(given)
        return 0 if plan is None else plan.do(values)

    def do_later(self, **given: object) -> None:
        """Make the change with the next statement or with COMMIT: for what nobody looks at before."""
        plan, values = self._plan(given)
        if plan is not None:
            plan.do_later(values)

    def _compiled(
        self, composed: tuple[QuerySet[Any], dict[str, Any] | None]
    ) -> tuple[QuerySet[Any], SQLCompiler]:
        rows, values = composed
        rows = _to_be_written(rows)
        if values is None:
            query: Any = rows.query.chain()
            query.__class__ = DeleteQuery  # as QuerySet.delete does
        else:
            query = rows.query.chain(UpdateQuery)
            query.add_update_values(values)
        return rows, query.get_compiler(using=rows.db)


def _to_be_written(rows: QuerySet[Any]) -> Any:
    """Return rows of the database that is written to, whatever may be read from another."""
    made: Any = rows.all()
    made._for_write = True  # noqa: SLF001  # as QuerySet.update sets it
    return made
