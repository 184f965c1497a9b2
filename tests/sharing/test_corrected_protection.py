"""A detail that becomes protected after it was shared: everybody is told that, and nobody the detail."""

from __future__ import annotations

from typing import Any

import pytest

from agencies import deciding
from records import operations as records
from sharing.models import Correction, Exchange
from sharing.operations.guarding import ProtectedDetailFound
from sharing.states import State
from tests import correcting, factories
from tests.correcting import amend, concern_of, told_of
from tests.factories import World

pytestmark = pytest.mark.django_db


# --- Protected details ------------------------------------------------------------------------------


def test_a_detail_protected_after_sharing_is_told_and_never_sent(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = factories.main_person(concern_of(exchange))
    records.change_person(
        person, by=world.priya, at=world.clock(), address="9 Larch Way", address_is_protected=True
    )
    correction = Correction.objects.get(kind=Correction.Kind.PROTECTED_ADDED)
    sent = told_of(correction, exchange)
    said = f"{sent.items.get().text} {sent.why_you} {sent.what_i_ask} {correction.now} {correction.why}"
    assert "address" in said
    assert "Larch" not in said


def test_it_is_told_once_when_it_becomes_protected(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = factories.main_person(concern_of(exchange))
    for address in ("9 Larch Way", "10 Larch Way"):
        records.change_person(
            person, by=world.priya, at=world.clock(), address=address, address_is_protected=True
        )
    assert Correction.objects.count() == 1


# --- What the guard protects -----------------------------------------------------------------------------


def protect(world: World, exchange: Exchange, **more: Any) -> Correction:
    person = factories.main_person(concern_of(exchange))
    given = {"kind": "ADDRESS", "value": "9 Larch Way", "kept_from": "EVERYBODY", **more}
    records.protect_detail(person, by=world.priya, at=world.clock(), why="He must not be found.", **given)
    return Correction.objects.get(kind=Correction.Kind.PROTECTED_ADDED)


@pytest.mark.parametrize("kind", ["ADDRESS", "SCHOOL", "PHONE", "OTHER"])
def test_a_protected_detail_is_told_by_its_kind_to_everyone_who_was_told(world: World, kind: str) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    sent = told_of(protect(world, exchange, kind=kind), exchange)
    assert "Leo Marsh is protected" in sent.items.get().text or "Leo Marsh goes" in sent.items.get().text
    assert "Larch" not in f"{sent.items.get().text} {sent.why_you} {sent.what_i_ask}"


def test_of_a_protected_name_nobody_is_told_that_there_is_one(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    with pytest.raises(Correction.DoesNotExist):
        protect(world, exchange, kind="NAME", value="Amelia Hart")
    assert not Exchange.objects.filter(kind="CORRECTION").exists()


@pytest.mark.parametrize("by_agency", [True, False])
def test_those_from_whom_it_is_kept_are_left_to_a_person(world: World, by_agency: bool) -> None:
    concern = factories.at_share(world)
    to_tom = factories.understood(world, factories.sent(world, concern))
    to_amara = factories.sent(world, concern, listener=world.amara)
    chosen: dict[str, Any] = (
        {"kept_from": "AGENCIES", "agencies": [world.gp.agency]}
        if by_agency
        else {"kept_from": "PEOPLE", "people": [world.amara]}
    )
    correction = protect(world, to_tom, **chosen)
    assert told_of(correction, to_tom).listener == world.tom
    row = correction.recipients.get(about=to_amara)
    assert row.exchange is None
    assert "kept from them" in row.by_hand_why
    assert row.waits_by_hand


def test_a_correction_that_holds_a_protected_detail_is_stopped_until_somebody_decides(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    protect(world, exchange)
    with pytest.raises(ProtectedDetailFound) as stopped:
        amend(world, concern, text="The marks were seen at 9 Larch Way.")
    assert "Larch" not in str(stopped.value)
    assert correcting.statement(concern).version == 1
    with deciding.deciding(deciding.Decision(why="They found him there.", seen=seen_of(stopped.value))):
        correction = amend(world, concern, text="The marks were seen at 9 Larch Way.")
    assert told_of(correction, exchange).items.get().text == "The marks were seen at 9 Larch Way."


def seen_of(stopped: ProtectedDetailFound) -> frozenset[str]:
    return frozenset(str(stopped.seen).split(deciding.BETWEEN))
