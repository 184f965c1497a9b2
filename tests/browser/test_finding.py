"""Somebody looks for a child by what they know, and is advised while they write; nothing holds them back."""

from __future__ import annotations

from datetime import date

import pytest

from records import operations as records
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)
BOX = "A name, date of birth, NHS number or reference"


def looks_for(somebody: Somebody, text: str) -> None:
    somebody.follows("Find")
    somebody.is_on("Find")
    somebody.writes(BOX, text)
    somebody.page.locator("main").get_by_role("button", name="Find", exact=True).click()


def a_family(world: World) -> str:
    leo = factories.child(world)
    kerry = factories.child(world, first_name="Kerry", born_on=None)
    factories.child(world, first_name="Leonora", last_name="Marshall", born_on=date(1988, 2, 1))
    concern = factories.logged(world, about=leo)
    records.relate(leo, kerry, kind="PARENT", by=world.priya, at=world.clock())
    return concern.reference


def test_a_child_is_found_by_a_misspelt_name_a_date_and_a_reference(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    reference = a_family(world)
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    priya.opens("/people/")
    looks_for(priya, "marhs leo")
    priya.sees(
        "Nobody has exactly these names. These are alike", "Leo Marsh", "Related to Kerry Marsh (parent)."
    )
    assert "marhs" not in priya.page.url
    inspector(priya)
    looks_for(priya, "leo 3/9/2019")
    priya.sees("Leo Marsh", "1 open concern.", f"{reference}: Leo Marsh")
    inspector(priya)
    looks_for(priya, "qqxz")
    priya.sees("Nothing found")
    inspector(priya)
    looks_for(priya, reference)
    priya.is_on("Concern")
    tom.opens("/people/")
    looks_for(tom, reference)
    tom.sees("You cannot open anything with this reference.")


def test_it_is_found_on_a_small_telephone_without_javascript(
    world: World, at_320px: None, without_javascript: None, signed_in: AtABrowser
) -> None:
    a_family(world)
    priya = signed_in(world.priya)
    priya.opens("/find/")
    priya.writes(BOX, "leo")
    priya.page.get_by_text("Narrow it").click()
    priya.picks("People only", from_list="What to look for")
    priya.page.locator("main").get_by_role("button", name="Find", exact=True).click()
    priya.sees("Leo Marsh")
    priya.does_not_see("Concerns about the people above")


def test_advice_follows_what_was_written_and_a_lead_decides_about_words(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    draft = factories.draft(world)
    priya, lead = signed_in(world.priya), signed_in(world.school.lead)
    priya.opens(f"/concerns/{draft.reference}/statements/1/")
    priya.writes("What was seen?", "He seems low. CIN; talked of at the huddle.")
    priya.presses("Save and continue")
    priya.is_on("What you know")
    advice = priya.page.locator(".app-advice").first
    advice.locator("summary").click()
    priya.sees("child in need: a child whom the council must help", "“seems”", "Advice only.")
    inspector(priya)
    priya.opens(f"/concerns/{draft.reference}/check/")
    priya.sees("Could this be plainer?")
    inspector(priya)
    lead.opens("/words/")
    lead.is_on("Plain words")
    lead.writes("Word or abbreviation", "Huddle")
    lead.writes("In plain words", "morning meeting")
    lead.chooses("Word that others may not know")
    lead.presses("Add this word")
    lead.sees("The word has been added.", "morning meeting")
    inspector(lead)
    lead.opens("/record-quality/")
    lead.is_on("How we write")
    inspector(lead)
