"""What somebody says about sharing after others were told, and what is withdrawn, travels as well."""

from __future__ import annotations

import pytest

from sharing.models import Correction
from sharing.operations import check_back
from sharing.operations import corrections as operations
from sharing.states import State
from tests import correcting, factories
from tests.correcting import concern_of, told_of
from tests.factories import World

pytestmark = pytest.mark.django_db


def test_an_agreement_taken_back_goes_to_everyone_who_was_told_about_them(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    correction = correcting.withdrawn(world, concern)
    assert correction is not None
    assert correction.kind == Correction.Kind.CONSENT_WITHDRAWN
    item = told_of(correction, exchange).items.get()
    assert "does not agree" in item.text or "no longer agrees" in item.text
    assert item.is_key


def test_a_condition_goes_with_it_and_is_not_sent_twice(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    said = {"answer": "GIVEN_WITH_CONDITIONS", "conditions": "Do not tell her uncle."}
    correction = correcting.withdrawn(world, concern, **said)
    assert correction is not None
    assert correction.kind == Correction.Kind.CONDITION_ADDED
    sent = told_of(correction, exchange)
    assert "Do not tell her uncle." in sent.items.get().text
    assert "Do not tell her uncle." in sent.people.get().conditions
    assert correcting.withdrawn(world, concern, **said) is None


def test_nothing_is_sent_where_nobody_was_told_or_nothing_is_less(world: World) -> None:
    concern = factories.concern_at(world, "DO")
    assert correcting.withdrawn(world, concern) is None
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    assert correcting.withdrawn(world, concern_of(exchange), answer="GIVEN") is None


def test_whoever_was_only_asked_a_question_is_to_be_told_by_telephone(world: World) -> None:
    concern = factories.concern_at(world, "ASK")
    question = factories.enquiry(world, concern)
    correction = correcting.withdrawn(world, concern)
    assert correction is not None
    row = correction.recipients.get()
    assert (row.enquiry, row.waits_by_hand) == (question, True)


def test_what_nobody_opened_can_be_withdrawn_with_its_correction(world: World) -> None:
    concern = factories.at_share(world)
    read = factories.understood(world, factories.sent(world, concern))
    unread = factories.sent(world, concern, listener=world.amara)
    correction = correcting.withdrawn(world, concern)
    assert correction is not None
    gone = operations.withdraw_unopened(correction, by=world.priya, at=world.clock(), why="They said no.")
    assert gone == [unread]
    unread = factories.again(unread)
    assert unread.withdrawn_at is not None
    assert not unread.seen_before_withdrawal
    assert told_of(correction, unread).withdrawn_at is not None
    assert factories.again(read).withdrawn_at is None
    assert told_of(correction, read).withdrawn_at is None


def test_what_was_read_stays_corrected_when_it_is_withdrawn(world: World) -> None:
    exchange, _, sent = correcting.corrected(world, state=State.RECEIVED)
    check_back.withdraw(factories.again(exchange), by=world.priya, at=world.clock(), why="Wrong child.")
    assert factories.again(sent).withdrawn_at is None


def test_what_reached_the_wrong_person_takes_its_correction_with_it(world: World) -> None:
    exchange, _, sent = correcting.corrected(world, state=State.OPENED)
    check_back.not_mine(factories.again(exchange), by=world.tom, at=world.clock())
    assert factories.again(sent).withdrawn_at is not None
