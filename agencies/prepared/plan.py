"""A question that was put together: what is sent each time, and what rows are made of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg import ClientCursor

from agencies.prepared.marks import Slot
from agencies.prepared.rows import Make, maker


@dataclass(frozen=True)
class Composed:
    """A question as Django puts it, and its text with a place for each of its params."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]

    @property
    def using(self) -> str:
        return self.rows.db


class Plan:
    """A question as it is sent: its text with everything that does not differ, and which values it takes."""

    def __init__(self, composed: Composed, parts: Sequence[Slot | object]) -> None:
        self.composed = composed
        self.slots = tuple(part.name for part in parts if isinstance(part, Slot))
        self.text = _with_what_stays(composed, parts)
        self.makers: dict[str, Make | None] = {}

    def ask(self, values: Mapping[str, Any]) -> list[Any]:
        """Ask it with these values, and make of the answer what its rows are."""
        rows, using = self.composed.rows, self.composed.using
        params = self.params(values)
        if make := self.maker(using):
            return make(_fetched(self.text, params, using))
        asked: Any = object.__new__(type(rows))  # copy() would ask it
        asked.__dict__.update(rows.__dict__, _query=_Asked(self, params))
        return list(asked._iterable_class(asked))  # noqa: SLF001  # what iterating over a question calls

    def params(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values in the order in which they are sent."""
        return [values[name] for name in self.slots]

    def maker(self, using: str) -> Make | None:
        """Return what makes rows of an answer from a database, or None where Django is to do that itself."""
        if using not in self.makers:
            self.makers[using] = maker(self.composed.rows, self.composed.compiler, using)
        return self.makers[using]

    def do(self, values: Mapping[str, Any]) -> int:
        """Make the change with these values. Returns how many rows it changed."""
        using = self.composed.using
        connection: Any = connections[using]
        return int(connection.write(self.text, self.params(values)))

    def do_later(self, values: Mapping[str, Any]) -> None:
        """Make the change with these values, with the next statement."""
        connection: Any = connections[self.composed.using]
        connection.write_later(self.text, self.params(values))

    @cached_property
    def converters(self) -> Any:
        """What makes Python's values of PostgreSQL's, column by column: the same for every answer."""
        compiler: Any = self.composed.compiler
        return compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])


class _Asked:
    """Stands for the query of a question while Django makes rows of the answer."""

    def __init__(self, plan: Plan, params: list[Any]) -> None:
        self._plan, self._params = plan, params

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan.composed.rows.query, name)

    def get_compiler(self, using: str | None = None, **_: object) -> Any:
        composed = self._plan.composed
        compiler: Any = copy(composed.compiler)
        compiler.connection = connections[composed.using]
        compiler.using = composed.using
        compiler.get_converters = lambda _: self._plan.converters
        compiler.execute_sql = partial(_answer, self._plan.text, self._params, composed.using)
        return compiler


def _with_what_stays(composed: Composed, parts: Sequence[Slot | object]) -> str:
    """Return the text of a question with every part in it that is the same each time."""
    connection = composed.compiler.connection
    connection.ensure_connection()
    words = ClientCursor(connection.connection)
    said = [
        "%s" if isinstance(part, Slot) else words.mogrify("%s", [part]).replace("%", "%%") for part in parts
    ]
    return "".join(a + b for a, b in zip(composed.sql.split("%s"), [*said, ""], strict=True))


def _answer(text: str, params: list[Any], using: str, *_: object, **__: object) -> Iterator[Any]:
    return iter([_fetched(text, params, using)])


def ask_together(asked: Sequence[tuple[Plan, Mapping[str, Any]]]) -> list[list[Any]]:
    """Ask several questions, in one round trip where that can be, and return the rows of each."""
    databases = {plan.composed.using for plan, _ in asked}
    makers = [plan.maker(plan.composed.using) for plan, _ in asked]
    if len(databases) != 1 or not all(makers):
        return [plan.ask(values) for plan, values in asked]
    connection: Any = connections[databases.pop()]
    if connection.is_looked_at:
        return [plan.ask(values) for plan, values in asked]
    answers = connection.send([(plan.text, plan.params(values)) for plan, values in asked])
    return [make(answer.rows) for make, answer in zip(makers, answers, strict=True) if make]


def _fetched(text: str, params: list[Any], using: str) -> Any:
    connection: Any = connections[using]
    if not connection.is_looked_at:
        return connection.send([(text, params)])[0].rows
    with _cursor(using) as cursor:
        cursor.execute(text, params)
        return cursor.fetchall()


def _cursor(using: str) -> Any:
    """Return a cursor that has values bound by the server, so that PostgreSQL keeps its plan."""
    connection: Any = connections[using]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Whoever looks at statements is shown the values in them.
    kind: Any = Cursor if connection.queries_logged else ServerBindingCursor
    return connection._prepare_cursor(kind(connection.connection))  # noqa: SLF001  # as cursor() does
