"""Each rule of a gate, by its name: closed with the sentence (what, who, by when), open when supplied.

Here the gates out of Do and Share; test_rules_of_*.py have the others.
"""

from __future__ import annotations

import pytest

from records import operations as records
from sharing import rules, workflow
from sharing.models import Stage
from sharing.operations import check_back, differ, disclosure
from tests import factories
from tests.factories import World
from tests.sharing import test_rules_of_ask, test_rules_of_reach, test_rules_of_record
from tests.sharing.gate import closed, missing, spoken

pytestmark = pytest.mark.django_db


def test_every_rule_of_a_gate_has_a_test_of_its_name() -> None:
    used = {rule.__name__ for move in workflow.MOVES.values() for rule in move.gate}
    elsewhere = [set(vars(file)) for file in (test_rules_of_ask, test_rules_of_reach, test_rules_of_record)]
    assert {f"test_{name}" for name in used} <= set(globals()).union(*elsewhere)
    for rule in {rule for move in workflow.MOVES.values() for rule in move.gate}:
        assert (rule.__doc__ or "").strip().endswith("."), f"{rule.__name__} does not say what it asks"


def test_every_person_has_a_sharing_decision(world: World) -> None:
    rule = rules.every_person_has_a_sharing_decision
    concern = factories.concern_at(world, Stage.DO)
    sister = factories.child(world, first_name="Isla", born_on=None)
    records.add_subject(concern, person=sister, by=world.priya, at=world.clock())
    assert closed(world, concern, "to-share", rule) == [
        "There is no sharing decision for Leo Marsh. Priya Nair can do this now.",
        "There is no sharing decision for Isla Marsh. Priya Nair can do this now.",
    ]
    factories.decide(world, concern)
    assert missing(concern, rule) == [
        "There is no sharing decision for Isla Marsh. Priya Nair can do this now."
    ]
    factories.decide(world, concern, about=sister)
    assert missing(concern, rule) == []


def test_somebody_is_to_be_told(world: World) -> None:
    rule = rules.somebody_is_to_be_told
    concern = factories.concern_at(world, Stage.DO)
    assert closed(world, concern, "to-share", rule) == [
        "Nobody is chosen to be told. Priya Nair can do this now."
    ]
    exchange = disclosure.choose_listener(
        factories.the_cycle(concern),
        listener=world.tom,
        by=world.priya,
        at=world.clock(),
        right_place="Rang.",
    )
    assert missing(concern, rule) == ["No statement is chosen for Tom Ashdown. Priya Nair can do this now."]
    disclosure.discard_prepared(exchange, by=world.priya, at=world.clock())
    exchange = factories.prepared(world, concern)
    assert missing(concern, rule) == []
    point = world.tom.contact_points.get()
    point.retired_at = world.clock()
    point.save()
    assert missing(concern, rule) == [
        "The contact point for Tom Ashdown has not been checked. Priya Nair can do this now."
    ]


def test_somebody_told_only_for_information_does_not_open_the_gate(world: World) -> None:
    concern = factories.concern_at(world, Stage.DO)
    factories.prepared(world, concern, for_information=True)
    assert missing(concern, rules.somebody_is_to_be_told) == [
        "Nobody is chosen to be told. Priya Nair can do this now."
    ]


def test_nothing_is_to_be_shared(world: World) -> None:
    rule = rules.nothing_is_to_be_shared
    concern = factories.concern_at(world, Stage.DO)
    assert closed(world, concern, "not-shared", rule) == [
        "There is no sharing decision for Leo Marsh. Priya Nair can do this now."
    ]
    factories.decide(world, concern)
    assert missing(concern, rule) == [
        "A sharing decision says to share. Go on to Share, or decide again. Priya Nair can do this now."
    ]
    factories.decide(world, concern, outcome="NOT_SHARE")
    assert missing(concern, rule) == []
    factories.prepared(world, concern)
    assert missing(concern, rule) == [
        "Somebody is chosen to be told. Remove them, or go on to Share. Priya Nair can do this now."
    ]


def test_every_listener_has_understood(world: World) -> None:
    rule = rules.every_listener_has_understood
    concern = factories.at_share(world)
    assert closed(world, concern, "to-record", rule) == [
        "Nobody has understood a disclosure in this cycle. Priya Nair can do this now."
    ]
    first = factories.prepared(world, concern)
    assert missing(concern, rule) == [
        "What you prepared for Tom Ashdown has not been sent. Priya Nair can do this now."
    ]
    first = disclosure.send(first, by=world.priya, at=world.clock())
    second = factories.sent(world, concern, listener=world.amara)
    assert len(closed(world, concern, "to-record", rule)) == 2
    factories.understood(world, first)
    assert missing(concern, rule) == [
        (
            f"Amara Osei has not confirmed receipt of {second.reference}. "
            f"Amara Osei (Bridge Street Surgery) can do this, {spoken(second.respond_by)}."
        )
    ]
    check_back.withdraw(second, by=world.priya, at=world.clock(), why="Told by phone instead.")
    assert missing(concern, rule) == []


def test_a_listener_who_understands_and_disagrees_does_not_hold_the_stage_back(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.understood(world, factories.sent(world, concern))
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    assert missing(concern, rules.every_listener_has_understood) == []
    assert factories.move(world, concern, "to-record").stage == Stage.RECORD


def test_those_told_for_information_do_not_hold_the_stage_back(world: World) -> None:
    concern = factories.at_share(world)
    factories.sent(world, concern, listener=world.amara, for_information=True)
    assert missing(concern, rules.every_listener_has_understood) == [
        "Nobody has understood a disclosure in this cycle. Priya Nair can do this now."
    ]
    factories.understood(world, factories.sent(world, concern))
    assert missing(concern, rules.every_listener_has_understood) == []
