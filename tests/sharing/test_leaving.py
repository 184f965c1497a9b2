"""A role ends only when every open piece of its work has a successor; the database refuses it too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from agencies import operations as agencies
from agencies.access import deputies_of
from agencies.models import Membership, User
from agencies.refusals import NotAllowed, Refused
from records.models import Concern
from sharing import open_work
from sharing.models import Exchange, Stage
from sharing.operations import differ, disclosure, record
from sharing.operations.leaving import NobodyConfirms, OpenWork, leave
from sharing.states import State
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


def concern_of(exchange: Exchange) -> Concern:
    return Concern.objects.get(pk=exchange.cycle.concern_id)


def let_go(world: World, member: Membership) -> Membership:
    """End somebody's role as the administrator of their agency."""
    staff = world.school if member.agency_id == world.school.agency.pk else world.care
    return leave(member, by=staff.administrator, at=world.clock())


@pytest.mark.parametrize("whose", ["speaker", "listener"])
def test_open_work_on_either_side_keeps_a_role_from_ending(world: World, whose: str) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    member = getattr(exchange, whose)
    with pytest.raises(OpenWork) as refusal:
        let_go(world, member)
    said = " ".join(refusal.value.sentences)
    assert concern_of(exchange).reference in said
    assert "marks" not in said
    assert Membership.objects.get(pk=member.pk).ended_at is None


@pytest.mark.parametrize("make", [factories.logged, factories.draft])
def test_a_concern_of_ones_own_is_open_work(world: World, make: Callable[[World], Concern]) -> None:
    concern = make(world)
    with pytest.raises(OpenWork):
        let_go(world, world.priya)
    factories.handed_over(world, concern, leaver=world.priya, successor=world.school.colleague)
    assert let_go(world, world.priya).ended_at is not None


def test_somebody_with_nothing_open_may_go(world: World) -> None:
    assert let_go(world, world.school.colleague).ended_at is not None
    factories.concern_at(world, Stage.CLOSED)
    assert let_go(world, world.tom).ended_at is not None
    with pytest.raises(OpenWork):
        let_go(world, world.priya)  # somebody has not been told yet what was shared about them


def test_a_named_successor_is_enough_and_a_lead_confirms_afterwards(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    row = factories.handed_over(
        world, concern_of(exchange), leaver=world.priya, successor=world.school.colleague
    )
    assert row.exchange is not None
    factories.received(world, row.exchange)
    let_go(world, world.priya)
    day = world.clock.moment.date()
    assert deputies_of(world.priya, day) == [world.school.lead]
    factories.restated(world, row.exchange)
    factories.confirmed(world, row.exchange, by=world.school.lead)
    assert factories.again(exchange).speaker == world.school.colleague


def test_until_then_the_lead_acts_as_deputy_on_what_is_open(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    factories.handed_over(world, concern_of(exchange), leaver=world.priya, successor=world.school.colleague)
    let_go(world, world.priya)
    assert factories.confirmed(world, exchange, by=world.school.lead).understood_at is not None


def test_a_deputy_who_is_named_already_confirms(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    third = factories.member(world.school.agency, "Cleo Third")
    factories.name_deputy(world.priya, third)
    factories.handed_over(world, concern_of(exchange), leaver=world.priya, successor=world.school.colleague)
    let_go(world, world.priya)
    assert deputies_of(world.priya, world.clock.moment.date()) == [third]


def test_somebody_has_to_be_left_who_confirms(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    factories.handed_over(world, concern_of(exchange), leaver=world.priya, successor=world.school.lead)
    with pytest.raises(NobodyConfirms):
        let_go(world, world.priya)


def test_only_an_administrator_of_the_agency_ends_a_role(world: World) -> None:
    for by in (world.school.lead, world.priya, world.care.administrator):
        with pytest.raises(NotAllowed):
            leave(world.school.colleague, by=by, at=world.clock())


def test_work_that_came_in_after_the_hand_over_is_open_work_again(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    concern = concern_of(exchange)
    factories.taken_over(world, concern, leaver=world.tom, successor=world.care.colleague)
    assert open_work.uncovered(world.tom) == {}
    factories.sent(world, concern)
    assert open_work.uncovered(world.tom) == {concern.reference: 1}
    with pytest.raises(OpenWork):
        let_go(world, world.tom)


def test_the_summary_goes_to_the_lead_where_a_party_left_with_nothing_open(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    differ.answer_agreement(exchange, by=world.tom, at=world.clock(), risk="AGREE", action="AGREE")
    let_go(world, world.tom)
    concern = concern_of(exchange)
    factories.move(world, concern, "to-record")
    record.write_summary(
        factories.the_cycle(concern), by=world.priya, at=world.clock(), decision="A visit today."
    )
    summary = Exchange.objects.get(kind="SUMMARY")
    assert summary.listener == world.care.lead
    assert "Four small round marks" in "\n".join(summary.items.values_list("text", flat=True))


def test_nothing_is_sent_to_somebody_who_has_left(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    exchange = Exchange.objects.get(cycle__concern=concern)
    let_go(world, world.tom)
    with pytest.raises(Refused, match="no longer works there"):
        disclosure.send(exchange, by=world.priya, at=world.clock())


# --- The database, whatever Python does ------------------------------------------------------------


def refused(says: str, write: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        write()


def end_raw(member: Membership) -> Callable[[], int]:
    return lambda: Membership.objects.filter(pk=member.pk).update(ended_at=factories.MONDAY, ended_by=member)


def test_the_database_lets_no_role_end_with_open_work(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    for member in (world.priya, world.tom):
        refused("all its open work has a successor", end_raw(member))
    factories.handed_over(world, concern_of(exchange), leaver=world.tom, successor=world.care.colleague)
    assert end_raw(world.tom)() == 1


def test_the_database_lets_no_account_close_with_open_work(world: World) -> None:
    factories.exchange_at(world, State.RECEIVED)
    user = User.objects.filter(pk=world.tom.account_pk)
    refused("all its open work has a successor", lambda: user.update(is_active=False))
    assert User.objects.filter(pk=world.care.colleague.account_pk).update(is_active=False) == 1


def test_ending_a_role_elsewhere_is_refused_by_the_database_too(world: World) -> None:
    factories.exchange_at(world, State.RECEIVED)
    refused(
        "all its open work has a successor",
        lambda: agencies.end_membership(world.tom, by=world.care.administrator, at=world.clock()),
    )
