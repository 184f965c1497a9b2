"""What waits is a row, written with the change that causes it, and says nothing else than the record."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from sharing.models import Obligation, Reminder, Stage
from sharing.operations import actions, check_back
from sharing.operations.reconcile import reconcile
from sharing.states import ActionState, State
from tests import factories
from tests.deeds import DEEDS
from tests.factories import World
from tests.reminders.book import in_the_record, in_the_rows, reminders_of, the_obligation

pytestmark = pytest.mark.django_db
TURNS = {
    State.SENT: ("OPEN", "tom"),
    State.OPENED: ("RECEIVE", "tom"),
    State.RECEIVED: ("SAY_BACK", "tom"),
    State.RESTATED: ("CHECK", "priya"),
    State.CORRECTED: ("SAY_AGAIN", "tom"),
}


@pytest.mark.parametrize("state", State)
def test_the_rows_say_what_the_record_says_in_every_state(world: World, state: State) -> None:
    factories.exchange_at(world, state)
    assert in_the_rows() == in_the_record()


@pytest.mark.parametrize("state", ActionState)
def test_the_rows_say_what_the_record_says_of_every_action(world: World, state: ActionState) -> None:
    factories.action_at(world, state)
    assert in_the_rows() == in_the_record()


@pytest.mark.parametrize("stage", [Stage.ASK, Stage.RECORD, Stage.CLOSED])
def test_the_rows_say_what_the_record_says_at_every_stage(world: World, stage: Stage) -> None:
    factories.concern_at(world, stage)
    assert in_the_rows() == in_the_record()


@pytest.mark.parametrize("name", sorted(name for name in DEEDS if name.startswith(("sharing.", "consent."))))
def test_every_operation_leaves_the_rows_as_the_record_has_it_and_nothing_to_mend(
    world: World, name: str
) -> None:
    DEEDS[name](world)()
    assert in_the_rows() == in_the_record()
    assert reconcile(at=world.clock()) == 0


@pytest.mark.parametrize("state", TURNS)
def test_a_check_back_waits_for_one_person_at_a_time(world: World, state: State) -> None:
    exchange = factories.exchange_at(world, state)
    row = the_obligation(f"exchange:{exchange.pk}")
    kind, owner = TURNS[state]
    assert (row.kind, row.owner) == (kind, getattr(world, owner))
    assert row.other == (world.priya if owner == "tom" else world.tom)


def test_the_limit_of_a_check_back_starts_anew_with_each_turn(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    first = the_obligation(f"exchange:{exchange.pk}")
    assert first.due_at == exchange.respond_by
    world.clock(minutes=26 * 60)
    factories.restated(world, exchange)
    second = the_obligation(f"exchange:{exchange.pk}")
    assert second.pk == first.pk
    assert second.due_at > first.due_at
    assert second.version == first.version + 1


def test_opening_and_receiving_move_nothing(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    before = the_obligation(f"exchange:{exchange.pk}")
    factories.received(world, exchange)
    after = the_obligation(f"exchange:{exchange.pk}")
    assert (after.version, after.due_at) == (before.version, before.due_at)
    assert reminders_of(after) == reminders_of(before)


def test_an_action_waits_only_once_what_it_rests_on_is_understood(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    action = factories.propose(world, exchange)
    assert not Obligation.objects.filter(key=f"action:{action.pk}").exists()
    factories.confirmed(world, exchange)
    row = the_obligation(f"action:{action.pk}")
    assert (row.kind, row.owner) == ("TAKE_ON", world.tom)
    actions.accept(action, by=world.tom, at=world.clock())
    row.refresh_from_db()
    assert (row.kind, row.due_at) == ("DO", action.due_at)


def test_what_is_withdrawn_waits_no_more_and_neither_do_its_actions(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    factories.propose(world, exchange)
    check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    open_ones = Obligation.objects.filter(settled_at__isnull=True).exclude(kind="INFORM")
    assert not open_ones.exists()


def test_whether_one_agrees_is_not_asked_once_the_cycle_has_ended(world: World) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    assert Obligation.objects.filter(concern=concern, kind="AGREE").exists()
    factories.finish_record(world, concern)
    factories.move(world, concern, "close")
    assert not Obligation.objects.filter(concern=concern, kind="AGREE", settled_at__isnull=True).exists()


def test_the_other_side_does_not_see_that_it_was_misdirected_to_them(world: World) -> None:
    exchange = factories.exchange_at(world, State.NOT_MINE)
    row = the_obligation(f"incident:{exchange.incident.pk}")
    assert (row.owner, row.is_urgent) == (world.priya, True)


def test_the_database_keeps_one_open_row_for_a_thing_and_deletes_none(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    row = the_obligation(f"exchange:{exchange.pk}")
    reminder = row.reminders.earliest("send_at")
    for wrong in (row.delete, reminder.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()
    row.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.create(
            obligation=the_obligation(row.key), step=reminder.step, version=reminder.version,
            send_at=reminder.send_at,
        )  # fmt: skip


def test_a_settled_row_is_frozen(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    row = Obligation.objects.get(key=f"exchange:{exchange.pk}")
    with pytest.raises(DatabaseError), transaction.atomic():
        Obligation.objects.filter(pk=row.pk).update(settled_at=None)


@pytest.mark.parametrize("how", ["withdrawn", "not mine"])
def test_a_disagreement_about_what_is_gone_waits_as_the_record_has_it(world: World, how: str) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    factories.disagreement(world, exchange, both=False)
    if how == "withdrawn":
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    else:
        check_back.not_mine(exchange, by=world.tom, at=world.clock())
    assert in_the_rows() == in_the_record()
    assert reconcile(at=world.clock()) == 0


def test_a_disagreement_with_both_sides_waits_as_the_record_has_it(world: World) -> None:
    factories.at_stage(world, 2)
    assert in_the_rows() == in_the_record()
