"""Rows of a kept question's answer, made with what Django works out anew for each answer worked out once."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getattr_static
from typing import Any

from django.db import connections
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    QuerySet,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler

Answer = list[tuple[Any, ...]]
Make = Callable[[Answer], list[Any]]
# What keeps a value that is set in the object's own dictionary, and does nothing else with it.
PLAIN = (DeferredAttribute, ForeignKeyDeferredAttribute)


def maker(rows: QuerySet[Any, Any], compiler: SQLCompiler, using: str) -> Make | None:
    """Return what makes rows of an answer from a database, or None where Django is to do that itself."""
    about: Any = compiler
    asked: Any = rows
    columns = [one[0] for one in about.select[: about.col_count]]
    kind: type = asked._iterable_class  # noqa: SLF001  # what iterating over a question calls
    if asked._known_related_objects or about.has_composite_fields(columns):  # noqa: SLF001  # as it does
        return None
    make: Make | None = None
    if kind is ModelIterable:
        make = _Objects(about, using)
    elif kind is FlatValuesListIterable:
        make = _firsts
    elif kind is ValuesListIterable:
        make = list
    converters = tuple(about.get_converters(columns).items())
    return _Converted(make, converters, using) if make and converters else make


def _firsts(answer: Answer) -> list[Any]:
    return [row[0] for row in answer]


class _Converted:
    """Makes Python's values of PostgreSQL's first, as SQLCompiler.apply_converters does."""

    def __init__(self, make: Make, converters: tuple[Any, ...], using: str) -> None:
        self.make, self.converters, self.using = make, converters, using

    def __call__(self, answer: Answer) -> list[Any]:
        connection = connections[self.using]
        converted = []
        for row in map(list, answer):
            for position, (convert, expression) in self.converters:
                for one in convert:
                    row[position] = one(row[position], expression, connection)
            converted.append(tuple(row))
        return self.make(converted)


class _Objects:
    """Makes objects with their relations and annotations, as ModelIterable does."""

    def __init__(self, compiler: Any, using: str) -> None:
        about = compiler.klass_info
        first, last = about["select_fields"][0], about["select_fields"][-1]
        self.own = slice(first, last + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.own]]
        self.kind = _kind(about["model"], self.names)
        self.using = using
        self.annotations = tuple((compiler.annotation_col_map or {}).items())
        populators: Any = get_related_populators
        self.related = populators(about, compiler.select, using)
        _with_kinds(self.related)

    def __call__(self, answer: Answer) -> list[Any]:
        return [self._object(row) for row in answer]

    def _object(self, row: tuple[Any, ...]) -> Any:
        made = self.kind.from_db(self.using, self.names, row[self.own])
        for one in self.related:
            one.populate(row, made)
        for name, position in self.annotations:
            setattr(made, name, row[position])
        return made


class _Kind:
    """Stands for a model where a row is read, and makes the same object without looking at each field."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def from_db(self, db: str, names: list[str], values: tuple[Any, ...]) -> Any:
        made = object.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, db
        made.__dict__["_state"] = state
        made.__dict__.update(zip(names, values, strict=True))
        return made


def _kind(model: type[Model], names: list[str]) -> Any:
    """Return what makes objects of a model: the model itself, where making one does more than keep values."""
    makes = [one for one in model.__mro__ if "__init__" in vars(one) or "from_db" in vars(one)]
    in_order = [field.attname for field in model._meta.concrete_fields if field.attname in names]
    is_plain = (
        makes == [Model, object]
        and model.__new__ is object.__new__
        and names == in_order
        and not any(signal.has_listeners(model) for signal in (pre_init, post_init))
        and all(type(getattr_static(model, name)) in PLAIN for name in names)
    )
    return _Kind(model) if is_plain else model


def _with_kinds(populators: list[Any]) -> None:
    """Have rows that come with others made in the same way."""
    for one in populators:
        one.model_cls = _kind(one.model_cls, one.init_list)
        _with_kinds(one.related_populators)


__all__ = ["Make", "maker"]
