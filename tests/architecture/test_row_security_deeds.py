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
from agencies.refusals import Refused
from tests.company import keep_company
from tests.deeds import DEEDS
from tests.factories import World
from tests.reaching import reach
from tests.rows import Rows, Table, changed, snapshot, taken_back

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


# Some others are done before anything is shared, or where nothing is any more.
ALWAYS_SHARED = frozenset(
    f"sharing.operations.{name}"
    for name in (
        "actions.propose", "check_back.restate", "check_back.check", "decisions.decide",
        "differ.open_disagreement", "handover.hand_over", "meetings.call_meeting", "outcome.close",
        "outcome.write_outcome", "transfers.propose",
    )
)  # fmt: skip


def doer_of(act: Any) -> Membership | None:
    """Return who does a deed that was prepared with `do`."""
    by = inspect.getclosurevars(act).nonlocals.get("by")
    return by if isinstance(by, Membership) else None


def leaves() -> Rows:
    """Count what is sealed by its table and the concern it is said to be about, which a trigger looks up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.table_name, l.concern, count(*)"
            " FROM audit_leaf l JOIN audit_shape s ON s.id = l.shape_id GROUP BY 1, 2"
        )
        return {
            f"leaves of {table} about {concern}": Table(count, str(count))
            for table, concern, count in cursor.fetchall()
        }


def what_it_leaves(act: Any, by: Membership | None = None) -> dict[str, int] | str:
    """Do a deed within the reach of `by`, or reaching everything, and take it back.

    Says what it changed, or which refusal came.
    """
    with taken_back():
        before = snapshot() | leaves()
        if by is not None:
            reach(connection, everything=False)
            scope.tell(by)
        try:
            act()
        except Refused as refusal:
            return type(refusal).__name__
        finally:
            reach(connection, everything=True)
        return changed(before, snapshot() | leaves())


@pytest.mark.parametrize("name", sorted(DEEDS.keys() - NOBODYS))
def test_does_the_same_within_its_doers_reach(world: World, name: str) -> None:
    act = DEEDS[name](world)
    by = doer_of(act)
    assert by is not None, "whoever does it is told as `by`; what nobody does stands in NOBODYS"
    assert what_it_leaves(act, by) == what_it_leaves(act)


@pytest.mark.parametrize("name", sorted(DEEDS.keys() - NOBODYS))
def test_does_the_same_where_a_third_agency_has_a_part(world: World, name: str) -> None:
    act = DEEDS[name](world)
    company = keep_company(world)
    assert company or name not in ALWAYS_SHARED
    if company:
        assert what_it_leaves(act, doer_of(act)) == what_it_leaves(act)
