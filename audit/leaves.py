"""What is sealed of a table: the columns that never change again, and the trigger that writes their leaf.

A leaf is a hash of those columns, written by the database in the transaction that adds or freezes a row.
Whoever adds a table that is only added to, or a column that is frozen, says so here in the model:

    triggers = [..., leaves.sealed("worry_is_sealed", concern="concern__reference")]

docs/record.md says what follows: leaves are sealed in a chain, and `manage.py verify_record` compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Field, Model

ADDED = "added"


@dataclass(frozen=True)
class Part:
    """Columns of a table that become final together.

    `when` is the field whose value makes them final; empty, they are final when the row is added. `within` is
    the foreign key of the row that freezes them: theirs is the moment when its field `when` has a value.
    """

    name: str
    fields: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    when: str = ""
    within: str = ""


def added(*fields: str, but: tuple[str, ...] = ()) -> Part:
    """Seal fields of a row when it is added: all of them, or `fields`, or all but some."""
    return Part(ADDED, fields, but)


def once(when: str, *fields: str) -> Part:
    """Seal fields when the field `when` gets its value, with that field. It never changes after that."""
    return Part(when.removesuffix("_at"), (when, *fields), when=when)


def frozen_with(within: str, when: str, *fields: str, but: tuple[str, ...] = ()) -> Part:
    """Seal a row when the one that it belongs to gets its value of `when`, or when it is added after that."""
    return Part(f"with_{within}", fields, but, when, within)


@dataclass(frozen=True)
class Shape:
    """A part of a model with everything resolved: table, columns, and the expressions of SQL about them."""

    model: type[Model]
    part: Part
    concern: str
    clock: str
    columns: tuple[str, ...] = field(default=())

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """Name the table, the part and its columns in 40 characters; other columns are another shape."""
        text = ":".join((self.table, self.part.name, *self.columns))
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    @property
    def types(self) -> dict[str, str]:
        """Say of each column how it is written: "time", "bytes" or "" for as it is."""
        return {f.column: kind_of(f) for f in self.model._meta.concrete_fields if f.column in self.columns}

    def content(self, row: str) -> str:
        """Return the SQL for the canonical content of `row`, which is an alias or NEW."""
        return canonical(row, {name: self.types[name] for name in self.columns})

    def is_final(self, row: str) -> str:
        """Return the SQL that says whether this part of `row` is final."""
        if not self.part.when:
            return "TRUE"
        column = quoted(_column(self.frozen_by, self.part.when))
        if not self.part.within:
            return f"{row}.{column} IS NOT NULL"
        fk, table = quoted(_column(self.model, self.part.within)), quoted(self.frozen_by._meta.db_table)
        frozen = f"SELECT 1 FROM {table} w WHERE w.id = {row}.{fk} AND w.{column} IS NOT NULL"  # noqa: S608  # names of our own
        return f"EXISTS ({frozen})"

    @property
    def frozen_by(self) -> type[Model]:
        """Return the model whose field makes this part final."""
        return _related(self.model, self.part.within) if self.part.within else self.model

    def write(self, row: str, *, concern: str) -> str:
        """Return the SQL that calls for the leaf of `row`, after SELECT or PERFORM."""
        names = ",".join(self.columns)
        return (
            f"public.audit_write_leaf('{self.key}', '{self.table}', '{self.part.name}', '{{{names}}}', "
            f"{row}.id, {concern}, {self.content(row)})"
        )


def canonical(row: str, columns: dict[str, str]) -> str:
    """Return the SQL for the canonical content of a row: its columns in their order as a JSON list.

    Times are in UTC and bytes in hexadecimal, whatever the session's settings are.
    """
    ways = {"time": "{} AT TIME ZONE 'UTC'", "bytes": "encode({}, 'hex')", "": "{}"}
    values = (ways[kind].format(f"{row}.{quoted(name)}") for name, kind in columns.items())
    return f"json_build_array({', '.join(values)})"


def named(field: Any) -> str:
    """Return the column of a field of its own table."""
    return str(field.column)


def kind_of(column: Field[Any, Any]) -> str:
    if isinstance(column, models.DateTimeField):
        return "time"
    return "bytes" if isinstance(column, models.BinaryField) else ""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _column(model: type[Model], name: str) -> str:
    return named(model._meta.get_field(name))


class Sealed(pgtrigger.Trigger):
    """Writes the leaves of a model, and of what is frozen together with it, in the same transaction."""

    when = pgtrigger.After

    def __init__(self, *, name: str, parts: tuple[Part, ...], concern: str, clock: str) -> None:
        self.parts, self.concern, self.clock = parts, concern, clock
        super().__init__(name=name, operation=pgtrigger.Insert)

    def shapes(self, model: type[Model]) -> list[Shape]:
        """Return what is sealed of the model, part by part."""
        return [Shape(model, part, self.concern, self.clock, _columns(model, part)) for part in self.parts]

    def get_operation(self, model: type[Model]) -> pgtrigger.Operation:
        """Fire when a row is added and, where a part becomes final later, when that field is written."""
        freezing = {_column(model, part.when) for part in self.parts if part.when and not part.within}
        freezing |= {_column(model, shape.part.when) for shape in frozen_within(model)}
        if not freezing:
            return pgtrigger.Insert
        either: pgtrigger.Operation = pgtrigger.Insert | pgtrigger.UpdateOf(*sorted(freezing))
        return either

    def get_func(self, model: Any) -> str:
        return "\n".join(
            [f"about := {reference_of(model, self.concern)};", *self._writes(model), "RETURN NULL;"]
        )

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("about", "text")]

    def compile(self, model: Any) -> Any:
        self.operation = self.get_operation(model)
        return super().compile(model)

    def _writes(self, model: type[Model]) -> Iterator[str]:
        for shape in self.shapes(model):
            write = f"PERFORM {shape.write('NEW', concern='about')};"
            when = (
                quoted(_column(model, shape.part.when)) if shape.part.when and not shape.part.within else ""
            )
            if when:
                yield f"IF {_becomes(when)} THEN {write} END IF;"
            else:
                yield f"IF TG_OP = 'INSERT' AND {shape.is_final('NEW')} THEN {write} END IF;"
        for shape in frozen_within(model):
            fk = quoted(_column(shape.model, shape.part.within))
            yield (
                f"IF {_becomes(quoted(_column(model, shape.part.when)))} THEN "
                f"PERFORM {shape.write('t', concern='about')} FROM {quoted(shape.table)} t "
                f"WHERE t.{fk} = NEW.id ORDER BY t.id; END IF;"
            )


def _becomes(column: str) -> str:
    return f"NEW.{column} IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.{column} IS NULL)"


def sealed(name: str, *parts: Part, concern: str = "", clock: str = "") -> Sealed:
    """Return the trigger that seals a model.

    `parts` says what becomes final when; without any, the whole row is final when it is added. `concern` is
    the path to the reference of its concern ("exchange__cycle__concern__reference"), empty where it has none.
    `clock` is a field that the database's own clock fills: a row that says otherwise is found.
    """
    return Sealed(name=name, parts=parts or (added(),), concern=concern, clock=clock)


def triggers_of(model: type[Model]) -> list[Sealed]:
    """Return the triggers of a model that write leaves."""
    return [t for t in getattr(model._meta, "triggers", ()) if isinstance(t, Sealed)]


def shapes() -> list[Shape]:
    """Return everything that is sealed, in the order of the tables' names."""
    found = [s for model in apps.get_models() for t in triggers_of(model) for s in t.shapes(model)]
    return sorted(found, key=lambda shape: (shape.table, shape.part.name))


def frozen_within(model: type[Model]) -> list[Shape]:
    """Return what is frozen together with a row of the model."""
    return [
        shape for shape in shapes() if shape.part.within and shape.frozen_by._meta.label == model._meta.label
    ]


def _columns(model: type[Model], part: Part) -> tuple[str, ...]:
    """Return the columns of a part in the order of the table; the key is the leaf's own."""
    own = [f for f in model._meta.concrete_fields if not f.primary_key]
    names = {model._meta.get_field(name).name for name in (*part.fields, *part.but)}
    chosen = [f for f in own if (f.name in names) == bool(part.fields)] if names else own
    return tuple(named(f) for f in chosen)


def reference_of(model: type[Model], path: str, row: str = "NEW") -> str:
    """Return the SQL for the reference at the end of a path of fields, starting at a row of the model."""
    if not path:
        return "''"
    first, *rest = path.split("__")
    start = f"{row}.{quoted(_column(model, first))}"
    if not rest:
        return start
    joins, alias, at = "", "p1", _related(model, first)
    source = f"{quoted(at._meta.db_table)} p1"
    for step, name in enumerate(rest[:-1], start=2):
        following = _related(at, name)
        joins += (
            f" JOIN {quoted(following._meta.db_table)} p{step}"
            f" ON p{step}.id = {alias}.{quoted(_column(at, name))}"
        )
        alias, at = f"p{step}", following
    value = f"{alias}.{quoted(_column(at, rest[-1]))}"
    return f"(SELECT {value} FROM {source}{joins} WHERE p1.id = {start})"  # noqa: S608  # names of our own


def _related(model: type[Model], name: str) -> type[Model]:
    related = model._meta.get_field(name).related_model
    if not isinstance(related, type):
        raise TypeError(f"{model._meta.label}.{name} leads to no other table")
    return related


def every_column(model: type[Model]) -> dict[str, str]:
    """Return every sealed column of a model, whichever part it belongs to, and how it is written."""
    kept = {name for t in triggers_of(model) for shape in t.shapes(model) for name in shape.columns}
    return {f.column: kind_of(f) for f in model._meta.concrete_fields if f.column in kept}


def remains(model: type[Model], row: str) -> str:
    """Return the SQL for the hash of every sealed column of a row, for a tombstone."""
    return hashed(canonical(row, every_column(model)))


def hashed(content: str) -> str:
    """Return the SQL for the hash of a canonical content, as the leaf has it."""
    return f"sha256(convert_to(({content})::text, 'UTF8'))"
