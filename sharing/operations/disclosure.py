"""Do and Share: choose whom to tell and what, hold the rest back with reasons, and send it frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, prefetch_related_objects

from agencies import later
from agencies.access import checked_contact_point
from agencies.models import ContactPoint, Membership, TimeLimit
from agencies.refusals import Refused
from audit.models import Event
from notifications.models import Message
from records.closed import asking_whether_closed
from records.models import Concern, Statement
from sharing import facts, rules
from sharing.guard import texts
from sharing.models import (
    AlikeChoice,
    Cycle,
    Exchange,
    HeldBack,
    Item,
    SkippedStep,
    Stage,
)
from sharing.operations import attachments, guarding, links, obligations, parties, telling_apart
from sharing.operations.check_back import lock_and_read, lock_exchange, require_fresh
from sharing.operations.cycle import require_current, require_own_concern
from sharing.operations.preparing import STATEMENTS, WhatIsPrepared, read_prepared, read_to_send
from sharing.operations.saying import people_as_told
from sharing.states import State


class NotReady(Refused):
    """A disclosure lacks something without which it cannot be sent. The sentences say what."""


class WrongStage(Refused):
    """A disclosure is sent at Share; before that only in an emergency, with the reason."""


@transaction.atomic
def choose_listener(
    cycle: Cycle,
    *,
    listener: Membership,
    by: Membership,
    at: datetime,
    right_place: str,
    for_information: bool = False,
    meant: UUID | None = None,
) -> Exchange:
    """Choose one person to be told, and say how you know that it is the right place. Sends nothing.

    One accountable listener is responsible; others are told "for information" and never open the
    gate (two accountable recipients double the failures: Singh 2009, domain facts section 2).

    Where names in the directory are alike, `meant` is whom the sender picked of those shown side by side.

    Raises Refused where the person cannot be reached or is the speaker; SeveralAlike.
    """
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern, emergency_at=at)
    require_current(cycle)
    if listener.is_same_person(by):
        raise Refused("Choose somebody else: you cannot tell yourself.")
    parties.require_can_answer(listener)
    if not right_place.strip():
        raise Refused("Say how you know that this is the right person and the right place.")
    alike = telling_apart.require_meant(listener, meant, by=by)
    waiting = Exchange.objects.filter(cycle=cycle, listener=listener, sent_at__isnull=True, kind="DISCLOSURE")
    if waiting.exists():
        raise rules.AlreadyDone(f"{listener.full_name} is chosen already. Go on to what they are told.")
    exchange = Exchange.objects.create(
        reference=parties.next_reference(cycle.concern, "X"),
        cycle=cycle,
        stage=Stage.SHARE,
        kind=Exchange.Kind.DISCLOSURE,
        speaker=by,
        listener=listener,
        contact_point=checked_contact_point(listener),
        right_place=right_place,
        for_information=for_information,
        urgency=cycle.concern.urgency,
        prepared_at=at,
        prepared_by=by,
    )
    telling_apart.write_down(exchange, alike, AlikeChoice.Moment.CHOOSING, by=by, at=at)
    parties.write_down("sharing.exchange.prepared", by=by, at=at, about=exchange, alike=len(alike))
    return exchange


@transaction.atomic
def choose_items(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    share: Sequence[int],
    key: Sequence[int],
    held_back: Mapping[int, str],
    why_you: str,
    what_i_ask: str,
    urgency: str,
    asks_decision: bool = False,
    attach: Mapping[int, str] | None = None,
    seen_version: int | None = None,
) -> Exchange:
    """Choose the statements (by number) that this listener is told, which are key, and why the rest is not.

    `held_back` gives a reason for each statement that is not shared. With `asks_decision` whoever is told
    owes a decision in return. `attach` names documents by
    number, each with why they need it. Replaces an earlier choice; nothing is frozen before it is sent.

    Raises Refused for a statement without a choice or a reason, NotYourTurn, OutOfDate on an older page.
    """
    exchange, state = lock_exchange(exchange)
    require_own_concern(by, exchange.cycle.concern, emergency_at=at)
    acting_for = parties.require_party(by, exchange.speaker, at=at, what="choose what they are told")
    require_fresh(exchange, seen_version)
    rules.require_state(state, frozenset({State.PREPARED}), "What was sent never changes.")
    statements = {s.number: s for s in current_statements(exchange.cycle)}
    unknown = [n for n in [*share, *held_back] if n not in statements]
    if unknown:
        raise Refused(
            "A statement was removed or amended, or struck through, while you were choosing. Choose again."
        )
    unchosen = [n for n in statements if n not in share and not held_back.get(n, "").strip()]
    if unchosen:
        labels = ", ".join(statements[n].label for n in unchosen)
        raise Refused(f"Share it, or say why you hold it back: {labels}.")
    if not share:
        raise Refused("Choose at least one statement to share, or remove this person.")
    if not set(key) & set(share):
        raise Refused("Mark at least one statement as key: what must not be lost.")
    if urgency not in Concern.Urgency.values:
        raise Refused("Choose how urgent it is.")
    if not (why_you.strip() and what_i_ask.strip()):
        raise Refused("Say why you are telling this person, and what you ask of them.")
    _choose_again(exchange, statements, share=sorted(share), key=key, held_back=held_back)
    attachments.choose(exchange, attach or {})
    if asks_decision and exchange.for_information:
        raise Refused("Nobody who is told for information decides. Ask whoever is responsible.")
    exchange.why_you, exchange.what_i_ask, exchange.urgency = why_you, what_i_ask, urgency
    exchange.asks_decision = asks_decision
    exchange.contact_point = checked_contact_point(exchange.listener)
    exchange.version += 1
    exchange.save(
        update_fields=["why_you", "what_i_ask", "urgency", "asks_decision", "contact_point", "version"]
    )
    parties.write_down(
        "sharing.exchange.items_chosen",
        by=by,
        at=at,
        about=exchange,
        acting_for=acting_for,
        shared=len(share),
        key=len(set(key) & set(share)),
        attached=len(attach or {}),
    )
    return exchange


def current_statements(cycle: Cycle) -> list[Statement]:
    """Return the latest version of every statement of the concern that counts, in order."""
    return STATEMENTS.all(concern=cycle.concern_id)


def _choose_again(
    exchange: Exchange,
    statements: Mapping[int, Statement],
    *,
    share: Sequence[int],
    key: Sequence[int],
    held_back: Mapping[int, str],
) -> None:
    """Put a choice of statements in the place of the one before."""
    exchange.items.all().delete()
    exchange.held_back.all().delete()
    chosen = [statements[n] for n in share]
    prefetch_related_objects(chosen, "rests_on", "about", "author__user", "author__agency")
    numbers = {n: i for i, n in enumerate(share, start=1)}
    Item.objects.bulk_create(_copy(exchange, one, numbers, is_key=one.number in key) for one in chosen)
    HeldBack.objects.bulk_create(
        HeldBack(exchange=exchange, statement=statements[n], why=held_back[n])
        for n in statements
        if n not in share
    )


def _copy(
    exchange: Exchange | None, statement: Statement, numbers: Mapping[int, int], *, is_key: bool
) -> Item:
    """Freeze a statement with all that says how far to trust it. `numbers` gives each its item's number."""
    grounds = {ground.number for ground in statement.rests_on.all()}
    return Item(
        exchange=exchange,
        number=numbers[statement.number],
        statement=statement,
        kind=statement.kind,
        text=statement.text,
        is_verbatim=statement.is_verbatim,
        voice_of=statement.voice_of,
        about_name=statement.about.name if statement.about else "",
        source=statement.source,
        written_by=statement.author.label,
        rests_on=[number for ground, number in numbers.items() if ground in grounds],
        happened_at=statement.happened_at,
        happened_note=statement.happened_note,
        written_at=statement.written_at,
        is_key=is_key,
    )


def as_item(statement: Statement) -> Item:
    """Freeze one statement by itself, as the only key item of an exchange that is not saved yet."""
    return _copy(None, statement, {statement.number: 1}, is_key=True)


@transaction.atomic
def discard_prepared(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Take back the choice of a listener before anything was sent to them.

    Where actions were proposed on it, they are taken back with it and the row stays, as withdrawn.
    """
    exchange, state = lock_exchange(exchange)
    require_own_concern(by, exchange.cycle.concern, emergency_at=at)
    acting_for = parties.require_party(by, exchange.speaker, at=at, what="take this back")
    rules.require_state(state, frozenset({State.PREPARED}), "It has been sent: withdraw it instead.")
    why = "Taken back before it was sent."
    parties.write_down("sharing.exchange.discarded", by=by, at=at, about=exchange, acting_for=acting_for)
    if not exchange.actions.exists():
        exchange.delete()
        return
    exchange.actions.open().update(
        withdrawn_at=at, withdrawn_by=by, withdrawn_why=why, version=F("version") + 1
    )
    exchange.withdrawn_at, exchange.withdrawn_by, exchange.withdrawn_why = at, by, why
    exchange.version += 1
    exchange.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why", "version"])


@transaction.atomic
def send(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    emergency_reason: str = "",
    meant: UUID | None = None,
    seen_version: int | None = None,
    code_by: str = "",
) -> Exchange:
    """Send a prepared disclosure: freeze its words, start its clock, tell the listener.

    At Share this is the ordinary way. From any other stage it needs `emergency_reason`, goes as
    urgent, and leaves the skipped steps as tasks with a time limit (design 2: the gate never stops an
    emergency). Locks the concern first, so that consent withdrawn meanwhile is seen. `code_by`
    (Link.CodeBy) says how the code reaches somebody without an account.

    Raises NotReady with what is missing, WrongStage, NotYourTurn, OutOfDate,
    SeveralAlike or ProtectedDetailFound.
    """
    exchange, event = go_out(
        exchange,
        by=by,
        at=at,
        emergency_reason=emergency_reason,
        meant=meant,
        seen_version=seen_version,
        code_by=code_by,
    )
    parties.tell(
        exchange.listener,
        Message.Kind.TO_RECEIVE,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=exchange.respond_by,
        urgent=exchange.urgency == "URGENT",
    )
    return exchange


def go_out(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    emergency_reason: str,
    meant: UUID | None,
    seen_version: int | None,
    code_by: str = "",
) -> tuple[Exchange, Event]:
    """Send as `send` does, in the transaction of the caller, who tells the listener. Returns its event.

    Raises what `send` raises.
    """
    rules.require_role(by)
    is_closed = asking_whether_closed(exchange.cycle.concern_id, by)
    exchange, state, (closed,) = lock_and_read(exchange, is_closed)
    cycle = exchange.cycle
    require_own_concern(by, cycle.concern, emergency_at=at)
    acting_for = parties.require_party(by, exchange.speaker, at=at, what="send this", other=exchange.listener)
    require_fresh(exchange, seen_version)
    rules.require_state(state, frozenset({State.PREPARED}), "It has been sent already.")
    require_current(cycle)
    exchange.listener, prepared = read_to_send(exchange)
    is_emergency = bool(emergency_reason.strip())
    if not is_emergency and closed:
        raise WrongStage(
            "You opened this record in an emergency, so what you send from it goes as urgent.",
            "Say why it cannot wait. If it can, ask a lead of your agency to send it.",
        )
    if cycle.stage != Stage.SHARE and not is_emergency:
        raise WrongStage(
            f"The concern is at {Stage(cycle.stage).label}. Go on to Share first.",
            "If somebody may be harmed before that, send it as urgent and say why.",
        )
    _require_ready(exchange, prepared, is_emergency=is_emergency)
    alike = telling_apart.require_meant(exchange.listener, meant, by=by)
    told = people_as_told(exchange, prepared.told_of)
    guarding.require_nothing_protected(
        exchange,
        concern=cycle.concern,
        speaker=exchange.speaker,
        listener=exchange.listener,
        texts=texts.of_exchange(
            exchange,
            items=prepared.items,
            people=told,
            actions=prepared.actions,
            files=prepared.files,
        ),
        by=by,
        at=at,
    )
    telling_apart.write_down(exchange, alike, AlikeChoice.Moment.SENDING, by=by, at=at)
    later.insert(told)
    if is_emergency:
        exchange.urgency = "URGENT"
        exchange.emergency_reason = emergency_reason
        _leave_skipped_steps(exchange, by=by, at=at)
    exchange.respond_by = parties.sent_limit(exchange.listener, exchange.urgency, at=at).at
    exchange.contact_point = _sent_to(exchange)
    exchange.sent_at, exchange.sent_by, exchange.delivered_at = at, by, at
    exchange.version += 1
    later.save(
        exchange,
        "contact_point",
        "urgency",
        "emergency_reason",
        "respond_by",
        "sent_at",
        "sent_by",
        "delivered_at",
        "version",
    )
    links.follow(exchange, at=at, code_by=code_by)
    event = parties.write_down(
        "sharing.exchange.sent_in_emergency" if is_emergency else "sharing.exchange.sent",
        by=by,
        at=at,
        about=exchange,
        acting_for=acting_for,
        said=[],
        items=len(prepared.items),
        held_back=len(prepared.held_back),
        alike=len(alike),
    )
    return exchange, event


def _require_ready(exchange: Exchange, prepared: WhatIsPrepared, *, is_emergency: bool) -> None:
    missing = missing_before_sending(exchange, prepared, is_emergency=is_emergency)
    if missing:
        raise NotReady("This has not been sent.", *missing)


def missing_before_sending(
    exchange: Exchange, prepared: WhatIsPrepared | None = None, *, is_emergency: bool = False
) -> list[str]:
    """Say what is missing before it can be sent. `prepared` is what was read of it, where that was done.

    In an emergency a statement added since the choice does not hold it up, nor does a missing decision.
    """
    prepared = prepared or read_prepared(exchange)
    missing = []
    chosen = {item.statement_id for item in prepared.items}
    held_back = set(prepared.held_back)
    if not chosen:
        missing.append("Choose what this person is told.")
    elif _is_choice_stale(prepared.statements, chosen, held_back, is_emergency=is_emergency):
        missing.append(
            "A statement was added, amended or struck through since you chose. Choose the statements again."
        )
    missing += attachments.missing_before_sending(exchange, prepared.files)
    point = _sent_to(exchange)
    if point is None or not point.is_checked:
        missing.append(_no_address(exchange.listener))
    if exchange.listener.is_outside and not links.can_be_proved(exchange.listener):
        missing.append(
            f"{exchange.listener.full_name} has no account, and no checked telephone number for the code. "
            "Add one in your directory of people without an account."
        )
    if not exchange.listener.is_current:
        missing.append(f"{exchange.listener.full_name} no longer works there. Choose somebody else.")
    if not is_emergency:
        missing += _without_decision(prepared.subjects)
    return missing


def _sent_to(exchange: Exchange) -> ContactPoint | None:
    """Where the notice goes: as it was chosen or, for somebody without an account, as it is now."""
    listener = exchange.listener
    return checked_contact_point(listener) if listener.is_outside else exchange.contact_point


def _no_address(listener: Membership) -> str:
    if listener.is_outside:
        return (
            f"{listener.full_name} has no checked e-mail address for the link. "
            "Add one in your directory of people without an account."
        )
    return (
        f"{listener.full_name} has no checked contact point. "
        "Ask their agency's administrator to check it, or choose somebody else."
    )


def _is_choice_stale(
    statements: Sequence[Statement],
    chosen: set[int | None],
    held_back: set[int | None],
    *,
    is_emergency: bool,
) -> bool:
    """Say whether the statements are no longer those that somebody chose from."""
    current = {statement.pk for statement in statements}
    return not chosen <= current if is_emergency else current != chosen | held_back


def decisions_missing(cycle: Cycle) -> list[str]:
    """Name the people without a decision to share in a cycle, under the lock of its concern."""
    return _without_decision(facts.SUBJECTS.all(concern=cycle.concern_id, cycle_number=cycle.number))


def _without_decision(subjects: Sequence[Any]) -> list[str]:
    sentences = []
    for subject in subjects:
        if not subject.is_main:
            continue
        name = subject.person.name
        if subject.decision is None:
            sentences.append(f"There is no sharing decision for {name}.")
            continue
        if subject.decision not in rules.decisions_that_share():
            sentences.append(f"The decision for {name} is not to share. Decide again first.")
        if subject.latest_view > subject.decided_on_view:
            sentences.append(f"What {name} said about sharing has changed since you decided. Decide again.")
    return sentences


def _leave_skipped_steps(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Make tasks of the steps that the emergency went ahead of, where they have not been done."""
    cycle = exchange.cycle
    limit = parties.limit_of(by, TimeLimit.Key.SKIPPED_STEP, at=at).at
    steps = []
    if cycle.stage == Stage.ASK:
        steps.append(SkippedStep.Step.ASK)
    if decisions_missing(cycle):
        steps.append(SkippedStep.Step.DECISION)
    for step in steps:
        skipped, _ = SkippedStep.objects.get_or_create(
            cycle=cycle,
            step=step,
            defaults={"owner": cycle.concern.owner, "skipped_at": at, "due_at": limit},
        )
        obligations.follow(skipped, at=at)
