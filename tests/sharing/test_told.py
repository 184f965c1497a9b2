"""What a listener is told comes with all that says how far to trust it, frozen with the words."""

from __future__ import annotations

from records import operations as records
from records.models import Concern
from sharing.models import Exchange
from sharing.operations import disclosure
from tests import factories
from tests.factories import World
from tests.sharing.asking import HELD_BACK, as_, at, text, told


def by_a_colleague(world: World) -> Concern:
    """A concern with two children, on which a colleague wrote S4 about the sister."""
    sister = factories.child(world, first_name="Isla", born_on=None)
    concern = factories.draft(world)
    records.add_subject(concern, person=sister, is_main=True, by=world.priya, at=world.clock())
    records.add_statement(
        concern,
        by=world.school.colleague,
        at=world.clock(),
        kind="VOICE",
        voice_of="WISHES",
        about=sister,
        text="She cries when it is time to go home.",
        source="I saw it",
        happened_note="every Monday this term",
    )
    concern = records.log_concern(concern, by=world.priya, at=world.clock())
    factories.move(world, concern, "start-at-share", reason="Told by phone already.")
    for subject in concern.subjects.filter(is_main=True).select_related("person"):
        factories.decide(world, concern, about=subject.person)
    return concern


def share(world: World, concern: Concern, *numbers: int) -> Exchange:
    """Choose statements for the social worker and hold the rest of S1 to S4 back."""
    exchange = disclosure.choose_listener(
        factories.the_cycle(concern),
        listener=world.tom,
        by=world.priya,
        at=world.clock(),
        right_place="Rang.",
    )
    return disclosure.choose_items(
        exchange,
        by=world.priya,
        at=world.clock(),
        share=numbers,
        key=numbers[:1],
        held_back={n: "Not needed to act." for n in range(1, 5) if n not in numbers},
        why_you="You are on duty.",
        what_i_ask="Decide whether to visit.",
        urgency="HIGH",
    )


def test_who_wrote_it_and_whose_voice_it_is_reach_the_listener(world: World) -> None:
    exchange = share(world, by_a_colleague(world), 1, 4)
    disclosure.send(exchange, by=world.priya, at=world.clock())
    factories.received(world, exchange)
    page = text(as_(world.tom).get(at("exchange", exchange)))
    assert "Isla Marsh: their wishes and feelings" in page
    assert f"by {world.school.colleague.label}" in page


def test_an_opinion_names_the_items_it_rests_on(world: World) -> None:
    exchange = share(world, by_a_colleague(world), 1, 3)
    page = text(as_(world.priya).get(at("preview", exchange)))
    assert "This opinion rests on: <ul><li>Item 1: Four small round marks" in page


def test_an_opinion_says_nothing_of_what_is_held_back(world: World) -> None:
    exchange = share(world, by_a_colleague(world), 3, 4)
    page = told(as_(world.priya).get(at("preview", exchange)))
    assert HELD_BACK in page
    assert "Four small round marks" not in page
    assert "rests on" not in page


def test_a_corrected_ground_is_the_one_that_is_shared(world: World) -> None:
    concern = by_a_colleague(world)
    seen = concern.statements.get(number=1)
    records.amend_statement(seen, by=world.priya, at=world.clock(), why="Counted again.", text="Five marks.")
    exchange = share(world, concern, 1, 3)
    assert exchange.items.get(number=1).text == "Five marks."
    assert exchange.items.get(number=2).rests_on == [1]
