"""The partnership's coordinator sets a time limit, and a practitioner sees how theirs was counted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from agencies.models import TimeLimit
from sharing.states import State
from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World


def test_coordinator_sets_a_time_limit_from_a_day_on(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    TimeLimit.objects.filter(key="LADDER_4").update(withdrawn_at=timezone.now())
    cora = signed_in(world.coordinator)
    cora.opens("/partnership/")
    cora.follows("Set the time limits, and see what they were")
    cora.is_on("Time limits")
    cora.sees("These time limits are not set")
    look(inspector, cora)
    cora.presses("Set the suggested defaults where they are missing")
    cora.does_not_see("These time limits are not set")
    cora.follows("Change Disagreement, stage 1: practitioners")
    look(inspector, cora)
    cora.writes("How long?", "a fortnight")
    cora.presses("Set this time limit")
    cora.is_told("There is a problem", "Write working days")
    look(inspector, cora)
    cora.still_has("How long?", "a fortnight")
    cora.writes("How long?", "9 working days")
    cora.chooses("Local policy")
    cora.writes("Where does it come from?", "Escalation policy of 2027, section 4")
    cora.writes_date("From which day?", timezone.localdate() - timedelta(days=1))
    cora.presses("Set this time limit")
    cora.is_told("This has not been saved", "from today at the earliest")
    look(inspector, cora)
    cora.writes_date("From which day?", timezone.localdate() + timedelta(days=30))
    cora.presses("Set this time limit")
    cora.sees("To come: 9 working days", "Now: 1 working day")
    cora.writes("How long?", "2 hours")
    cora.chooses("Guidance")
    cora.writes("Where does it come from?", "Working Together 2026, page 12")
    cora.writes_date("From which day?", timezone.localdate())
    cora.presses("Set this time limit")
    cora.sees("Now: 2 hours", "Before: 1 working day")
    look(inspector, cora)
    cora.presses("Withdraw this")
    cora.sees("Withdrawn or replaced: 9 working days")
    cora.opens("/partnership/time-limits/")
    look(inspector, cora)


def test_how_it_was_counted_is_one_press_away(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    action = factories.propose(world, factories.exchange_at(world, State.UNDERSTOOD))
    tom = signed_in(world.tom)
    for path in (f"/exchanges/{exchange.reference}/", f"/actions/{action.reference}/", "/"):
        tom.opens(path)
        words = "How time limits are counted" if path == "/" else "How this was counted"
        tom.page.get_by_text(words).click()
        look(inspector, tom)


def look(inspector: Inspector, somebody: Somebody) -> None:
    """Look at a page although one of its kind was seen, because it is in another state."""
    inspector.seen.clear()
    inspector(somebody)
