"""Find what waits without a row, rows for what no longer waits, and rows without their reminders.

Every change keeps its own obligation in step, so there is nothing to find unless something went wrong:
a restored backup, a row changed by hand, a fault of ours. Each find is mended and reported.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat, Substr

from consent.models import SharingDecision
from notifications.models import Heartbeat
from notifications.operations import beat
from records.models import BreakGlass
from sharing.models import (
    AccessRequest,
    Action,
    ActionFlag,
    Breach,
    CorrectionTo,
    Disagreement,
    Enquiry,
    Exchange,
    Incident,
    Link,
    Meeting,
    MeetingMember,
    Obligation,
    ProposedCorrection,
    Reminder,
    SkippedStep,
    Transfer,
)
from sharing.operations import obligations, parties, reminders
from sharing.waiting import answered
from sharing.waiting import waits as waiting

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)
MOST = 500
NAME = "reconciler"


def reconcile_if_old(*, at: datetime) -> int | None:
    """Reconcile if it was not done within ten minutes. None where it was; else how much was mended.

    Two processes at once do it once: the sign of life is locked, and whoever comes second leaves it.
    """
    with transaction.atomic():
        Heartbeat.objects.get_or_create(name=NAME, defaults={"started_at": at - 2 * EVERY})
        mine = Heartbeat.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if mine is None or (mine.finished_at and timedelta() <= at - mine.finished_at < EVERY):
            return None
        mended = reconcile(at=at)
        reminders.reached_again(at=at)
        beat(NAME, at=at, rows=mended)
    return mended


def reconcile(*, at: datetime) -> int:
    """Mend at most 500 of each kind of gap, and return how many there were."""
    found: list[tuple[str, int]] = []
    for name, rows in _gaps():
        count = 0
        for row in _first(rows):
            _mend(row, at=at)
            count += 1
        found.append((name, count))
    found.append(("reminders", _without_reminders()))
    mended = sum(count for _, count in found)
    if mended:
        logger.error("obligations mended", extra={name: count for name, count in found if count})
    return mended


def _first(rows: Any) -> list[Any]:
    """Return the first rows of a gap with what they are mended with.

    They are found by their numbers first: PostgreSQL takes a gap for empty, which it nearly always is, and
    would read every concern anew for each row if it was asked to join them before.
    """
    numbers = list(rows.order_by().values_list("pk", flat=True)[:MOST])
    if not numbers:
        return []
    found = rows.model.objects.filter(pk__in=numbers).order_by("pk")
    found.query.select_related = rows.query.select_related
    return list(found)


def _mend(row: Any, *, at: datetime) -> None:
    """Bring one row's obligation up to date under the lock of its concern."""
    with transaction.atomic():
        if isinstance(row, SharingDecision):
            parties.lock_concern(row.concern_id)
            obligations.follow_decision(row, at=at)
            return
        if isinstance(row, AccessRequest):
            AccessRequest.objects.select_for_update().get(pk=row.pk)
        else:
            parties.lock_concern(_concern_of(row))
        row.refresh_from_db()
        obligations.follow(row, at=at)


def _concern_of(row: Any) -> int:
    """Return the number of the concern that a row belongs to."""
    if isinstance(row, BreakGlass):
        return row.concern_id
    if isinstance(row, CorrectionTo):
        return row.correction.concern_id
    if isinstance(row, (Incident, Breach, ProposedCorrection, Link)):
        return row.exchange.cycle.concern_id
    number: int = (row.meeting if isinstance(row, MeetingMember) else row).cycle.concern_id
    return number


def _key(prefix: str, field: str = "pk") -> Any:
    return Concat(Value(prefix), Cast(OuterRef(field), CharField()), output_field=CharField())


def _waits(key: Any) -> Exists:
    return Exists(Obligation.objects.filter(key=key, settled_at__isnull=True))


def _without(rows: Any, prefix: str) -> Any:
    """Return those of many rows that have no open obligation of their own.

    The numbers of one are taken from those of the other as sets, which takes as long as reading both. A join
    would be chosen by how many rows there seem to be, and compare each with each where that is mistaken.
    """
    owed = Obligation.objects.filter(key__startswith=prefix, settled_at__isnull=True)
    number = Cast(Substr("key", len(prefix) + 1), BigIntegerField())
    left = rows.order_by().values_list("pk").difference(owed.order_by().values_list(number))
    return rows.model.objects.filter(pk__in=[pk for (pk,) in left[:MOST]]).select_related("cycle__concern")


def _gaps() -> Iterator[tuple[str, Any]]:
    """Rows that wait and have no obligation, then rows that do not and have one."""
    turn = _waits(_key("exchange:"))
    exchanges = Exchange.objects.select_related("cycle__concern")
    open_ones = exchanges.open()
    yield "exchanges", _without(open_ones, "exchange:")
    closed = exchanges.exclude(pk__in=Exchange.objects.open().values("pk"))
    yield "exchanges over", closed.filter(turn)
    to_agree = exchanges.filter(
        kind__in=waiting.AGREED_WITH,
        understood_at__isnull=False,
        withdrawn_at__isnull=True,
        superseded_by__isnull=True,
        agreements__isnull=True,
        cycle__ended_at__isnull=True,
    )
    yield "agreements", _without(to_agree, "agree:")
    enquiries = Enquiry.objects.select_related("cycle__concern")
    asked = _waits(_key("enquiry:"))
    yield "questions", enquiries.open().filter(~asked)
    yield "questions over", enquiries.exclude(answered_at=None, explained_at=None).filter(asked)
    actions = Action.objects.select_related("cycle__concern", "exchange")
    waits = _waits(_key("action:"))
    yield "actions", actions.open().filter(~waits, exchange__understood_at__isnull=False)
    over = actions.exclude(checked_at=None, declined_at=None, withdrawn_at=None)
    yield "actions over", over.filter(waits)
    steps = SkippedStep.objects.select_related("cycle__concern")
    step = _waits(_key("step:"))
    yield "steps", steps.filter(~step, done_at__isnull=True)
    yield "steps over", steps.filter(step, done_at__isnull=False)
    incidents = Incident.objects.select_related("exchange__cycle__concern")
    incident = _waits(_key("incident:"))
    yield "incidents", incidents.filter(~incident, handled_at__isnull=True)
    yield "incidents over", incidents.filter(incident, handled_at__isnull=False)
    breaches = Breach.objects.select_related("exchange__cycle__concern")
    breach = _waits(_key("breach:"))
    yield "breaches", breaches.filter(~breach, closed_at__isnull=True)
    yield "breaches over", breaches.filter(breach, closed_at__isnull=False)
    yield from _disagreements()
    yield from _meetings()
    yield from _corrections()
    yield from _answers()
    yield from _links()
    yield from _access_requests()
    opened = BreakGlass.objects.select_related("concern__owner__agency", "by__agency")
    looked_at = _waits(_key("break-glass:"))
    yield "emergencies", opened.filter(~looked_at, review__isnull=True)
    yield "emergencies over", opened.filter(looked_at, review__isnull=False)
    yield "reviews", _reviews()


def _disagreements() -> Iterator[tuple[str, Any]]:
    """Open ones that nobody is asked about, and settled ones that somebody still is.

    While an outcome is being said back its copies are chased, and the disagreement itself is not.
    """
    rows = Disagreement.objects.select_related("exchange__cycle__concern")
    start = Concat(Value("disagreement:"), Cast(OuterRef("pk"), CharField()), Value(":"))
    waits = Exists(Obligation.objects.filter(key__startswith=start, settled_at__isnull=True))
    said_back = Exists(Exchange.objects.open().filter(outcome__stage__disagreement=OuterRef("pk")))
    yield "disagreements", rows.filter(~waits, ~said_back, settled_at__isnull=True)
    yield "disagreements over", rows.filter(waits, settled_at__isnull=False)


def _meetings() -> Iterator[tuple[str, Any]]:
    """Meetings without minutes that nobody owes, minutes owed that went out; places nobody answers for."""
    rows = Meeting.objects.select_related("cycle__concern", "chair__agency")
    owed = _waits(_key("meeting:"))
    without = rows.without_minutes()
    yield "meetings", without.filter(~owed)
    yield "meetings over", rows.filter(owed).exclude(pk__in=Meeting.objects.without_minutes().values("pk"))
    places = MeetingMember.objects.select_related(
        "meeting__cycle__concern", "meeting__chair", "member__agency"
    )
    asked = _waits(_key("place:"))
    unanswered = Q(
        attendance=MeetingMember.Attendance.ASKED,
        taken_back_at__isnull=True,
        meeting__held_at__isnull=True,
        meeting__called_off_at__isnull=True,
        member__user__isnull=False,
    )
    yield "places", places.filter(unanswered, ~asked)
    yield "places over", places.exclude(unanswered).filter(asked)


def _corrections() -> Iterator[tuple[str, Any]]:
    """Flagged actions, people to tell by hand and proposed corrections that nobody is asked about; and those
    that somebody still is although they are answered."""
    actions = Action.objects.select_related("cycle__concern", "exchange")
    flagged = Exists(ActionFlag.objects.filter(action=OuterRef("pk"), answer=ActionFlag.Answer.OPEN))
    asked = _waits(_key("still-right:"))
    yield "flags", actions.open().filter(flagged, ~asked)
    wanted = actions.open().filter(flagged)
    yield "flags over", actions.filter(asked).exclude(pk__in=wanted.values("pk"))
    rows = CorrectionTo.objects.select_related("correction__concern", "correction__by__agency")
    by_hand = _waits(_key("by-hand:"))
    to_tell = rows.exclude(by_hand_why="").filter(by_hand_at__isnull=True)
    yield "by hand", to_tell.filter(~by_hand)
    yield "by hand over", rows.filter(by_hand, by_hand_at__isnull=False)
    proposals = ProposedCorrection.objects.select_related("exchange__cycle__concern", "item")
    correct = _waits(_key("correct:"))
    still_there = proposals.filter(exchange__withdrawn_at__isnull=True, exchange__not_mine_at__isnull=True)
    yield "proposed corrections", still_there.filter(~correct, answer=ProposedCorrection.Answer.OPEN)
    yield "proposed corrections over", proposals.exclude(answer="").filter(correct)


def _answers() -> Iterator[tuple[str, Any]]:
    """Decisions, hand-overs to another area and conferences that wait unasked, and asked for that do not."""
    owed: Any = Exchange.objects.filter(
        asks_decision=True, understood_at__isnull=False, superseded_by__isnull=True
    ).select_related("cycle__concern")
    owed, asked = owed.annotate(**answered.answers()), _waits(_key("decide:"))
    yield "decisions", _without(owed.filter(is_decided=False, not_awaited=False), "decide:")
    yield "decisions over", owed.filter(asked).filter(Q(is_decided=True) | Q(not_awaited=True))
    rows = Transfer.objects.select_related("exchange__cycle__concern")
    waits, conference = _waits(_key("transfer:")), _waits(_key("conference:"))
    yield "transfers", rows.open().filter(~waits, exchange__received_at__isnull=False)
    yield "transfers over", rows.exclude(pk__in=Transfer.objects.open().values("pk")).filter(waits)
    held = Q(conference_noted_at__isnull=False)
    yield "conferences", rows.filter(~conference, ~held, accepted_at__isnull=False)
    yield "conferences over", rows.filter(held, conference)


def _links() -> Iterator[tuple[str, Any]]:
    """Links by which nobody comes in although something waits for their person; and the other way round.

    What falls due after a link that still works is left to the end of the link.
    """
    rows = Link.objects.select_related("exchange__cycle__concern", "member__agency")
    asked, on_it = _waits(_key("link:")), Q(exchange=OuterRef(OuterRef("exchange")))
    waits = Exists(
        Obligation.objects.filter(
            Q(reference=OuterRef("exchange__reference"))
            | Q(reference__in=Action.objects.filter(on_it).values("reference"))
            | Q(reference__in=Disagreement.objects.filter(on_it).values("reference")),
            owner=OuterRef("member"),
            settled_at__isnull=True,
        )
    )
    over = Q(locked_at__isnull=False) | Q(revoked_at__isnull=False) | Q(time_up_at__isnull=False)
    yield "links", rows.filter(~asked, over, waits)
    yield "links over", rows.filter(asked, ~waits)


def _access_requests() -> Iterator[tuple[str, Any]]:
    """Open requests that wait unasked, and closed ones that do not."""
    rows = AccessRequest.objects.select_related("agency", "owner__agency", "ready_by__agency")
    asked = _waits(_key("access:"))
    yield "access requests", rows.filter(~asked, closed_at__isnull=True)
    yield "access requests over", rows.filter(asked, closed_at__isnull=False)
    left = Obligation.objects.filter(
        key=_key("access-check:"), settled_at__isnull=True, owner__ended_at__isnull=False
    )
    yield "access checks", rows.filter(Exists(left))


def _reviews() -> Any:
    """Latest decisions that left somebody uninformed, without the row that asks again."""
    later = SharingDecision.objects.filter(
        concern=OuterRef("concern"), person=OuterRef("person"), pk__gt=OuterRef("pk")
    )
    key = Concat(
        Value("inform:"),
        Cast(OuterRef("concern_id"), CharField()),
        Value(":"),
        Cast(OuterRef("person_id"), CharField()),
        output_field=CharField(),
    )
    return SharingDecision.objects.filter(
        ~Exists(later), ~_waits(key), informed="NOT_YET", inform_review_at__isnull=False
    ).select_related("concern", "person", "decided_by__agency")


def _without_reminders() -> int:
    """Write the reminders of open obligations that have none of their version. Returns how many had none."""
    chased = Reminder.objects.filter(obligation=OuterRef("pk"), version=OuterRef("version"))
    rows = Obligation.objects.filter(~Exists(chased), settled_at__isnull=True).select_related("owner__agency")
    count = 0
    for row in rows[:MOST]:
        with transaction.atomic():
            obligations.write_reminders(row)
        count += 1
    return count
