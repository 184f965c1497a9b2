"""The PDF of a paper: tagged as PDF/UA asks, with whose it is on every page, and text that is only text."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from agencies.models import Membership
from sharing.paper import press
from sharing.paper.job import TEMPLATE
from sharing.paper.parts import Paper, Printing, as_data
from tests.factories import World
from tests.links.test_my_copy import EVERY_SIGN_OF_TYPST
from tests.paper.cases import FOR_WHOM, a_paper, pages

AT = datetime(2027, 1, 12, 8, 55, tzinfo=UTC)
FOOT = f"WF-27-0001-X1, for {FOR_WHOM}. Printed 12 January 2027, 08:55 by Priya Nair, St Wulstan’s Primary."
WATERMARK = f"WF-27-0001-X1, {FOR_WHOM}, 12 January 2027"

pytestmark = pytest.mark.django_db


def pdf(paper: Paper, by: Membership, *, for_whom: str = FOR_WHOM) -> bytes:
    return press.pdf(TEMPLATE, as_data(paper, Printing(by=by, at=AT, for_whom=for_whom)), at=AT)


def elements(node: Any) -> list[str]:
    """The roles of a structure tree, in order."""
    found = []
    if isinstance(node, list):
        for one in node:
            found += elements(one)
    elif hasattr(node, "get_object"):
        node = node.get_object()
        if isinstance(node, list):
            return elements(node)
        if isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]))
            if "/K" in node:
                found += elements(node["/K"])
    return found


@pytest.mark.parametrize("one_page", [False, True])
def test_it_is_tagged_has_a_title_that_is_shown_and_says_its_language(world: World, one_page: bool) -> None:
    found = PdfReader(io.BytesIO(pdf(a_paper("It happened.", one_page=one_page), world.priya)))
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == "An exchange: WF-27-0001-X1"
    xmp = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in xmp


def test_headings_lists_and_tables_are_real_and_in_order(world: World) -> None:
    found = PdfReader(io.BytesIO(pdf(a_paper("It happened."), world.priya)))
    root: Any = found.trailer["/Root"]
    roles = elements(root["/StructTreeRoot"]["/K"])
    headings = [one for one in roles if one.startswith("/H") or one == "/Title"]
    assert [one for one in headings if one in ("/H1", "/H2")] == ["/H1", "/H2", "/H1", "/H2"]
    for wanted in ("/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/P"):
        assert wanted in roles, wanted


def test_its_text_is_read_in_the_order_of_the_page(world: World) -> None:
    text = pages(pdf(a_paper("It happened."), world.priya))[0]
    order = [
        "An exchange",
        "What was said.",
        "From",
        "Round 1",
        "It happened.",
        "Times",
        "09:00",
        "No action",
    ]
    place = 0
    for one in order:
        place = text.index(one, place)


def test_every_page_says_whose_it_is_who_printed_it_when_and_which_page(world: World) -> None:
    made = pages(pdf(a_paper("It happened again and nobody saw it. " * 40, times=12), world.priya))
    assert len(made) > 2
    for number, page in enumerate(made, start=1):
        assert FOOT in page
        assert WATERMARK in page
        assert f"Page {number} of {len(made)}" in page


def test_the_foot_and_the_watermark_are_no_part_of_what_is_read_out(world: World) -> None:
    found = PdfReader(io.BytesIO(pdf(a_paper("It happened."), world.priya)))
    content = found.pages[0].get_contents()
    assert content is not None
    assert content.get_data().count(b"/Artifact") >= 2


def test_its_fonts_are_in_it(world: World) -> None:
    found = PdfReader(io.BytesIO(pdf(a_paper("It happened."), world.priya)))
    resources: Any = found.pages[0]["/Resources"]
    fonts = resources["/Font"]
    names = []
    for one in fonts.values():
        font = one.get_object()["/DescendantFonts"][0].get_object()
        descriptor = font["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
        names.append(str(descriptor["/FontName"]))
    assert names
    assert all("Libertinus" in name for name in names)


def test_what_is_short_stands_on_one_page_and_what_is_long_says_why_it_goes_on(world: World) -> None:
    short = pages(pdf(a_paper("It happened.", one_page=True), world.priya))
    assert len(short) == 1
    assert "goes on to a second page" not in short[0]
    long = pages(pdf(a_paper("It happened again. " * 400, one_page=True), world.priya))
    assert len(long) > 1
    assert "This record goes on to a second page, because what was written does not fit on one" in long[0]
    assert "see “What was said”" in long[0]


# --- Text is data -------------------------------------------------------------------------------


@pytest.mark.parametrize("one_page", [False, True])
def test_every_special_sign_of_typst_stays_a_sign(world: World, one_page: bool) -> None:
    made = " ".join(pages(pdf(a_paper(EVERY_SIGN_OF_TYPST, one_page=one_page), world.priya)))
    assert made.count(EVERY_SIGN_OF_TYPST) >= 2


@pytest.mark.parametrize(
    "hostile",
    [
        '#eval("1")',
        '#read("press.py")',
        "\\u{41}",
        "= Heading",
        "- item",
        "<label> @ref",
        "$x^2$",
        "#panic()",
    ],
)
@pytest.mark.parametrize("one_page", [False, True])
def test_nothing_that_is_written_is_ever_carried_out(world: World, hostile: str, one_page: bool) -> None:
    paper = a_paper(hostile, one_page=one_page)
    made = " ".join(pages(pdf(paper, world.priya, for_whom=hostile)))
    assert made.count(" ".join(hostile.split())) >= 3


@pytest.mark.parametrize(
    "text", ["Zoë Łuczak", "Ελένη", "Наталия", "£5 €7 ½", "Fine 😀 she said", "", "\x00\u202e"]
)
def test_names_of_other_languages_and_signs_without_a_picture_do_not_break_it(
    world: World, text: str
) -> None:
    assert pages(pdf(a_paper(f"a{text}b"), world.priya))
