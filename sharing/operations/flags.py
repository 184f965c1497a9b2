"""Actions that rest on what was corrected: flagged to their owners until somebody looks at them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing import corrected, rules
from sharing.models import Action, ActionFlag, Correction
from sharing.operations import actions, parties
from sharing.rules.corrections import AlreadyAnswered
from sharing.states import ActionState

Answer = ActionFlag.Answer


def flag(
    correction: Correction, given: Sequence[Any], *, told: Collection[Any], by: Membership, at: datetime
) -> int:
    """Flag every open action that rests on some exchanges. Returns how many there are.

    Their owners are told, but for those in `told`, who have a notice of the correction itself. The caller
    holds the lock of the concern.
    """
    numbers = [e.pk for e in given] + [e.superseded_by_id for e in given if e.superseded_by_id]
    count = 0
    for action in corrected.resting_actions(numbers):
        ActionFlag.objects.create(action=action, correction=correction, flagged_at=at)
        action.version += 1
        action.save(update_fields=["version"])
        event = parties.write_down(
            "sharing.action.flagged", by=by, at=at, about=action, correction=correction.reference
        )
        if action.owner_id not in told and not action.owner.is_same_person(by):
            parties.tell_if_possible(
                action.owner, Message.Kind.ACTION, about=action, sender=by, at=at, event=event
            )
        count += 1
    return count


@transaction.atomic
def look_again(
    action: Action, *, by: Membership, at: datetime, answer: str, why: str, seen_version: int | None = None
) -> Action:
    """Say of a flagged action that it is still right, and why; or take it back, and why. Either side may.

    One answer is for every correction that it was flagged for until then. The other side is told.
    Raises AlreadyAnswered where nothing waits, NotYourTurn, OutOfDate, and Refused without words.
    """
    rules.require_role(by)
    action, state = actions.lock_action(action)
    is_owner = parties.stands_for(by, action.owner, at=at)
    side = action.owner if is_owner else action.other_side
    acting_for = parties.require_party(by, side, at=at, what="look at this action again")
    rules.require_version(action, seen_version, parties.what_changed(action.reference, seen_version))
    open_flags = list(action.flags.filter(answer=Answer.OPEN).order_by("pk"))
    if not open_flags or not action.is_open:
        raise AlreadyAnswered("This action has been looked at again already.")
    if answer not in (Answer.STILL_RIGHT, Answer.CHANGED):
        raise Refused("Say whether the action is still right, or take it back.")
    if not why.strip():
        raise Refused("Say why, so that the other side can follow it.")
    if answer == Answer.CHANGED and state not in (ActionState.PROPOSED, ActionState.AGREED):
        raise rules.NotYourTurn(
            "It has been reported as done, so it cannot be taken back.",
            f"{action.other_side.full_name} checks first whether it was done.",
        )
    for one in open_flags:
        one.answer, one.words, one.answered_at, one.answered_by = answer, why, at, by
        one.save(update_fields=["answer", "words", "answered_at", "answered_by"])
    if answer == Answer.CHANGED:
        return actions.withdraw_action(action, by=by, at=at, why=why)
    action.version += 1
    action.save(update_fields=["version"])
    event = parties.write_down(
        "sharing.action.still_right", by=by, at=at, about=action, acting_for=acting_for
    )
    parties.tell_if_possible(
        action.other_side if is_owner else action.owner,
        Message.Kind.ACTION, about=action, sender=by, at=at, event=event,
    )  # fmt: skip
    return action
