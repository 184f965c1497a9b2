"""Somebody without an account, from the link to the end, beside the person who sent it.

Grace, a housing officer, at a small telephone far away whose clock is wrong, with a keyboard alone;
Priya at her school. Every page that Grace sees is looked over with axe and at both widths.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, expect

from agencies.models import Draft
from sharing.models import Action, Exchange, LinkVisit, Round
from sharing.states import State
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser.check_back_steps import FIRST, HAPPENED, WORRIES
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import OWN_WORDS, World
from tests.links import by_link

FAR_AWAY = "America/Los_Angeles"
WRONG_BY = timedelta(hours=5, minutes=17)
SMALL_TELEPHONE = {"width": 320, "height": 640}
MOST_TABS = 60
VISIBLE_FOCUS = (
    "(s => s.boxShadow + s.outlineStyle + s.backgroundColor)(getComputedStyle(document.activeElement))"
)


# --- By keyboard -------------------------------------------------------------------------------


def reaches(somebody: Somebody, what: Locator) -> None:
    """Press Tab until something has the focus, and see that it has."""
    for _ in range(MOST_TABS):
        somebody.page.keyboard.press("Tab")
        if what.evaluate("one => one === document.activeElement"):
            assert somebody.evaluate(VISIBLE_FOCUS) != "nonenonergba(0, 0, 0, 0)"
            return
    raise AssertionError(f"{MOST_TABS} presses of Tab do not lead to {what}")


def presses(somebody: Somebody, words: str) -> None:
    reaches(somebody, somebody.page.get_by_role("button", name=words, exact=True).first)
    somebody.page.keyboard.press("Enter")


def sends_the_form(somebody: Somebody) -> None:
    reaches(somebody, somebody.page.locator("form.app-form button[type=submit]").first)
    somebody.page.keyboard.press("Enter")


def follows(somebody: Somebody, words: str) -> None:
    reaches(somebody, somebody.page.locator("a:visible").filter(has_text=words).first)
    somebody.page.keyboard.press("Enter")


def writes(somebody: Somebody, under: str, text: str) -> None:
    reaches(somebody, somebody.page.get_by_label(under, exact=True))
    somebody.page.keyboard.insert_text(text)


def chooses_first(somebody: Somebody, question: str) -> None:
    """Choose the first answer of a question: Tab leads into the group, Space chooses."""
    reaches(somebody, somebody.group(question).get_by_role("radio").first)
    somebody.page.keyboard.press("Space")


# --- The way in --------------------------------------------------------------------------------


def at_a_telephone_far_away(
    at_a_browser: AtABrowser, how_they_browse: dict[str, Any], exchange: Exchange
) -> Somebody:
    """Seat Grace in another time zone, at a clock that is wrong by hours."""
    here = dict(how_they_browse)
    how_they_browse.update(timezone_id=FAR_AWAY, viewport=SMALL_TELEPHONE)
    grace = at_a_browser(exchange.listener)
    how_they_browse.update(here)
    grace.page.clock.install(time=timezone.now() - WRONG_BY)
    return grace


def comes_in(grace: Somebody, exchange: Exchange) -> None:
    """Open the link, ask for the code, hear it on the telephone and type it."""
    grace.opens(by_link.address_of(exchange, at=timezone.now()))
    grace.is_on("You have been sent something securely")
    presses(grace, "Send me the code")
    grace.is_on("Enter the code")
    writes(grace, "Code", by_link.code_of(exchange, at=timezone.now()))
    grace.page.keyboard.press("Enter")
    grace.is_on("from Priya Nair")


def looked_over(somebody: Somebody, inspector: Inspector) -> None:
    """Look over each page, and give the telephone back its size."""

    def look(one: Somebody) -> None:
        inspector(one)
        one.page.set_viewport_size({"width": 320, "height": 640})

    somebody.looks.append(look)


# --- The journeys ------------------------------------------------------------------------------


def test_from_the_link_to_the_copy(
    world: World,
    at_a_browser: AtABrowser,
    how_they_browse: dict[str, Any],
    password_is_enough: None,
    inspector: Inspector,
) -> None:
    exchange = by_link.told(world)
    priya = at_a_browser(world.priya)
    priya.is_signed_in_already()
    grace = at_a_telephone_far_away(at_a_browser, how_they_browse, exchange)
    looked_over(grace, inspector)
    comes_in(grace, exchange)
    grace.sees("What is asked of you", "It takes about ten minutes.", "Open what you were sent")
    presses(grace, "Open")
    grace.sees("Confirm that this reached the right person", "Four small round marks")
    presses(grace, "Confirm receipt")
    grace.is_on("from Priya Nair")
    says_it_back(grace)
    assert Round.objects.get(exchange=exchange).restated_by == exchange.listener
    check_back.confirms(priya, exchange.reference)
    agrees(grace, exchange)
    takes_an_action_on(grace, world, exchange)
    takes_a_copy(grace, exchange)
    priya.opens_exchange(exchange.reference)
    priya.sees("Agree")
    presses(grace, "I have finished")
    grace.is_on("Your visit has ended")
    grace.opens(f"/exchanges/{exchange.reference}/")
    grace.is_on("Your visit has ended")


def says_it_back(grace: Somebody) -> None:
    follows(grace, "Say it back")
    grace.is_on("Say back what you understood")
    for label, words in zip((HAPPENED, WORRIES, FIRST), OWN_WORDS.values(), strict=True):
        writes(grace, label, words)
    presses(grace, "Send this back to be checked")
    grace.sees("Waiting for Priya Nair to check what was said back")
    grace.is_on("from Priya Nair")


def agrees(grace: Somebody, exchange: Exchange) -> None:
    grace.opens_exchange(exchange.reference)
    follows(grace, "Say whether you agree")
    grace.is_on("Do you agree?")
    for group in grace.page.get_by_role("group").all():
        if group.get_by_role("radio").count():
            reaches(grace, group.get_by_role("radio").first)
            grace.page.keyboard.press("Space")
    sends_the_form(grace)
    grace.is_told("The sender can see your answer.")


def takes_an_action_on(grace: Somebody, world: World, exchange: Exchange) -> None:
    world.clock.jump_to(timezone.now())
    factories.propose(world, factories.again(exchange))
    grace.opens_exchange(exchange.reference)
    grace.sees("An action waits for you to take it on or decline it")
    follows(grace, "Answer")
    grace.is_on("Action")
    follows(grace, "Take it on")
    grace.is_on("Take this action on")
    sends_the_form(grace)
    grace.is_told("You have taken this action on.")
    assert Action.objects.get(exchange=exchange).accepted_at is not None


def takes_a_copy(grace: Somebody, exchange: Exchange) -> None:
    grace.opens_exchange(exchange.reference)
    follows(grace, "Take a copy of what you said and agreed")
    grace.is_on("A copy of what you said and agreed")
    with grace.page.expect_download() as coming:
        presses(grace, "Download the PDF")
    assert coming.value.suggested_filename == f"{exchange.reference}-what-i-said.pdf"
    text = " ".join(by_link.read(coming.value.path().read_bytes()))
    assert OWN_WORDS["what_happened"] in text
    assert "Four small round marks" not in text


def test_they_are_warned_stay_longer_and_lose_nothing_at_the_end(
    world: World, at_a_browser: AtABrowser, how_they_browse: dict[str, Any], inspector: Inspector
) -> None:
    exchange = by_link.told(world, State.RECEIVED)
    grace = at_a_telephone_far_away(at_a_browser, how_they_browse, exchange)
    comes_in(grace, exchange)
    sees_when_it_closes(grace)
    follows(grace, "Say it back")
    grace.is_on("Say back what you understood")
    writes(grace, HAPPENED, "A new mark on his arm that two of them saw.")
    warning = grace.page.get_by_role("alert").filter(has_text="This page closes in")
    expect(warning).to_have_count(0)
    grace.page.clock.fast_forward("25:30")
    expect(warning).to_contain_text("This page closes in 5 minutes. What you are writing is kept.")
    grace.page.clock.fast_forward("03:40")
    expect(warning).to_contain_text("This page closes in 1 minute.")
    inspector(grace)
    LinkVisit.objects.update(ends_at=timezone.now() + timedelta(minutes=5))
    warning.get_by_role("button", name="Stay 30 minutes longer").press("Enter")
    grace.sees("You have another 30 minutes.")
    sees_when_it_closes(grace)
    assert LinkVisit.objects.latest("pk").ends_at > timezone.now() + timedelta(minutes=28)
    grace.still_has(HAPPENED, "A new mark on his arm that two of them saw.")
    writes(grace, WORRIES, "Who is at home tonight.")
    grace.page.clock.fast_forward("31:00")
    grace.is_on("Your visit has ended")
    assert kept(exchange, "what_worries_me", "Who is at home tonight.")
    assert kept(exchange, "what_happened", "A new mark on his arm that two of them saw.")


def kept(exchange: Exchange, field: str, text: str) -> bool:
    """Wait for what the page sent as it was left: it arrives beside the next page, not before it."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if Draft.objects.get(holder=exchange.listener).data[field] == text:
            return True
        time.sleep(0.1)
    return False


def sees_when_it_closes(grace: Somebody) -> None:
    """See when the page says that it closes: UK time, whatever this telephone says."""
    said = grace.page.get_by_text("This page closes at").first.inner_text()
    ends_at = timezone.localtime(LinkVisit.objects.latest("pk").ends_at)
    assert f"closes at {ends_at:%H:%M}, UK time" in said


def test_without_javascript_what_is_saved_after_the_end_is_kept(
    world: World,
    without_javascript: None,
    at_a_browser: AtABrowser,
    how_they_browse: dict[str, Any],
) -> None:
    exchange = by_link.told(world, State.RECEIVED)
    how_they_browse.update(viewport=SMALL_TELEPHONE)
    grace = at_a_browser(exchange.listener)
    comes_in(grace, exchange)
    sees_when_it_closes(grace)
    follows(grace, "Say it back")
    for label, words in zip((HAPPENED, WORRIES, FIRST), OWN_WORDS.values(), strict=True):
        writes(grace, label, words)
    visit = LinkVisit.objects.latest("pk")
    LinkVisit.objects.filter(pk=visit.pk).update(ends_at=visit.began_at + timedelta(milliseconds=1))
    presses(grace, "Send this back to be checked")
    grace.is_told("What you wrote is kept: open your link again to go on.")
    assert not Round.objects.filter(exchange=exchange).exists()
    comes_in(grace, exchange)
    follows(grace, "Say it back")
    grace.still_has(HAPPENED, OWN_WORDS["what_happened"])
    presses(grace, "Send this back to be checked")
    grace.sees("Waiting for Priya Nair to check what was said back")
    assert Round.objects.get(exchange=exchange).what_worries_me == OWN_WORDS["what_worries_me"]
