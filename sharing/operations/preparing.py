"""What is prepared in a disclosure before it is sent: what is told, held back, attached and proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agencies.prepared import Prepared
from sharing.models import Action, Attachment, Exchange, HeldBack, Item
from sharing.operations import attachments
from sharing.operations.check_back import ITEMS


@dataclass(frozen=True)
class WhatIsPrepared:
    """What somebody chose to tell and to hold back, read once."""

    items: Sequence[Item]
    held_back: Sequence[int | None]
    files: Sequence[Attachment]


def read_prepared(exchange: Exchange) -> WhatIsPrepared:
    """Read what is prepared in an exchange: to send it, under its lock."""
    return WhatIsPrepared(
        items=ITEMS.all(exchange=exchange.pk),
        held_back=HELD_BACK.all(exchange=exchange.pk),
        files=attachments.CHOSEN.all(exchange=exchange.pk),
    )


HELD_BACK = Prepared(
    lambda *, exchange: HeldBack.objects.filter(exchange=exchange).values_list("statement_id", flat=True)
)
PROPOSED = Prepared(lambda *, exchange: Action.objects.filter(exchange=exchange).open())
