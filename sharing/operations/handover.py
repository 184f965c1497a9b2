"""Handing over: a successor says back what is open before anything passes to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from agencies import drafts, scope
from agencies import operations as agencies
from agencies.access import checked_contact_point
from agencies.models import Membership
from agencies.refusals import OutOfDate
from notifications.models import Message
from records import operations as records
from records.models import Concern
from sharing import handing, rules
from sharing.facts import current_cycle
from sharing.guard import texts
from sharing.models import (
    Action,
    Attachment,
    CorrectionTo,
    Cycle,
    Enquiry,
    Exchange,
    ExchangePerson,
    Handover,
    HeldBack,
    Item,
    LadderStage,
    Meeting,
    MeetingMember,
    MinutesCopy,
    Obligation,
    SkippedStep,
    Stage,
)
from sharing.models.handover import UNDER_WAY
from sharing.operations import guarding, obligations, parties
from sharing.operations.check_back import LISTENERS_PAGES
from sharing.operations.saying import people_as_told
from sharing.rules import handover as handing_rules

ARRIVES_AS = {
    Exchange.Kind.SUMMARY: Message.Kind.SUMMARY,
    Exchange.Kind.ANSWER: Message.Kind.ANSWERED,
    Exchange.Kind.ADVICE: Message.Kind.ANSWERED,
    Exchange.Kind.MEETING: Message.Kind.MEETING,
}


@transaction.atomic
def hand_over(
    concern: Concern,
    *,
    leaver: Membership,
    successor: Membership,
    by: Membership,
    at: datetime,
    note: str = "",
    instead_of: Handover | None = None,
) -> Handover:
    """Hand over somebody's part in a concern to a colleague, who says it back before it counts.

    What the leaver was told and has not understood goes to the successor at once, as it was sent, to be
    said back to whoever told it. Everything else passes when the hand-over itself has been said back
    and confirmed (`take_over`). `instead_of` is the hand-over under way that this takes the place of.

    Raises NotAllowed for anybody but the leaver or a lead of their agency, CannotTakeOver,
    NothingToHandOver, AlreadyDone where somebody else has handed it over meanwhile, and NobodyToNotify.
    """
    concern = parties.lock_concern(concern.pk)
    leaver = Membership.objects.with_people().get(pk=leaver.pk)
    handing_rules.require_may_hand_over(by, leaver)
    successor = parties.require_in_post(successor)
    open_now = Handover.objects.filter(UNDER_WAY, leaver=leaver, concern=concern).first()
    if open_now is not None and (instead_of is None or open_now.pk != instead_of.pk):
        raise rules.AlreadyDone(
            f"{concern.reference} is being handed over to {open_now.successor.full_name} already."
        )
    part = handing.part_of(leaver, concern)
    if part.is_empty:
        raise handing_rules.NothingToHandOver(
            f"Nothing of {leaver.full_name}’s is open in {concern.reference}."
        )
    handing_rules.require_can_take_over(successor, leaver=leaver, by=by, part=part)
    cycle = current_cycle(concern)
    if cycle is None:
        return _give_what_is_not_started(concern, leaver, successor, by=by, at=at, note=note)
    cycle.concern = concern
    new = {e.pk: pass_on(e, to=successor, by=by, at=at) for e in part.heard}
    part.heard_again = [(old, new[old.pk]) for old in part.heard]
    exchange = _exchange(cycle, part, successor, by=by, at=at, note=note)
    if open_now is not None:
        open_now.ended_at = at
        open_now.save(update_fields=["ended_at"])
        _overtake(open_now.exchange, exchange, at=at)
    handover = Handover.objects.create(
        leaver=leaver, successor=successor, concern=concern, exchange=exchange, note=note, by=by, at=at
    )
    event = parties.write_down(
        "sharing.handover.sent", by=by, at=at, about=exchange, leaver=str(leaver.pk), items=len(part.refs)
    )
    parties.tell(
        successor,
        Message.Kind.HANDED_OVER,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=exchange.respond_by,
        urgent=exchange.urgency == "URGENT",
    )
    return handover


@transaction.atomic
def hand_over_work(
    leaver: Membership,
    *,
    to: Mapping[str, Membership],
    by: Membership,
    at: datetime,
    note: str = "",
    seen_version: int | None = None,
) -> list[Handover]:
    """Hand over somebody's part in several concerns, each by its reference to the colleague chosen for it.

    All of it or nothing. Locks the concerns in the order of their numbers. `seen_version` is
    `latest_of` the leaver as the page showed it.

    Raises OutOfDate where work of theirs has been handed over since, and what `hand_over` raises.
    """
    if not to:
        raise handing_rules.NothingToHandOver("Choose a successor for at least one concern.")
    handing_rules.require_may_hand_over(by, leaver)
    concerns = list(Concern.objects.filter(reference__in=to).order_by("pk"))
    for concern in concerns:
        parties.lock_concern(concern.pk)
    if seen_version is not None and latest_of(leaver) != seen_version:
        raise OutOfDate(
            f"Work of {leaver.full_name}’s has been handed over since you opened this page.",
            "Look at who has it now, and choose again.",
        )
    before = {h.concern_id: h for h in Handover.objects.filter(UNDER_WAY, leaver=leaver)}
    return [
        hand_over(
            concern,
            leaver=leaver,
            successor=to[concern.reference],
            by=by,
            at=at,
            note=note,
            instead_of=before.get(concern.pk),
        )
        for concern in concerns
    ]


def latest_of(leaver: Membership) -> int:
    """Return a number that grows with each hand-over of somebody's work."""
    return Handover.objects.filter(leaver=leaver).aggregate(last=Max("pk"))["last"] or 0


def _give_what_is_not_started(
    concern: Concern, leaver: Membership, successor: Membership, *, by: Membership, at: datetime, note: str
) -> Handover:
    """Pass on a concern of which nobody has been told anything: there is nothing to be said back."""
    handover = Handover.objects.create(
        leaver=leaver, successor=successor, concern=concern, note=note, by=by, at=at, taken_over_at=at
    )
    records.give_concern(concern, to=successor, by=by, at=at)
    agencies.notify(
        successor,
        Message.Kind.HANDED_OVER,
        reference=concern.reference,
        sender=by.agency,
        path=f"/concerns/{concern.reference}/",
        at=at,
        dedupe_key=f"{Message.Kind.HANDED_OVER}:{concern.reference}:{handover.pk}",
    )
    return handover


def _exchange(
    cycle: Cycle, part: handing.Pieces, successor: Membership, *, by: Membership, at: datetime, note: str
) -> Exchange:
    """Send the successor what they are to take over, in frozen words."""
    urgency = "URGENT" if part.is_urgent else cycle.concern.urgency
    exchange = Exchange.objects.create(
        reference=parties.next_reference(cycle.concern, "X"),
        cycle=cycle,
        stage=cycle.stage if cycle.stage != Stage.CLOSED else Stage.RECORD,
        kind=Exchange.Kind.HANDOVER,
        speaker=by,
        listener=successor,
        contact_point=checked_contact_point(successor),
        urgency=urgency,
        why_you=f"You take over from {part.leaver.full_name} in {cycle.concern.reference}.",
        what_i_ask="Say back what is open, by when, and what would make you act sooner.",
        respond_by=parties.sent_limit(successor, urgency, at=at).at,
        prepared_at=at,
        prepared_by=by,
    )
    lines = handing.lines(part, note=note, by=by)
    items = [
        Item(exchange=exchange, number=n, kind=kind, text=text, source=title, written_at=at, is_key=True)
        for n, (title, kind, text) in enumerate(lines, start=1)
    ]
    people = _whom_it_is_about(exchange, part)
    guarding.require_nothing_protected(
        exchange,
        concern=cycle.concern,
        speaker=by,
        listener=successor,
        texts=texts.of_exchange(exchange, items=items, people=people),
        by=by,
        at=at,
    )
    Item.objects.bulk_create(items)
    ExchangePerson.objects.bulk_create(people)
    exchange.sent_at, exchange.sent_by, exchange.delivered_at = at, by, at
    exchange.save(update_fields=["sent_at", "sent_by", "delivered_at"])
    return exchange


def _whom_it_is_about(exchange: Exchange, part: handing.Pieces) -> list[ExchangePerson]:
    """Name the people as the agency knows them; in another agency's concern, only as the leaver was told."""
    if exchange.cycle.concern.agency_id == part.leaver.agency_id:
        return people_as_told(exchange)
    told: dict[int, ExchangePerson] = {}
    for one in ExchangePerson.objects.filter(exchange__in=part.heard_ever).order_by("id"):
        told[one.person_id] = one
    return [_copied(one, exchange=exchange) for one in told.values()]


def _copied(row: Any, **changes: Any) -> Any:
    """Make a new row with the values of another, not saved."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    copy = type(row)(**values)
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def pass_on(old: Exchange, *, to: Membership, by: Membership, at: datetime) -> Exchange:
    """Send what a leaver was told, and has not understood, to their successor as it was sent.

    The same words, people and time limit under a reference of its own: the clock does not start again.
    What the leaver said back stays on the record and counts for nothing. The speaker is told.
    The caller holds the lock of the concern.
    """
    new: Exchange = _copied(
        old,
        reference=parties.next_reference(old.cycle.concern, "X"),
        enquiry_id=None,
        listener=to,
        first_listener_id=None,
        contact_point=checked_contact_point(to),
        prepared_at=at,
        prepared_by=by,
        sent_at=None,
        sent_by=None,
        delivered_at=None,
        opened_at=None,
        received_at=None,
        received_by=None,
        version=1,
    )
    new.cycle = old.cycle
    # All that was said goes with it, and is sealed with it: also what its speaker held back, which is for
    # their agency alone.
    with scope.across_agencies("what a speaker held back goes with what a listener's agency passes on"):
        new.save()
        _copy_parts(old, new)
        new.sent_at, new.sent_by, new.delivered_at = at, by, at
        new.save(update_fields=["sent_at", "sent_by", "delivered_at"])
    _overtake(old, new, at=at)
    old.actions.open().update(exchange=new, version=F("version") + 1)
    CorrectionTo.objects.filter(about=old).update(about=new)
    CorrectionTo.objects.filter(exchange=old).update(exchange=new)
    for transfer in old.transfers.open().with_people():
        transfer.exchange = new
        transfer.version += 1
        transfer.save(update_fields=["exchange", "version"])
        obligations.follow(transfer, at=at)
    if old.kind == Exchange.Kind.HANDOVER:
        _renew(old, new, to=to, at=at)
    if old.kind == Exchange.Kind.MEETING:
        part = MinutesCopy.objects.get(exchange=old)
        MinutesCopy.objects.create(minutes_id=part.minutes_id, member_id=part.member_id, exchange=new)
    event = parties.write_down(
        "sharing.exchange.passed_on", by=by, at=at, about=new, instead_of=old.reference
    )
    told: dict[str, Any] = {"about": new, "sender": by, "at": at, "event": event}
    urgent = new.urgency == "URGENT"
    kind = ARRIVES_AS.get(Exchange.Kind(new.kind), Message.Kind.TO_RECEIVE)
    parties.tell(to, kind, respond_by=new.respond_by, urgent=urgent, **told)
    parties.tell_if_possible(new.speaker, Message.Kind.HANDED_OVER, **told)
    return new


def _copy_parts(old: Exchange, new: Exchange) -> None:
    parts: Sequence[Any] = (Item, ExchangePerson, HeldBack, Attachment)
    for model in parts:
        rows = list(model.objects.filter(exchange=old))
        model.objects.bulk_create(_copied(row, exchange=new) for row in rows)


def _renew(old: Exchange, new: Exchange, *, to: Membership, at: datetime) -> None:
    """A hand-over that its successor hands on before taking it over is to the next one from now on."""
    before = Handover.objects.filter(UNDER_WAY, exchange=old).first()
    if before is None:
        return
    before.ended_at = at
    before.save(update_fields=["ended_at"])
    Handover.objects.create(
        leaver_id=before.leaver_id,
        successor=to,
        concern_id=before.concern_id,
        exchange=new,
        note=before.note,
        by_id=before.by_id,
        at=at,
    )


def _overtake(old: Exchange | None, new: Exchange, *, at: datetime) -> None:
    if old is None:
        return
    old.superseded_by = new
    old.version += 1
    old.save(update_fields=["superseded_by", "version"])
    obligations.follow(old, at=at)
    drafts.drop_all([f"{page}:{old.reference}" for page in LISTENERS_PAGES])


def take_over(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Pass a leaver's part to the successor, whose hand-over has just been confirmed as understood.

    The caller holds the lock of the concern. What reached the leaver since it was sent passes too.
    """
    handover = (
        Handover.objects.filter(UNDER_WAY, exchange=exchange)
        .select_related("leaver__user", "leaver__agency", "successor__user", "successor__agency")
        .first()
    )
    if handover is None:
        return
    handover.taken_over_at = at
    handover.save(update_fields=["taken_over_at"])
    leaver, successor, concern = handover.leaver, handover.successor, exchange.cycle.concern
    part = handing.part_of(leaver, concern)
    moved = list(part.refs)
    for late in part.heard:
        if not late.speaker.is_same_person(successor):
            pass_on(late, to=successor, by=by, at=at)
    others = part.others()
    _move_exchanges(concern, leaver, successor, at=at, but=exchange)
    _move_questions_and_actions(part, successor, at=at)
    for step in SkippedStep.objects.filter(owner=leaver, done_at__isnull=True, cycle__concern=concern):
        step.owner = successor
        step.save(update_fields=["owner"])
        obligations.follow(step, at=at)
    if concern.owner_id == leaver.pk:
        records.give_concern(concern, to=successor, by=by, at=at)
    _move_the_rest(concern, leaver, successor, at=at)
    event = parties.write_down(
        "sharing.handover.taken_over", by=by, at=at, about=exchange, leaver=str(leaver.pk), moved=moved
    )
    _tell_others(others, successor=successor, event=event, at=at)


def _move_exchanges(
    concern: Concern, leaver: Membership, successor: Membership, *, at: datetime, but: Exchange
) -> None:
    """Let the successor answer for what the leaver said, and for what the leaver has understood."""
    said = Exchange.objects.filter(cycle__concern=concern, speaker=leaver).exclude(pk=but.pk)
    said = said.exclude(listener__user=successor.user_id)
    heard = Exchange.objects.filter(cycle__concern=concern, listener=leaver)
    heard = heard.filter(Q(understood_at__isnull=False) | Q(superseded_by__isnull=False))
    heard = heard.exclude(speaker__user=successor.user_id)
    numbers = [*said.values_list("pk", flat=True), *heard.values_list("pk", flat=True)]
    unsent = said.filter(sent_at__isnull=True)
    unsent.update(speaker=successor, version=F("version") + 1)
    said.filter(pk__in=numbers, sent_at__isnull=False).update(
        first_speaker=Coalesce("first_speaker", "speaker"), speaker=successor, version=F("version") + 1
    )
    heard.update(
        first_listener=Coalesce("first_listener", "listener"), listener=successor, version=F("version") + 1
    )
    for exchange in Exchange.objects.filter(pk__in=numbers).with_people():
        obligations.follow(exchange, at=at)
        incident = getattr(exchange, "incident", None)
        if incident is not None:
            obligations.follow(incident, at=at)


def _move_questions_and_actions(part: handing.Pieces, successor: Membership, *, at: datetime) -> None:
    leaver = part.leaver
    pairs: list[tuple[Any, str, str]] = [
        (Enquiry.objects.filter(pk__in=[e.pk for e in part.enquiries]), "asked_by", "asked_of"),
        (Action.objects.filter(pk__in=[a.pk for a in part.actions]), "owner", "other_side"),
    ]
    for rows, one, other in pairs:
        for row in rows.with_people():
            mine, theirs = (one, other) if getattr(row, f"{one}_id") == leaver.pk else (other, one)
            if getattr(row, theirs).is_same_person(successor):
                continue
            setattr(row, mine, successor)
            row.version += 1
            row.save(update_fields=[mine, "version"])
            obligations.follow(row, at=at)


def _move_the_rest(concern: Concern, leaver: Membership, successor: Membership, *, at: datetime) -> None:
    """Whatever else waits for the leaver here, such as telling somebody when it is safe, waits for the
    successor; and where others wait for it, the successor waits for them."""
    stages = LadderStage.objects.filter(
        disagreement__exchange__cycle__concern=concern, closed_at__isnull=True
    )
    for field in ("for_speaker", "for_listener"):
        for stage in stages.filter(**{field: leaver}):
            setattr(stage, field, successor)
            stage.save(update_fields=[field])
            obligations.follow(stage.disagreement, at=at)
    _move_meetings(concern, leaver, successor, at=at)
    rows = Obligation.objects.filter(concern=concern, settled_at__isnull=True)
    for row in rows.filter(owner=leaver).select_related("owner__agency", "other"):
        if row.other is None or not row.other.is_same_person(successor):
            obligations.handed_on(row, owner=successor, at=at)
    rows.filter(other=leaver).exclude(owner__user=successor.user_id).update(other=successor)


def _move_meetings(concern: Concern, leaver: Membership, successor: Membership, *, at: datetime) -> None:
    """The successor is in the chair from now on, and has the leaver's place where the meeting is to come."""
    for meeting in Meeting.objects.filter(cycle__concern=concern, chair=leaver).with_people():
        meeting.chair = successor
        meeting.version += 1
        meeting.save(update_fields=["chair", "version"])
        obligations.follow(meeting, at=at)
    places = MeetingMember.objects.filter(meeting__cycle__concern=concern, member=leaver)
    for place in places.filter(meeting__held_at__isnull=True).select_related("meeting__cycle__concern"):
        if not place.meeting.members.filter(member=successor, taken_back_at__isnull=True).exists():
            place.member = successor
            place.save(update_fields=["member"])
            obligations.follow(place, at=at)


def _tell_others(others: dict[Any, Any], *, successor: Membership, event: Any, at: datetime) -> None:
    """Tell each person on the other side of what passed, once, about the first of their things."""
    for person, about in others.values():
        if not person.is_same_person(successor):
            parties.tell_if_possible(
                person, Message.Kind.HANDED_OVER, about=about, sender=successor, at=at, event=event
            )


def given_up(exchange: Exchange, *, at: datetime) -> None:
    """End a hand-over whose exchange was withdrawn or sent back. The work stays where it was.

    The caller holds the lock of the concern.
    """
    Handover.objects.filter(UNDER_WAY, exchange=exchange).update(ended_at=at)
