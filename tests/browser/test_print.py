"""On paper: the content and whose it is, without what is only for the screen."""

from __future__ import annotations

from playwright.sync_api import expect

from sharing.states import State
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.factories import World


def test_paper_shows_the_reference_and_no_navigation(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    priya = signed_in(world.priya)
    pages = {
        f"/exchanges/{exchange.reference}/": exchange.reference,
        f"/exchanges/{exchange.reference}/preview/": exchange.reference,
        f"/concerns/{exchange.cycle.concern.reference}/": exchange.cycle.concern.reference,
        f"/concerns/{exchange.cycle.concern.reference}/timeline/": exchange.cycle.concern.reference,
    }
    for path, reference in pages.items():
        priya.opens(path)
        expect(priya.page.locator(".app-print-line").first).to_be_hidden()
        priya.page.emulate_media(media="print")
        line = priya.page.locator(".app-print-line").first
        expect(line).to_be_visible()
        expect(line).to_contain_text(reference)
        expect(line).to_contain_text("Priya Nair")
        for only_on_screen in ("nav", ".govuk-back-link", "footer", "button", ".app-no-print"):
            expect(priya.page.locator(only_on_screen).filter(visible=True)).to_have_count(0)
        priya.page.emulate_media(media="screen")


def test_paper_has_no_addresses_and_nothing_to_press_and_opens_what_is_folded(
    world: World, signed_in: AtABrowser
) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{exchange.cycle.concern.reference}/")
    priya.page.emulate_media(media="print")
    behind = "[...document.querySelectorAll('a')].map(a => getComputedStyle(a, '::after').content)"
    assert not [shown for shown in priya.evaluate(behind) if "(" in shown]
    for only_on_screen in (
        "Tell somebody, or share urgently",
        "Call a meeting",
        "Say how worried you are now",
    ):
        expect(priya.page.get_by_text(only_on_screen)).to_be_hidden()
    expect(priya.page.get_by_text("A toddler in the same home.")).to_be_visible()
