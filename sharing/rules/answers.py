"""The answer to what was shared: whether one was asked for, and whether it has come back.

Each rule's docstring is the rule as a practitioner would say it.
"""

from __future__ import annotations

from agencies.models import Agency
from agencies.refusals import Refused
from sharing.facts import Facts
from sharing.models import Exchange
from sharing.rules.gates import Missing
from sharing.states import State

# Agencies that decide what happens on a referral: from them a decision is asked unless the sender says not.
DECIDES = frozenset({Agency.Kind.CHILDREN, Agency.Kind.ADULTS})
ASKED = frozenset(
    {
        *(State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.RESTATED, State.CORRECTED),
        State.UNDERSTOOD,
    }
)


class NotAsked(Refused):
    """No decision was asked for."""


class NotLateYet(Refused):
    """The other side still has time, or it is not their turn."""


def is_asked_by_default(exchange: Exchange) -> bool:
    """A referral to an agency that decides asks for its decision."""
    return exchange.listener.agency.kind in DECIDES and not exchange.for_information


def require_asked(exchange: Exchange) -> None:
    """A decision is sent back on what asks for one."""
    if not exchange.asks_decision:
        raise NotAsked(
            "No decision was asked for on this.", "Say whether you agree, or propose what should be done."
        )


def every_decision_has_come(facts: Facts) -> list[Missing]:
    """Every decision that was asked for has come back, or somebody has said why it is not waited for."""
    return [
        Missing(
            f"No decision has come back on {e.reference}.",
            f"{e.listener.full_name} ({e.listener.agency.name}), or {facts.concern.owner.full_name} "
            "by saying why you go on without it,",
            e.decision_due,
            "exchange",
            e.reference,
        )
        for e in facts.exchanges
        if e.asks_decision
        and e.understood_at
        and not e.superseded_by_id
        and not (e.is_decided or e.not_awaited)
    ]
