"""What is prepared in a disclosure before it is sent: what is told, held back, attached and proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agencies.prepared import Prepared, together
from records.models import Statement
from sharing import facts
from sharing.models import Action, Attachment, Exchange, HeldBack, Item
from sharing.operations import attachments
from sharing.operations.check_back import ITEMS


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


def read_prepared(exchange: Exchange, *, to_send: bool = False) -> WhatIsPrepared:
    """Read what is prepared in an exchange; with what was proposed on it to send it, under its lock."""
    cycle = exchange.cycle
    items, held_back, files, actions, statements, subjects = together(
        ITEMS.asking(exchange=exchange.pk),
        HELD_BACK.asking(exchange=exchange.pk),
        attachments.CHOSEN.asking(exchange=exchange.pk),
        PROPOSED.asking(exchange=exchange.pk) if to_send else None,
        STATEMENTS.asking(concern=cycle.concern_id),
        facts.SUBJECTS.asking(concern=cycle.concern_id, cycle_number=cycle.number),
    )
    return WhatIsPrepared(items, held_back, files, actions, statements, subjects)


HELD_BACK = Prepared(
    lambda *, exchange: HeldBack.objects.filter(exchange=exchange).values_list("statement_id", flat=True)
)
STATEMENTS = Prepared(
    lambda *, concern: Statement.objects.current().filter(concern_id=concern).order_by("number")
)
PROPOSED = Prepared(lambda *, exchange: Action.objects.filter(exchange=exchange).open())
