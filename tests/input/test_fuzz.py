"""A sample of the fuzzer, the same each time (`make fuzz` sends the whole); and faults that it must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.validators import ProhibitNullCharactersValidator
from django.forms import BoundField
from django.template import base as templates

from agencies import pages, widgets
from agencies.models import Membership
from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import PAGES
from tests.input.fuzz import cases, playing
from tests.input.fuzz.cases import Case
from tests.input.fuzz.payloads import ALL
from tests.input.fuzz.sheets import FORMS

SAMPLE, SEED = 500, 20270115
A_FORM = "concern-hold"
NUL = next(number for number, one in enumerate(ALL) if one.text == "a\0b")


@pytest.fixture
def player(scene: Scene) -> Iterator[playing.Player]:
    made = playing.Player(scene)
    yield made
    made.close()


def test_a_sample_of_everything_is_answered_as_it_should(scene: Scene, player: playing.Player) -> None:
    tally = player.play(cases.chosen(cases.every(scene), count=SAMPLE, seed=SEED))
    again = [f"make fuzz ARGS=\"--only '{name}'\": {wrong}" for name, wrong in tally.failed.items()]
    assert not again, "\n".join(again)
    assert tally.sent > SAMPLE * 0.9


def test_no_address_with_a_nul_leads_anywhere(scene: Scene, player: playing.Player) -> None:
    """PostgreSQL cannot be asked for it, so it is no such page, and no failure of ours."""
    wrong = {}
    for name in walk.own_names():
        for part in PAGES[name].args(scene):
            before = player.tally.by_status["404"]
            found = player.one(Case(name, "writer", "address", part, NUL))
            if found or player.tally.by_status["404"] == before:
                wrong[name, part] = found or dict(player.tally.by_status)
    assert wrong == {}


def test_the_sample_is_the_same_for_a_seed_and_names_every_form(scene: Scene) -> None:
    every = list(cases.every(scene))
    first = cases.chosen(every, count=8_000, seed=1)
    assert first == cases.chosen(every, count=8_000, seed=1) != cases.chosen(every, count=8_000, seed=2)
    assert {case.form for case in cases.chosen(every, count=40_000, seed=1)} >= set(FORMS)


# --- Faults that are put in on purpose ---------------------------------------------------------------


def no_check_of_nul(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ProhibitNullCharactersValidator, "__call__", lambda self, value: None)


def everything_is_safe(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(templates, "render_value_in_context", lambda value, context: str(value))
    patch.setattr(widgets, "escaped", str)


def the_form_drops_its_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BoundField, "value", lambda self: "")


def no_error_is_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BoundField, "errors", property(lambda self: self.form.error_class()))


def a_refusal_writes(patch: pytest.MonkeyPatch) -> None:
    def also(request: Any, form: Any) -> None:
        Membership.objects.filter(pk=request.membership.pk).update(job_title="Changed")

    patch.setattr(pages, "keep_text", also)


def page_of(*texts: str) -> int:
    return next(number for number, one in enumerate(ALL) if one.text in texts)


@pytest.mark.parametrize(
    ("fault", "found", "number"),
    [
        (no_check_of_nul, "answered 500", NUL),
        (everything_is_safe, "a browser would obey", page_of("xq7\0<script>xq7()</script>")),
        (the_form_drops_its_text, "is gone", NUL),
        (no_error_is_shown, "no error stands at why", NUL),
        (a_refusal_writes, "wrote to agencies_membership", NUL),
    ],
)
def test_a_fault_is_found(
    player: playing.Player,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
    found: str,
    number: int,
) -> None:
    case = Case(A_FORM, "writer", "field", "why", number)
    assert player.one(case) == []
    fault(monkeypatch)
    wrong = player.one(case)
    assert any(found in one for one in wrong), wrong
