"""Agreed actions: propose, accept or decline, report, check that it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from agencies import access as agencies_access
from agencies.addresses import reverse
from agencies.models import Membership
from agencies.refusals import Refused
from agencies.working_time import Due, due
from audit.models import Event
from notifications.models import Message
from sharing import rules
from sharing.guard import Place, texts
from sharing.models import Action, ActionReport, Exchange
from sharing.operations import guarding, parties
from sharing.operations.check_back import NOT_OVER, lock_exchange
from sharing.states import ActionState, State, action_state


def count_due(by_when: str, owner: Membership, *, at: datetime) -> Due:
    """Count when something is due: "2 working days" or "by 12:00 tomorrow", in the owner's working time.

    Raises Refused where the words are not understood or the moment has passed.
    """
    counted = due(at, by_when, agencies_access.calendar_of(owner.agency))
    if counted.at <= at:
        raise Refused("The time limit has passed already. Give a later one.")
    return counted


@transaction.atomic
def propose(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    what: str,
    owner: Membership,
    by_when: str,
    contingency: str,
) -> Action:
    """Propose who does what by when, and what would make us act sooner. Either side of the exchange may.

    Proposing is never held back. Raises Refused where something is not said, or the owner is neither
    the speaker nor the listener.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    is_speaker = parties.stands_for(by, exchange.speaker, at=at)
    side = exchange.speaker if is_speaker else exchange.listener
    acting_for = parties.require_party(by, side, at=at, what="propose an action")
    rules.require_state(
        state, NOT_OVER | {State.UNDERSTOOD, State.PREPARED}, "An action belongs to something that is shared."
    )
    if owner.pk not in (exchange.speaker_id, exchange.listener_id):
        raise Refused("The owner of an action is one of the two people in this exchange.")
    if not (what.strip() and contingency.strip()):
        raise Refused("Say what will be done, and what would make you act sooner.")
    if owner.pk != side.pk:
        parties.hold(owner)
    counted = count_due(by_when, owner, at=at)
    speaker_owns = owner.pk == exchange.speaker_id
    action = Action.objects.create(
        reference=parties.next_reference(exchange.cycle.concern, "A"),
        cycle=exchange.cycle,
        exchange=exchange,
        what=what,
        owner=owner,
        other_side=exchange.listener if speaker_owns else exchange.speaker,
        by_when=by_when,
        due_at=counted.at,
        due_why="\n".join(counted.why),
        contingency=contingency,
        proposed_by=by,
        proposed_at=at,
    )
    # What is proposed before it is sent is looked through with everything else when it is.
    if exchange.is_sent:
        _require_clear(action, side, texts.of_action(what, contingency, by_when), by=by, at=at)
    event = parties.write_down("sharing.action.proposed", by=by, at=at, about=action, acting_for=acting_for)
    if exchange.is_sent and not parties.stands_for(by, owner, at=at):
        _tell(owner, action, sender=by, at=at, event=event)
    return action


def lock_action(action: Action) -> tuple[Action, ActionState]:
    """Lock an action through its concern, and read its state under the lock."""
    parties.lock_concern(action.cycle.concern_id)
    locked = (
        Action.objects.select_for_update(of=("self",))
        .select_related(
            "owner__user",
            "owner__agency",
            "other_side__user",
            "other_side__agency",
            "cycle__concern",
            "exchange",
        )
        .get(pk=action.pk)
    )
    last = locked.reports.order_by("-number").values_list("outcome", flat=True).first()
    return locked, action_state(locked, last_outcome=last)


def _require(action: Action, state: ActionState, wanted: ActionState, seen_version: int | None) -> None:
    rules.require_version(action, seen_version, parties.what_changed(action.reference, seen_version))
    if state != wanted:
        raise rules.NotYourTurn(f"This cannot be done now: the action is {state.value}.")


@transaction.atomic
def accept(action: Action, *, by: Membership, at: datetime, seen_version: int | None = None) -> Action:
    """Take an action on. Held back until the exchange it rests on has been understood.

    Raises Refused while it is not understood; NotYourTurn, OutOfDate.
    """
    rules.require_role(by)
    action, state = lock_action(action)
    acting_for = parties.require_party(by, action.owner, at=at, what="take this on", other=action.other_side)
    _require(action, state, ActionState.PROPOSED, seen_version)
    exchange = action.exchange
    if exchange.understood_at is None:
        raise Refused(
            f"{exchange.reference} has not been understood yet, so its actions cannot be agreed.",
            "First it is said back by the listener and confirmed by the speaker.",
        )
    action.accepted_at, action.accepted_by = at, by
    action.version += 1
    action.save(update_fields=["accepted_at", "accepted_by", "version"])
    event = parties.write_down("sharing.action.accepted", by=by, at=at, about=action, acting_for=acting_for)
    _tell(action.other_side, action, sender=by, at=at, event=event)
    return action


@transaction.atomic
def decline(
    action: Action, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Action:
    """Say that an action will not be taken on, and why."""
    rules.require_role(by)
    action, state = lock_action(action)
    acting_for = parties.require_party(by, action.owner, at=at, what="decline this", other=action.other_side)
    _require(action, state, ActionState.PROPOSED, seen_version)
    if not why.strip():
        raise Refused("Say why, and what you would do instead.")
    action.declined_at, action.declined_by, action.declined_why = at, by, why
    action.version += 1
    action.save(update_fields=["declined_at", "declined_by", "declined_why", "version"])
    event = parties.write_down("sharing.action.declined", by=by, at=at, about=action, acting_for=acting_for)
    _tell(action.other_side, action, sender=by, at=at, event=event)
    return action


@transaction.atomic
def report(
    action: Action,
    *,
    by: Membership,
    at: datetime,
    what_happened: str,
    done_at: datetime,
    seen_version: int | None = None,
) -> ActionReport:
    """Say what happened. The other side then checks back that it was done.

    `done_at` (UTC) is when it happened, not when it was written down. Raises NotYourTurn, OutOfDate,
    Refused without words or with a moment to come.
    """
    rules.require_role(by)
    action, state = lock_action(action)
    acting_for = parties.require_party(
        by, action.owner, at=at, what="report on this action", other=action.other_side
    )
    _require(action, state, ActionState.AGREED, seen_version)
    if not what_happened.strip():
        raise Refused("Say what happened.")
    if done_at > at:
        raise Refused("It cannot have happened after now. Check the date and time.")
    written = ActionReport.objects.create(
        action=action,
        number=parties.next_number(action.reports),
        what_happened=what_happened,
        done_at=done_at,
        reported_by=by,
        reported_at=at,
    )
    _require_clear(action, action.owner, [("What happened", what_happened)], by=by, at=at)
    action.version += 1
    action.save(update_fields=["version"])
    event = parties.write_down(
        "sharing.action.reported",
        by=by,
        at=at,
        about=action,
        acting_for=acting_for,
        happened_at=done_at.isoformat(),
    )
    _tell(action.other_side, action, sender=by, at=at, event=event)
    return written


@transaction.atomic
def check_report(
    action: Action,
    *,
    by: Membership,
    at: datetime,
    is_done: bool,
    note: str = "",
    seen_version: int | None = None,
) -> Action:
    """Check back that an action was done, as the other side. Not done yet needs a note, and it goes on."""
    rules.require_role(by)
    action, state = lock_action(action)
    acting_for = parties.require_party(by, action.other_side, at=at, what="check this", other=action.owner)
    _require(action, state, ActionState.REPORTED, seen_version)
    written = action.reports.select_related("reported_by").get(outcome="")
    rules.require_another_person(by, written.reported_by, "reported this")
    if not is_done and not note.strip():
        raise Refused("Say what is still to do.")
    written.outcome = ActionReport.Outcome.DONE if is_done else ActionReport.Outcome.NOT_DONE
    written.note, written.checked_by, written.checked_at = note, by, at
    written.save(update_fields=["outcome", "note", "checked_by", "checked_at"])
    if is_done:
        action.checked_at, action.checked_by = at, by
    action.version += 1
    action.save(update_fields=["checked_at", "checked_by", "version"])
    verb = "sharing.action.checked" if is_done else "sharing.action.not_done"
    event = parties.write_down(verb, by=by, at=at, about=action, acting_for=acting_for)
    _tell(action.owner, action, sender=by, at=at, event=event)
    return action


@transaction.atomic
def withdraw_action(
    action: Action, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Action:
    """Take a proposed or agreed action back, with a reason. Either side may; the other side is told."""
    rules.require_role(by)
    action, state = lock_action(action)
    is_owner = parties.stands_for(by, action.owner, at=at)
    side = action.owner if is_owner else action.other_side
    acting_for = parties.require_party(by, side, at=at, what="take this action back")
    rules.require_version(action, seen_version, parties.what_changed(action.reference, seen_version))
    if state not in (ActionState.PROPOSED, ActionState.AGREED):
        raise rules.NotYourTurn(f"This cannot be done now: the action is {state.value}.")
    if not why.strip():
        raise Refused("Say why the action is taken back.")
    action.withdrawn_at, action.withdrawn_by, action.withdrawn_why = at, by, why
    action.version += 1
    action.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "version"])
    event = parties.write_down("sharing.action.withdrawn", by=by, at=at, about=action, acting_for=acting_for)
    _tell(action.other_side if is_owner else action.owner, action, sender=by, at=at, event=event)
    return action


def _require_clear(
    action: Action, side: Membership, places: Sequence[Place], *, by: Membership, at: datetime
) -> None:
    """Raise ProtectedDetailFound where one side of an action is about to tell the other what it must not."""
    other = action.other_side if side.pk == action.owner_id else action.owner
    guarding.require_nothing_protected(
        action, concern=action.cycle.concern, speaker=side, listener=other, texts=places, by=by, at=at
    )


def _tell(person: Membership, action: Action, *, sender: Membership, at: datetime, event: Event) -> None:
    exchange = action.exchange
    # The listener sees an action once they have opened what it rests on, so that is where they begin.
    is_hidden = exchange.opened_at is None and person.pk != exchange.speaker_id
    parties.tell(
        person,
        Message.Kind.ACTION,
        about=action,
        sender=sender,
        at=at,
        event=event,
        respond_by=action.due_at,
        path=reverse("exchange", [exchange.reference]) if is_hidden else "",
    )
