"""Signed in for a time: warned in time, staying with one button, and no character lost where it ends."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from django.utils import timezone
from playwright.sync_api import Locator, expect

from agencies.models import Draft, Session
from agencies.session_store import SessionStore
from sharing.states import State
from tests import factories
from tests.browser.check_back_steps import HAPPENED, WORRIES
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector, overflow
from tests.browser.somebody import Somebody
from tests.factories import World

TYPED = "A fresh mark on his arm, and he said who did it."
MORE = "He goes home to the same adult at quarter past three."


def restating(world: World, tom: Somebody) -> str:
    """Tom sits before the page on which he says back what he heard. Returns its address."""
    exchange = factories.exchange_at(world, State.RECEIVED)
    page = f"/exchanges/{exchange.reference}/restate/"
    tom.opens(page)
    tom.is_on("Say back what you understood")
    return page


def nothing_was_done_for(**time_without: float) -> None:
    """Let the server have seen nobody for so long."""
    Session.objects.update(seen_at=timezone.now() - timedelta(**time_without))


def warning(somebody: Somebody) -> Locator:
    return somebody.page.get_by_role("alert").filter(has_text="You will be signed out in")


def proved_minutes_ago(minutes: int, row: Session) -> None:
    """Let it be so long since somebody proved who they are."""
    store = SessionStore(row.session_key)
    store[PROOFS] = [{**proof, "at": proof["at"] - 60 * minutes} for proof in store[PROOFS]]
    store.save()


def kept(text: str, field: str) -> bool:
    """Wait for what the page sent as it was left: it arrives beside the next page, not before it."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if any(draft.data.get(field) == text for draft in Draft.objects.all()):
            return True
        time.sleep(0.1)
    return False


def test_tom_is_warned_stays_with_one_button_and_at_the_end_loses_nothing(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    tom = signed_in(world.tom)
    tom.page.clock.install()
    page = restating(world, tom)
    tom.writes(HAPPENED, TYPED)
    tom.page.clock.run_for(3000)
    tom.sees("Saved at")
    expect(warning(tom)).to_have_count(0)
    nothing_was_done_for(minutes=18, seconds=5)
    tom.page.clock.fast_forward("18:10")
    expect(warning(tom)).to_contain_text("You will be signed out in 2 minutes. What you are writing is kept.")
    inspector(tom)
    warning(tom).get_by_role("button", name="Stay signed in").press("Enter")
    tom.sees("You stay signed in.")
    expect(tom.page.locator("[data-visit-warning] p")).to_be_focused()
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    tom.still_has(HAPPENED, TYPED)
    tom.writes(WORRIES, MORE)
    nothing_was_done_for(minutes=20)
    tom.page.clock.fast_forward("20:10")
    tom.is_on("Sign in")
    tom.is_told("You were signed out because nothing was done here for 20 minutes.")
    assert kept(MORE, "what_worries_me")
    tom.has_a_password()
    tom.writes_password()
    tom.is_on("Say back what you understood")
    assert tom.page.url.endswith(page)
    tom.still_has(HAPPENED, TYPED)
    tom.still_has(WORRIES, MORE)


def test_nobody_is_warned_who_works_in_another_tab(world: World, signed_in: AtABrowser) -> None:
    tom = signed_in(world.tom)
    tom.page.clock.install()
    restating(world, tom)
    with tom.page.expect_response(lambda answer: answer.url.endswith("/session/")):
        tom.page.clock.fast_forward("18:10")
    expect(warning(tom)).to_have_count(0)
    tom.is_on("Say back what you understood")


def test_whoever_is_signed_out_elsewhere_finds_this_page_gone_at_the_next_look(
    world: World, signed_in: AtABrowser
) -> None:
    tom = signed_in(world.tom)
    tom.page.clock.install()
    restating(world, tom)
    Session.objects.all().delete()
    tom.page.clock.fast_forward("18:10")
    tom.is_on("Sign in")
    tom.is_told("Your session has ended.")


@pytest.mark.usefixtures("without_javascript", "at_320px")
def test_without_javascript_the_button_in_the_form_keeps_the_words_and_the_session(
    world: World, signed_in: AtABrowser
) -> None:
    tom = signed_in(world.tom)
    restating(world, tom)
    tom.writes(HAPPENED, TYPED)
    nothing_was_done_for(minutes=19)
    assert tom.page.get_by_role("button", name="Stay signed in").count() == 1
    tom.presses("Stay signed in")
    tom.is_on("Say back what you understood")
    tom.is_told("You stay signed in.")
    tom.still_has(HAPPENED, TYPED)
    nothing_was_done_for(minutes=20)
    tom.writes(WORRIES, MORE)
    tom.presses("Stay signed in")
    tom.is_told("What you wrote is kept: sign in to go on.")
    tom.has_a_password()
    tom.writes_password()
    tom.is_on("Say back what you understood")
    tom.still_has(HAPPENED, TYPED)
    tom.still_has(WORRIES, MORE)


@pytest.mark.parametrize("after", [0, 1, 7, 30, len(MORE)])
def test_no_character_is_lost_wherever_in_a_sentence_the_session_ends(
    world: World, signed_in: AtABrowser, after: int
) -> None:
    tom = signed_in(world.tom)
    tom.has_a_password()
    Session.objects.all().delete()
    tom.is_signed_in_already()
    restating(world, tom)
    box = tom.page.get_by_label(WORRIES, exact=True)
    box.press_sequentially(MORE[:after])
    Session.objects.all().delete()
    box.press_sequentially(MORE[after:])
    tom.presses("Send this back to be checked")
    tom.is_told("What you wrote is kept: sign in to go on.")
    tom.writes_password()
    tom.is_on("Say back what you understood")
    tom.still_has(WORRIES, MORE)


def test_tom_sees_where_he_is_signed_in_and_ends_the_other_place(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    tom, telephone = signed_in(world.tom), signed_in(world.tom)
    telephone.goes_home()
    tom.goes_home()
    tom.follows("Your sign-in")
    tom.is_on("Your sign-in")
    inspector(tom)
    tom.sees("This one", "Signed in since")
    tom.presses("Sign out everywhere but here")
    tom.is_told("You are signed out everywhere but here.")
    telephone.opens("/")
    telephone.is_on("Sign in")
    telephone.is_told("Your session has ended.")
    tom.goes_home()


def test_before_an_emergency_priya_proves_who_she_is_and_finds_her_words_again(
    world: World, at_a_browser: AtABrowser, password_is_enough: None, inspector: Inspector
) -> None:
    priya = at_a_browser(world.priya)
    priya.signs_in()
    priya.opens("/break-glass/")
    priya.is_on("Open a record that is closed to you")
    why = priya.page.get_by_role("textbox").nth(1)
    why.fill("She is not at school and nobody answers the door.")
    proved_minutes_ago(6, Session.objects.get(user=world.priya.account))
    priya.page.get_by_role("button", name="Open").first.click()
    priya.is_on("Confirm that it is you")
    priya.sees("You are about to open a record that is closed to you.")
    inspector(priya)
    assert not overflow(priya)
    priya.writes("Password", factories.PHRASE)
    priya.presses("Confirm")
    priya.is_on("Open a record that is closed to you")
    expect(priya.page.get_by_role("textbox").nth(1)).to_have_value(
        "She is not at school and nobody answers the door."
    )
