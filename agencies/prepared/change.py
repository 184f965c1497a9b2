"""A change of rows that is put together once, as a question is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery, UpdateQuery

from agencies.prepared import marks
from agencies.prepared.plan import Composed
from agencies.prepared.question import Prepared


class PreparedChange(Prepared[Any]):
    """What `QuerySet.update` and `delete` do: `PreparedChange(compose).do(rows=[7], at=now)`.

    `compose` returns the rows with what they are set to, or with None where they are deleted. Nothing follows
    a deletion but what the database does by itself, so that it is for tables that no other refers to.
    """

    def __init__(self, compose: Callable[..., Any]) -> None:
        super().__init__(compose)

    def do(self, **given: object) -> int:
        """Make the change, and return how many rows it changed. Raises NotPrepared as a question does."""
        plan, values = self._plan(given)
        return 0 if plan is None else plan.do(values)

    def _composed(self, given: Mapping[str, object], round_: int) -> tuple[Composed | None, marks.Marks]:
        with marks.marking(given, round_) as (stand_ins, made):
            rows, values = self.compose(**stand_ins)
            rows = _to_be_written(rows)
            if values is None:
                query: Any = rows.query.chain()
                query.__class__ = DeleteQuery  # as QuerySet.delete does
            else:
                query = rows.query.chain(UpdateQuery)
                query.add_update_values(values)
            compiler = query.get_compiler(using=rows.db)
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return None, made
        return Composed(rows, compiler, sql, tuple(params)), made


def _to_be_written(rows: QuerySet[Any]) -> Any:
    """Return rows of the database that is written to, whatever may be read from another."""
    made: Any = rows.all()
    made._for_write = True  # noqa: SLF001  # as QuerySet.update sets it
    return made
