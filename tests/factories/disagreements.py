"""Disagreements, the stages they go up and how they end."""

from __future__ import annotations

from agencies.models import Membership
from sharing.models import Disagreement, Exchange, LadderStage, Outcome
from sharing.operations import differ, ladder, outcome
from sharing.states import State
from tests.factories.exchanges import understood
from tests.factories.reading import again
from tests.factories.states import exchange_at
from tests.factories.world import World
from tests.replaying import goes_on


@goes_on
def disagreement(
    world: World, exchange: Exchange | None = None, *, both: bool = True, about: str = "RISK"
) -> Disagreement:
    """Let the listener disagree with something understood and, unless told otherwise, the speaker answer."""
    exchange = exchange or exchange_at(world, State.UNDERSTOOD)
    row = differ.open_disagreement(
        exchange, by=exchange.listener, at=world.clock(), about=about, words="Lower than that."
    )
    if both:
        differ.add_position(row, by=exchange.speaker, at=world.clock(), words="It is higher than that.")
    return again(row)


def held(world: World, row: Disagreement, *, by: Membership | None = None) -> Disagreement:
    """Let the listener hold the risk at the present stage."""
    listener = row.exchange.listener
    ladder.name_risk_holder(
        row,
        by=by or listener,
        at=world.clock(),
        person=listener,
        meanwhile="I ring the family every morning.",
    )
    return again(row)


@goes_on
def at_stage(world: World, number: int, row: Disagreement | None = None) -> Disagreement:
    """Bring a disagreement to a stage by the ordinary way, each before its limit."""
    row = row or disagreement(world)
    for stage in range(row.stages.count() + 1, number + 1):
        held(world, row)
        ladder.open_stage(
            row, by=row.exchange.speaker, at=world.clock(), number=stage, why="It cannot wait any longer."
        )
    return again(row)


def current_stage(row: Disagreement) -> LadderStage:
    """Read the stage that a disagreement is at."""
    return LadderStage.objects.filter(disagreement=row).latest("number")


def decided(world: World, row: Disagreement, *, by: Membership | None = None) -> Outcome:
    """Write the outcome of the present stage, as the listener, with somebody who holds the risk."""
    if not current_stage(row).risk_holders.exists():
        held(world, row)
    return outcome.write_outcome(
        row,
        by=by or row.exchange.listener,
        at=world.clock(),
        what_was_decided="We visit together on Thursday.",
        why="Neither of us has seen him at home.",
        who_does_what="Tom rings the family today and books it.",
    )


def understood_outcome(world: World, row: Disagreement, *, by: Membership | None = None) -> Outcome:
    """Write the outcome and let everybody it went to say it back and be confirmed."""
    outcome = decided(world, row, by=by)
    for copy in outcome.exchanges.all():
        understood(world, copy)
    return outcome


def settled(world: World, row: Disagreement | None = None) -> Disagreement:
    """Bring a disagreement to its end: the listener decides, the speaker understands and closes it."""
    row = row or disagreement(world)
    understood_outcome(world, row)
    return outcome.close(row, by=row.exchange.speaker, at=world.clock())
