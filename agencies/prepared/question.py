"""A prepared question, as those who ask it see it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar, cast
from weakref import WeakSet

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils import timezone

from agencies.prepared import marks
from agencies.prepared.marks import ROUNDS, NotPrepared, Slot
from agencies.prepared.plan import Composed, Plan

Row = TypeVar("Row")

EVERY: WeakSet[Prepared[Any]] = WeakSet()


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
        plan, values = self._plan(given)
        return [] if plan is None else cast(list[Row], plan.ask(values))

    def _plan(self, given: Mapping[str, object]) -> tuple[Plan | None, dict[str, Any]]:
        """Return what is sent, put together where it was not yet today, and the values for it."""
        today = timezone.localdate()
        if today != self.day:
            self.plans, self.day = {}, today
        plans = self.plans  # another thread may put new ones here, at midnight
        shape, values = marks.taken_apart(given)
        if shape not in plans:
            plans[shape] = self._put_together(given, today)
        return plans[shape], values

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
        """Put it together twice with other marks, and see that nothing else differs; None for no answer."""
        rounds = [self._composed(given, round_) for round_ in range(ROUNDS)]
        (first, its_marks), (second, other_marks) = rounds
        if first is None or second is None:
            return None
        if first.sql != second.sql or len(first.params) != len(second.params):
            raise NotPrepared(f"{self.compose.__qualname__} asks something else with other values")
        parts = [
            marks.part(pair, (its_marks, other_marks), today)
            for pair in zip(first.params, second.params, strict=True)
        ]
        taken = {part.name for part in parts if isinstance(part, Slot)}
        for name, mark in its_marks.items():
            if isinstance(mark, int) and name in given and name not in taken:
                raise NotPrepared(f"{self.compose.__qualname__} does nothing with {name}")
        return Plan(first, parts)

    def _composed(self, given: Mapping[str, object], round_: int) -> tuple[Composed | None, marks.Marks]:
        with marks.marking(given, round_) as (stand_ins, made):
            rows = self.compose(**stand_ins)
            compiler = rows.query.get_compiler(using=rows.db)
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return None, made
            if rows.__dict__["_prefetch_related_lookups"]:
                raise NotPrepared(f"{self.compose.__qualname__} fetches more with questions of their own")
        return Composed(rows, compiler, sql, tuple(params)), made


def forget() -> None:
    """Forget every question that was put together, for a test that puts it together in another way."""
    for question in EVERY:
        question.plans = {}
