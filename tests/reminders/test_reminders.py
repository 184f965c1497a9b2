"""Everything that waits is chased before, at and after its limit, once, and only while it still waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies import operations as agencies
from agencies.models import Absence, ContactPoint, Membership
from agencies.reach import recipients_of
from audit.models import Event
from notifications.models import Message
from notifications.operations import send_due
from sharing.models import Action, Obligation, Reminder
from sharing.operations import actions, obligations, reminders
from sharing.operations.failures import tell_failures
from sharing.operations.reminders import raise_due, reached_again, still_wanted
from sharing.operations.tick import tick
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.races.two import at_once
from tests.reminders.book import london, reminders_of, the_obligation, told_by_reminders

pytestmark = pytest.mark.django_db
REMINDS = {"REMINDER", "DUE", "LATE", "UNDELIVERED"}


def to_do(world: World) -> tuple[Action, Obligation]:
    """An agreed action of the social worker's, and the row that says it waits."""
    action = factories.action_at(world, ActionState.AGREED)
    return action, the_obligation(f"action:{action.pk}")


def only(row: Obligation) -> None:
    """Leave the reminders of one obligation only, so that a test reads nothing else."""
    others = Reminder.objects.exclude(obligation=row).filter(raised_at__isnull=True, dropped_at__isnull=True)
    others.update(dropped_at=row.since)


def raise_at(row: Obligation, step: str) -> list[tuple[str, object]]:
    """Let the moment of one reminder come, and return whom it told of what."""
    before = set(Message.objects.values_list("pk", flat=True))
    raise_due(at=reminders_of(row)[step] + timedelta(seconds=1))
    new = Message.objects.filter(kind__in=REMINDS).exclude(pk__in=before).order_by("kind")
    return list(new.values_list("kind", "to_member_id"))


def test_an_action_is_chased_as_the_worked_example_says(world: World) -> None:
    """E2: due Monday 17:00; reminded Friday 17:00; overdue Monday; the manager told Tuesday 09:00."""
    world.clock.jump_to(london("2027-02-04 16:30"))
    action, row = to_do(world)
    assert action.due_at == london("2027-02-08 17:00")
    assert reminders_of(row) == {
        "BEFORE": london("2027-02-05 17:00"),
        "AT": london("2027-02-08 17:00"),
        "LEAD": london("2027-02-09 09:00"),
        "OTHER_LEAD": london("2027-02-10 09:00"),
    }


def test_an_action_of_the_same_day_is_chased_half_an_hour_before(world: World) -> None:
    """E1: the child stays in school until 15:15; the reminder at 14:45 must reach whoever keeps him there."""
    world.clock.jump_to(london("2027-01-12 10:27"))
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    action = actions.propose(
        exchange, by=world.priya, at=world.clock(), what="Keep him in school.", owner=world.priya,
        by_when="by 15:15 today", contingency="Somebody comes for him early: 999.",
    )  # fmt: skip
    actions.accept(action, by=world.priya, at=world.clock())
    row = the_obligation(f"action:{action.pk}")
    only(row)
    assert reminders_of(row)["BEFORE"] == london("2027-01-12 14:45")
    assert raise_at(row, "BEFORE") == [("REMINDER", world.priya.pk)]


def test_whether_somebody_can_be_told_now_is_chased_on_the_day_that_was_set(world: World) -> None:
    factories.at_share(world)
    row = Obligation.objects.get(kind="INFORM")
    only(row)
    assert reminders_of(row)["AT"] == row.due_at
    assert raise_at(row, "AT") == [("DUE", world.priya.pk)]


def test_each_step_tells_the_person_then_their_lead_then_the_lead_of_the_other_side(world: World) -> None:
    _, row = to_do(world)
    only(row)
    assert raise_at(row, "BEFORE") == [("REMINDER", world.tom.pk)]
    assert raise_at(row, "AT") == [("DUE", world.tom.pk)]
    assert raise_at(row, "LEAD") == [("LATE", world.care.lead.pk)]
    assert raise_at(row, "OTHER_LEAD") == [("LATE", world.school.lead.pk)]
    assert raise_due(at=row.due_at + timedelta(days=99)) == 0


def test_each_step_is_on_the_record_of_the_concern(world: World) -> None:
    _, row = to_do(world)
    only(row)
    raise_due(at=row.due_at + timedelta(days=9))
    said = Event.objects.filter(verb__startswith="sharing.reminder.").order_by("id")
    assert [event.verb.rpartition(".")[2] for event in said] == ["at", "lead", "other_lead"] or len(said) == 3
    assert {event.subject for event in said} == {row.reference}
    assert {event.actor for event in said} == {"Check Back"}


def test_when_several_are_due_at_once_the_one_before_the_limit_is_left_out(world: World) -> None:
    _, row = to_do(world)
    only(row)
    raise_due(at=row.due_at + timedelta(days=9))
    assert {kind for kind, _ in told_by_reminders()} == {"DUE", "LATE"}
    before = Reminder.objects.get(obligation=row, step="BEFORE", version=row.version)
    assert before.state == "dropped"


def test_a_deputy_is_told_too_while_somebody_is_away(world_with_deputies: World) -> None:
    world = world_with_deputies
    _, row = to_do(world)
    only(row)
    day = reminders_of(row)["BEFORE"].date()
    Absence.objects.create(
        member=world.tom, starts_on=day, ends_on=day, recorded_by=world.care.lead, recorded_at=row.since
    )
    told = raise_at(row, "BEFORE")
    assert {who for _, who in told} == {world.tom.pk, world.care.colleague.pk}


def test_whoever_leads_is_told_where_somebody_has_left(world: World) -> None:
    """Nobody leaves with open work that has no successor; where it happened all the same, somebody hears."""
    day = world.clock.moment.date()
    gone = Membership.objects.with_people().get(pk=world.tom.pk)
    gone.ended_at = world.clock()
    (told,) = recipients_of([gone], on=day)[gone.pk]
    assert told.member_id == world.care.lead.pk


def test_the_duty_inbox_is_told_where_somebody_has_no_address(world: World) -> None:
    _, row = to_do(world)
    only(row)
    ContactPoint.objects.filter(member=world.tom).update(retired_at=row.since)
    ContactPoint.objects.create(
        agency=world.care.agency, label="Duty desk", kind="EMAIL", address="duty@front-door.example",
        checked_at=row.since, checked_by=world.care.lead,
    )  # fmt: skip
    raise_at(row, "AT")
    sent = Message.objects.get(kind="DUE", obligation_id=row.pk)
    assert sent.to_address == "duty@front-door.example"


def test_where_nobody_can_be_told_the_other_side_and_the_leads_are_at_once(world: World) -> None:
    _, row = to_do(world)
    only(row)
    ContactPoint.objects.filter(member=world.tom).update(retired_at=row.since)
    told = raise_at(row, "AT")
    assert set(told) == {
        ("UNDELIVERED", world.priya.pk),
        ("UNDELIVERED", world.care.lead.pk),
        ("UNDELIVERED", world.school.lead.pk),
    }
    row.refresh_from_db()
    assert row.unreachable_at
    assert Event.objects.filter(verb="sharing.reminder.nobody", subject=row.reference).count() == 1


def test_what_has_been_done_is_not_chased(world: World) -> None:
    action, row = to_do(world)
    only(row)
    at = world.clock()
    actions.report(action, by=world.tom, at=at, what_happened="Seen and safe.", done_at=at)
    actions.check_report(action, by=world.priya, at=world.clock(), is_done=True)
    assert raise_due(at=row.due_at + timedelta(days=9)) == 0
    assert told_by_reminders() == []


def test_what_was_raised_and_then_done_is_not_sent(world: World) -> None:
    action, row = to_do(world)
    only(row)
    raise_at(row, "BEFORE")
    notice = Message.objects.get(obligation_id=row.pk)
    assert still_wanted(notice)
    actions.withdraw_action(action, by=world.priya, at=world.clock(), why="Not needed any more.")
    notice.refresh_from_db()
    assert notice.dropped_at
    assert not still_wanted(notice)
    send_due(at=row.due_at, still_wanted=still_wanted)
    notice.refresh_from_db()
    assert notice.sent_at is None


def test_a_notice_that_slipped_through_is_dropped_just_before_it_is_sent(world: World) -> None:
    action, row = to_do(world)
    only(row)
    raise_at(row, "BEFORE")
    actions.withdraw_action(action, by=world.priya, at=world.clock(), why="Not needed any more.")
    notice = Message.objects.get(obligation_id=row.pk)
    Message.objects.filter(pk=notice.pk).update(dropped_at=None)
    send_due(at=row.due_at, still_wanted=still_wanted)
    notice.refresh_from_db()
    assert notice.dropped_at
    assert notice.sent_at is None


def test_a_limit_that_moves_takes_its_reminders_with_it(world: World) -> None:
    _, row = to_do(world)
    only(row)
    before = reminders_of(row)
    raise_at(row, "BEFORE")
    later = row.due_at + timedelta(days=14)
    moved = obligations.open_or_move(
        row.key, kind=row.kind, reference=row.reference, path=row.path, concern=row.concern, owner=row.owner,
        other=row.other, due_at=later, at=world.clock(),
    )  # fmt: skip
    assert moved.pk == row.pk
    assert reminders_of(moved)["AT"] == later
    assert not set(before.values()) & set(reminders_of(moved).values())
    assert not still_wanted(Message.objects.get(obligation_id=row.pk))
    assert raise_due(at=before["OTHER_LEAD"]) == 0 or told_by_reminders()[-1][0] == "REMINDER"


def test_somebody_who_left_between_raising_and_sending_gets_nothing(world: World) -> None:
    _, row = to_do(world)
    only(row)
    raise_at(row, "BEFORE")
    notice = Message.objects.get(obligation_id=row.pk)
    Message.objects.filter(pk=notice.pk).update(to_member_id=world.care.colleague.pk)
    notice.refresh_from_db()
    assert still_wanted(notice)
    Membership.objects.filter(pk=world.care.colleague.pk).update(
        ended_at=world.clock(), ended_by=world.care.administrator
    )
    assert not still_wanted(notice)


def test_urgent_ones_and_escalations_are_raised_first(world: World) -> None:
    _, ordinary = to_do(world)
    urgent = factories.sent_in_emergency(world, factories.concern_at(world, "ASK"))
    late = max(ordinary.due_at, the_obligation(f"exchange:{urgent.pk}").due_at) + timedelta(days=30)
    assert raise_due(at=late, limit=2) == 2
    first = Reminder.objects.get(raised_at__isnull=False)
    assert (first.priority, first.obligation.reference) == (0, urgent.reference)
    raise_due(at=late, limit=4)
    leads = Reminder.objects.filter(raised_at__isnull=False).exclude(priority=0)
    assert {reminder.step for reminder in leads} <= {"LEAD", "OTHER_LEAD"}


def test_a_reminder_that_cannot_be_raised_is_set_aside_and_stops_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, row = to_do(world)
    only(row)
    poison = Reminder.objects.get(obligation=row, step="AT", version=row.version)
    healthy = reminders._notice  # the part that fails here

    def fail(reminder: Reminder, *rest: Any) -> Any:
        if reminder.pk == poison.pk:
            raise ValueError("a value that should not be logged")
        return healthy(reminder, *rest)

    monkeypatch.setattr(reminders, "_notice", fail)
    raise_due(at=row.due_at + timedelta(days=9))
    poison.refresh_from_db()
    assert (poison.state, poison.last_error) == ("set aside", "ValueError")
    assert {kind for kind, _ in told_by_reminders()} == {"LATE"}


def test_a_tick_raises_and_sends_and_says_how_much(world: World, mailoutbox: list[Any]) -> None:
    factories.exchange_at(world, State.SENT)
    past = timezone.now() - timedelta(hours=1)
    Reminder.objects.filter(step="AT").update(send_at=past)
    Message.objects.update(next_try_at=past)
    done = tick()
    assert done.raised >= 1
    assert done.sent >= 1
    assert tick().raised == 0


def test_a_broken_address_is_shown_at_once_to_whoever_waits_and_is_no_longer_checked(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    notice = Message.objects.get(kind="TO_RECEIVE", reference=exchange.reference)
    Message.objects.filter(pk=notice.pk).update(
        attempt=1, sent_at=world.clock(), bounced_at=world.clock(), last_error="Bounced 5.1.1"
    )
    assert tell_failures(at=world.clock()) == 1
    assert tell_failures(at=world.clock()) == 0
    told = Message.objects.filter(kind="UNDELIVERED", reference=exchange.reference)
    assert {message.to_member_id for message in told} == {
        world.priya.pk, world.school.lead.pk, world.care.lead.pk
    }  # fmt: skip
    assert the_obligation(f"exchange:{exchange.pk}").unreachable_at
    assert not ContactPoint.objects.checked().filter(member=world.tom).exists()
    assert Event.objects.filter(verb="agencies.contact_point.bounced").count() == 1
    assert agencies.lead_of(world.tom) == world.care.lead


def test_once_the_address_is_checked_the_mark_goes_and_the_person_is_told_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    row = the_obligation(f"exchange:{exchange.pk}")
    broken = world.clock()
    Obligation.objects.filter(pk=row.pk).update(unreachable_at=broken)
    assert reached_again(at=world.clock()) == 0, "their address was checked before, and did not work"
    world.tom.contact_points.update(checked_at=world.clock())
    assert reached_again(at=world.clock()) == 1
    assert reached_again(at=world.clock()) == 0
    row.refresh_from_db()
    assert row.unreachable_at is None
    told = Message.objects.get(dedupe_key__startswith="again:")
    assert (told.to_member_id, told.kind, told.obligation_id) == (world.tom.pk, "REMINDER", row.pk)
    assert still_wanted(told)


def test_a_notice_about_a_disagreement_that_comes_back_is_told_of_too(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    disagreement = factories.disagreement(world, exchange)
    notice = Message.objects.filter(reference=disagreement.reference, to_member_id=world.priya.pk).latest(
        "queued_at"
    )
    Message.objects.filter(pk=notice.pk).update(
        attempt=1, sent_at=world.clock(), bounced_at=world.clock(), last_error="Bounced 5.1.1"
    )
    assert tell_failures(at=world.clock()) == 1
    told = Message.objects.filter(kind="UNDELIVERED", reference=disagreement.reference)
    assert world.tom.pk in {message.to_member_id for message in told}


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_raise_each_reminder_once() -> None:
    world = factories.make_world()
    for _ in range(3):
        to_do(world)
    late = max(Obligation.objects.values_list("due_at", flat=True)) + timedelta(days=30)
    outcome = at_once(lambda: raise_due(at=late), lambda: raise_due(at=late), lambda: raise_due(at=late))
    assert outcome.errors == []
    raised = Reminder.objects.filter(raised_at__isnull=False).count()
    assert raised == Event.objects.filter(verb__startswith="sharing.reminder.").count()
    assert not Reminder.objects.filter(raised_at__isnull=True, dropped_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(4))
def test_raising_while_it_is_being_done_never_leaves_a_notice_that_will_be_sent(attempt: int) -> None:
    world = factories.make_world()
    action, row = to_do(world)
    late = row.due_at + timedelta(days=30 + attempt)

    def done() -> object:
        return actions.withdraw_action(action, by=world.priya, at=late, why="Not needed any more.")

    outcome = at_once(done, lambda: raise_due(at=late))
    assert outcome.errors == []
    waiting = Message.objects.filter(obligation_id=row.pk, dropped_at__isnull=True)
    assert not [message for message in waiting if still_wanted(message)]
