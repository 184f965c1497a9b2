"""Choosing whom to tell and what, and sending it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agencies.refusals import NotAllowed, Refused
from consent import operations as consent
from records import operations as records
from sharing import rules
from sharing.models import Action, Exchange, SkippedStep, Stage
from sharing.operations import disclosure
from sharing.operations.disclosure import NotReady, WrongStage
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def choose(world: World, exchange: Exchange, **changes: Any) -> Exchange:
    given: dict[str, Any] = {
        "share": [1, 2],
        "key": [1],
        "held_back": {3: "Only my view."},
        "why_you": "On duty.",
        "what_i_ask": "Visit today.",
        "urgency": "HIGH",
        **changes,
    }
    return disclosure.choose_items(exchange, by=world.priya, at=world.clock(), **given)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"held_back": {}}, "S3"),
        ({"held_back": {3: "  "}}, "S3"),
        ({"share": [], "held_back": {1: "x", 2: "x", 3: "x"}, "key": []}, "at least one statement"),
        ({"key": []}, "as key"),
        ({"key": [3]}, "as key"),
        ({"why_you": " "}, "why you are telling"),
        ({"what_i_ask": ""}, "what you ask"),
        ({"share": [1, 2, 9]}, "removed or amended"),
        ({"urgency": "SOON"}, "how urgent"),
    ],
)
def test_an_incomplete_choice_is_refused(world: World, changes: dict[str, Any], says: str) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    with nothing_changes(), pytest.raises(Refused, match=says):
        choose(world, exchange, **changes)


def test_what_is_sent_is_a_copy_that_a_later_correction_does_not_touch(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    statement = exchange.cycle.concern.statements.get(number=1)
    before = list(exchange.items.values_list("text", flat=True))
    records.amend_statement(
        statement, by=world.priya, at=world.clock(), why="Counted again.", text="Five marks."
    )
    assert list(exchange.items.values_list("text", flat=True)) == before
    assert [h.statement.label for h in exchange.held_back.all()] == ["S3"]


def test_what_was_amended_since_is_chosen_again(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    statement = exchange.cycle.concern.statements.get(number=1)
    records.amend_statement(
        statement, by=world.priya, at=world.clock(), why="Counted again.", text="Five marks."
    )
    with nothing_changes(), pytest.raises(NotReady, match="Choose the statements again"):
        disclosure.send(exchange, by=world.priya, at=world.clock())
    disclosure.send(choose(world, exchange), by=world.priya, at=world.clock())
    assert exchange.items.get(number=1).text == "Five marks."


@pytest.mark.parametrize("stage", [Stage.ASK, Stage.DO, Stage.RECORD])
def test_from_another_stage_it_goes_only_as_urgent_and_with_the_reason(world: World, stage: Stage) -> None:
    concern = factories.concern_at(world, stage)
    exchange = factories.prepared(world, concern, listener=world.amara, urgency="STANDARD")
    with nothing_changes(), pytest.raises(WrongStage):
        disclosure.send(exchange, by=world.priya, at=world.clock(), emergency_reason="  ")
    sent = disclosure.send(exchange, by=world.priya, at=world.clock(), emergency_reason="Collected at noon.")
    assert (sent.urgency, sent.emergency_reason) == ("URGENT", "Collected at noon.")
    steps = set(SkippedStep.objects.values_list("step", flat=True))
    assert steps == {Stage.ASK: {"ASK", "DECISION"}, Stage.DO: {"DECISION"}, Stage.RECORD: set()}[stage]
    assert factories.the_cycle(concern).stage == stage


def test_a_closed_concern_is_opened_again_first(world: World) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    exchange = factories.prepared(world, concern, listener=world.amara)
    factories.finish_record(world, concern)
    factories.move(world, concern, "close")
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        disclosure.send(exchange, by=world.priya, at=world.clock(), emergency_reason="Now.")
    with nothing_changes(), pytest.raises(Refused, match="has ended"):
        factories.prepared(world, concern)


@pytest.mark.parametrize("answer", ["WITHDRAWN", "REFUSED"])
def test_new_words_about_consent_ask_for_a_new_decision(world: World, answer: str) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    concern = exchange.cycle.concern
    factories.view(world, concern, answer=answer)
    with nothing_changes(), pytest.raises(NotReady, match="Decide again"):
        disclosure.send(exchange, by=world.priya, at=world.clock())
    factories.decide(world, concern)
    assert disclosure.send(exchange, by=world.priya, at=world.clock()).sent_at


def test_a_decision_not_to_share_keeps_it_back(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    factories.decide(world, exchange.cycle.concern, outcome="NOT_SHARE")
    with nothing_changes(), pytest.raises(NotReady, match="not to share"):
        disclosure.send(exchange, by=world.priya, at=world.clock())


def test_conditions_go_with_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    concern = exchange.cycle.concern
    factories.view(world, concern, answer="GIVEN_WITH_CONDITIONS", conditions="Not to his grandmother.")
    factories.decide(world, concern)
    sent = disclosure.send(exchange, by=world.priya, at=world.clock())
    assert [p.conditions for p in sent.people.all()] == ["Not to his grandmother."]


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_nobody_is_told_in_a_role_that_sees_no_concern(world: World, who: str) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, Stage.DO))
    with nothing_changes(), pytest.raises(Refused, match="Choose somebody else"):
        disclosure.choose_listener(
            cycle, listener=getattr(world.care, who), by=world.priya, at=world.clock(), right_place="List."
        )


def test_nobody_tells_themselves_in_another_role(world: World) -> None:
    at_school, in_care = world.two_hats
    cycle = factories.the_cycle(factories.concern_at(world, Stage.DO))
    with nothing_changes(), pytest.raises(Refused, match="cannot tell yourself"):
        disclosure.choose_listener(
            cycle, listener=in_care, by=at_school, at=world.clock(), right_place="List."
        )


def test_somebody_who_left_is_not_sent_to(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    world.tom.ended_at, world.tom.ended_by = world.clock(), world.care.administrator
    world.tom.save()
    with nothing_changes(), pytest.raises(NotReady, match="no longer works there"):
        disclosure.send(exchange, by=world.priya, at=world.clock())


def test_another_agency_chooses_and_sends_nothing_of_ours(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    with nothing_changes(), pytest.raises(NotAllowed):
        disclosure.send(exchange, by=world.care.lead, at=world.clock())
    with nothing_changes(), pytest.raises(NotAllowed):
        disclosure.discard_prepared(exchange, by=world.care.lead, at=world.clock())


def test_a_choice_is_taken_back_before_it_is_sent_and_not_after(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    disclosure.discard_prepared(exchange, by=world.priya, at=world.clock())
    assert not Exchange.objects.filter(pk=exchange.pk).exists()
    sent = factories.exchange_at(world, State.SENT)
    with nothing_changes(), pytest.raises(rules.NotYourTurn, match="withdraw it instead"):
        disclosure.discard_prepared(sent, by=world.priya, at=world.clock())


def test_a_choice_with_actions_on_it_can_be_taken_back_too(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    action = factories.propose(world, exchange)
    disclosure.discard_prepared(exchange, by=world.priya, at=world.clock())
    assert Action.objects.get(pk=action.pk).withdrawn_at is not None
    assert Exchange.objects.get(pk=exchange.pk).withdrawn_at is not None
    assert not Exchange.objects.visible_to(world.tom).exists()


def test_the_limit_is_counted_in_the_receiving_agencys_working_time(world: World) -> None:
    """Friday 18:00 counts as Monday 09:00; high is one working day: Tuesday 17:00."""
    exchange = factories.exchange_at(world, State.PREPARED)
    at = world.clock.jump_to(datetime(2027, 1, 15, 18, 0, tzinfo=UTC))
    sent = disclosure.send(exchange, by=world.priya, at=at)
    assert sent.respond_by == datetime(2027, 1, 19, 17, 0, tzinfo=UTC)


def test_a_decision_of_an_earlier_cycle_does_not_count(world: World) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    factories.finish_record(world, concern)
    factories.move(world, concern, "next-cycle")
    factories.finish_ask(world, concern)
    factories.move(world, concern, "to-do")
    with pytest.raises(Refused, match="no sharing decision"):
        factories.move(world, concern, "to-share")
    assert consent.decide is not None
