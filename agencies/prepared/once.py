"""What a question and a change have in common: they are put together once a day, and kept as plans."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from weakref import WeakSet

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from agencies.prepared import marks
from agencies.prepared.marks import ROUNDS, NotPrepared, Slot
from agencies.prepared.plan import Composed, Plan

LONG_AGO = datetime.min.replace(tzinfo=UTC)
EVERY: WeakSet[PutTogetherOnce] = WeakSet()


class PutTogetherOnce(ABC):
    """Keeps a plan for each shape of what it is given; `compose` puts it together from named values."""

    def __init__(self, compose: Callable[..., Any]) -> None:
        self.compose = compose
        self.day, self.begins, self.ends = date.min, LONG_AGO, LONG_AGO
        self.plans: dict[Hashable, Plan | None] = {}
        EVERY.add(self)

    @abstractmethod
    def _compiled(self, composed: Any) -> tuple[QuerySet[Any, Any], SQLCompiler]:
        """Return the rows that it is about, and what makes SQL of what was composed."""

    def _plan(self, given: Mapping[str, object]) -> tuple[Plan | None, dict[str, Any]]:
        """Return what is sent, put together where it was not yet today, and the values for it."""
        if not self.begins <= timezone.now() < self.ends:
            self._begin_day(timezone.localdate())
        plans = self.plans  # another thread may put new ones here, at midnight
        shape, values = marks.taken_apart(given)
        if shape not in plans:
            plans[shape] = self._put_together(given, timezone.localdate())
        return plans[shape], values

    def _begin_day(self, today: date) -> None:
        """Forget what was put together on another day, and note when this one ends."""
        midnight = datetime.combine(today, time.min, tzinfo=timezone.get_current_timezone())
        self.plans, self.day = {}, today
        self.begins, self.ends = midnight, midnight + timedelta(days=1)

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
            rows, compiler = self._compiled(self.compose(**stand_ins))
            try:
                sql, params = compiler.as_sql()
            except EmptyResultSet:
                return None, made
        return Composed(rows, compiler, sql, tuple(params)), made


def forget() -> None:
    """Forget everything that was put together, for a test that puts it together in another way."""
    for one in EVERY:
        one.plans = {}
