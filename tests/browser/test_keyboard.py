"""The page on which it is said back, by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from sharing.models import Round
from sharing.rules import PROMPTS
from sharing.states import State
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.somebody import Somebody
from tests.factories import OWN_WORDS, World

MOST_TABS = 40
VISIBLE_FOCUS = "(s => s.boxShadow + s.outlineStyle)(getComputedStyle(document.activeElement))"


def test_it_is_said_back_by_keyboard_alone(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    tom.page.keyboard.press("Tab")
    expect(tom.page.get_by_text("Skip to main content")).to_be_focused()
    tom.page.keyboard.press("Enter")
    for prompt, text in zip(PROMPTS.values(), OWN_WORDS.values(), strict=True):
        tabs_to(
            tom, f"textarea with “{prompt}”", tom.page.get_by_label(prompt, exact=True).get_attribute("id")
        )
        tom.page.keyboard.type(text)
    tabs_to(tom, "the button", None)
    tom.page.keyboard.press("Enter")
    tom.sees("Waiting for Priya Nair to check what was said back")
    assert Round.objects.get(exchange=exchange).what_happened == OWN_WORDS["what_happened"]


def tabs_to(somebody: Somebody, what: str, name: str | None) -> None:
    """Press Tab until the field with this id has the focus, or the button that sends the form."""
    for _ in range(MOST_TABS):
        somebody.page.keyboard.press("Tab")
        focus = somebody.evaluate("[document.activeElement.id, document.activeElement.type || '']")
        if focus[0] == name or (name is None and focus[1] == "submit"):
            outline = somebody.evaluate(VISIBLE_FOCUS)
            assert outline != "nonenone", f"Nobody can see that {what} has the focus"
            return
    raise AssertionError(f"{MOST_TABS} presses of Tab do not lead to {what}")
