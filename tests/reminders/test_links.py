"""When the speaker is asked for a new link, and what those without an account are reminded of, and how."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agencies import operations as agencies
from agencies.models import Membership
from audit.models import Event
from notifications import operations as notifications
from notifications.models import Message
from sharing.models import Action, Exchange, Obligation, Reminder
from sharing.operations import actions, check_back, differ, links, reconcile
from sharing.operations.links import WaysIn
from sharing.operations.reminders import raise_due
from tests import factories, outside
from tests.factories import World
from tests.reminders.book import in_the_record, in_the_rows, london, reminders_of, the_obligation

pytestmark = pytest.mark.django_db


def asked(exchange: Exchange) -> Obligation | None:
    """What the speaker is asked about the link, if anything."""
    key = f"link:{outside.link_of(exchange).pk}"
    assert in_the_rows() == in_the_record()
    return Obligation.objects.filter(key=key, settled_at__isnull=True).first()


def agreed(world: World, exchange: Exchange, by_when: str) -> Action:
    """An action that the officer took on."""
    action = actions.propose(
        exchange, by=world.priya, at=world.clock(), what="Offer another flat.", owner=exchange.listener,
        by_when=by_when, contingency="They are threatened.",
    )  # fmt: skip
    return actions.accept(action, by=exchange.listener, at=world.clock())


def test_a_link_that_outlasts_what_waits_asks_nothing_of_the_speaker(world: World) -> None:
    exchange = outside.sent(world)
    link = outside.link_of(exchange)
    assert exchange.respond_by
    assert exchange.respond_by < link.ends_at
    assert asked(exchange) is None


def test_a_turn_that_falls_due_after_the_link_asks_for_a_new_one_by_its_end(world: World) -> None:
    world.clock.jump_to(london("2027-01-15 12:00"))  # a Friday: three days of the clock are one working day
    exchange = outside.sent(world, urgency="STANDARD")
    link = outside.link_of(exchange)
    assert exchange.respond_by
    assert exchange.respond_by > link.ends_at
    row = asked(exchange)
    assert row
    assert (row.owner, row.other, row.due_at) == (world.priya, exchange.listener, link.ends_at)
    assert row.what == "Their link ends before they need it"
    links.send_new_link(exchange, by=world.priya, at=world.clock(60 * 48))
    assert asked(exchange) is None


def test_a_locked_link_asks_at_once_and_a_new_one_answers(world: World) -> None:
    exchange = outside.sent(world)
    outside.locked(world, exchange)
    row = asked(exchange)
    assert row
    assert row.due_at == row.since == outside.link_of(exchange).locked_at
    assert row.what == "Their link is locked"
    links.send_new_link(exchange, by=world.priya, at=world.clock())
    assert asked(exchange) is None


def test_nothing_is_asked_of_a_locked_link_once_nothing_waits_for_them(world: World) -> None:
    exchange = outside.sent(world)
    outside.locked(world, exchange)
    check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    assert asked(exchange) is None


def test_a_link_that_was_ended_while_something_waits_is_asked_about(world: World) -> None:
    exchange = outside.sent(world)
    links.end_link(exchange, by=world.priya, at=world.clock(), why="Somebody else reads her mail.")
    row = asked(exchange)
    assert row
    assert row.due_at > row.since
    assert row.what == "Their link was ended"


def test_time_that_is_up_while_something_waits_asks_at_once_and_leaves_it_open(world: World) -> None:
    exchange = outside.sent(world)
    ends_at = outside.link_of(exchange).ends_at
    assert links.run_out(at=ends_at - timedelta(seconds=1)) == 0
    world.clock.jump_to(ends_at)
    assert links.run_out(at=ends_at) == 1
    assert links.run_out(at=ends_at + timedelta(hours=1)) == 0
    row = asked(exchange)
    assert row
    assert row.due_at == ends_at
    assert the_obligation(f"exchange:{exchange.pk}").owner == exchange.listener
    assert Event.objects.filter(verb="sharing.link.time_up", subject=exchange.reference).count() == 1


def test_the_link_lasts_as_many_hours_across_a_clock_change(world: World) -> None:
    world.clock.jump_to(london("2027-03-26 15:00"))  # the clocks go forward on Sunday the 28th
    exchange = outside.sent(world)
    link = outside.link_of(exchange)
    assert link.ends_at - link.made_at == timedelta(hours=72)


def test_an_action_asks_for_a_new_link_a_working_day_before_it_is_due(world: World) -> None:
    exchange = factories.understood(world, outside.sent(world))
    answers = {"risk": "AGREE", "action": "AGREE"}
    differ.answer_agreement(exchange, by=exchange.listener, at=world.clock(), **answers)
    action = agreed(world, exchange, "10 working days")
    row = asked(exchange)
    assert row
    assert action.due_at == london("2027-01-25 17:00")
    assert row.due_at == london("2027-01-22 17:00")
    ends_at = outside.link_of(exchange).ends_at
    world.clock.jump_to(ends_at)
    links.run_out(at=ends_at)
    assert Action.objects.open().filter(pk=action.pk).exists()
    still = asked(exchange)
    assert still
    assert (still.due_at, still.what) == (row.due_at, "The time of their link is up")
    assert the_obligation(f"action:{action.pk}").owner == exchange.listener


def test_an_action_that_is_due_before_the_link_ends_asks_nothing(world: World) -> None:
    exchange = factories.understood(world, outside.sent(world))
    agreed(world, exchange, "1 working day")
    assert asked(exchange) is None


def test_the_reconciler_finds_a_link_that_nobody_is_asked_about(world: World) -> None:
    exchange = outside.sent(world)
    outside.locked(world, exchange)
    key = f"link:{outside.link_of(exchange).pk}"
    Obligation.objects.filter(key=key).update(settled_at=world.clock())
    assert reconcile.reconcile(at=world.clock()) == 1
    assert asked(exchange) is not None
    assert reconcile.reconcile(at=world.clock()) == 0


# --- Reminders to them, and about them ---------------------------------------------------------


def raised(row: Obligation, step: str) -> list[Message]:
    """Let one reminder come, and return the notices that it made."""
    others = Reminder.objects.exclude(obligation=row, step=step)
    others.filter(raised_at__isnull=True, dropped_at__isnull=True).update(dropped_at=row.since)
    raise_due(at=reminders_of(row)[step] + timedelta(seconds=1))
    return list(Message.objects.filter(obligation_id=row.pk).order_by("queued_at"))


@pytest.mark.parametrize(
    ("step", "subject"), [("BEFORE", "an item is due soon"), ("AT", "an item is due now")]
)
def test_a_reminder_to_them_holds_no_link_and_no_data(world: World, step: str, subject: str) -> None:
    exchange = outside.sent(world)
    row = the_obligation(f"exchange:{exchange.pk}")
    (message,) = raised(row, step)
    assert (message.to_address, message.by_link) == (outside.EMAIL, True)
    assert WaysIn().path(message) == ("", None)
    mail = notifications.written(message)
    kind = subject.capitalize()
    assert mail.subject == f"Check Back: {subject}, reference WF-27-0001-X1"
    assert mail.body == (
        f"{kind}: WF-27-0001-X1.\n"
        "\n"
        f"From: {world.school.agency.name}\n"
        "Respond by: 17:00 on 12 January 2027\n"
        "\n"
        "Use the link that you were sent before. "
        f"If it has ended, ask {world.school.agency.name} for a new one.\n"
    )


@pytest.mark.parametrize("step", ["LEAD", "OTHER_LEAD"])
def test_what_is_late_of_theirs_is_told_to_the_lead_of_whoever_told_them(world: World, step: str) -> None:
    exchange = outside.sent(world)
    row = the_obligation(f"exchange:{exchange.pk}")
    (message,) = raised(row, step)
    assert (message.kind, message.to_member_id) == (Message.Kind.LATE, world.school.lead.pk)
    assert not message.by_link


@pytest.mark.parametrize("step", ["LEAD", "OTHER_LEAD"])
def test_what_is_late_of_the_speakers_is_told_to_their_own_lead(world: World, step: str) -> None:
    exchange = outside.sent(world)
    factories.restated(world, factories.received(world, exchange))
    row = the_obligation(f"exchange:{exchange.pk}")
    assert row.owner == world.priya
    assert [m.to_member_id for m in raised(row, step)] == [world.school.lead.pk]


def test_an_address_that_fails_is_told_to_whoever_told_them(world: World) -> None:
    exchange = outside.sent(world)
    outside.without(exchange.listener, "EMAIL", at=world.clock())
    row = the_obligation(f"exchange:{exchange.pk}")
    told = {(m.kind, m.to_member_id) for m in raised(row, "AT")}
    assert (Message.Kind.UNDELIVERED, world.priya.pk) in told
    assert {to for _, to in told} == {world.priya.pk, world.school.lead.pk}


def test_nobody_of_the_office_or_of_staff_is_taken_for_their_lead(world: World) -> None:
    rosa = outside.officer(world)
    assert agencies.lead_of(rosa) is None
    assert not Membership.objects.filter(manager=rosa).exists()
