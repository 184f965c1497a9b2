"""The learning page as it is looked at: at both widths, by keyboard, on paper, and as a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from agencies.models import Agency
from sharing.operations import learning
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector, overflow
from tests.factories import World
from tests.sharing.learning_cases import Said


@pytest.fixture
def figures(world: World) -> None:
    """Enough exchanges of two months to draw, with gaps."""
    said, now = Said(world), world.clock.moment
    for number in range(8):
        for back in (0, 70):
            at = now - timedelta(days=back, hours=number)
            said(at, received=1, understood=2 + number, agreed=12, rounds=2, items={"OPINION": "WRONG"})
        said(now, by=world.tom, to=world.priya, received=2, understood=9)
    learning.refresh(now)


def test_pictures_and_tables_at_both_widths(
    figures: None, world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    for member in (world.coordinator, world.school.lead):
        inspector.seen.clear()
        somebody = signed_in(member)
        somebody.opens("/learning/")
        somebody.picks("Right first time", from_list="Pairs of agencies compared by")
        somebody.presses("Show")
        somebody.is_on("Learning, without names")
        expect(somebody.page.get_by_role("img", name="Right first time, by pair of agencies")).to_be_visible()
        inspector(somebody)


def test_on_a_telephone_a_picture_scrolls_by_keyboard_in_its_own_place(
    figures: None, at_320px: None, world: World, signed_in: AtABrowser
) -> None:
    cora = signed_in(world.coordinator)
    cora.opens("/learning/")
    for place in (
        cora.page.get_by_role("region", name="How long it takes: picture"),
        cora.page.get_by_role("region", name="Pairs of agencies with 5 exchanges or more"),
    ):
        place.focus()
        expect(place).to_be_focused()
        cora.page.keyboard.press("ArrowRight")
        cora.page.wait_for_function("place => place.scrollLeft > 0", arg=place.element_handle())


def test_on_a_telephone_a_long_name_of_an_agency_does_not_widen_the_page(
    figures: None, at_320px: None, world: World, signed_in: AtABrowser
) -> None:
    Agency.objects.filter(pk=world.school.agency.pk).update(
        name="Children’s and Family Health Services of Wyrefold"
    )
    cora = signed_in(world.coordinator)
    cora.opens("/learning/")
    assert overflow(cora) == []


def test_paper_has_the_figures_and_of_when_they_are(
    figures: None, world: World, signed_in: AtABrowser
) -> None:
    cora = signed_in(world.coordinator)
    cora.opens("/learning/")
    cora.page.emulate_media(media="print")
    expect(cora.page.get_by_role("table")).to_have_count(4)
    expect(cora.page.locator(".app-chart").filter(visible=True)).to_have_count(4)
    expect(cora.page.get_by_text("as of")).to_be_visible()
    for only_on_screen in ("form", "button", "a[download]"):
        expect(cora.page.locator(f"main {only_on_screen}").filter(visible=True)).to_have_count(0)


def test_a_table_is_taken_away_as_a_file(figures: None, world: World, signed_in: AtABrowser) -> None:
    cora = signed_in(world.coordinator)
    cora.opens("/learning/?months=3")
    with cora.page.expect_download() as coming:
        cora.follows("Download “What is misunderstood”")
    assert coming.value.suggested_filename.startswith("learning-kinds-")
    assert "Professional opinion" in Path(coming.value.path()).read_text("utf-8-sig")
