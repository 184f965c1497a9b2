"""Every operation does the same whether its connection reaches everything or what its doer reaches.

A row that is out of reach is not there, so a change that should have found it would be left out unnoticed.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from django.db import connection

from agencies import scope
from agencies.models import Membership
from tests.deeds import DEEDS
from tests.factories import World
from tests.reaching import reach
from tests.rows import changed, snapshot, taken_back

pytestmark = pytest.mark.django_db


# Without a member who does it: set up by hand, done in the background, or by somebody who holds a link.
NOBODYS = frozenset(
    {
        "agencies.operations.outside.add_outside",
        "agencies.operations.partnership.make_partnership",
        "sharing.operations.disposal.carry_out",
        "sharing.operations.visits.ask_for_code",
        "sharing.operations.visits.not_me",
    }
)


def doer_of(act: Any) -> Membership | None:
    """Return who does a deed that was prepared with `do`."""
    by = inspect.getclosurevars(act).nonlocals.get("by")
    return by if isinstance(by, Membership) else None


def what_it_leaves(act: Any, by: Membership | None = None) -> dict[str, int]:
    """Do a deed within the reach of `by`, or reaching everything, and take it back. Says what it changed."""
    with taken_back():
        before = snapshot()
        if by is not None:
            reach(connection, everything=False)
            scope.tell(by)
        act()
        reach(connection, everything=True)
        return changed(before, snapshot())


@pytest.mark.parametrize("name", sorted(DEEDS.keys() - NOBODYS))
def test_does_the_same_within_its_doers_reach(world: World, name: str) -> None:
    act = DEEDS[name](world)
    by = doer_of(act)
    assert by is not None, "whoever does it is told as `by`; what nobody does stands in NOBODYS"
    assert what_it_leaves(act, by) == what_it_leaves(act)
