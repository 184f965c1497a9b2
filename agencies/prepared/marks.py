"""Marks: what stands for the values of a question while it is put together, and how they are found again."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils import timezone
from psycopg.types.numeric import Int8

from agencies.models import Agency, Membership, User

# It fits every kind of column: of a number that cannot be in one, Django leaves the comparison out.
LEAST_NUMBER = 31_000
FIRST_DAY = datetime(1903, 1, 1, tzinfo=UTC)
ROUNDS = 2

Marks = Mapping[str, Any]
Shape = tuple[tuple[str, Hashable], ...]

NOW = "now"
STANDS_FOR_NOW: ContextVar[datetime | None] = ContextVar("stands for now", default=None)


class NotPrepared(Exception):
    """A question cannot be prepared: it says what of it would differ the next time."""


def now() -> datetime:
    """Return the time (UTC) for a question, or what stands for it while one is put together."""
    return STANDS_FOR_NOW.get() or timezone.now()


@dataclass(frozen=True)
class Slot:
    """Where a value goes."""

    name: str


def taken_apart(given: Mapping[str, object]) -> tuple[Shape, dict[str, Any]]:
    """Return what shapes a question, and the values that differ from one asking to the next."""
    shape: list[tuple[str, Hashable]] = []
    values: dict[str, Any] = {NOW: timezone.now()}
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


def _stand_in(name: str, value: object, round_: int, marks: dict[str, Any]) -> Any:
    """Return what stands for a value, and note its marks."""
    if isinstance(value, Membership):
        made = {
            fact: None if one is None else _mark(f"{name}.{fact}", type(one), round_, marks)
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
        return [_mark(name, type(value[0]), round_, marks, many=True)]
    if value is None or isinstance(value, bool | Enum | tuple):
        return value
    return _mark(name, type(value), round_, marks)


def _mark(name: str, kind: type, round_: int, marks: dict[str, Any], *, many: bool = False) -> Any:
    """Return a value of a kind that nothing else has, and that differs in each round."""
    nth = 1 + len(marks) * ROUNDS + round_
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


def part(pair: tuple[Any, Any], marks: tuple[Marks, Marks], today: date) -> Any:
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
def marking(given: Mapping[str, object], round_: int) -> Iterator[tuple[dict[str, Any], Marks]]:
    """Give what stands for each value, and its marks; one stands for the time as well.

    Nothing may be asked meanwhile. Marks differ from round to round.
    """
    marks: dict[str, Any] = {}
    stand_ins = {name: _stand_in(name, value, round_, marks) for name, value in given.items()}
    before = STANDS_FOR_NOW.set(_mark(NOW, datetime, round_, marks))
    try:
        with _without_asking():
            yield stand_ins, marks
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
