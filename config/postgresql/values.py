"""The values of a row as they are written, without asking each field how to write what it writes as it is.

Of the fields of a row nearly all hold a value that is sent as it stands: a text, a moment with a time zone, a
number. Django asks each of them through six functions. Here a kind of field is asked once whether it does
anything with such values; whatever is of another type, and every other kind of field, is left to Django.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Field
from psycopg.types.numeric import Int8

NOTHING = type(None)
TEXT: frozenset[type[Any]] = frozenset({str, NOTHING})
NUMBER: frozenset[type[Any]] = frozenset({int, NOTHING})
# Exactly these kinds, as a field of a kind that is made from one of them may do more.
PLAIN: dict[type[Any], frozenset[type[Any]]] = {
    models.CharField: TEXT,
    models.TextField: TEXT,
    models.EmailField: TEXT,
    models.SlugField: TEXT,
    models.BooleanField: frozenset({bool, NOTHING}),
    models.UUIDField: frozenset({UUID, NOTHING}),
    models.DateField: frozenset({date, NOTHING}),
    models.AutoField: NUMBER,
    models.BigAutoField: NUMBER,
    models.IntegerField: NUMBER,
    models.BigIntegerField: NUMBER,
    models.SmallIntegerField: NUMBER,
    models.PositiveIntegerField: NUMBER,
    models.PositiveSmallIntegerField: NUMBER,
    models.PositiveBigIntegerField: NUMBER,
}


@lru_cache(maxsize=2_000)
def sent_as_it_is(field: Field[Any, Any]) -> frozenset[type[Any]]:
    """Return of which types a field's value is sent as it is on a row."""
    while isinstance(field, models.ForeignKey):
        if type(field) not in (models.ForeignKey, models.OneToOneField) or field.target_field is field:
            return frozenset()
        field = field.target_field
    if isinstance(field, models.DateField) and (field.auto_now or field.auto_now_add):
        return frozenset()  # a moment is a day as well, to Django
    if type(field) is models.DateTimeField:
        return frozenset({datetime, NOTHING})
    return PLAIN.get(type(field), frozenset())


def value_of(field: Field[Any, Any], row: Any, otherwise: Callable[[Any, Any], Any]) -> Any:
    """Return the value of a field of a row as it is sent; `otherwise` says what Django would make of it."""
    value = getattr(row, field.attname)
    kind = type(value)
    if kind not in sent_as_it_is(field) or (kind is datetime and value.tzinfo is None):
        return otherwise(field, row)
    # Every number in the same width, or each width would have a plan.
    return Int8(value) if kind is int else value


__all__ = ["value_of"]
