"""What a lead does from the list: chase, once an hour, whoever presses; and name who acts for somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from agencies.models import ContactPoint, Membership
from agencies.operations import NobodyToNotify
from agencies.refusals import NotAllowed
from agencies.rules import CoverNotPossible
from audit.models import Event
from notifications.models import Message
from sharing.models import Chase, Exchange, Obligation
from sharing.operations import check_back, lead
from sharing.rules import AlreadyDone, NotYourTurn
from sharing.states import State
from tests import factories
from tests.factories import OWN_WORDS, World
from tests.races.two import at_once

HOUR = timedelta(hours=1)


def waiting(world: World, state: State = State.SENT) -> Obligation:
    return Obligation.objects.get(reference=factories.exchange_at(world, state).reference, settled_at=None)


def chases() -> list[Message]:
    return list(Message.objects.filter(dedupe_key__startswith="chase:"))


@pytest.fixture
def monday(world: World) -> Iterator[None]:
    with time_machine.travel(world.clock.moment + HOUR, tick=False):
        yield


def test_whoever_it_waits_for_gets_an_urgent_notice_at_once(world: World) -> None:
    row = waiting(world)
    lead.chase(row, by=world.school.lead, at=world.clock())
    (message,) = chases()
    assert (message.to_member_id, message.priority) == (world.tom.pk, Message.Priority.URGENT)
    assert (message.kind, message.obligation_id) == (Message.Kind.REMINDER, row.pk)
    event = Event.objects.latest("id")
    assert (event.verb, event.subject, event.actor_id) == (lead.CHASED, row.reference, world.school.lead.pk)


def test_what_is_late_is_called_late(world: World) -> None:
    row = waiting(world)
    lead.chase(row, by=world.care.lead, at=row.due_at + HOUR)
    assert chases()[0].kind == Message.Kind.LATE


def test_their_deputy_gets_it_too_while_they_are_away(world_with_deputies: World) -> None:
    world = world_with_deputies
    row = waiting(world)
    today = world.clock.moment.date()
    world.tom.absences.create(
        starts_on=today, ends_on=today, recorded_by=world.tom, recorded_at=world.clock.moment
    )
    lead.chase(row, by=world.care.lead, at=world.clock())
    assert {m.to_member_id for m in chases()} == {world.tom.pk, world.care.colleague.pk}


def test_it_goes_to_the_duty_inbox_of_somebody_without_an_address(world: World) -> None:
    row = waiting(world)
    ContactPoint.objects.filter(member=world.tom).update(member=None, address="duty@front-door.example")
    lead.chase(row, by=world.care.lead, at=world.clock())
    assert [m.to_address for m in chases()] == ["duty@front-door.example"]


def test_where_nobody_can_be_told_the_lead_is_told_so_and_nothing_is_kept(world: World) -> None:
    row = waiting(world)
    ContactPoint.objects.filter(agency=world.care.agency).update(retired_at=world.clock())
    with pytest.raises(NobodyToNotify):
        lead.chase(row, by=world.care.lead, at=world.clock())
    assert not Chase.objects.exists()


def test_it_is_chased_once_an_hour_whoever_presses(world: World) -> None:
    row, at = waiting(world), world.clock()
    lead.chase(row, by=world.school.lead, at=at)
    for by in (world.school.lead, world.care.lead):
        with pytest.raises(lead.ChasedAlready) as refused:
            lead.chase(row, by=by, at=at + HOUR - timedelta(seconds=1))
        assert "Lena Hollis chased this at" in refused.value.sentences[0]
    lead.chase(row, by=world.care.lead, at=at + HOUR)
    assert len(chases()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_leads_at_the_same_moment_chase_it_once(world: World) -> None:
    row = waiting(world)
    for turn in range(4):
        at = world.clock.moment + (turn + 1) * HOUR
        outcome = at_once(
            partial(lead.chase, row, by=world.school.lead, at=at),
            partial(lead.chase, row, by=world.care.lead, at=at),
        )
        assert outcome.one_won_one_was_told
        assert len(chases()) == Chase.objects.count() == turn + 1


def test_what_has_been_done_meanwhile_is_not_chased(world: World) -> None:
    row = waiting(world, State.RESTATED)
    check_back.withdraw(
        factories.again(row_exchange(row)), by=world.priya, at=world.clock(), why="Wrong child."
    )
    with pytest.raises(AlreadyDone):
        lead.chase(row, by=world.care.lead, at=world.clock())


def row_exchange(row: Obligation) -> Exchange:
    return Exchange.objects.get(reference=row.reference)


def test_only_a_lead_of_one_of_the_two_sides_chases(world: World) -> None:
    row, incident = waiting(world), waiting(world, State.NOT_MINE)
    for by, what in (
        (world.priya, row),
        (world.stranger.lead, row),
        (world.care.lead, incident),  # what reached the wrong person is the sender's own affair
    ):
        with pytest.raises(NotAllowed):
            lead.chase(what, by=by, at=world.clock())
    lead.chase(incident, by=world.school.lead, at=world.clock())


def test_a_chase_that_gets_through_ends_that_nobody_can_be_told(world: World) -> None:
    row = waiting(world)
    Obligation.objects.filter(pk=row.pk).update(unreachable_at=world.clock())
    lead.chase(row, by=world.care.lead, at=world.clock())
    row.refresh_from_db()
    assert row.unreachable_at is None


def test_whoever_opens_the_address_of_a_button_is_told_that_nothing_was_sent(
    world: World, signed_in: Callable[[Membership], Client]
) -> None:
    answer = signed_in(world.care.lead).get("/lead/1/chase/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is no page at this address" in answer.text
    assert "nothing has been changed" in answer.text


def test_the_button_leads_back_to_the_same_list_and_is_gone_for_an_hour(
    world: World, monday: None, signed_in: Callable[[Membership], Client]
) -> None:
    row = waiting(world)
    browser = signed_in(world.school.lead)
    address = f"/lead/{row.pk}/chase/?show=unanswered&sort=newest"
    assert f"/lead/{row.pk}/chase/" in browser.get("/lead/").content.decode()
    response = browser.post(address)
    assert response["Location"] == "/lead/?show=unanswered&sort=newest"
    text = browser.get(response["Location"]).content.decode()
    assert f"an urgent notice about {row.reference} goes to Tom Ashdown" in text
    assert f"/lead/{row.pk}/chase/" not in text
    assert "Chased once" in text
    assert browser.post(address).status_code == 409


# --- Naming who acts for somebody -------------------------------------------------------------------------


def in_a_week(world: World) -> date:
    return (world.clock.moment + timedelta(days=7)).date()


def test_a_lead_who_takes_over_can_do_what_waits_until_the_day_they_gave(world: World) -> None:
    row = waiting(world, State.RECEIVED)
    boss, exchange = world.care.lead, Exchange.objects.get(reference=row.reference)
    with pytest.raises(NotYourTurn):
        check_back.restate(exchange, by=boss, at=world.clock(), **OWN_WORDS)
    lead.take_over(row, by=boss, at=world.clock(), deputy=boss, ends_on=in_a_week(world))
    check_back.restate(exchange, by=boss, at=world.clock(), **OWN_WORDS)
    row = Obligation.objects.get(reference=exchange.reference, settled_at=None)
    assert row.owner_id == world.priya.pk  # it goes on to be checked, as if Tom had said it back
    (said,) = exchange.rounds.all()
    assert said.restated_by_id == boss.pk


def test_what_waits_keeps_its_owner_and_its_time_limit(world: World) -> None:
    row = waiting(world)
    lead.take_over(
        row, by=world.care.lead, at=world.clock(), deputy=world.care.colleague, ends_on=in_a_week(world)
    )
    again = Obligation.objects.get(pk=row.pk)
    assert (again.owner_id, again.due_at, again.version) == (row.owner_id, row.due_at, row.version)
    told = Message.objects.filter(kind=Message.Kind.HANDED_OVER).values_list("to_member_id", flat=True)
    assert set(told) == {world.tom.pk, world.care.colleague.pk}
    assert Event.objects.latest("id").verb == lead.COVERED


def test_it_is_done_once(world: World) -> None:
    row, boss, until = waiting(world), world.care.lead, in_a_week(world)
    lead.take_over(row, by=boss, at=world.clock(), deputy=boss, ends_on=until)
    with pytest.raises(lead.CoveredAlready):
        lead.take_over(row, by=boss, at=world.clock(), deputy=boss, ends_on=until)
    longer = until + timedelta(days=1)
    assert lead.take_over(row, by=boss, at=world.clock(), deputy=boss, ends_on=longer).ends_on == longer


def test_only_a_lead_of_their_own_agency_does_it_with_somebody_of_that_agency(world: World) -> None:
    row, until = waiting(world), in_a_week(world)
    for by in (world.priya, world.school.lead, world.care.colleague):
        with pytest.raises(NotAllowed):
            lead.take_over(row, by=by, at=world.clock(), deputy=by, ends_on=until)
    for deputy in (world.priya, world.tom, world.care.administrator):
        with pytest.raises(CoverNotPossible):
            lead.take_over(row, by=world.care.lead, at=world.clock(), deputy=deputy, ends_on=until)
    yesterday = (world.clock.moment - timedelta(days=1)).date()
    with pytest.raises(CoverNotPossible):
        lead.take_over(row, by=world.care.lead, at=world.clock(), deputy=world.care.lead, ends_on=yesterday)


def test_the_page_offers_oneself_says_what_it_means_and_leads_back_to_the_list(
    world: World, monday: None, signed_in: Callable[[Membership], Client]
) -> None:
    row, boss = waiting(world), world.care.lead
    browser = signed_in(boss)
    listed = browser.get("/lead/?show=unanswered").content.decode()
    address = f"/lead/{row.pk}/take-over/?show=unanswered"
    assert address in listed
    response = browser.get(address)
    text = response.content.decode()
    assert f'<option value="{boss.pk}" selected>' in text
    assert "Ivo Marlow" not in text  # an administrator can do none of it
    assert f"they can do everything that waits for Tom Ashdown, not only {row.reference}" in text
    day = in_a_week(world)
    answers = {
        "form_id": response.context["form"]["form_id"].value(), "deputy": boss.pk,
        "ends_on_0": day.day, "ends_on_1": day.month, "ends_on_2": day.year,
    }  # fmt: skip
    response = browser.post(address, answers)
    assert response["Location"] == "/lead/?show=unanswered"
    assert world.tom.deputies.get().deputy_id == boss.pk
