"""What one rule of a gate says is missing, and that it keeps a move closed."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from records.models import Concern
from sharing import facts
from sharing.rules import GateRule
from sharing.workflow import GateClosed
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes


def missing(concern: Concern, rule: GateRule) -> list[str]:
    """Return the sentences of one rule as things stand."""
    return [one.sentence for one in rule(facts.read(concern, factories.the_cycle(concern)))]


def closed(world: World, concern: Concern, move: str, rule: GateRule) -> list[str]:
    """Try a move that one rule keeps closed, and return that rule's sentences as the refusal gave them."""
    said = missing(concern, rule)
    assert said, f"{rule.__name__} keeps nothing closed"
    with nothing_changes(), pytest.raises(GateClosed) as refusal:
        factories.move(world, concern, move, reason="Trying.")
    assert set(said) <= set(refusal.value.sentences)
    return said


def spoken(moment: datetime | None) -> str:
    assert moment is not None
    return f"{timezone.localtime(moment):by %H:%M on %A %-d %B}"
