"""What was said by telephone is reminded of until it is confirmed in writing, and then no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from notifications.models import Message
from sharing.models import Exchange, Obligation, Reminder
from sharing.operations import check_back
from sharing.operations.again import remind_again
from sharing.operations.reminders import raise_due
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.reminders.book import london, reminders_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def to_confirm(world: World) -> Obligation:
    """A call on Monday morning that Tom is to confirm in writing."""
    exchange = factories.exchange_at(world, State.SPOKEN)
    Reminder.objects.exclude(obligation__reference=exchange.reference).update(dropped_at=world.clock())
    return Obligation.objects.get(reference=exchange.reference, settled_at__isnull=True)


def exchange_of(row: Obligation) -> Exchange:
    return Exchange.objects.get(reference=row.reference)


def told(row: Obligation, *, at: datetime) -> list[tuple[str, object]]:
    """Let a moment come, and return whom it told of what."""
    before = set(Message.objects.values_list("pk", flat=True))
    raise_due(at=at)
    new = Message.objects.filter(reference=row.reference).exclude(pk__in=before)
    return list(new.values_list("kind", "to_member_id"))


def all_gone(row: Obligation) -> datetime:
    """Let every reminder of it go, and return when the last one did."""
    last = max(reminders_of(row).values())
    raise_due(at=last + SECOND)
    return last + SECOND


def test_it_is_chased_like_everything_that_waits(world: World) -> None:
    row = to_confirm(world)
    assert (row.kind, row.owner, row.due_at) == ("CONFIRM_SPOKEN", world.tom, london("2027-01-12 17:00"))
    assert reminders_of(row) == {
        "BEFORE": london("2027-01-11 17:00"),
        "AT": london("2027-01-12 17:00"),
        "LEAD": london("2027-01-13 09:00"),
        "OTHER_LEAD": london("2027-01-14 09:00"),
    }


def test_then_it_is_reminded_of_at_each_opening_until_it_is_confirmed(world: World) -> None:
    row = to_confirm(world)
    gone = all_gone(row)
    assert remind_again(at=gone) == 0, "not on the heels of the last one"
    for opening in ("2027-01-15 09:00", "2027-01-18 09:00", "2027-01-19 09:00"):
        at = gone + timedelta(hours=13)
        assert remind_again(at=at) == 1
        assert remind_again(at=at) == 0, "twice is once"
        row.refresh_from_db()
        assert reminders_of(row) == {"AT": london(opening)}
        gone = london(opening) + SECOND
        assert told(row, at=gone) == [("DUE", world.tom.pk)]
    factories.said(world, exchange_of(row))
    assert remind_again(at=gone + timedelta(days=3)) == 0


def test_withdrawn_it_is_reminded_of_no_more(world: World) -> None:
    row = to_confirm(world)
    gone = all_gone(row)
    check_back.withdraw(exchange_of(row), by=world.priya, at=world.clock(), why="Wrong child.")
    assert remind_again(at=gone + timedelta(days=1)) == 0
    assert told(row, at=gone + timedelta(days=7)) == []


def test_a_duty_team_that_never_closes_is_reminded_a_day_later(world: World) -> None:
    faye = factories.duty_team(world)
    exchange = factories.exchange_at(world, State.SENT, listener=faye)
    factories.called(world, exchange)
    Reminder.objects.exclude(obligation__reference=exchange.reference).update(dropped_at=world.clock())
    row = Obligation.objects.get(reference=exchange.reference, settled_at__isnull=True)
    gone = all_gone(row) + timedelta(hours=12)
    assert remind_again(at=gone) == 1
    row.refresh_from_db()
    assert reminders_of(row) == {"AT": gone + timedelta(hours=24)}


def test_nothing_else_is_reminded_of_for_ever(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    row = Obligation.objects.get(reference=exchange.reference, settled_at__isnull=True)
    raise_due(at=max(reminders_of(row).values()) + SECOND)
    assert remind_again(at=row.due_at + timedelta(days=30)) == 0
