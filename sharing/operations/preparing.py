"""What is prepared in a disclosure before it is sent: what is told, held back, attached and proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agencies.models import Membership
from agencies.prepared import Asking, Prepared, together
from records.models import Statement
from sharing import facts
from sharing.models import Action, Attachment, Exchange, HeldBack, Item
from sharing.operations import attachments, parties
from sharing.operations.check_back import ITEMS
from sharing.operations.saying import TOLD_OF


@dataclass(frozen=True)
class WhatIsPrepared:
    """What somebody chose to tell and to hold back, read once."""

    items: Sequence[Item]
    held_back: Sequence[int | None]
    files: Sequence[Attachment]
    actions: Sequence[Action]
    """What was proposed on it, read only to send it."""
    statements: Sequence[Statement]
    """What the concern says now, which the choice is compared with."""
    subjects: Sequence[Any]
    """Whom the concern is about, with what was decided about sharing."""
    told_of: Sequence[Any]
    """Whom it is about as the listener is told (`people_as_told`), read only to send it."""


def read_prepared(exchange: Exchange) -> WhatIsPrepared:
    """Read what is prepared in an exchange, to show it."""
    return WhatIsPrepared(*together(*_asking(exchange, to_send=False)))


def read_to_send(exchange: Exchange) -> tuple[Membership, WhatIsPrepared]:
    """Hold the listener of an exchange as `parties.hold` does, and read what is prepared, under its lock."""
    (listener,), *prepared = together(
        parties.HELD.asking(member=exchange.listener_id), *_asking(exchange, to_send=True)
    )
    return listener, WhatIsPrepared(*prepared)


def _asking(exchange: Exchange, *, to_send: bool) -> list[Asking[Any] | None]:
    cycle = exchange.cycle
    return [
        ITEMS.asking(exchange=exchange.pk),
        HELD_BACK.asking(exchange=exchange.pk),
        attachments.CHOSEN.asking(exchange=exchange.pk),
        PROPOSED.asking(exchange=exchange.pk) if to_send else None,
        STATEMENTS.asking(concern=cycle.concern_id),
        facts.SUBJECTS.asking(concern=cycle.concern_id, cycle_number=cycle.number),
        TOLD_OF.asking(concern=cycle.concern_id) if to_send else None,
    ]


HELD_BACK = Prepared(
    lambda *, exchange: HeldBack.objects.filter(exchange=exchange).values_list("statement_id", flat=True)
)
STATEMENTS = Prepared(
    lambda *, concern: Statement.objects.current().filter(concern_id=concern).order_by("number")
)
PROPOSED = Prepared(lambda *, exchange: Action.objects.filter(exchange=exchange).open())
