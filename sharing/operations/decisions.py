"""The answer comes back: a decision on what was shared, as an exchange in the other direction.

Whoever was told decides; whoever told them says the decision back, and the decider confirms. Where no answer
comes in time it is chased, and whoever waits takes it further or says why they go on without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from notifications.models import Message
from sharing import rules
from sharing.models import DecisionNotAwaited, Disagreement, Exchange, ExchangePerson, Item, Stage
from sharing.operations import differ, obligations, parties
from sharing.operations.check_back import lock_exchange
from sharing.operations.saying import say
from sharing.rules import answers
from sharing.states import State
from sharing.waiting.answers import decision_on, next_stage, require_late

DECIDED, WHY = "What was decided", "Why"
NEXT, OTHERWISE = "What happens next, and by when", "What would change it"
CHANGED = "What has changed since the last decision"


@transaction.atomic
def decide(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    decided: str,
    why: str,
    what_next: str,
    what_would_change_it: str,
    what_changed: str = "",
    seen_version: int | None = None,
) -> Exchange:
    """Send the decision on what was shared back to whoever shared it, who says it back.

    A later decision says what changed and takes the place of the one before. Raises NotYourTurn for anybody
    but the listener or their deputy and before what was shared is understood, AlreadyDone for a second
    decision that does not say what changed, OutOfDate, and NobodyToNotify.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="send the decision", other=exchange.speaker
    )
    answers.require_asked(exchange)
    rules.require_state(
        state, frozenset({State.UNDERSTOOD}), "A decision rests on what has been said back and confirmed."
    )
    changed = ""
    if seen_version is not None and exchange.version != seen_version:
        changed = parties.what_changed(exchange.reference, seen_version)
    rules.require_version(exchange, seen_version, changed)
    last = decision_on(exchange)
    if last is not None and not what_changed.strip():
        raise rules.AlreadyDone(
            f"A decision was sent before, as {last.reference}.", "If it has changed, say what changed."
        )
    items = _items(
        ((DECIDED, decided), (WHY, why), (NEXT, what_next), (OTHERWISE, what_would_change_it)),
        changed=what_changed if last else "",
        by=by,
        at=at,
    )
    exchange.version += 1
    exchange.save(update_fields=["version"])
    decision = say(
        Exchange.Kind.DECISION,
        cycle=exchange.cycle,
        stage=Stage.RECORD,
        speaker=exchange.listener,
        listener=parties.in_place_of(exchange.speaker, exchange.cycle.concern, but=exchange.listener),
        items=items,
        people=[_again(person) for person in exchange.people.all()],
        urgency=exchange.urgency,
        about=exchange,
        by=by,
        at=at,
        acting_for=acting_for,
        message=Message.Kind.DECISION,
        verb="sharing.decision.sent",
        answers=exchange.reference,
    )
    if last is not None:
        last.superseded_by = decision
        last.version += 1
        last.save(update_fields=["superseded_by", "version"])
        obligations.follow(last, at=at)
    obligations.follow(exchange, at=at)
    return decision


def _items(said: Sequence[tuple[str, str]], *, changed: str, by: Membership, at: datetime) -> list[Item]:
    """Write a decision item by item: what was decided, what is next and what changed must be said back."""
    for title, text in said:
        if not text.strip():
            raise Refused(f"Write something under “{title}”.")
    lines = [*said, (CHANGED, changed)] if changed.strip() else said
    return [
        Item(
            kind="FACT_SEEN",
            text=text,
            source=title,
            written_by=by.label,
            written_at=at,
            is_key=title in (DECIDED, NEXT, CHANGED),
        )
        for title, text in lines
    ]


def _again(person: ExchangePerson) -> ExchangePerson:
    """Name somebody as they were named in what is answered: nothing that was learned since goes with it."""
    return ExchangePerson(
        person_id=person.person_id,
        name=person.name,
        kind=person.kind,
        born_on=person.born_on,
        communication_needs=person.communication_needs,
        safe_contact_rule=person.safe_contact_rule,
        conditions=person.conditions,
    )


@transaction.atomic
def go_on_without(exchange: Exchange, *, by: Membership, at: datetime, why: str) -> DecisionNotAwaited:
    """Say why the decision that was asked for is not waited for any more.

    The concern can be closed without it. The listener is told. A decision that comes all the same is heard
    like any other. Raises AlreadyDone, and NotYourTurn for anybody but the speaker, their deputy or a lead
    of the agency whose concern it is.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = _require_who_asked(exchange, by, at=at)
    answers.require_asked(exchange)
    rules.require_state(state, answers.ASKED, "What was taken back needs no answer.")
    if decision_on(exchange) is not None:
        raise rules.AlreadyDone("The decision has come. Say it back.")
    if DecisionNotAwaited.objects.filter(exchange=exchange).exists():
        raise rules.AlreadyDone("Why you go on without a decision is written down already.")
    if not why.strip():
        raise Refused("Say why you go on without the decision.")
    row = DecisionNotAwaited.objects.create(exchange=exchange, why=why, by=by, at=at)
    event = parties.write_down(
        "sharing.decision.not_awaited", by=by, at=at, about=exchange, acting_for=acting_for
    )
    parties.tell_if_possible(
        exchange.listener, Message.Kind.UNDERSTOOD, about=exchange, sender=by, at=at, event=event
    )
    return row


@transaction.atomic
def take_further(exchange: Exchange, *, by: Membership, at: datetime, words: str) -> Disagreement:
    """Take an answer that did not come by its limit to the disagreement ladder, at the stage that is next.

    That is the practitioners' own, or the leads' once the lead of whoever is late has been told. The ladder's
    own limits and people count from there. Raises NotYourTurn for anybody but the speaker or their deputy,
    NotLateYet before the limit, AlreadyDone where it was taken further before.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(exchange)
    parties.require_party(by, exchange.speaker, at=at, what="take this further", other=exchange.listener)
    late = require_late(exchange, at=at)
    return differ.open_disagreement(
        exchange,
        by=by,
        at=at,
        about=Disagreement.About.NO_RESPONSE,
        words=words,
        number=next_stage(late),
    )


def _require_who_asked(exchange: Exchange, by: Membership, *, at: datetime) -> str:
    """Let the speaker, their deputy or a lead of the agency that asked act. Says for whom a deputy does."""
    if by.agency_id != exchange.cycle.concern.agency_id:
        raise rules.NotYourTurn("Only the agency that asked for the decision says this.")
    if by.may(Permission.OVERSEE) and not parties.stands_for(by, exchange.speaker, at=at):
        return ""
    return parties.require_party(by, exchange.speaker, at=at, what="say this", other=exchange.listener)
