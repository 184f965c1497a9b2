"""Which of several people with names alike is meant: asked before choosing and before sending, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agencies.models import Membership
from agencies.refusals import Refused
from sharing.alike import Alike, alike_to, ids
from sharing.models import AlikeChoice, Exchange


class SeveralAlike(Refused):
    """Several people in the directory have names alike, and it is not said which of them is meant."""


def require_meant(listener: Membership, meant: UUID | None, *, by: Membership) -> list[Alike]:
    """Return who could be taken for somebody, where the sender picked that person of them. Else nobody.

    Raises SeveralAlike where nobody was picked, or another than the one it goes to.
    """
    alike = alike_to(listener, by=by)
    if not alike:
        return []
    if meant is None or meant not in ids(alike):
        raise SeveralAlike(
            f"{len(alike)} people in the directory have names alike. Say which of them you mean."
        )
    if meant != listener.pk:
        picked = next(one.member for one in alike if one.member.pk == meant)
        raise SeveralAlike(
            f"This was prepared for {listener.label}. You picked {picked.label}.",
            "If you mean the second, remove this person and choose again. Nothing has been sent.",
        )
    return alike


def write_down(
    exchange: Exchange, alike: Sequence[Alike], moment: AlikeChoice.Moment, *, by: Membership, at: datetime
) -> None:
    """Keep who was shown side by side and who was picked. Nothing where nobody was."""
    if alike:
        AlikeChoice.objects.create(
            exchange=exchange,
            moment=moment,
            shown=ids(list(alike)),
            chosen=exchange.listener,
            by=by,
            at=at,
        )
