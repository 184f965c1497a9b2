"""The reconciler finds what waits without a row, rows that wait for nothing, and rows nobody chases."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from sharing.models import Obligation, Reminder
from sharing.operations.reconcile import reconcile, reconcile_if_old
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.races.two import at_once
from tests.reminders.book import in_the_record, in_the_rows
from tests.sharing import deciding, moving

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(world: World) -> World:
    """A world in which each kind of thing waits."""
    for state in (State.SENT, State.RESTATED, State.UNDERSTOOD, State.NOT_MINE):
        factories.exchange_at(world, state)
    for done in (ActionState.PROPOSED, ActionState.AGREED, ActionState.REPORTED):
        factories.action_at(world, done)
    concern = factories.concern_at(world, "ASK")
    factories.enquiry(world, concern)
    factories.sent_in_emergency(world, concern)
    factories.summary_sent(world)
    deciding.understood(world)
    deciding.decided(world)
    for state in (State.SENT, State.RECEIVED):
        moving.proposed(world, factories.exchange_at(world, state))
    moving.received(world, moving.proposed(world, factories.exchange_at(world, State.SENT)))
    moving.accepted(world, moving.proposed(world, factories.exchange_at(world, State.SENT)))
    return world


def test_there_is_nothing_to_mend_where_nothing_went_wrong(busy: World) -> None:
    assert reconcile(at=busy.clock()) == 0


def test_what_lost_its_row_gets_it_again(busy: World) -> None:
    before = in_the_rows()
    lost = Obligation.objects.filter(settled_at__isnull=True)
    count = lost.count()
    lost.update(settled_at=busy.clock())
    assert in_the_rows() == set()
    # One row of the record that is read again can bring back more than one of what waits.
    assert 0 < reconcile(at=busy.clock()) <= count + 1
    assert in_the_rows() == before == in_the_record()
    chased = Reminder.objects.filter(obligation__settled_at__isnull=True, dropped_at__isnull=True)
    assert chased.values("obligation").distinct().count() == count


def test_a_row_for_what_is_over_is_settled(busy: World) -> None:
    over = factories.exchange_at(busy, State.WITHDRAWN)
    row = Obligation.objects.get(key=f"exchange:{over.pk}")
    row.pk, row.settled_at = None, None
    row.save(force_insert=True)
    assert reconcile(at=busy.clock()) == 1
    assert in_the_rows() == in_the_record()


def test_a_row_that_nobody_chases_gets_its_reminders(busy: World) -> None:
    row = Obligation.objects.filter(settled_at__isnull=True).earliest("pk")
    Obligation.objects.filter(pk=row.pk).update(version=row.version + 7)
    assert reconcile(at=busy.clock()) == 1
    assert Reminder.objects.filter(obligation=row, version=row.version + 7).exists()


def test_what_was_mended_is_reported(busy: World, caplog: pytest.LogCaptureFixture) -> None:
    Obligation.objects.filter(kind="ANSWER").update(settled_at=busy.clock())
    with caplog.at_level(logging.ERROR):
        reconcile(at=busy.clock())
    assert "obligations mended" in caplog.text


def test_it_is_done_every_ten_minutes_and_not_more_often(world: World) -> None:
    at = world.clock()
    assert reconcile_if_old(at=at) == 0
    assert reconcile_if_old(at=at + timedelta(minutes=9)) is None
    assert reconcile_if_old(at=at + timedelta(minutes=10)) == 0


def test_a_clock_that_stepped_back_does_not_stop_it(world: World) -> None:
    at = world.clock()
    reconcile_if_old(at=at)
    assert reconcile_if_old(at=at - timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once() -> None:
    world = factories.make_world()
    at = world.clock()
    found: list[int | None] = []
    outcome = at_once(*[lambda: found.append(reconcile_if_old(at=at)) for _ in range(2)])
    assert outcome.errors == []
    assert sorted(found, key=str) == [0, None]
