"""What is typed is never lost: by itself, when the session ends, and where two write in one form."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from agencies.models import Draft, Session
from sharing.states import State
from tests import factories
from tests.browser.check_back_steps import FIRST, HAPPENED, WORRIES
from tests.browser.conftest import AtABrowser
from tests.factories import World

TYPED = "A fresh mark on his arm, and he said who did it."
MORE = "He goes home to the same adult at quarter past three."


def test_typing_is_saved_without_a_button(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    tom.writes(HAPPENED, TYPED)
    tom.sees("Saved at")
    assert Draft.objects.get(holder=world.tom).data["what_happened"] == TYPED
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    tom.still_has(HAPPENED, TYPED)


def test_a_session_that_ends_midway_loses_nothing(
    world: World, at_a_browser: AtABrowser, password_is_enough: None
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = at_a_browser(world.tom)
    tom.signs_in()
    page = f"/exchanges/{exchange.reference}/restate/"
    tom.opens(page)
    tom.writes(HAPPENED, TYPED)
    tom.sees("Saved at")
    Session.objects.all().delete()
    tom.writes(WORRIES, MORE)
    tom.page.get_by_label(FIRST, exact=True).focus()
    tom.sees("Your session has ended.")
    tom.presses("Send this back to be checked")
    tom.is_told("What you wrote is kept: sign in to go on.")
    tom.writes_password()
    tom.is_on("Say back what you understood")
    tom.still_has(HAPPENED, TYPED)
    tom.still_has(WORRIES, MORE)


def test_two_colleagues_at_one_draft_are_told_of_each_other(world: World, signed_in: AtABrowser) -> None:
    concern = factories.draft(world)
    priya, anna = signed_in(world.priya), signed_in(world.school.colleague)
    page = f"/concerns/{concern.reference}/worry/"
    priya.opens(page)
    priya.writes("What makes you this worried? (optional)", "He flinches.")
    priya.sees("Saved at")
    anna.opens(page)
    anna.sees("Priya Nair is also writing here")
    anna.writes("What makes you this worried? (optional)", "He is quieter.")
    anna.sees("Priya Nair is also writing here, last saved at")
    expect(anna.page.get_by_text(re.compile("^Saved at"))).to_be_visible()  # or Priya is not told of it
    priya.writes("What makes you this worried? (optional)", "He flinches when touched.")
    priya.sees("Anna Bell is also writing here, last saved at")


def test_back_after_signing_out_shows_nothing(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens_exchange(exchange.reference)
    tom.sees("small round marks")
    tom.signs_out()
    tom.is_on("Sign in")
    tom.page.go_back()
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    tom.does_not_see("small round marks")
