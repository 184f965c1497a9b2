"""On a telephone of 320 pixels, no page scrolls sideways."""

from __future__ import annotations

from tests.browser.conftest import AtABrowser
from tests.browser.looking import overflow
from tests.browser.main_pages import FOR_EVERYBODY, main_pages
from tests.factories import World


def test_no_main_page_scrolls_sideways(at_320px: None, world: World, signed_in: AtABrowser) -> None:
    too_wide = []
    by_person = main_pages(world)
    by_person[world.priya] += FOR_EVERYBODY
    for member, pages in by_person.items():
        somebody = signed_in(member)
        for page in pages:
            answer = somebody.opens(page)
            assert answer == 200, f"{page} answers {answer} to {somebody.name}"
            too_wide += overflow(somebody)
    assert not too_wide, "\n".join(too_wide)
