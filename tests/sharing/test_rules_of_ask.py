"""The rules of the gate out of Ask."""

from __future__ import annotations

from typing import Any

import pytest

from records import operations as records
from records.models import Concern
from sharing import rules
from sharing.models import Exchange, Stage
from sharing.operations import ask
from sharing.operations import cycle as cycles
from tests import factories
from tests.factories import World
from tests.sharing.gate import closed, missing, spoken

pytestmark = pytest.mark.django_db


def answer_ask(world: World, concern: Concern, **answers: object) -> None:
    given: dict[str, Any] = {
        "who_needs_to_know": "The duty desk.",
        "nobody_else_known": False,
        "no_assumptions": False,
        "advice_needed": False,
        **answers,
    }
    cycle = factories.the_cycle(concern)
    cycles.answer_ask_questions(cycle, by=concern.owner, at=world.clock(), **given)


def test_others_who_work_with_them_are_listed(world: World) -> None:
    rule = rules.others_who_work_with_them_are_listed
    concern = factories.concern_at(world, Stage.ASK)
    assert closed(world, concern, "to-do", rule) == [
        "Nobody is listed as working with them. Priya Nair can do this now."
    ]
    answer_ask(world, concern, nobody_else_known=True)
    assert missing(concern, rule) == []
    answer_ask(world, concern, nobody_else_known=False)
    assert missing(concern, rule) != []
    ask.list_involvement(factories.the_cycle(concern), by=world.priya, at=world.clock(), member=world.amara)
    assert missing(concern, rule) == []


def test_every_enquiry_is_answered_or_explained(world: World) -> None:
    rule = rules.every_enquiry_is_answered_or_explained
    concern = factories.concern_at(world, Stage.ASK)
    first = factories.enquiry(world, concern)
    second = factories.enquiry(world, concern, of=world.tom)
    assert closed(world, concern, "to-do", rule) == [
        (
            f"Question {first.reference} has no answer yet. Amara Osei (Bridge Street Surgery), or Priya "
            f"Nair by saying why there is none, can do this, {spoken(first.respond_by)}."
        ),
        (
            f"Question {second.reference} has no answer yet. Tom Ashdown (Wyrefold Family Front Door), or "
            f"Priya Nair by saying why there is none, can do this, {spoken(second.respond_by)}."
        ),
    ]
    factories.answered(world, first)
    ask.explain_no_answer(second, by=world.priya, at=world.clock(), why="Away; rang twice.")
    assert missing(concern, rule) == []


def test_every_answer_is_understood(world: World) -> None:
    rule = rules.every_answer_is_understood
    concern = factories.concern_at(world, Stage.ASK)
    answer = factories.answered(world, factories.enquiry(world, concern))
    by_when = spoken(answer.respond_by)
    school, surgery = "Priya Nair (St Wulstan’s Primary)", "Amara Osei (Bridge Street Surgery)"
    assert closed(world, concern, "to-do", rule) == [
        f"Priya Nair has not confirmed receipt of {answer.reference}. {school} can do this, {by_when}."
    ]
    factories.received(world, answer)
    assert missing(concern, rule) == [
        f"Priya Nair has not said {answer.reference} back. {school} can do this, {by_when}."
    ]
    factories.restated(world, answer)
    assert missing(concern, rule) == [
        (
            f"Amara Osei has not checked what was said back on {answer.reference}. "
            f"{surgery} can do this, {by_when}."
        )
    ]
    factories.corrected(world, answer)
    assert missing(concern, rule) == [
        f"Priya Nair has been asked to say {answer.reference} again. {school} can do this, {by_when}."
    ]
    factories.confirmed(world, factories.restated(world, answer))
    assert missing(concern, rule) == []


def test_who_needs_to_know_is_answered(world: World) -> None:
    rule = rules.who_needs_to_know_is_answered
    concern = factories.concern_at(world, Stage.ASK)
    assert closed(world, concern, "to-do", rule) == [
        "Who needs to know is not answered. Priya Nair can do this now."
    ]
    answer_ask(world, concern, who_needs_to_know="  ")
    assert missing(concern, rule) != []
    answer_ask(world, concern)
    assert missing(concern, rule) == []


def test_assumptions_are_named_and_tested(world: World) -> None:
    rule = rules.assumptions_are_named_and_tested
    concern = factories.concern_at(world, Stage.ASK)
    cycle = factories.the_cycle(concern)
    assert closed(world, concern, "to-do", rule) == [
        "What you are assuming is not written down. Priya Nair can do this now."
    ]
    answer_ask(world, concern, no_assumptions=True)
    assert missing(concern, rule) == []
    named = ask.name_assumption(cycle, by=world.priya, at=world.clock(), text="That it was at home.")
    assert missing(concern, rule) == ["1 assumption is not tested yet. Priya Nair can do this now."]
    other = ask.name_assumption(cycle, by=world.priya, at=world.clock(), text="That nobody saw it.")
    assert missing(concern, rule) == ["2 assumptions are not tested yet. Priya Nair can do this now."]
    for one in (named, other):
        ask.test_assumption(one, by=world.priya, at=world.clock(), how_tested="Asked the class teacher.")
    assert missing(concern, rule) == []


def test_worry_is_given(world: World) -> None:
    """It is asked afresh in every cycle."""
    rule = rules.worry_is_given
    concern = factories.concern_at(world, Stage.RECORD)
    factories.finish_record(world, concern)
    factories.move(world, concern, "next-cycle")
    assert closed(world, concern, "to-do", rule) == [
        "How worried you are is not recorded for this cycle. Priya Nair can do this now."
    ]
    records.give_worry(concern, by=world.priya, at=world.clock(), level=2, change="LESS", cycle_number=2)
    assert missing(concern, rule) == []


@pytest.mark.parametrize("needed", [True, False])
def test_advice_is_considered(world: World, needed: bool) -> None:
    rule = rules.advice_is_considered
    concern = factories.concern_at(world, Stage.ASK)
    answer_ask(world, concern, advice_needed=None)
    assert closed(world, concern, "to-do", rule) == [
        "Whether you need advice is not answered. Priya Nair can do this now."
    ]
    answer_ask(world, concern, advice_needed=needed)
    assert missing(concern, rule) == []


def test_advice_is_taken_and_understood(world: World) -> None:
    rule = rules.advice_is_taken_and_understood
    concern = factories.concern_at(world, Stage.DO)
    assert missing(concern, rule) == []
    answer_ask(world, concern, advice_needed=True)
    assert closed(world, concern, "to-share", rule) == [
        "Advice is needed and has not been asked for. Priya Nair can do this now."
    ]
    question = factories.enquiry(world, concern, kind="ADVICE")
    assert missing(concern, rule) == [
        (
            f"Advice {question.reference} has not been given yet. Amara Osei (Bridge Street Surgery), or "
            f"Priya Nair by saying why there is none, can do this, {spoken(question.respond_by)}."
        )
    ]
    advice = factories.answered(world, question)
    assert (advice.kind, advice.stage) == (Exchange.Kind.ADVICE, Stage.DO)
    assert missing(concern, rule) == [
        (
            f"Priya Nair has not confirmed receipt of {advice.reference}. "
            f"Priya Nair (St Wulstan’s Primary) can do this, {spoken(advice.respond_by)}."
        )
    ]
    factories.understood(world, advice)
    assert missing(concern, rule) == []


def test_advice_is_asked_of_everybody_where_the_agency_wants_a_second_person(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    world.school.agency.second_person_in_do = True
    world.school.agency.save()
    concern = factories.again(concern)
    assert missing(concern, rules.advice_is_taken_and_understood) == [
        "Advice is needed and has not been asked for. Priya Nair can do this now."
    ]
