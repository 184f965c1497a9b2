"""Records closed to all but named people, and opened in an emergency, by the real operations."""

from __future__ import annotations

from collections.abc import Sequence

from agencies.models import Membership
from records import operations as records
from records.models import BreakGlass, Concern, Restriction
from sharing.models import Stage
from tests import factories
from tests.factories import World

WHY = "A child of this family is missing since noon; I need to know where else she stays."
CLOSED_FOR = "It is about somebody who works with two of us."


def restricted(
    world: World,
    concern: Concern | None = None,
    *,
    let_in: Sequence[Membership] = (),
    kept_out: Sequence[Membership] = (),
) -> Restriction:
    """Close a concern of the school's to all but its owner, its lead and those named."""
    found = concern or factories.concern_at(world, Stage.ASK)
    return records.restrict(
        found, by=world.school.lead, at=world.clock(), why=CLOSED_FOR, let_in=let_in, kept_out=kept_out
    )


def emergency(
    world: World, restriction: Restriction | None = None, *, by: Membership | None = None
) -> BreakGlass:
    """Let the owner's colleague open a closed record in an emergency."""
    closed = restriction or restricted(world)
    return records.break_glass(closed.concern, by=by or world.school.colleague, at=world.clock(), why=WHY)
