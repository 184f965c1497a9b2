"""Questions, answers and assumptions."""

from __future__ import annotations

import pytest

from agencies.refusals import NotAllowed, Refused
from sharing import rules
from sharing.models import Exchange, Stage
from sharing.operations import ask
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def test_an_answer_is_an_exchange_whose_speaker_was_asked(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    answer = factories.answered(world, question)
    assert (answer.kind, answer.stage) == (Exchange.Kind.ANSWER, Stage.ASK)
    assert (answer.speaker_id, answer.listener_id) == (world.amara.pk, world.priya.pk)
    assert factories.understood(world, answer).understood_by_id == world.amara.pk


def test_something_of_every_answer_is_key(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    said = [ask.Said(kind="HISTORY", text="Nothing known.", is_key=False)]
    answer = ask.answer(question, by=world.amara, at=world.clock(), said=said)
    assert [item.is_key for item in answer.items.all()] == [True]


def test_nobody_answers_their_own_question_in_another_role(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    in_surgery = factories.member(world.gp.agency, "", person=world.priya.user)
    factories.name_deputy(world.amara, in_surgery)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        factories.answered(world, question, by=in_surgery)


def test_an_empty_answer_is_refused(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    for said in ([], [ask.Said(kind="HISTORY", text="  ")]):
        with nothing_changes(), pytest.raises(Refused, match="Write your answer"):
            ask.answer(question, by=world.amara, at=world.clock(), said=said)


def test_a_question_is_answered_once(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    factories.answered(world, question)
    with nothing_changes(), pytest.raises(rules.AlreadyDone):
        factories.answered(world, question)


def test_an_explained_question_can_still_be_answered(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    ask.explain_no_answer(question, by=world.priya, at=world.clock(), why="Closed today.")
    assert factories.answered(world, question).sent_at


def test_somebody_who_cannot_be_reached_is_not_asked(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    world.amara.contact_points.update(retired_at=world.clock())
    with nothing_changes(), pytest.raises(Refused, match="no checked contact point"):
        factories.enquiry(world, concern)


def test_another_agency_asks_nothing_about_our_concern(world: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, Stage.ASK))
    with nothing_changes(), pytest.raises(NotAllowed):
        ask.ask(cycle, of=world.amara, by=world.tom, at=world.clock(), told="x", question="y")


def test_nothing_is_added_to_a_closed_concern(world: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, Stage.CLOSED))
    by, at = world.priya, world.clock()
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        ask.ask(cycle, of=world.amara, by=by, at=at, told="x", question="y")
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        ask.list_involvement(cycle, by=by, at=at, member=world.amara)
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        ask.name_assumption(cycle, by=by, at=at, text="That it is over.")
