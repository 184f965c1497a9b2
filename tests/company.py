"""A third agency in a concern that two share."""

from __future__ import annotations

from sharing.models import Cycle, Stage
from tests import factories
from tests.factories import World


def keep_company(world: World) -> int:
    """Let a third agency have its own part in each concern that is shared. Returns how many they are.

    It was told, disagrees and proposed an action: of all that the two who share it reach only some.
    """
    shared = Cycle.objects.filter(stage=Stage.SHARE, ended_at=None, concern__owner=world.priya)
    for cycle in shared.select_related("concern"):
        exchange = factories.understood(world, factories.sent(world, cycle.concern, listener=world.amara))
        factories.propose(world, exchange)
        factories.disagreement(world, exchange)
    return len(shared)
