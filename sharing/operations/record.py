"""Record: the summary that writes itself, sent to each party, who confirms or corrects it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules, summaries
from sharing.models import Cycle, Exchange, Item, Stage, Summary, SummaryAnswer
from sharing.operations import obligations, parties
from sharing.operations.check_back import lock_exchange
from sharing.operations.cycle import require_current, require_own_concern
from sharing.operations.saying import say
from sharing.states import State


@transaction.atomic
def write_summary(
    cycle: Cycle,
    *,
    by: Membership,
    at: datetime,
    decision: str,
    what_changed: str = "",
    seen_version: int | None = None,
) -> Summary:
    """Write the summary of a cycle: what it says by itself, and the author's decision. Send it to each party.

    Each party gets the part that they were party to, and nothing else. A later version overtakes the
    one before it. Raises Refused at another stage than Record, without a decision, or without saying
    what changed since the last version.
    """
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    rules.require_version(cycle, seen_version, "A colleague changed the summary while you were writing.")
    require_current(cycle)
    if cycle.stage != Stage.RECORD:
        raise Refused("The summary is written at Record. Go on to Record first.")
    if not decision.strip():
        raise Refused("Write what was decided. If nothing was, say that and why.")
    number = parties.next_number(cycle.summaries, "version")
    if number > 1 and not what_changed.strip():
        raise Refused("Say what changed since the last version, so that everyone can see it.")
    summary = Summary.objects.create(
        cycle=cycle,
        version=number,
        sections=summaries.whole(cycle),
        decision=decision,
        what_changed=what_changed,
        author=by,
        written_at=at,
    )
    cycle.version += 1
    cycle.save(update_fields=["version"])
    for party in summaries.parties_of(cycle, author=by):
        _send(summary, party, by=by, at=at)
    parties.write_down_concern(
        "sharing.summary.written", cycle=cycle, by=by, at=at, version=cycle.version, summary=number
    )
    return summary


def _send(summary: Summary, party: Membership, *, by: Membership, at: datetime) -> Exchange:
    """Send one party their part of the summary, and let it overtake the version before.

    Where a party has left, it goes to whoever is in their place.
    """
    cycle = summary.cycle
    listener = parties.in_place_of(party, cycle.concern, but=by)
    changed = [("What changed since the last version", summary.what_changed)] if summary.what_changed else []
    lines = [*changed, *summaries.part_for(cycle, party), ("Decision", summary.decision)]
    exchange = say(
        Exchange.Kind.SUMMARY,
        cycle=cycle,
        stage=Stage.RECORD,
        speaker=by,
        listener=listener,
        items=[Item(kind="FACT_SEEN", text=line, source=title, written_at=at) for title, line in lines],
        urgency="STANDARD",
        by=by,
        at=at,
        message=Message.Kind.SUMMARY,
        verb="sharing.summary.sent",
        summary=summary.version,
    )
    overtaken = Exchange.objects.filter(
        cycle=cycle, kind=Exchange.Kind.SUMMARY, listener__in=[party, listener], superseded_by__isnull=True
    ).exclude(pk=exchange.pk)
    obligations.settle(*[f"exchange:{pk}" for pk in overtaken.values_list("pk", flat=True)], at=at)
    overtaken.update(superseded_by=exchange)
    return exchange


@transaction.atomic
def answer_summary(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    matches: bool,
    correction: str = "",
    seen_version: int | None = None,
) -> SummaryAnswer:
    """Say as a party that the summary is what I recorded, or what is different in my record.

    Raises NotYourTurn for anybody but the party or their deputy, and once it is answered or overtaken.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.listener, at=at, what="answer this summary", other=exchange.speaker
    )
    rules.require_version(exchange, seen_version, parties.what_changed(exchange.reference, seen_version))
    _require_summary(exchange, state)
    if not matches and not correction.strip():
        raise Refused("Write what is different in your record.")
    answer = SummaryAnswer.objects.create(
        exchange=exchange,
        summary=_latest(exchange),
        answer=SummaryAnswer.Answer.MATCHES if matches else SummaryAnswer.Answer.CORRECTS,
        correction="" if matches else correction,
        by=by,
        answered_at=at,
    )
    exchange.opened_at = exchange.opened_at or at
    exchange.received_at, exchange.received_by = exchange.received_at or at, exchange.received_by or by
    exchange.version += 1
    exchange.save(update_fields=["opened_at", "received_at", "received_by", "version"])
    verb = "sharing.summary.confirmed" if matches else "sharing.summary.corrected"
    event = parties.write_down(verb, by=by, at=at, about=exchange, acting_for=acting_for)
    parties.tell(exchange.speaker, Message.Kind.SUMMARY, about=exchange, sender=by, at=at, event=event)
    return answer


@transaction.atomic
def record_silence(exchange: Exchange, *, by: Membership, at: datetime) -> SummaryAnswer:
    """Write down that a party did not answer the summary in time. Refused before its limit."""
    exchange, state = lock_exchange(exchange)
    require_own_concern(by, exchange.cycle.concern)
    _require_summary(exchange, state)
    if exchange.respond_by is None or at <= exchange.respond_by:
        raise Refused(
            "They still have time to answer.",
            f"You can record their silence after {rules.spoken_limit(exchange.respond_by)[3:]}."
            if exchange.respond_by
            else "",
        )
    answer = SummaryAnswer.objects.create(
        exchange=exchange,
        summary=_latest(exchange),
        answer=SummaryAnswer.Answer.SILENCE,
        by=by,
        answered_at=at,
    )
    parties.write_down("sharing.summary.silence", by=by, at=at, about=exchange)
    return answer


def _require_summary(exchange: Exchange, state: State) -> None:
    if exchange.kind != Exchange.Kind.SUMMARY:
        raise Refused("This is not a summary: say it back instead.")
    rules.require_state(
        state,
        frozenset({State.SENT, State.OPENED, State.RECEIVED}),
        "A summary is answered once. A later version can be answered again.",
    )


def _latest(exchange: Exchange) -> Summary:
    return Summary.objects.filter(cycle=exchange.cycle).order_by("-version")[:1].get()
