"""What one rule of a gate says is missing."""

from __future__ import annotations

from records.models import Concern
from sharing import facts
from sharing.rules import GateRule
from tests import factories


def missing(concern: Concern, rule: GateRule) -> list[str]:
    """Return the sentences of one rule as things stand."""
    return [one.sentence for one in rule(facts.read(concern, factories.the_cycle(concern)))]
