"""A secret address, two people of one name, and what went to the wrong one of them, by three people."""

from __future__ import annotations

from agencies.models import Membership
from records.models import Concern
from tests import factories
from tests.browser import sharing_steps as sharing
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World
from tests.guard.steps import concern_saying

SAID = "She said that they walked home to 14 Mill Ln. without anybody."
WHY = "He visits tonight, so he has to know where."


def test_from_a_secret_address_to_a_closed_breach(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    meant = factories.member(world.care.agency, "Marcus Webb", job_title="Social worker")
    taken_for = factories.member(world.gp.agency, "Marcus Webb", job_title="Practice nurse")
    concern = concern_saying(world, SAID)
    priya, marcus, hollis = (at_a_browser(one) for one in (world.priya, taken_for, world.school.lead))
    for somebody in (priya, marcus, hollis):
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()

    protects_the_address(priya, factories.main_person(concern).reference)
    exchange = chooses_the_wrong_one(priya, concern, meant, taken_for)
    is_stopped_and_sends_it_all_the_same(priya, exchange, taken_for)
    sends_it_back(marcus, exchange)
    enters_a_breach(priya, exchange)
    decides_and_closes(hollis)


def protects_the_address(speaker: Somebody, person: str) -> None:
    speaker.opens(f"/people/{person}/")
    speaker.follows("What must not be passed on about them")
    speaker.is_on("Protected details")
    speaker.follows("Protect a detail")
    speaker.is_on("Protect a detail")
    speaker.chooses("Address", to="What must not be passed on?")
    speaker.writes("Write it as it would be written", "14 Mill Lane\nHebden Bridge\nHX7 8AB")
    speaker.chooses("Everybody outside our agency")
    speaker.writes("Why?", "Their father must not find them.")
    speaker.presses("Protect this")
    speaker.is_on("Protected details")
    speaker.sees("Everybody outside our agency", "Their father must not find them.")


def chooses_the_wrong_one(
    speaker: Somebody, concern: Concern, meant: Membership, taken_for: Membership
) -> str:
    """Both are side by side, and one of them has to be picked."""
    speaker.opens(f"/concerns/{concern.reference}/do/listener/?of={taken_for.pk}")
    speaker.is_on("Is this the right place?")
    speaker.sees(meant.job_title, taken_for.job_title)
    speaker.writes("Is this the right person and the right place? How do you know?", "I rang to check.")
    speaker.chooses("They are responsible")
    speaker.presses("Choose this person")
    speaker.sees("Say which of these people you mean")
    speaker.chooses(f"Marcus Webb, {taken_for.agency.name}", to="Their names are alike")
    speaker.presses("Choose this person")
    choices = {"S1 version 2": sharing.KEY, "S2": sharing.SHARE, "S3": sharing.HOLD}
    sharing.chooses_what_to_tell(speaker, "Marcus Webb", choices, held_back_because="It adds nothing.")
    return f"{concern.reference}-X1"


def is_stopped_and_sends_it_all_the_same(speaker: Somebody, exchange: str, to: Membership) -> None:
    speaker.follows("Go on to send it")
    speaker.is_on("Check before you send")
    speaker.ticks("I have read it as they will see it")
    speaker.chooses(f"Marcus Webb, {to.agency.name}", to="Their names are alike")
    speaker.presses("Send it")
    speaker.sees("This has not been sent", "A protected address", "14 Mill Ln", "Send it all the same")
    speaker.is_on("Check before you send")
    speaker.presses("Send it all the same")
    speaker.sees("Say why you send it all the same.")
    speaker.writes("Why must it be sent all the same?", WHY)
    speaker.presses("Send it all the same")
    speaker.is_on("What you told Marcus Webb")
    speaker.sees("Sent although it holds a protected detail", WHY)


def sends_it_back(listener: Somebody, exchange: str) -> None:
    listener.opens_exchange(exchange)
    listener.presses("Open")
    listener.sees("14 Mill Ln")
    listener.follows("This is not for me")
    listener.presses("This is not for me")
    listener.is_told("The sender and their manager have been told.")


def enters_a_breach(speaker: Somebody, exchange: str) -> None:
    speaker.opens_exchange(exchange)
    speaker.follows("Record what was done")
    speaker.is_on("It reached the wrong person")
    speaker.sees("The record says: opened on")
    speaker.chooses("Yes: nobody else has it", to="Is it contained?")
    speaker.chooses("It was read", to="What was seen?")
    speaker.writes("What was done?", "He was rung and has told nobody.")
    speaker.writes("Who decided that?", "The data protection officer")
    speaker.chooses("Yes: open an entry", to="Is it a personal data breach?")
    speaker.writes("Why, or why not?", "It says where a child lives.")
    speaker.presses("Record this")
    speaker.is_told("What was done is recorded.")


def decides_and_closes(lead: Somebody) -> None:
    lead.goes_home()
    lead.sees("Decide what is done about a personal data breach")
    lead.opens("/breaches/")
    lead.is_on("Breaches")
    lead.follows("Open")
    lead.is_on("Breach 1")
    for question, answer in (("Decide whether to report it", "No"), ("Decide whether to tell", "Yes")):
        lead.follows(question)
        lead.chooses(answer)
        lead.writes("Why?", "He closed it at once; nobody is at risk from him.")
        lead.presses("Record this decision")
        lead.is_on("Breach 1")
    lead.follows("Close it")
    lead.is_on("Close this breach")
    lead.writes("When and how was the person told?", "By telephone on Tuesday, by Priya Nair.")
    lead.writes("What is done so that it does not happen again?", "The list shows the post first.")
    lead.presses("Close this breach")
    lead.is_on("Breach 1")
    lead.sees("Closed", "By telephone on Tuesday")
