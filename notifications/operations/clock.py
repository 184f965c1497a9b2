"""PostgreSQL's clock: one for all machines, so that a wrong clock on one of them changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Func, Value
from django.db.models.expressions import Combinable


def now(at: datetime | None, *, plus: timedelta = timedelta()) -> Combinable:
    """Return the moment for a statement: PostgreSQL's, or `at` (UTC) where a test fixes it."""
    clock = Value(at) if at else Func(function="clock_timestamp", output_field=DateTimeField())
    if not plus:
        return clock
    return ExpressionWrapper(clock + Value(plus, DurationField()), output_field=DateTimeField())
