"""A recipient proposes to correct what they were told; the speaker's side does, or says why not."""

from __future__ import annotations

from typing import Any

import pytest

from agencies.refusals import Refused
from sharing.models import Obligation, ProposedCorrection
from sharing.operations import check_back, proposals
from sharing.rules import AnotherPersonMustCheck, NotYourTurn
from sharing.rules.corrections import AlreadyAnswered
from sharing.states import State
from tests import correcting, factories
from tests.correcting import amend, concern_of, proposed
from tests.factories import World

pytestmark = pytest.mark.django_db


def waits(row: ProposedCorrection) -> list[object]:
    rows = Obligation.objects.filter(key=f"correct:{row.pk}", settled_at=None)
    return list(rows.values_list("owner", flat=True))


@pytest.mark.parametrize("state", [State.RECEIVED, State.RESTATED, State.CORRECTED, State.UNDERSTOOD])
def test_it_waits_for_the_speaker(world: World, state: State) -> None:
    row = proposed(world, factories.exchange_at(world, state))
    assert row.item.number == 1
    assert waits(row) == [world.priya.pk]


@pytest.mark.parametrize("state", [State.SENT, State.OPENED, State.WITHDRAWN, State.NOT_MINE])
def test_it_needs_receipt_and_something_that_is_still_theirs(world: World, state: State) -> None:
    with pytest.raises(NotYourTurn):
        proposed(world, factories.exchange_at(world, state))


def test_only_whoever_was_told_proposes_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    for person, why in ((world.priya, NotYourTurn), (world.amara, NotYourTurn)):
        with pytest.raises(why):
            proposals.propose_correction(
                exchange, by=person, at=world.clock(), item_number=1, should_say="A.", how_known="B."
            )


def test_it_says_which_item_what_is_right_and_how_it_is_known(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    good: dict[str, Any] = {"item_number": 1, "should_say": "The right arm.", "how_known": "I saw it."}
    wrongs: list[dict[str, Any]] = [{"item_number": 9}, {"should_say": " "}, {"how_known": ""}]
    for wrong in wrongs:
        with pytest.raises(Refused):
            proposals.propose_correction(exchange, by=world.tom, at=world.clock(), **{**good, **wrong})


def test_one_waits_about_an_item_at_a_time(world: World) -> None:
    row = proposed(world)
    with pytest.raises(AlreadyAnswered):
        proposed(world, row.exchange)


def test_correcting_the_statement_answers_it_and_the_proposer_is_told_like_everyone(world: World) -> None:
    row = proposed(world)
    correction = amend(world, concern_of(row.exchange))
    row = ProposedCorrection.objects.get(pk=row.pk)
    assert (row.answer, row.correction, row.answered_by) == ("CORRECTED", correction, world.priya)
    assert waits(row) == []
    assert correcting.told_of(correction, row.exchange).listener == world.tom


def test_correcting_another_statement_does_not_answer_it(world: World) -> None:
    row = proposed(world)
    amend(world, concern_of(row.exchange), number=2, text="He squeezed me cos I was loud.")
    assert ProposedCorrection.objects.get(pk=row.pk).answer == ""


def test_the_speaker_says_why_it_stays_and_it_can_be_proposed_again(world: World) -> None:
    row = proposed(world)
    with pytest.raises(Refused, match="Say why"):
        proposals.keep_as_said(row, by=world.priya, at=world.clock(), why="")
    kept = proposals.keep_as_said(row, by=world.priya, at=world.clock(), why="Two people saw the left.")
    assert (kept.answer, kept.answer_words) == ("KEPT", "Two people saw the left.")
    assert waits(row) == []
    with pytest.raises(AlreadyAnswered):
        proposals.keep_as_said(row, by=world.priya, at=world.clock(), why="Still.")
    assert proposed(world, row.exchange).pk != row.pk


def test_whoever_proposed_it_does_not_answer_it(world: World) -> None:
    row = proposed(world)
    with pytest.raises((NotYourTurn, AnotherPersonMustCheck)):
        proposals.keep_as_said(row, by=world.tom, at=world.clock(), why="It is right.")


def test_it_waits_no_longer_once_what_it_is_about_is_gone(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    row = proposed(world, exchange)
    check_back.withdraw(factories.again(exchange), by=world.priya, at=world.clock(), why="Wrong child.")
    assert waits(row) == []


def test_it_goes_to_whoever_takes_over_from_the_speaker(world: World) -> None:
    row = proposed(world)
    factories.taken_over(
        world, concern_of(row.exchange), leaver=world.priya, successor=world.school.colleague
    )
    assert waits(row) == [world.school.colleague.pk]
