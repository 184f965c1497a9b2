"""What is sent: every form and field with every payload, as four people; and which of it, for a number."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps

from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.input.fuzz.payloads import ALL
from tests.input.fuzz.sheets import FORMS, PEOPLE, Sheet
from tests.rows import OURS

FULL = 40_000
PLANTED = "planted-4711"
FIELDS_AT_ONCE = 400
UNWELL = frozenset({"health"})  # it says 503 where no worker runs, as in tests
TEXTS = [number for number, one in enumerate(ALL) if one.is_text]
STALE = ("-1", "0", "999999", "", "no such thing")
TOKENS = ("", "x" * 64, "x" * 32, "\0")


class Case(NamedTuple):
    """One request. `number` is the payload's, or counts what `how` has several of."""

    form: str
    person: str
    how: str
    field: str
    number: int

    @property
    def name(self) -> str:
        """How a case is asked for again, by --only."""
        return "/".join((self.form, self.person, self.how, self.field, str(self.number)))


def every(scene: Scene) -> Iterator[Case]:
    """Give all there is, form by form."""
    for name in FORMS:
        sheet = sheet_of(scene, name)
        yield from _of_form(sheet)
    for name in walk.own_names():
        if name in UNWELL:
            continue
        if not PAGES[name].only_post:
            yield from (Case(name, "writer", "query", "", number) for number in range(len(ALL)))
        for part in PAGES[name].args(scene):
            yield from (Case(name, "writer", "address", part, number) for number in range(len(ALL)))


def sheet_of(scene: Scene, name: str) -> Sheet:
    """Return the form of a name with what was found out of it so far."""
    kept: Sheet = scene.keep(("sheet", name), lambda: Sheet(scene, name))
    return kept


def _of_form(sheet: Sheet) -> Iterator[Case]:
    name = sheet.name
    for person in PEOPLE:
        if sheet.typed:
            yield from (Case(name, person, "texts", "", number) for number in TEXTS)
    others = [field for field in sheet.fields if field not in sheet.typed]
    for field in sheet.typed:
        yield from (Case(name, "writer", "field", field, n) for n in range(len(ALL)) if n not in TEXTS)
    for field in others:
        yield from (Case(name, "writer", "field", field, number) for number in range(len(ALL)))
    for person in PEOPLE[1:]:
        yield from (Case(name, person, "everywhere", "", number) for number in range(len(ALL)))
    yield from (Case(name, "writer", "missing", field, 0) for field in sheet.fields)
    yield from (Case(name, person, "nothing", "", 0) for person in PEOPLE)
    yield from (Case(name, "writer", "twice", "", number) for number in range(2))
    yield from (Case(name, "writer", "unknown", "", number) for number in range(len(portions())))
    yield from (Case(name, "writer", "stale version", "", number) for number in range(len(STALE)))
    yield from (Case(name, person, "stale token", "", n) for n in range(len(TOKENS)) for person in PEOPLE)


def portions() -> list[dict[str, Any]]:
    """Return every field of every model as answers that no page asks for, some hundred to a request."""
    values = {"BooleanField": "1", "DateTimeField": "2020-01-01", "DateField": "2020-01-01"}
    found: dict[str, str] = {}
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.concrete_fields:
                value = values.get(field.get_internal_type(), PLANTED)
                found |= {field.name: value, str(field.attname): value}
    found |= {"is_superuser": "1", "is_staff": "1", "role": "administrator", "pk": "1", "id": "1"}
    names = sorted(found)
    return [
        {name: found[name] for name in names[start : start + FIELDS_AT_ONCE]}
        for start in range(0, len(names), FIELDS_AT_ONCE)
    ]


def chosen(cases: Iterable[Case], *, count: int, seed: int) -> list[Case]:
    """Return as many cases as asked for, the same for the same seed: some of every form, field and kind.

    Whatever is told apart by more than its payload comes first, then the texts of whoever may write, then as
    much as there is room for of everything else.
    """
    dice = random.Random(seed)  # for a sample, not for a secret
    ranked: dict[tuple[str, ...], list[Case]] = {}
    for case in cases:
        kind = ALL[case.number].kind if case.how in WITH_PAYLOAD else ""
        ranked.setdefault((case.form, case.person, case.how, case.field, kind), []).append(case)
    order: list[tuple[float, float, Case]] = []
    for group in ranked.values():
        dice.shuffle(group)
        of_writer = group[0].person == "writer" and group[0].how == "texts"
        for at, case in enumerate(group):
            rank = at / len(group)
            order.append((rank / 4 if of_writer else rank, dice.random(), case))
    order.sort(key=lambda one: one[:2])
    return [case for _, _, case in order[:count]] if count else [case for _, _, case in order]


WITH_PAYLOAD = frozenset({"texts", "field", "everywhere", "query", "address"})
