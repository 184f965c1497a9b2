"""Agree or differ: understanding is not agreement. Each side says what it thinks; nothing closes alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import Membership
from agencies.operations import lead_of
from agencies.refusals import Refused
from agencies.roles import Permission
from audit.models import Event
from notifications.models import Message
from sharing import ladder as climbing
from sharing import rules
from sharing.ladder import Ladder
from sharing.models import (
    Action,
    Agreement,
    Disagreement,
    Exchange,
    LadderStage,
    Position,
    Side,
)
from sharing.operations import parties
from sharing.operations.check_back import CAN_AGREE, lock_exchange
from sharing.rules import ladder as ladder_rules
from sharing.states import State

# What one person can differ on with another: accountable, sent, and not gone.
CAN_DIFFER = frozenset(
    {
        *(State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN),
        *(State.RESTATED, State.CORRECTED, State.UNDERSTOOD),
    }
)
NOT_DIFFERED_ON = frozenset({Exchange.Kind.SUMMARY, Exchange.Kind.OUTCOME, Exchange.Kind.HANDOVER})


@dataclass(frozen=True)
class Actor:
    """Whose part somebody takes in a disagreement. No side: a partner or scrutineer of neither agency.

    `acts_for` are those for whom they may act that day, themselves included.
    """

    side: Side | None
    decides: bool
    acting_for: str
    acts_for: frozenset[Any]


def actor(ladder: Ladder, by: Membership, *, at: datetime) -> Actor | None:
    """Say whose part somebody takes: a party, who answers at this stage, their deputies, or a lead.

    None for everybody else. `decides` is for parties and those who answer at the present stage: a lead
    who only oversees gives a position, says who holds the risk and takes it further.
    """
    stage = ladder.now
    acting = Membership.objects.acting_for(by, on=timezone.localdate(at))
    acts_for = frozenset(acting.values_list("pk", flat=True))
    taken = [(side, one) for side in Side for one in (ladder.party(side), stage.answers_for(side))]
    # Somebody's own part comes before one that they take as a deputy.
    for side, one in sorted(taken, key=lambda pair: pair[1].pk != by.pk):
        if one.pk in acts_for:
            neutral = ladder.side_of_agency(one) is None
            return Actor(None if neutral else side, True, "" if by.pk == one.pk else one.label, acts_for)
    own = ladder.side_of_agency(by)
    if by.may(Permission.OVERSEE) and own is not None:
        return Actor(own, False, "", acts_for)
    return None


def require_actor(ladder: Ladder, by: Membership, *, at: datetime, what: str) -> Actor:
    """Let only somebody with a part in it act, and nobody on both sides, whichever role they sign in with.

    Raises NotAllowed, NotYourTurn or AnotherPersonMustCheck.
    """
    rules.require_role(by)
    found = actor(ladder, by, at=at)
    if found is None:
        raise rules.NotYourTurn(
            f"Only the two sides, who answers for them at this stage, or their leads can {what}."
        )
    if found.side is not None:
        other = found.side.other
        across = {ladder.party(other).user_id, ladder.now.answers_for(other).user_id}
        if by.user_id in across:
            raise rules.AnotherPersonMustCheck(f"You are the other side of this, so you cannot {what}.")
    return found


def lock_disagreement(disagreement: Disagreement, *, seen_version: int | None = None) -> Ladder:
    """Lock a disagreement through its concern and read it as a whole.

    Raises OutOfDate with what changed since the version that somebody was looking at.
    """
    lock_exchange(disagreement.exchange)
    locked = Disagreement.objects.with_people().select_for_update(of=("self",)).get(pk=disagreement.pk)
    changed = ""
    if seen_version is not None and locked.version != seen_version:
        changed = parties.what_changed(locked.reference, seen_version)
    rules.require_version(locked, seen_version, changed)
    return climbing.read(locked)


def bump(disagreement: Disagreement) -> None:
    """Count one more change of a disagreement. The caller holds its lock."""
    disagreement.version += 1
    disagreement.save(update_fields=["version"])


def tell_all(
    disagreement: Disagreement,
    whom: Iterable[Membership | None],
    kind: Message.Kind,
    *,
    by: Membership,
    at: datetime,
    event: Event,
    urgent: bool = False,
    respond_by: datetime | None = None,
) -> None:
    """Tell each of some people once, but whoever did it. Nobody's missing address stands in the way."""
    for person in {one.pk: one for one in whom if one is not None and not one.is_same_person(by)}.values():
        parties.tell_if_possible(
            person,
            kind,
            about=disagreement,
            sender=by,
            at=at,
            event=event,
            urgent=urgent,
            respond_by=respond_by,
        )


# --- Agree or not ------------------------------------------------------------------------------


@transaction.atomic
def answer_agreement(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    risk: str,
    action: str,
    risk_why: str = "",
    action_why: str = "",
) -> list[Agreement]:
    """Say whether the listener agrees on the risk and on the action. Understanding is not agreement.

    Anything but agreeing says why, opens a disagreement in the listener's words (or adds them to the
    one that is open), and tells the speaker. A later "agree" is written down; nothing closes by itself.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="say whether they agree", other=exchange.speaker
    )
    if exchange.kind in NOT_DIFFERED_ON:
        raise Refused("This is not something to agree with. Say it back, or take the disagreement further.")
    rules.require_state(state, CAN_AGREE, "Confirm receipt first.")
    answers = ((Agreement.About.RISK, risk, risk_why), (Agreement.About.ACTION, action, action_why))
    for about, answer, why in answers:
        if answer not in Agreement.Answer.values:
            raise Refused(f"Say whether you agree on {about.label.lower()}.")
        if answer != Agreement.Answer.AGREE and not why.strip():
            raise Refused(f"Say where you differ on {about.label.lower()}, so that they can answer.")
    given = []
    for about, answer, why in answers:
        last = exchange.agreements.filter(about=about).last()
        if last is not None and (last.answer, last.why) == (answer, why):
            continue
        given.append(
            Agreement.objects.create(exchange=exchange, about=about, answer=answer, why=why, by=by, at=at)
        )
        if answer != Agreement.Answer.AGREE:
            _differ(exchange, about, why, side=Side.LISTENER, by=by, at=at, acting_for=acting_for)
    if given:
        event = parties.write_down(
            "sharing.exchange.agreement",
            by=by,
            at=at,
            about=exchange,
            acting_for=acting_for,
            answers={g.about: g.answer for g in given},
        )
        if any(g.answer != Agreement.Answer.AGREE for g in given):
            parties.tell_with_lead(
                exchange.speaker, Message.Kind.DISAGREED, about=exchange, sender=by, at=at, event=event
            )
    return given


@transaction.atomic
def open_disagreement(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    about: str,
    words: str,
    action: Action | None = None,
    number: int = 1,
) -> Disagreement:
    """Say that we do not agree about something, in one's own words. Either side may, in one step.

    It begins with the two people or, with `number` 2, which only "no answer by its limit" may have, with
    their leads. The other side and their lead are told. Raises NotYourTurn for anybody else, AlreadyDone
    where one of the kind is open, and Refused for words that are missing or an action that was not agreed.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    is_speaker = parties.stands_for(by, exchange.speaker, at=at)
    side = Side.SPEAKER if is_speaker else Side.LISTENER
    mine, theirs = exchange.speaker, exchange.listener
    if side is Side.LISTENER:
        mine, theirs = theirs, mine
    acting_for = parties.require_party(by, mine, at=at, what="say that we do not agree", other=theirs)
    if exchange.kind in NOT_DIFFERED_ON or exchange.for_information:
        raise Refused("You can differ on what was told, asked or advised, not on this.")
    allowed = CAN_DIFFER if side is Side.SPEAKER else CAN_AGREE
    rules.require_state(state, allowed, "Confirm receipt first. What was withdrawn is not differed on.")
    _require_about(exchange, about, action)
    if not words.strip():
        raise Refused("Write what you think, in your own words.")
    found = _open_one(exchange, about, action)
    if found is not None:
        raise rules.AlreadyDone(
            f"You already have an open disagreement about this: {found.reference}.",
            "Add what you think there.",
        )
    opened, event = _differ(
        exchange, about, words, side=side, by=by, at=at, acting_for=acting_for, action=action, number=number
    )
    parties.tell_with_lead(theirs, Message.Kind.DISAGREED, about=opened, sender=by, at=at, event=event)
    if number > 1:
        tell_all(opened, [lead_of(mine)], Message.Kind.ESCALATED, by=by, at=at, event=event)
    return opened


def _require_about(exchange: Exchange, about: str, action: Action | None) -> None:
    if about not in Disagreement.About.values:
        raise Refused("Say what you do not agree about.")
    if about != Disagreement.About.NOT_DONE:
        if action is not None:
            raise Refused("Only “an agreed action was not done” is about one action.")
        return
    if action is None or action.exchange_id != exchange.pk or action.accepted_at is None:
        raise Refused("Choose the agreed action that was not done.")


def _open_one(exchange: Exchange, about: str, action: Action | None) -> Disagreement | None:
    rows = Disagreement.objects.open().filter(exchange=exchange, about=about, action=action)
    return rows.first()


def _differ(
    exchange: Exchange,
    about: str,
    words: str,
    *,
    side: Side,
    by: Membership,
    at: datetime,
    acting_for: str,
    action: Action | None = None,
    number: int = 1,
) -> tuple[Disagreement, Event]:
    """Open a disagreement at its first stage with one side's words, or add them to the one that is open."""
    found = _open_one(exchange, about, action)
    if found is not None:
        stage = found.stages.get(closed_at__isnull=True)
        Position.objects.create(stage=stage, side=side, words=words, by=by, at=at)
        bump(found)
        verb = "sharing.disagreement.position"
    else:
        found = Disagreement.objects.create(
            reference=parties.next_reference(exchange.cycle.concern, "D"),
            exchange=exchange,
            about=about,
            action=action,
            opened_by=by,
            opened_at=at,
        )
        answers = {
            Side.SPEAKER: _first_to_answer(exchange.speaker, number),
            Side.LISTENER: _first_to_answer(exchange.listener, number),
        }
        limit = parties.limit_of(answers[side.other], ladder_rules.limit_key(number), at=at)
        stage = LadderStage.objects.create(
            disagreement=found,
            number=number,
            opened_by=by,
            opened_at=at,
            due_at=limit.at,
            due_why="\n".join(limit.why),
            for_speaker=answers[Side.SPEAKER],
            for_listener=answers[Side.LISTENER],
        )
        Position.objects.create(stage=stage, side=side, words=words, by=by, at=at)
        verb = "sharing.disagreement.opened"
    return found, parties.write_down(verb, by=by, at=at, about=found, acting_for=acting_for)


def _first_to_answer(party: Membership, number: int) -> Membership:
    """Who answers for a side where a disagreement begins: the party, or at stage 2 their lead."""
    return party if number == 1 else lead_of(party) or party


@transaction.atomic
def add_position(disagreement: Disagreement, *, by: Membership, at: datetime, words: str) -> Position:
    """Say what one side thinks at this stage, in their own words. What was said before stays as it is.

    Raises NotYourTurn for anybody without a part in it, and Settled once it is closed.
    """
    ladder = lock_disagreement(disagreement)
    found = require_actor(ladder, by, at=at, what="say what they think")
    ladder_rules.require_open(ladder)
    if found.side is None:
        raise rules.NotYourTurn("You are of neither side. Write the outcome when you have heard both.")
    if not words.strip():
        raise Refused("Write what you think, in your own words.")
    said = Position.objects.create(stage=ladder.now, side=found.side, words=words, by=by, at=at)
    bump(ladder.disagreement)
    event = parties.write_down(
        "sharing.disagreement.position",
        by=by,
        at=at,
        about=ladder.disagreement,
        acting_for=found.acting_for,
        stage=ladder.now.number,
    )
    other = found.side.other
    tell_all(
        ladder.disagreement,
        [ladder.party(other), ladder.now.answers_for(other)],
        Message.Kind.DISAGREED,
        by=by,
        at=at,
        event=event,
    )
    return said


def leads_of_both(ladder: Ladder) -> list[Membership | None]:
    """Return who leads each side's party, where there is somebody."""
    return [lead_of(ladder.party(side)) for side in Side]
