"""A call in the night: from a day team that is closed to the duty team, typed, and confirmed later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies import operations as agencies
from agencies.models import Membership
from sharing.models import Round
from sharing.states import State
from tests import factories
from tests.browser import sharing_steps as sharing
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

SAID = "What is written here, and that he is at his aunt's until ten."
HAPPENED = "A boy has four marks on his arm and told you himself who made them."
WORRIES = "That he goes back tonight to the adult he named."
FIRST = "I ring his aunt now; if he has left, I send the police round."
TYPED = {
    "What has happened, as they understand it": HAPPENED,
    "What worries them, and why": WORRIES,
    "What they will do first, and what would make them act sooner": FIRST,
}
PROVISIONAL = "Typed by Priya Nair after a call, not yet confirmed in writing."


@pytest.fixture
def at_night(world: World) -> Membership:
    """The day team opens the day after tomorrow only, whenever this runs. Returns who is on duty."""
    days = [""] * 7
    days[(timezone.localdate() + timedelta(days=2)).weekday()] = "09:00-17:00"
    faye = factories.duty_team(world)
    began = factories.LONG_AGO
    agencies.set_opening_hours(
        world.care.agency, by=None, at=began, effective_from=timezone.localdate(began), days=days
    )
    return faye


def seated(at_a_browser: AtABrowser, inspector: Inspector, member: Membership) -> Somebody:
    somebody = at_a_browser(member)
    somebody.has_an_authenticator_app()
    somebody.is_signed_in_already()
    somebody.looks.append(inspector)
    return somebody


def test_a_call_in_the_night_is_logged_and_confirmed_in_writing(
    world: World, at_night: Membership, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    reference = factories.at_share(world).reference
    priya, faye = (seated(at_a_browser, inspector, member) for member in (world.priya, at_night))
    is_told_that_they_are_closed(priya, reference)
    chooses_who_is_on_duty(priya)
    choices = {"S1": sharing.KEY, "S2": sharing.SHARE, "S3": sharing.HOLD}
    sharing.chooses_what_to_tell(
        priya, "Faye Okoro", choices, held_back_because="My opinion adds nothing.", urgency="Urgent"
    )
    priya.follows("I have told them by telephone: log the call")
    priya.is_on("Log a call")
    says_how_the_call_was(priya)
    is_refused_an_acknowledgement(priya)
    writes_what_they_said(priya)
    priya.presses("Log this call and ask them to confirm it")
    priya.is_on("What you told Faye Okoro")
    priya.sees(PROVISIONAL, "Waiting for Faye Okoro to confirm in writing")
    confirms_in_the_morning(faye)
    exchange = Round.objects.get().exchange
    priya.opens_exchange(exchange.reference)
    priya.sees("confirmed in writing by Faye Okoro on", HAPPENED)
    priya.does_not_see(PROVISIONAL)


def is_told_that_they_are_closed(priya: Somebody, reference: str) -> None:
    priya.opens(f"/concerns/{reference}/do/")
    priya.is_on("Do")
    priya.follows("Choose somebody to tell")
    priya.writes("Name, role or agency", "Ashdown")
    priya.presses("Search the directory")
    priya.sees("Closed now. Opens", "What you send counts from then.")
    priya.follows("Choose Tom Ashdown")
    priya.is_on("Is this the right place?")
    priya.sees("Can it wait until they open?", "Open now: Wyrefold Emergency Duty Team", "01632 960 199")


def chooses_who_is_on_duty(priya: Somebody) -> None:
    priya.follows("Choose Faye Okoro")
    priya.is_on("Is this the right place?")
    priya.does_not_see("Closed now.")
    priya.writes("Is this the right person and the right place? How do you know?", "I rang the duty desk.")
    priya.chooses("They are responsible")
    priya.presses("Choose this person")


def says_how_the_call_was(priya: Somebody) -> None:
    at = timezone.localtime() - timedelta(minutes=9)
    priya.chooses("01632 960 199: Duty desk")
    priya.writes_date("On which day?", at.date())
    priya.writes("At what time did the call begin?", f"{at:%H:%M}")
    priya.writes("How many minutes did you speak?", "6")
    priya.writes("What did you tell them?", SAID)
    for group in priya.page.get_by_role("group", name="Key item").all():
        group.get_by_label("Understood", exact=True).check()
    priya.chooses("Yes, they said it back as I meant it")


def is_refused_an_acknowledgement(priya: Somebody) -> None:
    for prompt in TYPED:
        priya.writes(prompt, "Noted, thanks.")
    priya.presses("Log this call and ask them to confirm it")
    priya.is_on("Log a call")
    priya.is_told("It does not yet say what they understood.")
    priya.still_has("What did you tell them?", SAID)


def writes_what_they_said(priya: Somebody) -> None:
    for prompt, words in TYPED.items():
        priya.writes(prompt, words)


def confirms_in_the_morning(faye: Somebody) -> None:
    faye.goes_home()
    faye.sees("Confirm in writing what you said on the telephone")
    faye.follows("Confirm it")
    faye.is_on("Is this what you said?")
    faye.sees(PROVISIONAL, HAPPENED, WORRIES, FIRST)
    faye.presses("Yes, that is what I said")
    faye.is_on("Information from Priya Nair")
    faye.sees("It is understood.", "confirmed in writing by Faye Okoro on")


def test_what_was_typed_is_put_differently_on_a_small_telephone_without_javascript(
    world: World, at_320px: None, without_javascript: None, signed_in: AtABrowser
) -> None:
    exchange = factories.exchange_at(world, State.SPOKEN)
    tom, priya = signed_in(world.tom), signed_in(world.priya)
    tom.opens_exchange(exchange.reference)
    tom.follows("Read it and answer")
    tom.is_on("Is this what you said?")
    tom.follows("No, I said it differently")
    tom.is_on("Say what you said")
    tom.still_has("What has happened, as I understand it", factories.OWN_WORDS["what_happened"])
    tom.writes("What worries me, and why", "That nobody knows who is at home, and I said so twice.")
    tom.presses("Send this back to be checked")
    tom.sees("Not what they said", "Tom Ashdown said on")
    priya.opens_exchange(exchange.reference)
    priya.sees("Check what was said back")
    assert priya.page.locator("del").first.is_visible()
