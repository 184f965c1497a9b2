"""Open work by the hundred, written straight into its table: what a lead's list has to cope with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from records.models import Concern
from sharing.models import Obligation
from tests.factories import World


def obligation(world: World, concern: Concern, number: int, **facts: Any) -> Obligation:
    """One row, not saved: Tom at social care has to open something of Priya's at the school."""
    owner, other = facts.pop("owner", world.tom), facts.pop("other", world.priya)
    since: datetime = facts.pop("since", world.clock.moment)
    return Obligation(
        key=f"invented:{number}",
        reference=facts.pop("reference", f"{concern.reference}-X{number}"),
        path="/",
        concern=concern,
        owner=owner,
        owner_agency=owner.agency,
        other=other,
        other_agency=other.agency if other else None,
        since=since,
        due_at=facts.pop("due_at", since + timedelta(days=1)),
        **{"kind": Obligation.Kind.OPEN, **facts},
    )


def many(world: World, concern: Concern, count: int, *, start: int = 1, **facts: Any) -> list[Obligation]:
    """Many rows, a few of each kind, due all at one time or, with `apart`, so far apart."""
    apart = facts.pop("apart", timedelta())
    due_at = facts.pop("due_at", world.clock.moment + timedelta(days=1))
    rows = [obligation(world, concern, start + n, due_at=due_at + n * apart, **facts) for n in range(count)]
    return Obligation.objects.bulk_create(rows, batch_size=2000)
