"""A record is closed to all but named people, opened in an emergency, and looked at afterwards by a lead."""

from __future__ import annotations

from playwright.sync_api import expect

from sharing.models import Stage
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

WHY = "A child of this family is missing since noon; I need to know where else she stays."


def test_from_a_closed_record_to_what_a_lead_found(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    reference = factories.concern_at(world, Stage.ASK).reference
    hollis, anna, otto = (
        at_a_browser(one) for one in (world.school.lead, world.school.colleague, world.school.auditor)
    )
    for somebody in (hollis, anna, otto):
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()

    closes_the_record(hollis, reference)
    finds_no_such_page_and_opens_it(anna, reference)
    closes_it_again(anna, reference)
    says_whether_it_was_right(hollis, reference)
    sees_who_looked(hollis, reference)
    searches_the_access_log(otto, reference)
    opens_it_to_everybody(hollis, reference)


def closes_the_record(lead: Somebody, reference: str) -> None:
    lead.opens(f"/concerns/{reference}/record/")
    lead.follows("Who may open it")
    lead.is_on("Who may open it")
    lead.sees("Everybody of your agency who works with concerns can open this record.")
    lead.presses("Close the record to everybody else")
    lead.sees("Say why only named people may open this record")
    lead.is_on("Who may open it")
    lead.writes("Why may only named people open it?", "It is about somebody who works with two of us.")
    lead.writes("Who may open it, besides the owner and the leads? (optional)", "Robin Twohats")
    lead.presses("Close the record to everybody else")
    lead.is_told("From now on only the people named here can open it.")
    lead.is_on("Who may open it")
    lead.sees("Robin Twohats, Link worker")


def finds_no_such_page_and_opens_it(colleague: Somebody, reference: str) -> None:
    assert colleague.opens(f"/concerns/{reference}/") == 404
    colleague.is_on("Page not found")
    colleague.follows("Open a record that is closed to you")
    colleague.is_on("Open a record that is closed to you")
    colleague.writes("Reference of the record", reference)
    colleague.writes("Why do you need it now?", "Urgent")
    colleague.presses("Open the record now")
    colleague.is_told("Say why you need this record now, in a sentence")
    colleague.is_on("Open a record that is closed to you")
    colleague.writes("Why do you need it now?", WHY)
    colleague.presses("Open the record now")
    colleague.is_on("Concern")
    colleague.sees("is open to you for", "The leads of your agency have been told.")
    colleague.opens("/directory/")
    colleague.sees("is open to you for")


def closes_it_again(colleague: Somebody, reference: str) -> None:
    colleague.presses("Close it again now")
    colleague.is_told(f"{reference} is closed to you again.")
    expect(colleague.page.get_by_text("is open to you for")).to_have_count(0)
    assert colleague.opens(f"/concerns/{reference}/") == 404


def says_whether_it_was_right(lead: Somebody, reference: str) -> None:
    lead.goes_home()
    lead.sees("Look at why a closed record was opened")
    lead.follows("Look at it")
    lead.is_on("A closed record was opened in an emergency")
    lead.sees(WHY, "What they looked at")
    lead.chooses("Yes, it was right to open it")
    lead.writes("What did you look at, and what follows from it?", "Spoke to her. She is let in from now on.")
    lead.presses("Save what you found")
    lead.is_told("What you found is on the record.")
    lead.is_on("A closed record was opened in an emergency")
    lead.sees("Spoke to her. She is let in from now on.")


def sees_who_looked(lead: Somebody, reference: str) -> None:
    lead.opens(f"/concerns/{reference}/record/")
    lead.follows("Who looked")
    lead.is_on("Who looked")
    lead.sees(f"In an emergency, {reference}-E1: {WHY}")
    lead.picks("Refused", from_list="Kind of look")
    lead.presses("Show")
    lead.is_on("Who looked")
    lead.sees("not theirs, or no such")
    lead.does_not_see(WHY)


def searches_the_access_log(auditor: Somebody, reference: str) -> None:
    auditor.opens("/audit/access/")
    auditor.is_on("Access log")
    auditor.writes("Reference", reference)
    auditor.picks("Closed records opened in an emergency", from_list="Only")
    auditor.presses("Show")
    auditor.is_on("Access log")
    auditor.sees(f"In an emergency, {reference}-E1")
    auditor.does_not_see(WHY)
    with auditor.page.expect_download() as taken:
        auditor.follows("Download these looks (CSV)")
    assert reference in taken.value.path().read_text()


def opens_it_to_everybody(lead: Somebody, reference: str) -> None:
    lead.opens(f"/concerns/{reference}/restriction/")
    lead.follows("Open it to the agency again")
    lead.is_on("Open it to the agency again")
    lead.writes("Why may everybody of your agency who works with concerns open it again?", "They have left.")
    lead.presses("Open it to the agency again")
    lead.is_told("Your agency can open this record again.")
    lead.sees("They have left.")
