"""A copy of what somebody said and agreed, taken away: it leaves a trace."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from audit.models import Event
from sharing import rules
from sharing.models import Exchange
from sharing.operations import parties
from sharing.operations.check_back import lock_exchange


@transaction.atomic
def take_copy(exchange: Exchange, *, by: Membership, at: datetime, digest: str) -> Event:
    """Write down that the listener or their deputy takes a copy of what they said and agreed.

    `digest` is the SHA-256 of the file in hexadecimal, so that a copy that turns up later can be told from
    another. Raises NotYourTurn for anybody else, and Refused once they may no longer read it.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="take a copy of what they said", other=exchange.speaker
    )
    if exchange.not_mine_at or exchange.withdrawn_at:
        raise Refused("It was withdrawn or was not for you, so nothing of it can be taken away.")
    return parties.write_down(
        "sharing.exchange.copy_taken", by=by, at=at, about=exchange, acting_for=acting_for, sha256=digest
    )
