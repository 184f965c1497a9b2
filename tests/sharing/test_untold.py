"""Where somebody could not be told: whoever waits and the leads see it at once, with the number to ring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import ContactPoint, Membership
from sharing.models import Exchange, Obligation
from sharing.states import State
from tests import factories
from tests.factories import World

WORDS = "could not be delivered, so nobody may know that it waits"
SignIn = Callable[[Membership], Client]


@pytest.fixture(autouse=True)
def it_is_monday(world: World) -> Iterator[None]:
    with time_machine.travel(world.clock.moment + timedelta(hours=1), tick=False):
        yield


def unreachable(world: World, state: State = State.SENT) -> Exchange:
    exchange = factories.exchange_at(world, state)
    Obligation.objects.filter(reference=exchange.reference, settled_at=None).update(
        unreachable_at=world.clock()
    )
    return exchange


def read(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def ring(member: Membership, number: str, *, checked: bool = True) -> None:
    ContactPoint.objects.create(
        agency=member.agency, member=member, label="Work telephone", kind="PHONE", address=number,
        checked_at=factories.LONG_AGO if checked else None, checked_by=member if checked else None,
    )  # fmt: skip


def test_the_speaker_and_both_leads_are_told_on_the_exchange(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world)
    for member in (world.priya, world.school.lead, world.care.lead):
        text = read(signed_in(member), f"/exchanges/{exchange.reference}/")
        assert f"A notice to Tom Ashdown {WORDS}" in text, member
    assert WORDS not in read(signed_in(world.tom), f"/exchanges/{exchange.reference}/")


def test_the_listener_is_told_where_it_is_the_speaker_who_cannot_be(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world, State.RESTATED)
    address = f"/exchanges/{exchange.reference}/"
    assert f"A notice to Priya Nair {WORDS}" in read(signed_in(world.tom), address)
    assert WORDS not in read(signed_in(world.priya), address)


def test_the_concern_names_each_thing(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world)
    address = f"/concerns/{exchange.cycle.concern.reference}/"
    for member in (world.priya, world.school.lead):
        assert f"A notice about {exchange.reference} to Tom Ashdown {WORDS}" in read(
            signed_in(member), address
        )


def test_what_reached_the_wrong_person_is_not_said_to_them(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world, State.NOT_MINE)
    assert WORDS not in read(signed_in(world.care.lead), f"/exchanges/{exchange.reference}/")


def test_only_a_checked_number_is_given(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world)
    browser, address = signed_in(world.priya), f"/exchanges/{exchange.reference}/"
    ring(world.tom, "01632 960001", checked=False)
    assert "No checked phone number is listed" in read(browser, address)
    ring(world.tom, "01632 960002")
    text = read(browser, address)
    assert "Ring 01632 960002; the number has been checked." in text
    assert "960001" not in text


def test_it_is_gone_once_it_has_been_settled(world: World, signed_in: SignIn) -> None:
    exchange = unreachable(world)
    Obligation.objects.filter(reference=exchange.reference).update(settled_at=world.clock())
    assert WORDS not in read(signed_in(world.priya), f"/exchanges/{exchange.reference}/")


def test_it_costs_no_statement_but_the_one_for_all_that_few_exchanges_have(
    world: World, signed_in: SignIn
) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    browser = signed_in(world.priya)
    costs = {f"/exchanges/{exchange.reference}/": 1, f"/concerns/{exchange.cycle.concern.reference}/": 0}
    for address, more in costs.items():
        numbers = []
        for at in (None, world.clock()):
            Obligation.objects.filter(settled_at=None).update(unreachable_at=at)
            browser.get(address)
            with CaptureQueriesContext(connection) as seen:
                browser.get(address)
            numbers.append(len(seen))
        assert 0 < numbers[0] == numbers[1] - more, address
