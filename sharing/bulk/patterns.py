"""Every row that a told concern left, made into patterns that can be copied in sets.

A pattern is a row with marks in place of what differs between copies: ⟦speaker_label⟧ stands for a column of
the plan, ⟦#sharing_exchange:2⟧ for the id of a copy of the second exchange. References to other rows of the
same concern are kept as the place of that row among those of its table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model

from agencies.models import Agency, ContactPoint, Membership
from audit.models import Access, Event
from notifications.models import Message
from records.models import Concern, NameKey, Person, PersonWord, Subject
from sharing.bulk import tales
from sharing.bulk.cast import Company, copy_in
from sharing.bulk.plan import places_of_words
from sharing.bulk.tales import Pattern
from sharing.models import Obligation

MARK = re.compile(r"⟦(#?)([a-z0-9_]+)(?::(\d+))?⟧")
# What the keys of obligations and messages name by number.
NAMED_BY_NUMBER = {
    "exchange": "sharing_exchange", "agree": "sharing_exchange", "decide": "sharing_exchange",
    "enquiry": "sharing_enquiry", "action": "sharing_action", "disagreement": "sharing_disagreement",
    "step": "sharing_skippedstep",
}  # fmt: skip
KEYED = re.compile(rf"\b({'|'.join(NAMED_BY_NUMBER)}):(\d+)")
# Written from other rows in sets, or by nobody for a concern.
LEFT_OUT: tuple[type[Model], ...] = (PersonWord, NameKey)


@dataclass
class Column:
    """A column of a pattern: how its value in a copy comes about."""

    name: str
    type: str
    way: str
    of: str = ""
    marks: set[str] = field(default_factory=set)


@dataclass
class Table:
    """The patterns of one table. `stride` is the most rows that a concern has there, `base` the last id."""

    model: type[Model]
    base: int
    stride: int
    columns: list[Column]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def has_numbers(self) -> bool:
        return not isinstance(self.model._meta.pk, models.UUIDField)

    @property
    def key(self) -> str:
        return key_of(self.model)

    @property
    def order(self) -> str:
        return f"pattern_{self.name}"


class Reader:
    """Reads what concerns left behind, as the owner of the tables."""

    def __init__(self, cursor: Any, patterns: Sequence[Pattern], company: Company) -> None:
        self.cursor, self.patterns = cursor, patterns
        self.kinds: dict[type[Model], dict[Any, int]] = {}
        self.ranks: dict[type[Model], dict[Any, int]] = {}
        self.words = dict(sorted(self._words(company).items(), key=lambda one: len(one[0]), reverse=True))
        self.members = self._members(company)

    def read(self) -> list[Table]:
        """Make a temporary table of patterns for every table that has rows of the concerns."""
        self._collect()
        for model, rows in self.kinds.items():
            counts: dict[int, int] = {}
            self.ranks[model] = {}
            for pk in sorted(rows) if model is not Message else self._in_order(model):
                counts[rows[pk]] = self.ranks[model][pk] = counts.get(rows[pk], 0) + 1
        return [self._table(model) for model in self.kinds]

    # --- which rows ---

    def _collect(self) -> None:
        self.kinds[Concern] = {one.concern.pk: k for k, one in enumerate(self.patterns)}
        self._follow()
        people = self._values(Subject, "person_id", "concern_id", self.kinds[Concern])
        self.kinds[Person] = {person: self.kinds[Concern][concern] for person, concern in people}
        self._follow()
        for k, one in enumerate(self.patterns):
            own = [one.concern.reference, *self._references(k)]
            under = [f"{one.concern.reference}-%"]
            self._add(Event, "concern = ANY(%s) OR subject = ANY(%s)", [own[:1], own], k)
            self._add(Access, "subject = ANY(%s) OR subject LIKE ANY(%s)", [own, under], k)
            self._add(Message, "reference = ANY(%s) OR reference LIKE ANY(%s)", [own, under], k)

    def _follow(self) -> None:
        """Add every row that refers to one that is there, until there are no more."""
        models_of = [m for m in apps.get_models(include_auto_created=True) if _is_followed(m)]
        grown = True
        while grown:
            grown = False
            for model in models_of:
                for key in _keys(model):
                    target = self.kinds.get(key.related_model, {})
                    if target and key.related_model is not model:
                        before = len(self.kinds.get(model, {}))
                        for pk, of in self._values(model, key_of(model), key.column, target):
                            self.kinds.setdefault(model, {})[pk] = target[of]
                        grown |= len(self.kinds.get(model, {})) > before

    def _values(self, model: Any, column: str, key: str, among: dict[Any, int]) -> list[tuple[Any, Any]]:
        self.cursor.execute(
            f'SELECT "{column}", "{key}" FROM {model._meta.db_table} WHERE "{key}" = ANY(%s)',  # noqa: S608  # our own
            [list(among)],
        )
        return list(self.cursor.fetchall())

    def _add(self, model: Any, where: str, values: list[Any], k: int) -> None:
        self.cursor.execute(f"SELECT id FROM {model._meta.db_table} WHERE {where}", values)  # noqa: S608  # our own
        for (pk,) in self.cursor.fetchall():
            self.kinds.setdefault(model, {})[pk] = k

    def _references(self, k: int) -> list[str]:
        """Return the references of the people of a concern, in the order in which they were written down."""
        mine = [pk for pk, of in self.kinds[Person].items() if of == k]
        self.cursor.execute("SELECT reference FROM records_person WHERE id = ANY(%s) ORDER BY id", [mine])
        return [row[0] for row in self.cursor.fetchall()]

    def _in_order(self, model: Any) -> list[Any]:
        self.cursor.execute(
            f"SELECT id FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY queued_at, dedupe_key",  # noqa: S608  # our own
            [list(self.kinds[model])],
        )
        return [row[0] for row in self.cursor.fetchall()]

    # --- what they say ---

    def _words(self, company: Company) -> dict[str, str]:
        """Return which mark stands for which text, for those that are in every concern."""
        home = company.place_of(tales.AGENCY)
        found = {home.reference: "agency_reference", home.name: "agency_name", home.duty: "agency_duty"}
        for who, name in (("speaker", tales.SPEAKER), ("lead", tales.LEAD), ("listener", tales.LISTENER)):
            one = company.member(name)
            found |= {one.label: f"{who}_label", one.name: f"{who}_name", one.address: f"{who}_address"}
            found |= {str(one.id): f"{who}_id", str(one.point): f"{who}_point"}
        return found | places_of_words()

    def _members(self, company: Company) -> dict[str, str]:
        """Return which column of the plan stands for which row of the agencies' own."""
        found = {text: mark for text, mark in self.words.items() if mark.endswith(("_id", "_point"))}
        return {**found, str(company.place_of(tales.AGENCY).id): "agency_id"}

    def _marked(self, text: str, k: int, own: dict[str, str]) -> str:
        """Put marks in place of what differs between copies."""
        for word, mark in own.items():
            text = text.replace(word, mark)
        for word, mark in self.words.items():
            text = text.replace(word, f"⟦{mark}⟧")
        return KEYED.sub(lambda found: self._numbered(found, k), text)

    def _numbered(self, found: re.Match[str], k: int) -> str:
        table, pk = NAMED_BY_NUMBER[found[1]], int(found[2])
        model = next(m for m in self.kinds if m._meta.db_table == table)
        if self.kinds[model].get(pk) != k:
            raise LookupError(f"{found[0]} belongs to another concern")
        return f"{found[1]}:⟦#{table}:{self.ranks[model][pk]}⟧"

    # --- tables ---

    def _table(self, model: type[Model]) -> Table:
        table = model._meta.db_table
        columns = list(self._columns(model))
        listed = ", ".join(f'"{c.name}"::text' for c in columns)
        self.cursor.execute(
            f"SELECT {key_of(model)}, {listed} FROM {table} WHERE {key_of(model)} = ANY(%s)",  # noqa: S608  # our own
            [list(self.kinds[model])],
        )
        rows = [self._pattern(model, columns, *row) for row in self.cursor.fetchall()]
        rows.sort(key=lambda row: row[:2])
        base = 0
        if not isinstance(model._meta.pk, models.UUIDField):
            self.cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608  # our own
            base = self.cursor.fetchone()[0]
        made = Table(model, base, max(self.ranks[model].values()), columns)
        types = ", ".join(f'"{c.name}" {c.type if c.way in ("as it is", "time", "day") else _plain(c)}'
                          for c in columns)  # fmt: skip
        copy_in(self.cursor, made.order, f"k int, r int, {types}", rows)
        return made

    def _columns(self, model: type[Model]) -> Iterator[Column]:
        self.cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
            [model._meta.db_table],
        )
        types = dict(self.cursor.fetchall())
        for one in model._meta.concrete_fields:
            if one.primary_key or one.column not in types:
                continue
            yield Column(str(one.column), types[one.column], *self._way(model, one))

    def _way(self, model: type[Model], one: Any) -> tuple[str, str]:
        if model is Message and one.name == "obligation_id":
            return "row", Obligation._meta.db_table
        if one.is_relation and one.related_model in self.kinds:
            return "row", one.related_model._meta.db_table
        if one.is_relation and one.related_model in (Agency, Membership, ContactPoint):
            return "agencies", ""
        if isinstance(one, models.DateTimeField):
            return "time", ""
        if isinstance(one, models.DateField):
            return "day", ""
        return ("as it is", "") if isinstance(one, models.ForeignKey) else ("text", "")

    def _pattern(self, model: type[Model], columns: list[Column], pk: Any, *values: Any) -> list[Any]:
        k = self.kinds[model][pk]
        own = {self.patterns[k].concern.reference: "⟦reference⟧"}
        own |= {word: f"⟦#person:{place}⟧" for place, word in enumerate(self._people(k), start=1)}
        row: list[Any] = [k, self.ranks[model][pk]]
        for column, value in zip(columns, values, strict=True):
            if value is not None and column.way == "row":
                target = next(m for m in self.kinds if m._meta.db_table == column.of)
                value = self.ranks[target][type(pk)(value) if target is model else _like(target, value)]
            elif value is not None and column.way == "agencies":
                mark = self.members.get(value)
                column.marks |= {mark} if mark else set()
                value = f"⟦{mark}⟧" if mark else value
            elif value is not None and column.way == "text":
                value = self._marked(value, k, own)
                column.marks |= {found[0] for found in MARK.finditer(value)}
            row.append(value)
        return row

    def _people(self, k: int) -> list[str]:
        if not hasattr(self, "_people_of"):
            self._people_of = {k: self._references(k) for k in range(len(self.patterns))}
        return self._people_of[k]


def key_of(model: type[Model]) -> str:
    """Return the column of a table's key."""
    return str(model._meta.pk.column)


def _like(model: type[Model], value: str) -> Any:
    return value if isinstance(model._meta.pk, models.UUIDField) else int(value)


def _plain(column: Column) -> str:
    if column.way == "row":
        return "bigint"
    return "text" if column.marks or column.way == "agencies" else column.type


def _keys(model: type[Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.is_relation]


def _is_followed(model: type[Model]) -> bool:
    return model._meta.app_label in ("records", "consent", "sharing") and model not in LEFT_OUT
