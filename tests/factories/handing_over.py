"""A part in a concern that passes to somebody else."""

from __future__ import annotations

from agencies.models import Membership
from records.models import Concern
from sharing.models import Handover
from sharing.operations import handover
from tests.factories.exchanges import understood
from tests.factories.world import World


def handed_over(
    world: World,
    concern: Concern,
    *,
    leaver: Membership,
    successor: Membership,
    by: Membership | None = None,
    note: str = "",
) -> Handover:
    """Hand over somebody's part in a concern to a colleague, as themselves unless told otherwise."""
    return handover.hand_over(
        concern, leaver=leaver, successor=successor, by=by or leaver, at=world.clock(), note=note
    )


def taken_over(
    world: World,
    concern: Concern,
    *,
    leaver: Membership,
    successor: Membership,
    by: Membership | None = None,
) -> Handover:
    """Hand over somebody's part, said back by the successor and confirmed: the work has passed on."""
    row = handed_over(world, concern, leaver=leaver, successor=successor, by=by)
    assert row.exchange is not None
    understood(world, row.exchange)
    return Handover.objects.get(pk=row.pk)
