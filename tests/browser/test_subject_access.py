"""A mother asks what the school holds: from her letter to the answer, at the browsers of two leads."""

from __future__ import annotations

import io

from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from agencies.operations import jobs
from records import operations as records
from sharing.models import AccessRequest
from sharing.operations import redaction
from sharing.subject_access import contents
from tests import answering, factories
from tests.browser import answering_steps as steps
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.test_corrections import at_browsers
from tests.factories import World

SENTENCE = "He waits at the corner every Thursday."


def a_child(world: World) -> str:
    """Leo, in whose concern his mother's partner is named, with something on hold. Returns his reference."""
    concern = answering.a_concern(world)
    records.add_statement(
        concern, by=world.priya, at=world.clock(), kind="REPORTED", source="His aunt, by phone",
        text=f"Dean Ashby took him to the Ravenscroft garage. {SENTENCE} He was calm.",
        happened_at=world.clock.moment,
    )  # fmt: skip
    person = factories.main_person(concern)
    answering.add_relative(world, person, "Dean", "Ashby")
    answering.on_hold(world, concern)
    return person.reference


def test_from_her_letter_to_the_answer(world: World, at_a_browser: AtABrowser, inspector: Inspector) -> None:
    child, other = a_child(world), answering.second_lead(world)
    lena, second, priya = at_browsers(at_a_browser, inspector, world.school.lead, other, world.priya)
    request = steps.writes_a_request_down(lena, child, came=timezone.localdate())
    lena.is_on("Leo Marsh")
    lena.presses("Gather what is held")
    lena.sees("Everything that is held is gathered.")
    steps.holds_a_name_back(lena, request, name="Dean Ashby")
    steps.holds_a_sentence_back(lena, request, piece="Ravenscroft", sentence=SENTENCE)

    lena.opens(f"/subject-access/{request}/pieces/")
    lena.page.locator("li.app-worklist__item", has_text="Four small round marks").get_by_role(
        "link"
    ).first.click()
    lena.sees("Do not disclose without a decision.")
    lena.follows("Decide about it")
    lena.is_on("Do not disclose without a decision")
    lena.writes("Whom did you ask?", "DC Silas Webb")
    lena.writes_date("On which day?", timezone.localdate())
    lena.writes("What did they say?", "The interview is over.")
    lena.chooses("It may be disclosed", to="May it be disclosed?")
    lena.writes("Why?", "The police no longer object.")
    lena.presses("Save this decision")
    lena.sees("The decision is saved.")

    found = AccessRequest.objects.get(reference=request)
    for one in contents.of(found).shown:
        if one.decision is None:
            redaction.decide_piece(one.piece, by=world.school.lead, at=timezone.now(), answer="DISCLOSE")
    lena.opens(f"/subject-access/{request}/preview/")
    lena.is_on("What goes out")
    lena.sees("[held back: another person]", "[held back: part of this]")
    expect(lena.page.locator("main")).not_to_contain_text("Ravenscroft")
    expect(lena.page.locator("main")).not_to_contain_text("Dean")
    lena.presses("Ask a second person to check it")
    lena.sees("You prepared it, so you cannot.")

    second.goes_home()
    second.sees("Check what is held back from a subject access request")
    steps.checks_it(second, request, answer="Yes: the bundle can be made of exactly this")
    lena.opens(f"/subject-access/{request}/")
    lena.presses("Make the bundle")
    jobs.work()
    lena.follows("Look again")
    lena.follows("See what came of it")
    lena.sees("Download the bundle and send it, then write down how it was sent.")
    with lena.page.expect_download() as download:
        lena.follows("Download")
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
    )
    assert "Dean" not in text
    assert "[held back: another person]" in " ".join(text.split())
    lena.follows("Write down how it was sent")
    lena.is_on("Version 1 was sent")
    lena.writes_date("On which day was it sent?", timezone.localdate())
    lena.writes(
        "How was it sent, and how was it made sure that it reaches the right person?", "Handed to her."
    )
    lena.presses("It was sent")
    lena.sees("That it was sent is written down.")
    lena.opens(f"/subject-access/{request}/log/")
    lena.is_on("Internal log")
    lena.sees(SENTENCE, "He would know who told us.", "DC Silas Webb")
    lena.opens(f"/subject-access/{request}/")
    lena.follows("Close it")
    lena.is_on("Close the request")
    lena.chooses("Answered", to="How does it end?")
    lena.writes("Why, and what was whoever asked told?", "She has it.")
    lena.presses("Close this request")
    lena.sees("The request is closed.")
    lena.opens("/subject-access/")
    lena.is_on("Subject access requests")
    assert priya.opens(f"/subject-access/{request}/") == 403


def test_a_practitioner_puts_something_on_hold(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    concern = answering.a_concern(world)
    (priya,) = at_browsers(at_a_browser, inspector, world.priya)
    priya.opens(f"/concerns/{concern.reference}/record/")
    priya.follows("On hold")
    priya.is_on("Do not disclose without a decision")
    statement = answering.on_hold_choices(concern)[0]
    priya.picks(statement, from_list="What must not be disclosed without a decision?")
    priya.chooses("Part of a police investigation", to="What is the reason?")
    priya.writes("Why?", "He has not been interviewed.")
    priya.presses("Put it on hold")
    priya.sees("It is on hold.", "He has not been interviewed.")
