"""A family moves to the next area, and a decision comes back: both sides, on machines whose clocks differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from sharing.models import Exchange, Transfer
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser.conftest import PATIENCE, AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import Staff, World
from tests.sharing import deciding, moving

HAPPENED = "A new mark on his arm that two people looked at, and he says who did it."
WORRIES = "Nobody sees him between the two areas."
FIRST = "I see him at home tomorrow. If nobody opens, I ring you the same hour."


@pytest.fixture
def north(world: World) -> Staff:
    return moving.northmoor(world)


def is_seated(somebody: Somebody, inspector: Inspector) -> None:
    somebody.looks.append(inspector)
    somebody.has_an_authenticator_app()
    somebody.is_signed_in_already()


def test_a_family_moves_and_the_other_area_accepts_in_writing(
    world: World, north: Staff, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    exchange = moving.told(world, north)
    priya, sana = at_a_browser(world.priya), at_a_browser(north.practitioner)
    for somebody in (priya, sana):
        is_seated(somebody, inspector)

    asks_northmoor(priya, exchange)
    transfer = Transfer.objects.get()
    sees_who_is_responsible(sana, transfer, "St Wulstan’s Primary")
    sana.sees("Not received in writing yet", "A telephone call starts no clock.")
    sana.does_not_see("The lease is signed.")
    sana.follows(f"Go to {exchange.reference}")
    check_back.opens_what_was_sent(sana, exchange.reference, sender="Priya Nair", secret="You are on duty")
    sana.sees("Both limits count from here.")
    check_back.says_back(sana, happened=HAPPENED, worries=WORRIES, first=FIRST)
    cannot_accept_before_it_is_understood(sana, transfer)
    check_back.confirms(priya, exchange.reference)
    accepts(sana, transfer)
    priya.opens_concern(transfer.concern.reference)
    priya.sees("Responsible now: Northmoor Children’s Services", "A telephone call starts no clock.")
    sees_who_is_responsible(priya, transfer, "Northmoor Children’s Services")
    notes_the_conference(sana, transfer)


def asks_northmoor(priya: Somebody, exchange: Exchange) -> None:
    priya.opens_concern(exchange.cycle.concern.reference)
    priya.follows("hand over to another area")
    priya.is_on("Hand over to another area")
    priya.writes("Why should responsibility pass?", "The lease is signed.")
    called = timezone.localtime() - timedelta(days=1)
    priya.chooses("Yes", to="Have you telephoned them about it?")
    priya.writes_date("On which day?", called.date())
    priya.writes("At what time?", "9:40")
    priya.writes("With whom did you speak?", "Their duty desk")
    priya.writes("What was said?", "They take it from here.")
    priya.presses("Ask them to take it on")
    priya.is_on("Hand-over to Northmoor Children’s Services")
    priya.sees("Waiting for Sana Malik to confirm receipt in writing")


def sees_who_is_responsible(somebody: Somebody, transfer: Transfer, agency: str) -> None:
    somebody.opens(f"/transfers/{transfer.reference}/")
    somebody.is_on("Hand-over")
    somebody.sees(f"Responsible now: {agency}, since")


def cannot_accept_before_it_is_understood(sana: Somebody, transfer: Transfer) -> None:
    sana.opens(f"/transfers/{transfer.reference}/accept/")
    sana.sees("has not been understood yet, so it cannot be accepted")


def accepts(sana: Somebody, transfer: Transfer) -> None:
    sana.goes_home()
    sana.sees("Say whether your area takes on responsibility")
    sana.opens(f"/transfers/{transfer.reference}/")
    sana.is_on("Hand-over from St Wulstan’s Primary")
    sana.follows("Accept responsibility")
    sana.is_on("Accept responsibility")
    sana.picks("Bryn Pugh, Social worker", from_list="Who takes it on?")
    sana.writes("What do you take on?", "We see him at home tomorrow.")
    sana.presses("Accept responsibility")
    sana.is_on("Hand-over from St Wulstan’s Primary")
    sana.sees("Responsible now: Northmoor Children’s Services", "Conference due")


def notes_the_conference(sana: Somebody, transfer: Transfer) -> None:
    sana.opens(f"/transfers/{transfer.reference}/")
    sana.follows("Write the conference down")
    sana.is_on("The conference")
    sana.writes_date("On which day was the conference?", timezone.localdate())
    sana.presses("Write the conference down")
    sana.is_on("Hand-over from St Wulstan’s Primary")
    sana.sees("Conference held on")


def test_a_decision_comes_back_and_is_said_back(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    exchange = deciding.understood(world)
    priya, tom = at_a_browser(world.priya), at_a_browser(world.tom)
    for somebody in (priya, tom):
        is_seated(somebody, inspector)

    tom.opens_exchange(exchange.reference)
    tom.is_on("Information from Priya Nair")
    tom.follows("Send the decision")
    tom.is_on("Send the decision")
    tom.writes("What was decided?", deciding.WORDS["decided"])
    tom.writes("Why?", deciding.WORDS["why"])
    tom.writes("What happens next, and by when?", deciding.WORDS["what_next"])
    tom.writes("What would change it?", deciding.WORDS["what_would_change_it"])
    tom.presses("Send the decision")
    tom.is_on("Information from Priya Nair")
    decision = Exchange.objects.get(kind="DECISION")
    tom.sees(f"Open the decision, {decision.reference}")

    check_back.opens_what_was_sent(
        priya, decision.reference, sender="Tom Ashdown", secret=deciding.WORDS["decided"]
    )
    check_back.says_back(
        priya,
        happened="Family help looks at how they manage, and somebody comes this week.",
        worries="If it is put off, he is where he was before.",
        first="I keep a note each day; a third mark and I ring you at once.",
    )
    check_back.confirms(tom, decision.reference)
    priya.opens_exchange(exchange.reference)
    priya.sees("The decision was sent on", "It is understood.")


# --- Two people on machines with different clocks ------------------------------------------------

FRIDAY = datetime.fromisoformat("2027-01-15T16:40:00+00:00")
MONDAY = datetime.fromisoformat("2027-01-18T09:00:00+00:00")


@pytest.fixture
def somewhere_else(chromium: Browser, live_server: LiveServer) -> Iterator[object]:
    """Seat somebody at a machine with a zone and a clock of its own."""
    windows = []

    def seat(member: object, zone: str, shows: datetime) -> Somebody:
        window = chromium.new_context(
            base_url=live_server.url,
            locale="en-GB",
            timezone_id=zone,
            viewport={"width": 1280, "height": 900},
        )
        window.set_default_timeout(PATIENCE)
        window.clock.set_fixed_time(shows)
        windows.append(window)
        return Somebody(member, window)  # type: ignore[arg-type]  # a membership

    yield seat
    for window in windows:
        window.close()


def test_what_counts_is_the_time_in_london_whatever_a_machine_thinks(
    world: World, north: Staff, somewhere_else: object, password_is_enough: None
) -> None:
    """One machine is in Auckland and three days ahead, the other in Los Angeles and years behind."""
    with time_machine.travel(FRIDAY - timedelta(minutes=20), tick=True):
        world.clock.moment = timezone.now() - timedelta(hours=20)
        exchange = moving.told(world, north, at=timezone.now())
        priya = somewhere_else(world.priya, "Pacific/Auckland", FRIDAY + timedelta(days=3))  # type: ignore[operator]
        sana = somewhere_else(north.practitioner, "America/Los_Angeles", FRIDAY - timedelta(days=2000))  # type: ignore[operator]
        assert "Auckland" in priya.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
        assert priya.evaluate("new Date().getTime()") > sana.evaluate("new Date().getTime()")
    with time_machine.travel(FRIDAY, tick=True):
        world.clock.moment = timezone.now()
        transfer = moving.proposed(
            world, exchange, called_at=FRIDAY, with_whom="Their duty desk", what_was_said="They have it."
        )
    with time_machine.travel(MONDAY, tick=True):
        priya.is_signed_in_already()
        sana.is_signed_in_already()
        check_back.opens_what_was_sent(
            sana, exchange.reference, sender="Priya Nair", secret="You are on duty"
        )
        for somebody in (priya, sana):
            somebody.opens(f"/transfers/{transfer.reference}/")
            somebody.sees(
                "Telephoned on Friday 15 January 2027 at 16:40",
                "Received in writing on Monday 18 January 2027 at 09:0",
                "by 17:00 on Tuesday 19 January",
                "by 17:00 on Monday 8 February",
            )
    row = Transfer.objects.get()
    assert row.received_at is not None
    assert MONDAY <= row.received_at < MONDAY + timedelta(minutes=5)
    assert factories.again(exchange).received_at == row.received_at
