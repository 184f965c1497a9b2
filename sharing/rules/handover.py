"""Handing over: who may, and to whom."""

from __future__ import annotations

from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from sharing.handing import Pieces
from sharing.rules.turns import require_role


class NothingToHandOver(Refused):
    """There is nothing of this person's open in the concern."""


class CannotTakeOver(Refused):
    """The colleague cannot be the successor. The sentence says why."""


def require_may_hand_over(by: Membership, leaver: Membership) -> None:
    """Work is handed over by whoever has it, or by a lead of their agency. Raises NotAllowed."""
    require_role(by)
    if by.pk != leaver.pk and not (by.may(Permission.OVERSEE) and by.agency_id == leaver.agency_id):
        raise NotAllowed("Only the person whose work it is, or a lead of their agency, hands it over.")


def require_can_take_over(successor: Membership, *, leaver: Membership, by: Membership, part: Pieces) -> None:
    """A successor works at the same agency, and is neither the other side nor whoever confirms.

    Raises CannotTakeOver.
    """
    name = successor.full_name
    if successor.agency_id != leaver.agency_id:
        raise CannotTakeOver("Work is handed over within an agency. To tell another agency, share it.")
    if successor.is_same_person(leaver):
        raise CannotTakeOver("Choose somebody else: this is the person whose work it is.")
    if successor.is_same_person(by):
        raise CannotTakeOver(
            "You would confirm what you said back yourself.",
            "Ask a colleague who may hand it over to hand it to you, or choose somebody else.",
        )
    both = part.with_on_the_other_side(successor)
    if both:
        raise CannotTakeOver(
            f"{name} is the other side of {', '.join(both)}, so they cannot take over this side as well.",
            "Choose somebody else.",
        )
