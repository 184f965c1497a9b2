"""What people do about a subject access request, at a browser."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from tests.browser.somebody import Somebody


def writes_a_request_down(lead: Somebody, person: str, *, came: date) -> str:
    """From the person's page. Returns the reference."""
    lead.opens(f"/people/{person}/")
    lead.follows("Requests to see what is held about them")
    lead.is_on("Subject access requests")
    lead.chooses("Somebody with parental responsibility", to="Who asks?")
    lead.writes("Their name", "Kerry Marsh")
    lead.presses("Write it down")
    lead.is_told("Say what gives them authority to ask for the person")
    lead.is_on("Subject access requests")
    lead.still_has("Their name", "Kerry Marsh")
    lead.writes("What gives them authority to ask?", "His mother: on his birth certificate.")
    lead.writes_date("On which day did it come?", came)
    lead.writes("How did it come?", "A letter at the office.")
    lead.writes("What do they ask for?", "Everything about Leo.")
    lead.writes("How does the answer reach them safely?", "She comes for it.")
    lead.chooses("Yes, and that they may ask", to="Do you know who they are?")
    lead.writes("How do you know, or what were they asked to show?", "She showed her passport.")
    lead.presses("Write it down")
    lead.sees("Gather everything that your agency holds about them.")
    return lead.page.url.rstrip("/").rpartition("/")[2]


def holds_a_name_back(lead: Somebody, request: str, *, name: str) -> None:
    lead.opens(f"/subject-access/{request}/words/")
    lead.is_on("Words held back everywhere")
    lead.ticks(name, to="People who are named in it")
    lead.writes("Other words", "Ravenscroft garage")
    lead.chooses("[held back: another person]", to="What stands in their place?")
    lead.picks("It is about somebody else, who has not agreed", from_list="On which ground?")
    lead.writes("Why?", "He has not agreed, and he does not know that we know.")
    lead.presses("Hold them back everywhere")
    lead.sees("They are held back everywhere.", "Ravenscroft garage")


def holds_a_sentence_back(lead: Somebody, request: str, *, piece: str, sentence: str) -> None:
    lead.opens(f"/subject-access/{request}/pieces/")
    lead.is_on("The pieces")
    lead.page.locator("li.app-worklist__item", has_text=piece).get_by_role("link").first.click()
    lead.is_on("Statement")
    lead.chooses("Disclose it with parts held back", to="Is it disclosed?")
    lead.presses("Save this decision")
    lead.is_told("Tick the sentences that are held back", "Choose on which ground it is held back")
    lead.page.locator("label", has_text=sentence).click()
    lead.picks("Serious harm to somebody’s health", from_list="If something is held back: on which ground?")
    lead.writes("If something is held back: why?", "He would know who told us.")
    lead.presses("Save this decision")
    lead.sees("The decision is saved.", "[held back: part of this]")
    expect(lead.page.locator(".app-statement")).not_to_contain_text(sentence)


def checks_it(second: Somebody, request: str, *, answer: str) -> None:
    second.opens(f"/subject-access/{request}/preview/")
    second.is_on("What goes out")
    second.sees("You are the second person")
    second.chooses(answer, to="Is everything that goes out right")
    second.presses("Save what you found")
