"""A mark in every field in which people write, put there as the scene is made, that says which field it is.

What is copied from one field to another loses the mark of the first and gets that of the second. So a page
that shows the frozen copy that was sent can be told from one that shows the record it was taken from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.apps import apps
from django.db import models
from django.db.models import CharField, Field, JSONField, TextField

from agencies.models import Agency
from config.postgresql import values
from tests.access.fields.wordless import WORDLESS
from tests.replaying import every_story_is_told

APPS = ("records", "consent", "sharing")
# A mark stands after a space (a plus, in an address). Random letters may spell one too, within a token or
# as its beginning, after a quotation mark: those would be nobody's words.
MARK = re.compile(r" ?(?<=[\s+])zq([a-z])(\d+)q")
OF_NOBODY = "x"
# Stands in words that are typed into a document (JSON), where codes must stay as they are: a mark to replace.
HERE = " zqx0q"
DEEP = 6


def fields(*, all_of_them: bool = False) -> list[Field[Any, Any]]:
    """Every field of text in which people write, or every field of text, always in the same order."""
    found = [
        field
        for label in APPS
        for model in apps.get_app_config(label).get_models()
        if not getattr(model, "reference_data", False) and not getattr(model, "written_by_database", False)
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField) and not field.choices
    ]
    return sorted((one for one in found if all_of_them or name_of(one) not in WORDLESS), key=name_of)


def name_of(field: Any) -> str:
    return f"{field.model._meta.label}.{field.name}"


class Marker:
    """Puts the marks, and knows whose rows got one."""

    def __init__(self) -> None:
        self.names = [name_of(field) for field in fields()]
        self.numbers = {name: number for number, name in enumerate(self.names)}
        self.letters: dict[Any, str] = {}
        self.marked: set[tuple[str, str]] = set()

    def letter(self, agency: Any) -> str:
        """Return the letter of an agency."""
        return self.letters.setdefault(agency, chr(ord("a") + len(self.letters)))

    def read(self, text: str) -> set[tuple[str, str]]:
        """Return the fields whose marks stand in a text, each with the letter of whose row it is."""
        return {(self.names[int(number)], letter) for letter, number in MARK.findall(text)}

    def put(self, field: Any, row: Any, value: Any) -> Any:
        """Return a value with the mark of a field, and no other."""
        number = self.numbers.get(name_of(field))
        if number is None or not value:
            return value
        letter = self.letter(home_of(row)) if home_of(row) else OF_NOBODY
        mark = f"zq{letter}{number}q"
        if isinstance(field, JSONField):
            return self._within(value, mark, (name_of(field), letter))
        if not isinstance(value, str):
            return value
        plain = MARK.sub("", value)
        if field.max_length and len(plain) + len(mark) + 1 > field.max_length:
            return plain
        self.marked.add((name_of(field), letter))
        return f"{plain} {mark}"

    def _within(self, value: Any, mark: str, which: tuple[str, str]) -> Any:
        """Replace the marks of what was copied into a document."""
        if isinstance(value, dict):
            return {key: self._within(one, mark, which) for key, one in value.items()}
        if isinstance(value, list):
            return [self._within(one, mark, which) for one in value]
        if isinstance(value, str) and MARK.search(value):
            self.marked.add(which)
            return f"{MARK.sub('', value)} {mark}"
        return value


def home_of(row: Any, deep: int = 0) -> Any:
    """Return whose a row is: of the agency whose concern or person it is about, or else who wrote it."""
    if isinstance(row, Agency) or row is None or deep > DEEP:
        return row.pk if isinstance(row, Agency) else None
    related = [
        field for field in row._meta.concrete_fields if isinstance(field, models.ForeignKey) and field.attname
    ]
    for wanted in (_is_record, _is_agency, _is_anybody):
        for field in related:
            if wanted(field) and getattr(row, field.attname) is not None:
                found = home_of(getattr(row, field.name), deep + 1)
                if found is not None:
                    return found
    return None


def _is_record(field: Any) -> bool:
    return field.related_model._meta.app_label in APPS and field.related_model is not field.model


def _is_agency(field: Any) -> bool:
    return field.related_model is Agency


def _is_anybody(field: Any) -> bool:
    return str(field.related_model._meta.label) == "agencies.Membership"


@contextmanager
def marking(marker: Marker) -> Iterator[None]:
    """Mark whatever is saved while the block runs."""
    read = Field.pre_save

    def marked(field: Any, row: Any, add: bool) -> Any:
        value = read(field, row, add)
        if name_of(field) not in marker.numbers:
            return value
        new = marker.put(field, row, value)
        setattr(row, field.attname, new)
        return new

    # Otherwise what most fields have is sent without asking them.
    asks_each = mock.patch.object(values, "sent_as_it_is", return_value=frozenset())
    with every_story_is_told(), mock.patch.object(Field, "pre_save", marked), asks_each:
        yield
