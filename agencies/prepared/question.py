"""A prepared question, as those who ask it see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from agencies.prepared.marks import NotPrepared
from agencies.prepared.once import PutTogetherOnce
from agencies.prepared.plan import Plan, ask_together

Row = TypeVar("Row")


@dataclass(frozen=True)
class Asking(Generic[Row]):
    """A question with its values, not asked yet."""

    question: Prepared[Row]
    given: Mapping[str, object]


class Prepared(PutTogetherOnce, Generic[Row]):
    """A question as `compose` puts it, of named values: `Prepared(compose).all(member=member, number=7)`.

    Values may be numbers, texts, UUIDs, days, moments, people in a role, and lists of one kind (for
    `any_of`); these are marks while it is put together. What else is given (True, None, a choice, a tuple)
    shapes it, and each shape is kept for itself. `compose` may read the day, for a question is put together
    anew each day, but the time of day from `now()` alone, and of a person only who they are, where, and in
    which role.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Row]]) -> None:
        super().__init__(compose)

    def all(self, **given: object) -> list[Row]:
        """Return every row. Raises NotPrepared where the question is no such question."""
        plan, values = self._plan(given)
        return [] if plan is None else cast(list[Row], plan.ask(values))

    def asking(self, **given: object) -> Asking[Row]:
        """Return the question with its values, for `together`."""
        return Asking(self, given)

    def first(self, **given: object) -> Row | None:
        """Return the first row, or None where there is none. `compose` sees to it that there are not many."""
        return next(iter(self.all(**given)), None)

    def one(self, **given: object) -> Row:
        """Return the one row. Raises ObjectDoesNotExist where there is none."""
        found = self.all(**given)
        if not found:
            raise ObjectDoesNotExist(self.compose.__qualname__)
        return found[0]

    def _compiled(self, composed: QuerySet[Any, Row]) -> tuple[QuerySet[Any, Row], SQLCompiler]:
        if composed.__dict__["_prefetch_related_lookups"]:
            raise NotPrepared(f"{self.compose.__qualname__} fetches more with questions of their own")
        return composed, composed.query.get_compiler(using=composed.db)


def together(*asked: Asking[Any] | None) -> list[list[Any]]:
    """Ask questions of which none needs another's answer, in one round trip, and return the rows of each.

    None stands for a question that is not to be asked, and has no rows. Raises NotPrepared as they do.
    """
    found: list[list[Any]] = [[] for _ in asked]
    plans: list[tuple[Plan, dict[str, Any]]] = []
    places: list[int] = []
    for place, one in enumerate(asked):
        plan, values = one.question._plan(one.given) if one else (None, {})  # noqa: SLF001  # of this package
        if plan is not None:
            plans.append((plan, values))
            places.append(place)
    for place, rows in zip(places, ask_together(plans) if plans else (), strict=True):
        found[place] = rows
    return found
