"""Questions that are put together once in a process, and asked again with other values.

Putting together a question about ten tables takes Django many times as long as PostgreSQL needs to answer
it, and PostgreSQL longer to plan than to run. A prepared question is put together when it is first asked,
with marks in place of what will differ; from then on its values alone are sent, and PostgreSQL keeps its plan
as well (where no pooler is between). docs/decisions/0038 says what was measured, and what else was tried.

Nothing but the marks differs from one asking to the next, and that is checked: a question is put together
twice with different marks, and whatever else differs, or is a moment, or asks the database, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import WeakSet

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import connections
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django.db.models import Field, ForeignKey, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from psycopg import ClientCursor
from psycopg.types.numeric import Int8

from agencies.models import Agency, Membership, User

Row = TypeVar("Row")
ROUNDS = 2
# It fits every kind of column: of a number that cannot be in one, Django leaves the comparison out.
LEAST_NUMBER = 31_000
FIRST_DAY = datetime(1903, 1, 1, tzinfo=UTC)


NOW = "now"
STANDS_FOR_NOW: ContextVar[datetime | None] = ContextVar("stands for now", default=None)


def now() -> datetime:
    """Return the time (UTC) for a question, or what stands for it while one is put together."""
    return STANDS_FOR_NOW.get() or timezone.now()


EVERY: WeakSet[Prepared[Any]] = WeakSet()


def forget() -> None:
    """Forget every question that was put together, for a test that puts it together in another way."""
    for question in EVERY:
        question.plans = {}


class NotPrepared(Exception):
    """A question cannot be prepared: it says what of it would differ the next time."""


@Field.register_lookup
@ForeignKey.register_lookup
class AnyOf(Lookup[Any]):
    """`field__any_of=[...]`: one of a list, sent as one value however long it is."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        field = self.lhs.output_field
        target = getattr(field, "target_field", field)
        return [target.get_prep_value(one) for one in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        of, params = self.process_lhs(compiler, connection)
        target = getattr(self.lhs.output_field, "target_field", self.lhs.output_field)
        kind = target.rel_db_type(connection)
        return f"{of} = ANY(%s::{kind}[])", [*params, self.rhs]


class Prepared(Generic[Row]):
    """A question as `compose` puts it, of named values: `Prepared(compose).all(member=member, number=7)`.

    Values may be numbers, texts, UUIDs, days, moments, people in a role, and lists of one kind (for
    `any_of`); these are marks while it is put together. What else is given (True, None, a choice, a tuple)
    shapes it, and each shape is kept for itself. `compose` may read the day, for a question is put together
    anew each day, but the time of day from `now()` alone, and of a person only who they are, where, and in
    which role.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Row]]) -> None:
        self.compose = compose
        self.day = date.min
        self.plans: dict[Hashable, Plan | None] = {}
        EVERY.add(self)

    def all(self, **given: object) -> list[Row]:
        """Return every row. Raises NotPrepared where the question is no such question."""
        today = timezone.localdate()
        if today != self.day:
            self.day, self.plans = today, {}
        shape, values = _taken_apart(given)
        values[NOW] = timezone.now()
        if shape not in self.plans:
            self.plans[shape] = self._put_together(given, today)
        plan = self.plans[shape]
        return [] if plan is None else cast(list[Row], plan.ask(values))

    def first(self, **given: object) -> Row | None:
        """Return the first row, or None where there is none. `compose` sees to it that there are not many."""
        return next(iter(self.all(**given)), None)

    def one(self, **given: object) -> Row:
        """Return the one row. Raises ObjectDoesNotExist where there is none."""
        found = self.all(**given)
        if not found:
            raise ObjectDoesNotExist(self.compose.__qualname__)
        return found[0]

    def _put_together(self, given: Mapping[str, object], today: date) -> Plan | None:
        rounds = [self._composed(given, number) for number in range(ROUNDS)]
        if any(one is None for one in rounds):
            return None
        first, second = cast(list[Composed], rounds)
        if first.sql != second.sql or len(first.params) != len(second.params):
            raise NotPrepared(f"{self.compose.__qualname__} asks something else with other values")
        parts = [
            _part(pair, (first.marks, second.marks), today)
            for pair in zip(first.params, second.params, strict=True)
        ]
        taken = {part.name for part in parts if isinstance(part, Slot)}
        for name, mark in first.marks.items():
            if isinstance(mark, int) and name in given and name not in taken:
                raise NotPrepared(f"{self.compose.__qualname__} does nothing with {name}")
        return Plan.of(first, parts)

    def _composed(self, given: Mapping[str, object], number: int) -> Composed | None:
        marks: dict[str, Any] = {}
        stand_ins = {name: _stand_in(name, value, number, marks) for name, value in given.items()}
        with _without_asking(), _at(_mark(NOW, datetime, number, marks)):
            rows = self.compose(**stand_ins)
            using = rows.db
            compiler = rows.query.get_compiler(using=using)
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return None
            if rows.__dict__["_prefetch_related_lookups"]:
                raise NotPrepared(f"{self.compose.__qualname__} fetches more with questions of their own")
        return Composed(rows, compiler, sql, tuple(params), marks)


@dataclass(frozen=True)
class Composed:
    """A question with marks in it."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    marks: Mapping[str, Any]


@dataclass(frozen=True)
class Slot:
    """Where a value goes."""

    name: str


@dataclass(frozen=True)
class Plan:
    """A question as it is sent: its text with everything that does not differ, and which values it takes."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler
    text: str
    slots: tuple[str, ...]

    @classmethod
    def of(cls, composed: Composed, parts: Sequence[Slot | object]) -> Plan:
        connection = composed.compiler.connection
        connection.ensure_connection()
        words = ClientCursor(connection.connection)
        pieces = composed.sql.split("%s")
        said = [
            "%s" if isinstance(part, Slot) else words.mogrify("%s", [part]).replace("%", "%%")
            for part in parts
        ]
        text = "".join(a + b for a, b in zip(pieces, [*said, ""], strict=True))
        return cls(
            composed.rows, composed.compiler, text, tuple(p.name for p in parts if isinstance(p, Slot))
        )

    def ask(self, values: Mapping[str, Any]) -> list[Any]:
        """Ask it with these values, and make of the answer what its rows are."""
        using = self.rows.db
        params = [values[name] for name in self.slots]
        asked: Any = object.__new__(type(self.rows))  # copy() would ask it
        asked.__dict__.update(self.rows.__dict__, _query=_Asked(self, using, params))
        return list(asked._iterable_class(asked))  # noqa: SLF001  # what iterating over a question calls


class _Asked:
    """Stands for the query of a question while Django makes rows of the answer."""

    def __init__(self, plan: Plan, using: str, params: list[Any]) -> None:
        self._plan, self._using, self._params = plan, using, params

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan.rows.query, name)

    def get_compiler(self, using: str | None = None, **_: object) -> Any:
        compiler: Any = copy(self._plan.compiler)
        compiler.connection = connections[self._using]
        compiler.using = self._using
        compiler.execute_sql = partial(_answer, self._plan.text, self._params, self._using)
        return compiler


def _answer(text: str, params: list[Any], using: str, *_: object, **__: object) -> Iterator[Any]:
    connection: Any = connections[using]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Whoever looks at statements is shown the values in them.
    kind: Any = Cursor if connection.queries_logged else ServerBindingCursor
    with connection._prepare_cursor(kind(connection.connection)) as cursor:  # noqa: SLF001  # as cursor() does
        cursor.execute(text, params)
        return iter([cursor.fetchall()])


# --- Values, and what stands for them while a question is put together -----------------------------------

Asked = tuple[tuple[str, Hashable], ...]


def _taken_apart(given: Mapping[str, object]) -> tuple[Asked, dict[str, Any]]:
    """Return what shapes a question, and the values that differ from one asking to the next."""
    shape: list[tuple[str, Hashable]] = []
    values: dict[str, Any] = {}
    for name, value in given.items():
        match value:
            case Membership():
                facts = _facts_of(value)
                kinds = (value.role, value.agency.kind, value.is_current)
                shape.append((name, (*kinds, *(one is None for one in facts.values()))))
                values.update({f"{name}.{fact}": _sent(one) for fact, one in facts.items()})
            case None | bool() | Enum() | tuple():
                shape.append((name, value))
            case int() | str() | UUID() | date():  # a moment is a day as well, to Python
                shape.append((name, type(value).__name__))
                values[name] = _sent(value)
            case list():
                kind = type(value[0]) if value else type(None)
                shape.append((name, (list, kind.__name__)))
                values[name] = [_sent(one) for one in value] if kind is int else value
            case _:
                raise NotPrepared(f"{name} is neither a value nor something that shapes a question")
    return tuple(shape), values


def _sent(value: Any) -> Any:
    """Return a value as it is sent: every number in the same width, or each width would have a plan."""
    return Int8(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _facts_of(member: Membership) -> dict[str, Any]:
    """Return what a question may know of somebody, as values."""
    return {
        "id": member.pk,
        "user_id": member.user_id,
        "agency_id": member.agency_id,
        "partnership_id": member.agency.partnership_id,
        "only_exchange": member.only_exchange,
    }


def _stand_in(name: str, value: object, number: int, marks: dict[str, Any]) -> Any:
    """Return what stands for a value, and note its marks."""
    if isinstance(value, Membership):
        made = {
            fact: None if one is None else _mark(f"{name}.{fact}", type(one), number, marks)
            for fact, one in _facts_of(value).items()
        }
        agency = Agency.from_db(
            None, ["id", "partnership_id", "kind"],
            [made["agency_id"], made["partnership_id"], value.agency.kind],
        )  # fmt: skip
        ended = None if value.is_current else FIRST_DAY
        member = Membership.from_db(
            None, ["id", "user_id", "agency_id", "role", "ended_at"],
            [made["id"], made["user_id"], made["agency_id"], value.role, ended],
        )  # fmt: skip
        if made["user_id"] is not None:
            member.user = User.from_db(None, ["id", "is_active"], [made["user_id"], value.is_current])
        member.agency, member.only_exchange = agency, made["only_exchange"]
        return member
    if isinstance(value, list):
        if not value:
            return []
        return [_mark(name, type(value[0]), number, marks, many=True)]
    if value is None or isinstance(value, bool | Enum | tuple):
        return value
    return _mark(name, type(value), number, marks)


def _mark(name: str, kind: type, number: int, marks: dict[str, Any], *, many: bool = False) -> Any:
    """Return a value of a kind that nothing else has, and that differs in each round."""
    nth = 1 + len(marks) * ROUNDS + number
    made: Any
    if issubclass(kind, datetime):
        made = FIRST_DAY + timedelta(days=nth, microseconds=nth)
    elif issubclass(kind, date):
        made = (FIRST_DAY + timedelta(days=nth)).date()
    elif issubclass(kind, int):
        made = LEAST_NUMBER + nth
    elif issubclass(kind, UUID):
        made = UUID(int=(1903 << 112) + nth)
    elif issubclass(kind, str):
        made = f"\u2063mark {nth}\u2063"
    else:
        raise NotPrepared(f"{name} is a {kind.__name__}, which cannot be a value")
    marks[name] = [made] if many else made
    return made


def _part(pair: tuple[Any, Any], marks: tuple[Mapping[str, Any], Mapping[str, Any]], today: date) -> Any:
    """Return where a value goes, or what is the same every time. Raises NotPrepared for anything else."""
    first, second = pair
    for name, mark in marks[0].items():
        if first == mark and second == marks[1][name]:
            return Slot(name)
    if first != second or type(first) is not type(second):
        raise NotPrepared(f"a value is changed on its way into the question: {first!r}")
    if isinstance(first, datetime) or (isinstance(first, date) and first != today):
        raise NotPrepared("a moment that is no value would be the same tomorrow: give it as one")
    return first


@contextmanager
def _at(mark: datetime) -> Iterator[None]:
    """Let a mark stand for the time while a question is put together."""
    before = STANDS_FOR_NOW.set(mark)
    try:
        yield
    finally:
        STANDS_FOR_NOW.reset(before)


@contextmanager
def _without_asking() -> Iterator[None]:
    """Refuse whatever a question would ask while it is put together: the answer would be about marks."""

    def refuse(*_: Any) -> Any:
        raise NotPrepared("it asks the database while it is put together")

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(refuse))
        yield
