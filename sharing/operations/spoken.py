"""The telephone: a call is logged with what was said back, which counts once it is confirmed in writing.

Until then the words are provisional. They were typed by somebody else, settle nothing and open no gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from agencies.models import ContactPoint, Membership
from agencies.prepared import together
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.models import Exchange, Item, Round, SpokenAnswer, SpokenCall, Verdict
from sharing.operations import check_back, disclosure, parties, transfers
from sharing.operations.check_back import lock_exchange, source_of
from sharing.rules import spoken as rule
from sharing.states import State

Answer = SpokenAnswer.Answer
CAN_BE_CALLED = frozenset({State.PREPARED, State.SENT, State.OPENED, State.RECEIVED, State.CORRECTED})
# These are settled otherwise: a summary is answered, and work passes on in writing.
NEVER_BY_TELEPHONE = frozenset({Exchange.Kind.SUMMARY, Exchange.Kind.HANDOVER})


@transaction.atomic
def log_call(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    spoken_with: Membership,
    called_at: datetime,
    minutes: int,
    what_was_said: str,
    what_happened: str,
    what_worries_me: str,
    what_i_will_do: str,
    verdicts: Mapping[int, str],
    outcome: str,
    point: ContactPoint | None = None,
    number: str = "",
    how_checked: str = "",
    notes: Mapping[int, str] | None = None,
    note: str = "",
    knowingly_a_copy: bool = False,
    emergency_reason: str = "",
    seen_version: int | None = None,
) -> SpokenCall:
    """Log a call after it: who was spoken to, on which number, when, how long, and what they said back.

    What was prepared is sent with it (`emergency_reason` as in `disclosure.send`), and is received at the
    time of the call (UTC). The three answers are the other's words, typed by `by`; `verdicts`, `outcome` and
    `note` are what the speaker said to them on the telephone, as in `check_back.check`. All of it is
    provisional, and the other is asked to confirm it in writing.

    Raises NoSuchCall, NumberNotChecked, NotInYourWords, NearCopy, NotYourTurn, OutOfDate, Refused where a
    verdict or the note is missing, and what `disclosure.send` raises. Nothing is saved then.
    """
    words = {
        "what_happened": what_happened,
        "what_worries_me": what_worries_me,
        "what_i_will_do": what_i_will_do,
    }
    exchange, acting_for = _ready(
        exchange, by=by, at=at, emergency_reason=emergency_reason, seen_version=seen_version
    )
    spoken_with = _whoever_answers(exchange, spoken_with, at=called_at)
    if by.is_same_person(spoken_with):
        raise rules.AnotherPersonMustCheck("You cannot log a call with yourself.")
    rule.require_call_that_was(called_at, minutes, at=at)
    _require_their_point(exchange, point)
    rule.require_checked_number(point, number, how_checked)
    if not what_was_said.strip():
        raise Refused("Write what you told them on the telephone.")
    rule.require_read_back(words)
    percent = rules.similarity("\n".join(words.values()), source_of(exchange))
    rule.require_their_words(percent, knowingly=knowingly_a_copy)
    items = {item.number: item for item in Item.objects.filter(exchange=exchange, is_key=True)}
    if outcome not in (Round.Outcome.CONFIRMED, Round.Outcome.CORRECTED):
        raise Refused("Choose whether they said back what you meant.")
    rules.require_verdicts(list(items), dict(verdicts), outcome=outcome, note=note)
    _received(exchange, spoken_with, called_at=called_at)
    typed = Round.objects.create(
        exchange=exchange,
        number=parties.next_number(exchange.rounds),
        **words,
        restated_by=spoken_with,
        restated_at=called_at,
        similarity=percent,
        typed_by=by,
        outcome=Round.Outcome.SPOKEN,
    )
    call = SpokenCall.objects.create(
        exchange=exchange,
        round=typed,
        spoken_with=spoken_with,
        number=point.address if point else number,
        point=point,
        how_checked="" if point else how_checked,
        called_at=called_at,
        minutes=minutes,
        what_was_said=what_was_said,
        outcome=outcome,
        note=note,
        typed_by=by,
        typed_at=at,
    )
    Verdict.objects.bulk_create(
        Verdict(round=typed, item=item, answer=verdicts[number], note=(notes or {}).get(number, ""))
        for number, item in items.items()
    )
    event = parties.write_down(
        "sharing.exchange.spoken",
        by=by,
        at=at,
        about=exchange,
        acting_for=acting_for,
        happened_at=called_at.isoformat(),
        round=typed.number,
        minutes=minutes,
        number_was_checked=point is not None,
    )
    for person in dict.fromkeys([spoken_with, exchange.listener]):
        parties.tell(person, Message.Kind.SPOKEN, about=exchange, sender=by, at=at, event=event, urgent=True)
    return call


def _ready(
    exchange: Exchange, *, by: Membership, at: datetime, emergency_reason: str, seen_version: int | None
) -> tuple[Exchange, str]:
    """Lock what the call was about, and send it where it was only prepared. Says for whom a deputy acts."""
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.speaker, at=at, what="log a call about this", other=exchange.listener
    )
    check_back.require_fresh(exchange, seen_version)
    if exchange.kind in NEVER_BY_TELEPHONE or exchange.for_information:
        raise Refused("What was said back by telephone cannot be logged here: this is not said back.")
    rules.require_state(
        state,
        CAN_BE_CALLED,
        "A call is logged before it was said back in writing, or after it was corrected.",
    )
    if state == State.PREPARED:
        # Whoever was on the telephone is the one who is meant.
        exchange, _ = disclosure.go_out(
            exchange,
            by=by,
            at=at,
            emergency_reason=emergency_reason,
            meant=exchange.listener_id,
            seen_version=seen_version,
        )
    return exchange, acting_for


def _whoever_answers(exchange: Exchange, member: Membership, *, at: datetime) -> Membership:
    """Return whom the call was with: the listener, or their named deputy on that day. Raises NotYourTurn."""
    if not parties.stands_for(member, exchange.listener, at=at):
        raise rules.NotYourTurn(
            f"Only what {exchange.listener.full_name} or their named deputy said back counts.",
            "If you spoke with somebody else, choose that person and tell them.",
        )
    return parties.hold(member)


def _require_their_point(exchange: Exchange, point: ContactPoint | None) -> None:
    if point is not None and point.agency_id != exchange.listener.agency_id:
        raise rule.NumberNotChecked("That number belongs to another agency. Choose one of theirs.")


def _received(exchange: Exchange, by: Membership, *, called_at: datetime) -> None:
    """What was told on the telephone was received then."""
    exchange.opened_at = exchange.opened_at or called_at
    if exchange.received_at is None:
        exchange.received_at, exchange.received_by = called_at, by
    exchange.version += 1
    exchange.save(update_fields=["opened_at", "received_at", "received_by", "version"])


@transaction.atomic
def confirm_said(
    exchange: Exchange, *, by: Membership, at: datetime, seen_version: int | None = None
) -> Exchange:
    """Confirm in writing that what was typed after a call is what one said.

    What the speaker said to it on the telephone counts from now: it is understood, or to be said again.
    Raises NotYourTurn unless `by` is whoever was spoken to, and OutOfDate.
    """
    exchange, call, acting_for = _waiting(exchange, by=by, at=at, seen_version=seen_version)
    if by.pk != call.spoken_with_id:
        raise rules.NotYourTurn(
            f"Only {call.spoken_with.full_name}, who was spoken to, can confirm what was typed.",
            "You can say it back in your own words instead.",
        )
    SpokenAnswer.objects.create(call=call, answer=Answer.SAID, by=by, at=at)
    transfers.received_with(exchange, by=by, at=at)
    checked = call.round
    checked.outcome, checked.note = call.outcome, call.note
    checked.checked_by, checked.checked_at = call.typed_by, at
    checked.save(update_fields=["outcome", "note", "checked_by", "checked_at"])
    check_back.settle(
        exchange, checked, by=by, at=at, acting_for=acting_for, verb="sharing.exchange.spoken_confirmed"
    )
    return exchange


@transaction.atomic
def say_differently(
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
    """Say that what was typed is not what one said, and say it back in one's own words instead.

    The typed words stay on the record, struck through. Raises what `check_back.restate` raises.
    """
    exchange, call, acting_for = _waiting(exchange, by=by, at=at, seen_version=seen_version)
    SpokenAnswer.objects.create(call=call, answer=Answer.DIFFERENT, by=by, at=at)
    transfers.received_with(exchange, by=by, at=at)
    call.round.outcome = Round.Outcome.NOT_SAID
    call.round.save(update_fields=["outcome"])
    items, rounds = together(*check_back.asking_to_say_back(exchange))
    return check_back.say_back(
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
        verb="sharing.exchange.said_differently",
    )


def _waiting(
    exchange: Exchange, *, by: Membership, at: datetime, seen_version: int | None
) -> tuple[Exchange, SpokenCall, str]:
    """Lock what waits to be confirmed, with its call, for the listener or their deputy."""
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="answer this", other=exchange.speaker
    )
    check_back.require_fresh(exchange, seen_version)
    rules.require_state(
        state, frozenset({State.SPOKEN}), "Nothing that was typed after a call waits to be confirmed."
    )
    call = SpokenCall.objects.select_related(
        "round", "spoken_with__user", "spoken_with__agency", "typed_by__user", "typed_by__agency"
    ).get(round__exchange=exchange, round__outcome=Round.Outcome.SPOKEN)
    if by.is_same_person(call.typed_by):
        raise rules.AnotherPersonMustCheck("You typed this yourself, so somebody else has to answer it.")
    return exchange, call, acting_for
