"""The heart: receive, restate, check, confirm or correct, agree, withdraw. Every verb locks first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from agencies import drafts, later
from agencies.models import Membership
from agencies.operations import lead_of
from agencies.prepared import Asking, Prepared, together
from agencies.refusals import OutOfDate, Refused
from notifications.models import Message
from sharing import rules
from sharing.models import Exchange, Incident, Item, Round, Verdict
from sharing.operations import obligations, parties
from sharing.states import State, state_of
from sharing.waiting import waits

LISTENER_MAY_ACT = frozenset({State.RECEIVED, State.CORRECTED})
NOT_OVER = frozenset(
    {State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.RESTATED, State.CORRECTED}
)
# Also what was typed after a call: whoever it names may never have been on the telephone.
CAN_BE_SENT_BACK = frozenset(
    {State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.CORRECTED, State.FOR_INFORMATION}
)
CAN_BE_WITHDRAWN = NOT_OVER | {State.FOR_INFORMATION}
CAN_AGREE = frozenset({State.RECEIVED, State.SPOKEN, State.RESTATED, State.CORRECTED, State.UNDERSTOOD})
PHONE_AFTER = 2
MANAGER_AFTER = 3
# The forms in which the listener's side writes about an exchange, as their drafts are named.
LISTENERS_PAGES = (
    "restate",
    "say-differently",
    "agreement",
    "not-mine",
    "propose",
    "answer-summary",
    "disagree",
    "propose-correction",
)
DISAGREEMENTS_PAGES = ("position", "risk-holder", "next-stage", "danger", "outcome")


def lock_exchange(exchange: Exchange) -> tuple[Exchange, State]:
    """Lock an exchange through its concern, and read its state under the lock.

    Raises AlreadyDone where it was taken back meanwhile, which only what was never sent can be.
    """
    locked, state, _ = lock_and_read(exchange)
    return locked, state


def lock_and_read(exchange: Exchange, *asked: Asking[Any]) -> tuple[Exchange, State, list[list[Any]]]:
    """Lock an exchange as `lock_exchange` does, and read what else is asked of it under the lock.

    In one round trip; what is read after the lock is what stood there once it was given.
    """
    _, found, *answers = together(
        parties.LOCKED.asking(concern=exchange.cycle.concern_id), LOCKED.asking(exchange=exchange.pk), *asked
    )
    locked: Any = next(iter(found), None)
    if locked is None:
        raise rules.AlreadyDone("A colleague took this back before it was sent.")
    answered = hasattr(locked, "summary_answer")
    return locked, state_of(locked, last_outcome=locked.last_outcome, is_answered=answered), answers


def _locked(*, exchange: int) -> QuerySet[Exchange]:
    # Nobody waits for this row: whoever changes it or its rounds has the lock of the concern.
    return (
        Exchange.objects.select_for_update(of=("self",))
        .select_related(
            "speaker__user",
            "speaker__agency",
            "listener__user",
            "listener__agency",
            "cycle__concern",
            "contact_point",
            "summary_answer",
        )
        .with_state()
        .filter(pk=exchange)
    )


LOCKED = Prepared(_locked)


def require_fresh(exchange: Exchange, seen_version: int | None) -> None:
    changed = ""
    if seen_version is not None and exchange.version != seen_version:
        changed = parties.what_changed(exchange.reference, seen_version)
    rules.require_version(exchange, seen_version, changed)


@transaction.atomic
def open_exchange(exchange: Exchange, *, by: Membership, at: datetime) -> Exchange:
    """Write down that the listener or their deputy opened what was sent. Opening is not receiving.

    Opening again changes nothing, nor does somebody else.
    """
    exchange, state = lock_exchange(exchange)
    is_new = state in (State.SENT, State.FOR_INFORMATION) and exchange.opened_at is None
    is_theirs = parties.stands_for(by, exchange.listener, at=at) and not by.is_same_person(exchange.speaker)
    if is_new and is_theirs:
        acting_for = "" if by.pk == exchange.listener_id else exchange.listener.label
        exchange.opened_at = at
        exchange.save(update_fields=["opened_at"])
        parties.write_down("sharing.exchange.opened", by=by, at=at, about=exchange, acting_for=acting_for)
    return exchange


@transaction.atomic
def receive(exchange: Exchange, *, by: Membership, at: datetime, seen_version: int | None = None) -> Exchange:
    """Confirm receipt: this reached me and it is mine to answer. It does not say that I understood.

    Raises NotYourTurn unless `by` is the listener or their deputy and it is not received yet.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="confirm receipt", other=exchange.speaker
    )
    require_fresh(exchange, seen_version)
    rules.require_state(
        state,
        frozenset({State.SENT, State.OPENED}),
        "Receipt is confirmed once, by the person it was sent to.",
    )
    exchange.opened_at = exchange.opened_at or at
    exchange.received_at, exchange.received_by = at, by
    exchange.version += 1
    exchange.save(update_fields=["opened_at", "received_at", "received_by", "version"])
    if exchange.kind == Exchange.Kind.DISCLOSURE:
        from sharing.operations import transfers

        transfers.received_with(exchange, by=by, at=at)
    event = parties.write_down(
        "sharing.exchange.received", by=by, at=at, about=exchange, acting_for=acting_for
    )
    parties.tell(exchange.speaker, Message.Kind.RECEIVED, about=exchange, sender=by, at=at, event=event)
    return exchange


@transaction.atomic
def not_mine(
    exchange: Exchange, *, by: Membership, at: datetime, note: str = "", seen_version: int | None = None
) -> Exchange:
    """Say that this reached the wrong person. The content is gone for them at once and for good.

    The speaker and the speaker's manager are told, and an incident is opened.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="say that this is not for them", other=exchange.speaker
    )
    require_fresh(exchange, seen_version)
    rules.require_state(
        state,
        CAN_BE_SENT_BACK,
        "It can be sent back until it has been said back.",
    )
    exchange.not_mine_at, exchange.not_mine_by = at, by
    exchange.version += 1
    exchange.save(update_fields=["not_mine_at", "not_mine_by", "version"])
    incident = Incident.objects.create(exchange=exchange, opened_at=at, reported_by=by, note=note)
    obligations.follow(incident, at=at)
    event = parties.write_down(
        "sharing.exchange.not_mine", by=by, at=at, about=exchange, acting_for=acting_for
    )
    _take_away(exchange, by=by, at=at, why="What it rests on reached the wrong person.")
    parties.tell_with_lead(
        exchange.speaker, Message.Kind.NOT_MINE, about=exchange, sender=by, at=at, event=event
    )
    return exchange


@transaction.atomic
def restate(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    what_happened: str,
    what_worries_me: str,
    what_i_will_do: str,
    knowingly_a_copy: bool = False,
    seen_version: int | None = None,
) -> Round:
    """Say back, in one's own words, what was understood. Opens a round for the speaker to check.

    Raises NotYourTurn, OutOfDate, NotInYourWords (empty or only an acknowledgement) or NearCopy
    (at least 60% of it word for word, and `knowingly_a_copy` not set). Nothing is saved then.
    """
    rules.require_role(by)
    exchange, state, (items, rounds) = lock_and_read(exchange, *asking_to_say_back(exchange))
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="say this back", other=exchange.speaker
    )
    require_fresh(exchange, seen_version)
    rules.require_state(state, LISTENER_MAY_ACT, "It is said back after receipt, or when it was corrected.")
    if exchange.kind == Exchange.Kind.SUMMARY:
        raise Refused("A summary is confirmed or corrected, not said back.")
    return say_back(
        exchange,
        by=by,
        at=at,
        acting_for=acting_for,
        items=items,
        rounds=rounds,
        what_happened=what_happened,
        what_worries_me=what_worries_me,
        what_i_will_do=what_i_will_do,
        knowingly_a_copy=knowingly_a_copy,
    )


def asking_to_say_back(exchange: Exchange) -> tuple[Asking[Item], Asking[Round]]:
    """Ask what was said and how it was last said back, which `say_back` needs."""
    return ITEMS.asking(exchange=exchange.pk), waits.LAST_ROUND.asking(exchange=exchange.pk)


def source_of(exchange: Exchange) -> str:
    """Return the speaker's own wording, with which what is said back is compared."""
    return _wording(exchange, ITEMS.all(exchange=exchange.pk))


def _wording(exchange: Exchange, items: Sequence[Item]) -> str:
    return "\n".join([*(item.text for item in items), exchange.why_you, exchange.what_i_ask])


ITEMS = Prepared(lambda *, exchange: Item.objects.filter(exchange=exchange))


def say_back(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    acting_for: str,
    items: Sequence[Item],
    rounds: Sequence[Round],
    what_happened: str,
    what_worries_me: str,
    what_i_will_do: str,
    knowingly_a_copy: bool,
    verb: str = "sharing.exchange.restated",
) -> Round:
    """Open a round for the speaker to check. The caller holds the lock and has checked whose turn it is.

    `items` and `rounds` are what `asking_to_say_back` asks, read under the lock. Raises NotInYourWords or
    NearCopy.
    """
    rules.require_own_words(what_happened, what_worries_me, what_i_will_do)
    said = f"{what_happened}\n{what_worries_me}\n{what_i_will_do}"
    percent = rules.similarity(said, _wording(exchange, items))
    rules.require_not_a_copy(percent, knowingly=knowingly_a_copy)
    last = next(iter(rounds), None)
    opened = Round.objects.create(
        exchange=exchange,
        number=last.number + 1 if last else 1,
        what_happened=what_happened,
        what_worries_me=what_worries_me,
        what_i_will_do=what_i_will_do,
        restated_by=by,
        restated_at=at,
        similarity=percent,
    )
    exchange.version += 1
    later.save(exchange, "version")
    event = parties.write_down(
        verb,
        by=by,
        at=at,
        about=exchange,
        acting_for=acting_for,
        said=[opened],
        round=opened.number,
        similarity=percent,
    )
    parties.tell(
        exchange.speaker,
        Message.Kind.RESTATED,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=exchange.respond_by,
        urgent=exchange.urgency == "URGENT",
    )
    return opened


@transaction.atomic
def check(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    outcome: str,
    verdicts: dict[int, str],
    notes: dict[int, str] | None = None,
    note: str = "",
    round_number: int | None = None,
    seen_version: int | None = None,
) -> Round:
    """Confirm or correct a restatement: a verdict on each key item (by its number), and an outcome.

    `outcome` is Round.Outcome.CONFIRMED or CORRECTED. Confirming settles the exchange: it is
    understood. Only the speaker or their named deputy may, and never the person who restated it.

    Raises NotYourTurn, AnotherPersonMustCheck, OutOfDate, or Refused where a verdict or the note is
    missing or does not fit the outcome.
    """
    rules.require_role(by)
    its = {"exchange": exchange.pk}
    exchange, state, (rounds, asked) = lock_and_read(exchange, OPENED.asking(**its), ITEMS.asking(**its))
    acting_for = parties.require_party(
        by, exchange.speaker, at=at, what="check what was said back", other=exchange.listener
    )
    require_fresh(exchange, seen_version)
    rules.require_state(
        state, frozenset({State.RESTATED}), "There is no restatement that waits to be checked."
    )
    opened: Round = rounds[0]
    opened.exchange = exchange
    if round_number is not None and round_number != opened.number:
        raise OutOfDate("They have said it again since you opened this page. Read the new version.")
    rules.require_another_person(by, opened.restated_by, "said this back")
    if outcome not in (Round.Outcome.CONFIRMED, Round.Outcome.CORRECTED):
        raise Refused("Choose whether it was understood as you meant it, or should be said again.")
    items = {item.number: item for item in asked}
    key_numbers = [number for number, item in items.items() if item.is_key]
    rules.require_verdicts(key_numbers, verdicts, outcome=outcome, note=note)
    later.insert(
        Verdict(round=opened, item=items[number], answer=verdicts[number], note=(notes or {}).get(number, ""))
        for number in key_numbers
    )
    opened.outcome, opened.note = outcome, note
    opened.checked_by, opened.checked_at = by, at
    later.save(opened, "outcome", "note", "checked_by", "checked_at")
    verb = "sharing.exchange.understood" if outcome == "CONFIRMED" else "sharing.exchange.corrected"
    settle(exchange, opened, by=by, at=at, acting_for=acting_for, verb=verb)
    return opened


OPENED = Prepared(
    lambda *, exchange: Round.objects.select_related("restated_by").filter(exchange=exchange, outcome="")
)


def settle(
    exchange: Exchange, checked: Round, *, by: Membership, at: datetime, acting_for: str, verb: str
) -> None:
    """Write what a checked round means for its exchange, and tell the other side and whoever has to know.

    `by` did what settled it now. Whoever checked it is in the round: after a call they did so on the
    telephone, and it counts from when the words were confirmed in writing.
    """
    confirmed = checked.outcome == Round.Outcome.CONFIRMED
    if confirmed:
        exchange.understood_at, exchange.understood_by = at, checked.checked_by
    exchange.version += 1
    later.save(exchange, "understood_at", "understood_by", "version")
    event = parties.write_down(
        verb, by=by, at=at, about=exchange, acting_for=acting_for, said=[checked], round=checked.number
    )
    was_spoken = checked.typed_by_id is not None
    if_not = Message.Kind.RESTATED if was_spoken else Message.Kind.CORRECTED
    parties.tell(
        exchange.speaker if was_spoken else exchange.listener,
        Message.Kind.UNDERSTOOD if confirmed else if_not,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=None if confirmed else exchange.respond_by,
        urgent=exchange.urgency == "URGENT",
    )
    if confirmed and exchange.kind == Exchange.Kind.HANDOVER:
        from sharing.operations import handover

        handover.take_over(exchange, by=by, at=at)
    if confirmed:
        return
    corrections = Round.objects.filter(exchange=exchange, outcome=Round.Outcome.CORRECTED).count()
    if corrections == MANAGER_AFTER and (lead := lead_of(exchange.speaker)) is not None:
        parties.tell_if_possible(lead, Message.Kind.MANAGER, about=exchange, sender=by, at=at, event=event)


@transaction.atomic
def withdraw(
    exchange: Exchange, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Exchange:
    """Take back what was sent, with a reason. What was seen before stays on the record as seen.

    Raises NotYourTurn unless `by` is the speaker or their deputy, and once it is understood.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.speaker, at=at, what="withdraw this", other=exchange.listener
    )
    require_fresh(exchange, seen_version)
    rules.require_state(
        state,
        CAN_BE_WITHDRAWN,
        "It can be withdrawn until it has been understood. After that, send a correction.",
    )
    if not why.strip():
        raise Refused("Say why you are withdrawing it.")
    exchange.withdrawn_at, exchange.withdrawn_by, exchange.withdrawn_why = at, by, why
    exchange.seen_before_withdrawal = exchange.opened_at is not None
    exchange.version += 1
    exchange.save(
        update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "seen_before_withdrawal", "version"]
    )
    event = parties.write_down(
        "sharing.exchange.withdrawn",
        by=by,
        at=at,
        about=exchange,
        acting_for=acting_for,
        seen_before=exchange.seen_before_withdrawal,
    )
    _take_away(exchange, by=by, at=at, why="What it rests on was withdrawn.")
    parties.tell_if_possible(
        exchange.listener, Message.Kind.WITHDRAWN, about=exchange, sender=by, at=at, event=event
    )
    return exchange


def _take_away(exchange: Exchange, *, by: Membership, at: datetime, why: str) -> None:
    """Take back the open actions that rest on an exchange which has come to nothing, and forget what the
    listener's side was writing on it: both quote what is gone."""
    if exchange.kind == Exchange.Kind.HANDOVER:
        from sharing.operations import handover

        handover.given_up(exchange, at=at)
    from sharing.operations import corrections

    corrections.original_gone(exchange, by=by, at=at)
    if exchange.kind == Exchange.Kind.DISCLOSURE:
        from sharing.operations import transfers

        transfers.given_up(exchange, by=by, at=at, why=why)
    keys = [f"{page}:{exchange.reference}" for page in LISTENERS_PAGES]
    for disagreement in exchange.disagreements.open():
        obligations.follow(disagreement, at=at)
        keys += [f"{page}:{disagreement.reference}" for page in DISAGREEMENTS_PAGES]
    drafts.drop_all(keys)
    for action in exchange.actions.open().with_people():
        action.withdrawn_at, action.withdrawn_by, action.withdrawn_why = at, by, why
        action.version += 1
        action.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "version"])
        parties.write_down("sharing.action.withdrawn", by=by, at=at, about=action)
