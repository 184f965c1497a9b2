"""How a correction reaches everybody who was given what it corrects: one exchange each, or by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from agencies import drafts
from agencies.models import Membership
from agencies.refusals import Refused
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from records.models import Concern
from sharing.facts import current_cycle
from sharing.models import Correction, CorrectionTo, Cycle, Exchange, Item, Obligation, Stage
from sharing.operations import flags, obligations, parties, saying
from sharing.operations.check_back import LISTENERS_PAGES
from sharing.rules import corrections as words

MOST_URGENT_FIRST = ("URGENT", "HIGH", "STANDARD")
# Over the telephone, or in the room: there is no notice that could reach them.
ASKED_BY_QUESTION = "They were asked a question, and what was said in it cannot be corrected by a notice."
MADE_IT = "They made the correction themselves."


@dataclass(frozen=True)
class What:
    """What is sent: the items by the exchange that they are about; but not to some agencies and people."""

    items: Callable[[Exchange], list[Item]]
    but: frozenset[Any] = frozenset()


def carry(
    correction: Correction,
    given: Sequence[Any],
    *,
    what: What,
    by: Membership,
    at: datetime,
    asked: Sequence[Any] = (),
) -> None:
    """Tell each present listener once, flag the actions, and write down who has to be told by hand."""
    # Where somebody was told, there is a cycle.
    cycle = cast(Cycle, current_cycle(correction.concern))
    told: dict[Any, Membership] = {}
    rows: list[CorrectionTo] = []
    groups, unreachable = _by_listener(given, correction.concern, by=by)
    for member, exchanges in groups:
        if what.but & {member.pk, member.agency_id}:
            unreachable += [(e, words.KEPT_FROM_THEM) for e in exchanges]
            continue
        rows += _tell(correction, cycle, member, exchanges, what=what, by=by, at=at)
        told[member.pk] = member
    rows += [CorrectionTo(correction=correction, about=e, by_hand_why=why) for e, why in unreachable]
    known = {e.listener_id for e in given}
    rows += [
        CorrectionTo(correction=correction, enquiry=q, by_hand_why=ASKED_BY_QUESTION)
        for q in asked
        if q.asked_of_id not in known and not q.asked_of.is_same_person(by)
    ]
    CorrectionTo.objects.bulk_create(rows)
    for row in rows:
        obligations.follow(row, at=at)
    flagged = flags.flag(correction, given, told=set(told), by=by, at=at)
    audit.record(
        "sharing.correction.made",
        by=by,
        at=at,
        subject=correction.reference,
        concern=correction.concern.reference,
        data={
            "kind": correction.kind,
            "told": len(told),
            "by_hand": sum(row.waits_by_hand for row in rows),
            "actions": flagged,
        },
    )


def _by_listener(
    given: Sequence[Any], concern: Concern, *, by: Membership
) -> tuple[list[tuple[Membership, list[Any]]], list[tuple[Any, str]]]:
    """Group exchanges by who answers for them now; and return those for whom nobody is left, with why."""
    groups: dict[Any, tuple[Membership, list[Any]]] = {}
    unreachable: list[tuple[Any, str]] = []
    present: dict[Any, Membership | str] = {}
    for exchange in given:
        listener = exchange.listener
        if listener.pk not in present:
            try:
                present[listener.pk] = parties.in_place_of(listener, concern, but=by)
            except Refused as refused:
                present[listener.pk] = " ".join(refused.sentences)
        member = present[listener.pk]
        if isinstance(member, str):
            unreachable.append((exchange, member))
        else:
            groups.setdefault(member.pk, (member, []))[1].append(exchange)
    return list(groups.values()), unreachable


def _tell(
    correction: Correction,
    cycle: Cycle,
    member: Membership,
    exchanges: Sequence[Any],
    *,
    what: What,
    by: Membership,
    at: datetime,
) -> list[CorrectionTo]:
    """Send one person the correction of what they had from some exchanges: it is about the latest."""
    if member.is_same_person(by):
        return [
            CorrectionTo(
                correction=correction, about=e, by_hand_why=MADE_IT,
                by_hand_at=at, by_hand_by=by, by_hand_how=MADE_IT,
            )
            for e in exchanges
        ]  # fmt: skip
    about = exchanges[-1]
    references = ", ".join(e.reference for e in exchanges)
    sent = saying.say(
        Exchange.Kind.CORRECTION,
        cycle=cycle,
        stage=cycle.stage if cycle.stage != Stage.CLOSED else Stage.RECORD,
        speaker=by,
        listener=member,
        items=what.items(about),
        about=about,
        urgency=min((e.urgency for e in exchanges), key=MOST_URGENT_FIRST.index),
        why_you=f"You were told this in {references}, and it has changed. Why: {correction.why}",
        what_i_ask=correction.must_do,
        message=Message.Kind.CORRECTION,
        verb="sharing.correction.sent",
        must_be_told=False,
        by=by,
        at=at,
    )
    why_not = _why_not_told(sent, at=at)
    for exchange in exchanges:
        _mark(exchange, sent, correction, by=by, at=at)
    _tell_who_said_it(exchanges, sent, correction, by=by, at=at)
    return [
        CorrectionTo(correction=correction, about=e, exchange=sent, by_hand_why=why_not) for e in exchanges
    ]


def _tell_who_said_it(
    exchanges: Sequence[Any], sent: Exchange, correction: Correction, *, by: Membership, at: datetime
) -> None:
    """Tell a colleague that what they told somebody was corrected by somebody else, once for each of them."""
    event = Event.objects.filter(subject=sent.reference).latest("id")
    speakers = {e.speaker_id: e.speaker for e in exchanges if not e.speaker.is_same_person(by)}
    for speaker in speakers.values():
        parties.tell_if_possible(
            speaker, Message.Kind.CORRECTION, about=sent, sender=by, at=at, event=event,
            path=f"/corrections/{correction.reference}/",
        )  # fmt: skip


def _why_not_told(sent: Exchange, *, at: datetime) -> str:
    """Say why no notice of a correction can reach its listener; nothing where one is on its way."""
    if Message.objects.filter(reference=sent.reference, kind=Message.Kind.CORRECTION).exists():
        return ""
    Obligation.objects.filter(key=f"exchange:{sent.pk}", settled_at__isnull=True).update(unreachable_at=at)
    return (
        f"No notice can reach {sent.listener.full_name}: there is no checked e-mail address for them at "
        f"{sent.listener.agency.name}."
    )


def _mark(exchange: Any, sent: Exchange, correction: Correction, *, by: Membership, at: datetime) -> None:
    """Write on an exchange that something in it was corrected, so that a page shown before is refused.

    An earlier correction of the same thing that is not understood yet is overtaken: it is said back once.
    """
    is_over = exchange.understood_at is not None or exchange.for_information
    overtaken = (
        exchange.kind == Exchange.Kind.CORRECTION and not is_over and _same_thing(exchange, correction)
    )
    exchange.version += 1
    if overtaken:
        exchange.superseded_by = sent
        exchange.actions.open().update(exchange=sent)
        drafts.drop_all([f"{page}:{exchange.reference}" for page in LISTENERS_PAGES])
    exchange.save(update_fields=["version", "superseded_by"])
    verb = "sharing.exchange.overtaken" if overtaken else "sharing.exchange.item_corrected"
    parties.write_down(verb, by=by, at=at, about=exchange, correction=sent.reference)


def _same_thing(exchange: Any, correction: Correction) -> bool:
    """Say whether an earlier correction exchange carries the same statement, or the same of a person."""
    rows = Correction.objects.filter(recipients__exchange=exchange)
    if correction.statement is not None:
        return rows.filter(statement__number=correction.statement.number).exists()
    return rows.filter(person=correction.person, kind=correction.kind).exists()


def newest_items(given: Sequence[Any], number: int) -> dict[int, Item]:
    """Return the item by which each exchange carries a statement, in one statement of the database."""
    rows = Item.objects.filter(exchange__in=[e.pk for e in given], statement__number=number)
    return {item.exchange_id: item for item in rows.order_by("number")}


def copy_of(item: Item, **changes: Any) -> Item:
    """Return another item like this one, not saved, with something changed."""
    values = {f.attname: getattr(item, f.attname) for f in Item._meta.concrete_fields if not f.primary_key}
    copy = Item(**values)
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy
