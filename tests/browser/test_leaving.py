"""Somebody leaves: they hand over, the successor says it back, and their role ends.

Priya, who leaves the school; Anna, who takes over from her; Ada, who looks after the staff.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sharing.models import Handover, Stage
from sharing.states import State
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = "He is best seen before lunch."


def cannot_end_her_role_yet(ada: Somebody, priya: str, concern: str) -> None:
    """The page says what is open, in numbers, and offers no button."""
    ada.opens("/team/")
    ada.follows(f"Look after {priya}")
    ada.follows("End their role")
    ada.is_on(f"End the role of {priya}?")
    ada.sees("This role cannot end yet.", concern)
    ada.does_not_see("marks")


def hands_over(priya: Somebody, *, to: str) -> None:
    """From home: choose who takes over, look at what they will be told, and send it."""
    priya.goes_home()
    priya.follows("hand over your work")
    priya.is_on("Hand over your work")
    priya.picks(to, from_list="Who takes over?")
    priya.writes("What should they know besides? (optional)", NOTE)
    priya.presses("See what they will be told")
    priya.sees("Check what they will be told", NOTE)
    priya.is_on("Hand over your work")
    priya.presses("Hand it over")
    priya.is_told("Handed over. They have been asked to say it back.")
    priya.sees("has not opened it")


def journey(ada: Somebody, priya: Somebody, anna: Somebody, world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    concern = exchange.cycle.concern.reference
    cannot_end_her_role_yet(ada, priya.name, concern)
    hands_over(priya, to="Anna Bell, Designated safeguarding lead")
    handed = Handover.objects.get().exchange
    assert handed is not None
    check_back.opens_what_was_sent(anna, handed.reference, sender="Priya Nair", secret=NOTE)
    check_back.says_back(
        anna,
        happened="The social worker has said back what you told him of his arm, and you had not looked.",
        worries="Nobody would notice if he had got it wrong, and the boy goes home at three.",
        first="I read his words today and ring him. If he is not seen by noon, I go to the head.",
    )
    check_back.confirms(priya, handed.reference)
    anna.opens_exchange(exchange.reference)
    anna.sees("Priya Nair said this.", "Anna Bell has taken over from them.", "Check what was said back")
    check_back.confirms(anna, exchange.reference)
    priya.opens_exchange(exchange.reference)
    priya.does_not_see("Withdraw it")
    ada.opens(f"/team/{priya.member.pk}/end/")
    ada.sees("They can do nothing more")
    ada.presses("End their role")
    ada.is_told("Ended.")


def test_somebody_leaves(signed_in: AtABrowser, world: World, inspector: Inspector) -> None:
    staff = world.school
    people = [signed_in(one) for one in (staff.administrator, world.priya, staff.colleague)]
    for one in people:
        one.looks.append(inspector)
    journey(people[0], people[1], people[2], world)


def test_it_works_at_320_pixels_without_javascript(
    at_320px: None, without_javascript: None, signed_in: AtABrowser, world: World
) -> None:
    factories.concern_at(world, Stage.SHARE)
    priya = signed_in(world.priya)
    hands_over(priya, to="Anna Bell, Designated safeguarding lead")


def test_the_cover_calendar_prints_and_fits(
    signed_in: AtABrowser, world: World, inspector: Inspector
) -> None:
    factories.exchange_at(world, State.RESTATED)
    lead = signed_in(world.school.lead)
    lead.looks.append(inspector)
    lead.opens("/")
    lead.follows("Your agency’s work")
    lead.follows("Cover")
    lead.is_on("Cover")
    lead.follows("Priya Nair")
    lead.follows("Record an absence")
    lead.is_on("Record an absence")
    today = timezone.localdate()
    lead.writes_date("First day away", today)
    lead.writes_date("Last day away", today + timedelta(days=30))
    lead.presses("Record the absence")
    lead.is_told("Absence recorded.")
    lead.presses("End today")  # the deputy of these tests
    lead.opens("/cover/")
    lead.sees("Days without cover", "Without cover")
    lead.is_on("Cover")
    lead.page.emulate_media(media="print")
    expect(lead.page.get_by_text("Record an absence or name a deputy")).to_be_hidden()
    lead.sees("Six weeks, day by day")
