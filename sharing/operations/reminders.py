"""The tick: turn due reminders into notices, say at once where nobody could be told, mend what is missing.

A reminder becomes its notices in one transaction, so none is lost between the two and none is raised
twice. Whether a notice is still wanted is asked again just before it is sent (`still_wanted`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from agencies import reach
from agencies.models import Agency, ContactPoint, Membership
from audit import operations as audit
from notifications import bulk as notices
from notifications.models import Message
from notifications.operations import Recipient
from sharing.models import Obligation, Reminder
from sharing.querysets import people
from sharing.waiting.waits import OWN_AFFAIR

logger = logging.getLogger(__name__)

BATCH = 200
Step = Reminder.Step
KIND_OF_STEP = {
    Step.BEFORE: Message.Kind.REMINDER,
    Step.AT: Message.Kind.DUE,
    Step.LEAD: Message.Kind.LATE,
    Step.OTHER_LEAD: Message.Kind.LATE,
}
VERB_OF_STEP = {
    Step.BEFORE: "sharing.reminder.before",
    Step.AT: "sharing.reminder.at",
    Step.LEAD: "sharing.reminder.lead",
    Step.OTHER_LEAD: "sharing.reminder.other_lead",
}
NOBODY = "sharing.reminder.nobody"
TELLS_BOTH_SIDES = (Obligation.Kind.LADDER, Obligation.Kind.POSITION)


def raise_due(*, at: datetime | None = None, limit: int = 500) -> int:
    """Turn up to `limit` due reminders into notices, urgent ones and escalations first. Returns how many.

    `at` fixes the clock for tests (UTC). Reminders that another process has in hand are left to it. A
    batch that fails is tried one by one; the reminder that raises is set aside, reported, and stops nobody.
    """
    raised = 0
    while raised < limit:
        now = at or _database_now()
        try:
            count = _raise_batch(at=now, size=min(BATCH, limit - raised))
        except Exception as error:  # noqa: BLE001  # one by one: the row that raises is found and set aside
            logger.warning("a batch of reminders failed", extra={"error": type(error).__name__})
            count = _raise_one_by_one(at=now, size=min(BATCH, limit - raised))
        if not count:
            break
        raised += count
    return raised


def _database_now() -> datetime:
    """The time by the one clock that every process shares: a worker's own may be wrong or step back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return cast(datetime, now)


def _due(*, at: datetime, size: int) -> list[Reminder]:
    rows = (
        Reminder.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(raised_at__isnull=True, dropped_at__isnull=True, set_aside_at__isnull=True, send_at__lte=at)
        .select_related(*people("obligation__owner", "obligation__other"), "obligation__concern__agency")
    )
    return list(rows.order_by("priority", "send_at")[:size])


@transaction.atomic
def _raise_batch(*, at: datetime, size: int) -> int:
    """Raise a batch in one transaction: all of it or nothing."""
    rows = _due(at=at, size=size)
    _raise(rows, at=at)
    return len(rows)


def _raise_one_by_one(*, at: datetime, size: int) -> int:
    """Raise a batch in savepoints, and set aside each reminder that raises."""
    with transaction.atomic():
        rows = _due(at=at, size=size)
        for row in rows:
            try:
                with transaction.atomic():
                    _raise([row], at=at)
            except Exception as error:  # noqa: BLE001  # set aside, named and reported: it stops nobody
                code = type(error).__name__[:60]
                logger.error("reminder set aside", extra={"reminder_id": row.pk, "error": code})
                Reminder.objects.filter(pk=row.pk).update(set_aside_at=at, last_error=code)
    return len(rows)


def _raise(rows: list[Reminder], *, at: datetime) -> None:
    """Write the notices and the events of some reminders, in as many statements for many as for one."""
    wanted = [row for row in rows if _is_wanted(row, at=at)]
    leads = reach.leads_of(
        {m.pk: m for row in wanted for m in (row.obligation.owner, row.obligation.other) if m}.values()
    )
    told = {row.pk: _who_is_told(row, leads) for row in wanted}
    everybody = list({m.pk: m for members in told.values() for m in members}.values())
    reached = reach.recipients_of(everybody, on=timezone.localdate(at))
    queued, events, unreachable = [], [], []
    for row in wanted:
        to = list(dict.fromkeys(r for member in told[row.pk] for r in reached[member.pk]))
        queued += [_notice(row, KIND_OF_STEP[Step(row.step)], recipient) for recipient in to]
        events.append(_event(row, VERB_OF_STEP[Step(row.step)] if to else NOBODY, told=len(to), at=at))
        if not to:
            unreachable.append(row)
    if unreachable:
        queued += _nobody(unreachable, leads, at=at)
    notices.queue_many(reach.at_their_time(queued, at=at), at=at)
    audit.record_many(events)
    gone = [row.pk for row in rows if row.pk not in told]
    Reminder.objects.filter(pk__in=told).update(raised_at=at)
    Reminder.objects.filter(pk__in=gone).update(dropped_at=at)


def _is_wanted(row: Reminder, *, at: datetime) -> bool:
    """Say whether it is still open as it was, and not so late that the next reminder says it better."""
    obligation = row.obligation
    if obligation.settled_at is not None or obligation.version != row.version:
        return False
    return row.step != Step.BEFORE or at < obligation.due_at


def _who_is_told(row: Reminder, leads: dict[UUID, Membership | None]) -> list[Membership]:
    """The owner before and at the limit; then their lead; then the lead of the other side.

    Where there is no lead of the other side, or it is the same one, nobody more is told: an empty
    list would mean that somebody should be and cannot.
    """
    obligation = row.obligation
    if row.step in (Step.BEFORE, Step.AT):
        both = row.step == Step.AT and obligation.kind in TELLS_BOTH_SIDES and obligation.other
        return [obligation.owner, obligation.other] if both and obligation.other else [obligation.owner]
    whose = obligation.owner
    if row.step == Step.OTHER_LEAD and obligation.other and obligation.kind not in OWN_AFFAIR:
        whose = obligation.other
    if whose.is_outside and obligation.other:
        # Nobody leads somebody without an account, so it is the lead of the side that has one.
        whose = obligation.other if obligation.owner.is_outside else obligation.owner
    lead = leads.get(whose.pk)
    return [lead] if lead else []


def _notice(row: Reminder, kind: str, to: Recipient) -> notices.Notice:
    return _about(
        row.obligation,
        kind,
        to,
        dedupe_key=f"reminder:{row.pk}:{kind}:{to.member_id}",
        priority=row.priority,
    )


def _about(
    obligation: Obligation, kind: str, to: Recipient, *, dedupe_key: str, priority: int
) -> notices.Notice:
    """Return a notice about an obligation as it stands."""
    sender = obligation.other.agency if obligation.other else _kept_by(obligation)
    return notices.Notice(
        kind=kind,
        to=to,
        reference=obligation.reference,
        sender_agency=sender.name,
        from_agency=sender.reference,
        path=obligation.path,
        dedupe_key=dedupe_key,
        respond_by=obligation.due_at,
        priority=priority,
        obligation_id=obligation.pk,
        obligation_version=obligation.version,
    )


def _kept_by(obligation: Obligation) -> Agency:
    """Return whose concern it belongs to; the owner's agency where it belongs to none."""
    return obligation.concern.agency if obligation.concern else obligation.owner.agency


def _event(row: Reminder, verb: str, *, told: int, at: datetime) -> audit.Entry:
    obligation = row.obligation
    sides = {obligation.owner.agency.reference}
    if obligation.other and obligation.kind not in OWN_AFFAIR:
        sides.add(obligation.other.agency.reference)
    return audit.Entry(
        verb=verb,
        at=at,
        subject=obligation.reference,
        concern=obligation.concern.reference if obligation.concern else "",
        agency=_kept_by(obligation).reference,
        also_for=sorted(sides - {_kept_by(obligation).reference}),
        data={
            "step": row.step,
            "kind": obligation.kind,
            "told": told,
            "due_at": obligation.due_at.isoformat(),
        },
    )


def _nobody(
    rows: list[Reminder], leads: dict[UUID, Membership | None], *, at: datetime
) -> list[notices.Notice]:
    """Nobody could be told: mark it, and tell at once whoever waits for it and the leads of both sides."""
    Obligation.objects.filter(pk__in={row.obligation_id for row in rows}, settled_at__isnull=True).update(
        unreachable_at=at
    )
    told = {row.pk: _who_answers_for(row.obligation, leads) for row in rows}
    everybody = list({m.pk: m for members in told.values() for m in members}.values())
    reached = reach.recipients_of(everybody, on=timezone.localdate(at))
    return [
        _notice(row, Message.Kind.UNDELIVERED, to)
        for row in rows
        for to in dict.fromkeys(r for member in told[row.pk] for r in reached[member.pk])
    ]


def reached_again(*, at: datetime, limit: int = 500) -> int:
    """Tell of what waits whoever can be told again: an address was checked after nobody could be.

    Until then it stays marked, for whoever waits and the leads to see. Returns how many were told.
    """
    points = ContactPoint.objects.checked().filter(
        Q(member=OuterRef("owner")) | Q(member__isnull=True),
        agency=OuterRef("owner_agency"),
        kind=ContactPoint.Kind.EMAIL,
        checked_at__gt=OuterRef("unreachable_at"),
    )
    with transaction.atomic():
        rows = list(
            Obligation.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(Exists(points), settled_at__isnull=True, unreachable_at__isnull=False)
            .select_related(*people("owner", "other"), "concern__agency")
            .order_by("pk")[:limit]
        )
        reached = reach.recipients_of([row.owner for row in rows], on=timezone.localdate(at))
        told = [
            _about(
                row,
                Message.Kind.DUE if row.due_at < at else Message.Kind.REMINDER,
                to,
                dedupe_key=f"again:{row.pk}:{row.version}:{row.unreachable_at:%Y%m%d%H%M%S}:{to.member_id}",
                priority=Message.Priority.URGENT if row.is_urgent else Message.Priority.ORDINARY,
            )
            for row in rows
            for to in reached[row.owner_id]
        ]
        notices.queue_many(told, at=at)
        Obligation.objects.filter(pk__in=[row.pk for row in rows]).update(unreachable_at=None)
    return len(rows)


def _who_answers_for(obligation: Obligation, leads: dict[UUID, Membership | None]) -> list[Membership]:
    """Who hears that nobody could be told: the other side and the leads of both."""
    other = None if obligation.kind in OWN_AFFAIR else obligation.other
    found: Iterable[Membership | None] = (
        other,
        leads.get(obligation.owner_id),
        leads.get(other.pk) if other else None,
    )
    return list(dict.fromkeys(member for member in found if member))


def backlog(*, at: datetime) -> tuple[int, float]:
    """Count the reminders that are due and not raised, and the age of the oldest in seconds."""
    due = Reminder.objects.filter(
        raised_at__isnull=True, dropped_at__isnull=True, set_aside_at__isnull=True, send_at__lte=at
    )
    found = due.aggregate(count=Count("pk"), oldest=Min("send_at"))
    return found["count"], (at - found["oldest"]).total_seconds() if found["oldest"] else 0.0


CODE_IS_WANTED_FOR = timedelta(minutes=10)
STILL_WANTED = """
    SELECT NOT EXISTS (
               SELECT 1 FROM agencies_membership m LEFT JOIN agencies_user u ON u.id = m.user_id
               WHERE m.id = %(member)s AND (m.ended_at IS NOT NULL OR NOT u.is_active)
           )
       AND (%(obligation)s::bigint IS NULL OR EXISTS (
               SELECT 1 FROM sharing_obligation o
               WHERE o.id = %(obligation)s AND o.settled_at IS NULL AND o.version = %(version)s
           ))
"""


def still_wanted(message: Message) -> bool:
    """Say whether a notice is still to be sent: what it chases is open as it was, and its recipient in post.

    A code is wanted for a few minutes. One statement, asked just before sending.
    """
    if message.kind == Message.Kind.CODE and message.queued_at < timezone.now() - CODE_IS_WANTED_FOR:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            STILL_WANTED,
            {
                "member": message.to_member_id,
                "obligation": message.obligation_id,
                "version": message.obligation_version,
            },
        )
        (answer,) = cursor.fetchone()
    return bool(answer)
