"""The pages say who is reminded, what went and what is to come, and whose limit it is."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from sharing.models import Reminder
from sharing.operations.reminders import raise_due
from sharing.states import ActionState, State
from sharing.waiting.chasing import chased
from tests import factories
from tests.factories import World
from tests.reminders.book import the_obligation
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def test_what_went_and_what_is_to_come_is_said_in_order(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED, urgency="HIGH")
    row = the_obligation(f"exchange:{exchange.pk}")
    raise_due(at=row.due_at)
    (one,) = chased(exchange.reference)
    assert one.owner == world.tom
    said = [line.split(" on ")[0] for line in one.lines]
    assert said[-2:] == [
        "A notice to their lead that it is late goes",
        "A notice to the lead of the other side that it is late goes",
    ]
    assert "A reminder that it is due went" in said


def test_the_pages_of_both_sides_say_it(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    for member in (world.priya, world.tom):
        page = html.unescape(signed_in(member).get(f"/exchanges/{exchange.reference}/").content.decode())
        assert f"Reminders to {world.tom.label}: “Say back what you understood”" in page
    action = factories.action_at(world, ActionState.AGREED)
    page = html.unescape(signed_in(world.priya).get(f"/actions/{action.reference}/").content.decode())
    assert f"Reminders to {world.tom.label}" in page


def test_the_limit_on_the_page_is_that_of_whoever_has_the_turn(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    world.clock(minutes=60 * 24 * 5)
    factories.restated(world, exchange)
    row = the_obligation(f"exchange:{exchange.pk}")
    assert exchange.respond_by is not None
    assert row.due_at > exchange.respond_by + timedelta(days=1)
    page = signed_in(world.priya).get(f"/exchanges/{exchange.reference}/").content.decode()
    assert f"{row.due_at:%-d %B}" in page


def test_what_waits_for_nobody_has_no_reminders_on_its_page(world: World, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.WITHDRAWN)
    page = signed_in(world.priya).get(f"/exchanges/{exchange.reference}/").content.decode()
    assert "Reminders to" not in page


def test_a_reminder_that_failed_says_that_it_was_reported(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    Reminder.objects.filter(step="AT", obligation__reference=exchange.reference).update(
        set_aside_at=world.clock(), last_error="ValueError"
    )
    assert any("could not be made" in line for line in chased(exchange.reference)[0].lines)
