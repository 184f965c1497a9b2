"""On paper: from the record of a concern to a PDF with a reason, at both widths, and what a printer gets."""

from __future__ import annotations

import io
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from agencies.models import Membership
from agencies.operations import jobs
from sharing.models import PaperCopy
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.looking import PICTURES, Inspector
from tests.browser.somebody import Somebody
from tests.factories import World
from tests.paper import cases
from tests.paper.cases import FOR_WHOM, Story


def at_browser(at_a_browser: AtABrowser, inspector: Inspector, member: Membership) -> Somebody:
    somebody = at_a_browser(member)
    somebody.looks.append(inspector)
    somebody.has_an_authenticator_app()
    somebody.is_signed_in_already()
    return somebody


def has_a_pdf_made(somebody: Somebody, *, heading: str) -> Path:
    """Press “Make a PDF”, say what for and for whom, wait, and download it."""
    somebody.is_on(heading)
    somebody.follows("Make a PDF")
    somebody.is_on("Make a PDF")
    somebody.presses("Make a PDF")
    somebody.is_told("Choose what the copy is for", "Say for whom the copy is")
    somebody.chooses("For a court, or a legal adviser")
    somebody.writes("For whom is the copy?", FOR_WHOM)
    somebody.presses("Make a PDF")
    somebody.sees("It has not begun yet.")
    jobs.work()
    somebody.page.reload()
    somebody.is_on("PDF:")
    with somebody.page.expect_download() as coming:
        somebody.follows("Download")
    path = PICTURES / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def pages_of(path: Path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def test_from_the_record_to_a_pdf(world: World, at_a_browser: AtABrowser, inspector: Inspector) -> None:
    story: Story = cases.story(world)
    priya = at_browser(at_a_browser, inspector, world.priya)
    priya.opens(f"/concerns/{story.concern.reference}/record/")
    priya.follows("On paper")
    priya.sees("Replaced by version 2.", "His aunt moved out in May.")
    whole = pages_of(has_a_pdf_made(priya, heading="The whole record of a concern"))
    assert all(FOR_WHOM in page for page in whole)
    assert f"Page 1 of {len(whole)}" in whole[0]

    person = factories.main_person(story.concern).reference
    priya.opens(f"/concerns/{story.concern.reference}/cycle/1/sharing-decision/{person}/record/")
    priya.follows("The decision on one page")
    decision = pages_of(has_a_pdf_made(priya, heading="Record of a sharing decision"))
    assert "20. Review and later corrections" in decision[-1]

    priya.opens(f"/meetings/{story.meeting.reference}/minutes/1/")
    priya.follows("On paper, or as a PDF")
    has_a_pdf_made(priya, heading="Minutes, version 1")

    tom = at_browser(at_a_browser, inspector, world.tom)
    tom.opens_exchange(story.exchange.reference)
    tom.follows("On paper, with all its rounds")
    tom.sees("For Tom Ashdown")
    has_a_pdf_made(tom, heading="Disclosure, Priya Nair to Tom Ashdown")
    assert set(PaperCopy.objects.values_list("kind", flat=True)) == set(PaperCopy.Kind)


def test_what_the_printer_gets_from_the_page(world: World, signed_in: AtABrowser) -> None:
    """Chromium prints the foot, the watermark and, from version 131, the number of each page."""
    story: Story = cases.story(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{story.concern.reference}/paper/")
    printed = priya.page.pdf(format="A4", prefer_css_page_size=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / "printed-from-the-page.pdf").write_bytes(printed)
    found = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(printed)).pages]
    assert len(found) > 2
    for page in found:
        assert f"{story.concern.reference}. Printed " in page
        assert "by Priya Nair, St Wulstan’s Primary" in page
        assert f"{story.concern.reference}, Priya Nair, " in page
    version = int(priya.page.context.browser.version.split(".")[0])  # type: ignore[union-attr]
    if version >= 131:
        assert all(f"Page {number} of {len(found)}" in page for number, page in enumerate(found, start=1))
    expect(priya.page.locator(".app-paper__foot")).to_be_hidden()
