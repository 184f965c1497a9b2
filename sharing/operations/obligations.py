"""What waits for whom, kept as rows in the transaction of each change, with the reminders that chase it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from agencies import later
from agencies import rules as agencies_rules
from agencies.access import calendar_of
from agencies.chase import Step, reminder_times
from agencies.models import Membership, TimeLimit
from agencies.operations import notices
from agencies.prepared import Asking, Prepared, PreparedChange, together
from agencies.working_time import CalendarNotKnown
from consent.models import SharingDecision
from records.models import BreakGlass, Concern
from sharing.models import (
    AccessRequest,
    Action,
    Breach,
    CorrectionTo,
    Cycle,
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
    Round,
    SkippedStep,
    Transfer,
)
from sharing.waiting import access_requests as access_waits
from sharing.waiting import answers as answer_waits
from sharing.waiting import corrections as correction_waits
from sharing.waiting import emergencies as emergency_waits
from sharing.waiting import ladder as ladder_waits
from sharing.waiting import links as link_waits
from sharing.waiting import meetings as meetings_waiting
from sharing.waiting import waits as waiting
from sharing.waiting.waits import Wait

# From which rows of the record each kind of key is read, and how.
READERS = {
    Exchange: (answer_waits.of_exchange, ("exchange:{pk}", "agree:{pk}", "decide:{pk}")),
    Enquiry: (waiting.of_enquiry, ("enquiry:{pk}",)),
    Action: (correction_waits.of_action, ("action:{pk}", "still-right:{pk}")),
    SkippedStep: (waiting.of_step, ("step:{pk}",)),
    Incident: (waiting.of_incident, ("incident:{pk}",)),
    Breach: (waiting.of_breach, ("breach:{pk}",)),
    Disagreement: (ladder_waits.of_disagreement, ladder_waits.KEYS),
    Meeting: (meetings_waiting.of_meeting, ("meeting:{pk}",)),
    MeetingMember: (meetings_waiting.of_place, ("place:{pk}",)),
    CorrectionTo: (correction_waits.of_by_hand, ("by-hand:{pk}",)),
    ProposedCorrection: (correction_waits.of_proposal, ("correct:{pk}",)),
    Transfer: (answer_waits.of_transfer, answer_waits.TRANSFER_KEYS),
    Link: (link_waits.of_link, link_waits.KEYS),
    AccessRequest: (access_waits.of_request, access_waits.KEYS),
    BreakGlass: (emergency_waits.of_break_glass, emergency_waits.KEYS),
}
Source = (
    Exchange
    | Enquiry
    | Action
    | SkippedStep
    | Incident
    | Breach
    | Disagreement
    | Meeting
    | MeetingMember
    | CorrectionTo
    | ProposedCorrection
    | Transfer
    | Link
    | AccessRequest
    | BreakGlass
)


def follow(about: Source, *, at: datetime, said: Sequence[Round] | None = None) -> None:
    """Bring the obligations of one row up to date with what the record says. Twice is the same as once.

    Call it in the transaction of the change, after the row has been saved (`parties.write_down` does).
    When an exchange becomes understood, the actions proposed on it begin to wait too; when it carries the
    outcome of a disagreement, that is closed or taken further next. `said` is the last round of an exchange,
    none or one, where the caller has it as it was written under the lock.
    """
    read, keys = READERS[type(about)]
    its_keys = [key.format(pk=about.pk) for key in keys]
    if isinstance(about, Exchange):
        _follow_exchange(about, its_keys, at=at, said=said)
    else:
        _apply(read(about), its_keys, at=at)  # type: ignore[operator]  # each reader takes its own kind of row
    if isinstance(about, Exchange | Action | Disagreement):
        _follow_link(about if isinstance(about, Exchange) else about.exchange, at=at)


def _follow_exchange(
    exchange: Exchange, keys: Sequence[str], *, at: datetime, said: Sequence[Round] | None
) -> None:
    is_new = exchange.understood_at == at
    is_disclosure = exchange.kind == Exchange.Kind.DISCLOSURE
    actions, transfers = _apply(
        answer_waits.of_exchange(exchange, said),
        keys,
        at=at,
        also=(
            ACTIONS.asking(exchange=exchange.pk) if is_new else None,
            TRANSFERS.asking(exchange=exchange.pk) if is_disclosure else None,
        ),
    )
    for action in actions:
        follow(action, at=at)
    if exchange.outcome is not None:
        follow(exchange.outcome.stage.disagreement, at=at)
    for transfer in transfers:
        transfer.exchange = exchange
        follow(transfer, at=at)
    if exchange.kind == Exchange.Kind.DECISION and exchange.about is not None:
        follow(exchange.about, at=at)


ACTIONS = Prepared(lambda *, exchange: Action.objects.filter(exchange=exchange).open().with_people())
TRANSFERS = Prepared(lambda *, exchange: Transfer.objects.filter(exchange=exchange).open())


def _follow_link(exchange: Exchange, *, at: datetime) -> None:
    """Whether somebody without an account needs a new link depends on what waits for them."""
    if not (exchange.listener.is_outside or exchange.speaker.is_outside):
        return
    link = Link.objects.filter(exchange=exchange).select_related("member__agency").first()
    if link is not None:
        link.exchange = exchange
        follow(link, at=at)


def follow_decision(decision: SharingDecision, *, at: datetime) -> None:
    """Bring up to date whether it is to be looked at again if somebody can be told (settings wire it up)."""
    _apply(waiting.of_decision(decision), [f"inform:{decision.concern_id}:{decision.person_id}"], at=at)


def follow_break_glass(opened: BreakGlass, *, at: datetime) -> None:
    """Bring up to date whether a lead is to look at an emergency (settings wire it up)."""
    follow(opened, at=at)


def cycle_ended(cycle: Cycle, *, at: datetime) -> None:
    """What was only to be said while the cycle went on (whether one agrees) is not asked for any more."""
    exchanges = Exchange.objects.filter(cycle=cycle).values_list("pk", flat=True)
    settle(*[f"agree:{pk}" for pk in exchanges], at=at)


def open_or_move(
    key: str,
    *,
    kind: str,
    reference: str,
    path: str,
    concern: Concern | None,
    owner: Membership,
    other: Membership | None,
    due_at: datetime,
    at: datetime,
    due_why: str = "",
    is_urgent: bool = False,
    stage: int = 0,
    what: str = "",
    since: datetime | None = None,
) -> Obligation:
    """Write down that something waits for somebody, or that it now waits for another or until another time.

    `since` (UTC) is when it arose, `at` where it is not given. A new owner or time limit makes a new
    version, whose reminders take the place of those of the old one.
    """
    wait = Wait(key, kind, reference, path, concern, owner, other, since or at, due_at, due_why, is_urgent,
                stage, what)  # fmt: skip
    rows, limits = together(WAITING.asking(keys=[key]), _chased(wait.owner, wait.since))
    return _open_or_move(wait, next(iter(rows), None), limits, at=at)


def settle(*keys: str, at: datetime) -> None:
    """Write down that nothing waits any more. Reminders and notices that have not gone are dropped."""
    if not keys:
        return
    _settle(WAITING.all(keys=list(keys)), at=at)


def _settle(rows: Sequence[Obligation], *, at: datetime) -> None:
    settled = [row.pk for row in rows]
    if settled:
        _drop_reminders(settled, at=at)
        SETTLED.do_later(obligations=settled, at=at)


SETTLED = PreparedChange(
    lambda *, obligations, at: (Obligation.objects.filter(pk__any_of_few=obligations), {"settled_at": at})
)


# Always in the same order, so that two who lock several never wait for each other.
WAITING = Prepared(
    lambda *, keys: (
        Obligation.objects.filter(key__any_of_few=keys, settled_at__isnull=True)
        .select_for_update()
        .order_by("pk")
    )
)


def _apply(
    waits: Sequence[Wait], keys: Sequence[str], *, at: datetime, also: Sequence[Asking[Any] | None] = ()
) -> list[list[Any]]:
    """Bring the rows of these keys up to date with what waits. Return what was asked `also`, with them."""
    asked = list(dict.fromkeys([*keys, *(wait.key for wait in waits)]))
    rows, *others = together(
        WAITING.asking(keys=asked), *(_chased(wait.owner, wait.since) for wait in waits), *also
    )
    there = {row.key: row for row in rows}
    for wait, limits in zip(waits, others, strict=False):
        _open_or_move(wait, there.pop(wait.key, None), limits, at=at)
    _settle(list(there.values()), at=at)
    return others[len(waits) :]


def _open_or_move(
    wait: Wait, row: Obligation | None, limits: Sequence[TimeLimit], *, at: datetime
) -> Obligation:
    facts: dict[str, Any] = {
        "kind": wait.kind,
        "reference": wait.reference,
        "path": wait.path,
        "owner": wait.owner,
        "owner_agency_id": wait.owner.agency_id,
        "other": wait.other,
        "other_agency_id": wait.other.agency_id if wait.other else None,
        "what": wait.what,
        "stage": wait.stage,
        "is_urgent": wait.is_urgent,
        "since": wait.since,
        "due_at": wait.due_at,
        "due_why": wait.due_why,
    }
    if row is None:
        row = Obligation.objects.create(key=wait.key, concern=wait.concern, **facts)
        _write_reminders(row, limits)
        return row
    is_moved = (row.owner_id, row.due_at) != (wait.owner.pk, wait.due_at)
    for name, value in facts.items():
        setattr(row, name, value)
    if is_moved:
        _drop_reminders([row.pk], at=at)
        row.version += 1
        row.unreachable_at = None
    later.save(row, *CHANGED)
    if is_moved:
        _write_reminders(row, limits)
    return row


# What may change of what waits: not which it is, nor whether it is settled.
CHANGED = (
    "kind", "reference", "path", "owner", "owner_agency_id", "other", "other_agency_id", "what", "stage",
    "is_urgent", "since", "due_at", "due_why", "version", "unreachable_at",
)  # fmt: skip


def write_reminders(row: Obligation) -> None:
    """Write the reminders of an obligation as it stands: before, at, and after its limit to the leads.

    Written twice they are there once. When each goes is counted in the owner's working time.
    """
    (limits,) = together(_chased(row.owner, row.since))
    _write_reminders(row, limits)


def _chased(owner: Membership, since: datetime) -> Asking[TimeLimit]:
    """Ask when somebody is chased about what arose at a moment, as the limits for it were known then."""
    return agencies_rules.asking_chase_limits(owner.agency, timezone.localdate(since), known_at=since)


def _write_reminders(row: Obligation, limits: Sequence[TimeLimit]) -> None:
    durations = agencies_rules.chase_durations(limits)
    try:
        times = reminder_times(
            row.since, row.due_at, calendar_of(row.owner.agency), durations, is_urgent=row.is_urgent
        )
    except CalendarNotKnown:
        times = _by_the_clock(row)
    later.insert(
        [
            Reminder(
                obligation=row,
                step=step,
                version=row.version,
                priority=_priority(row, step),
                send_at=moment,
            )
            for step, moment in times.items()
        ],
        ignore_conflicts=True,
    )


def _by_the_clock(row: Obligation) -> dict[Step, datetime]:
    """Reminders a day apart, for a limit so far off that its bank holidays are not known yet."""
    before, day = row.due_at - timedelta(days=1), timedelta(days=1)
    times = {Step.BEFORE: before} if before > row.since else {}
    return times | {Step.AT: row.due_at, Step.LEAD: row.due_at + day, Step.OTHER_LEAD: row.due_at + 2 * day}


def _priority(row: Obligation, step: str) -> int:
    if row.is_urgent:
        return Reminder.Priority.URGENT
    is_escalation = row.stage > 0 or step in (Reminder.Step.LEAD, Reminder.Step.OTHER_LEAD)
    return Reminder.Priority.ESCALATION if is_escalation else Reminder.Priority.ORDINARY


def _drop_reminders(obligations: Sequence[int], *, at: datetime) -> None:
    """Drop what has not been raised, and the notices that were raised and have not gone."""
    DROPPED.do_later(obligations=list(obligations), at=at)
    notices.drop_later(obligations, at=at)


DROPPED = PreparedChange(
    lambda *, obligations, at: (
        Reminder.objects.filter(
            obligation__any_of_few=obligations,
            raised_at__isnull=True,
            dropped_at__isnull=True,
            set_aside_at__isnull=True,
        ),
        {"dropped_at": at},
    )
)


def handed_on(row: Obligation, *, owner: Membership, at: datetime) -> Obligation:
    """Give an open obligation another owner, as it stands: its limit stays, its reminders go to them."""
    Obligation.objects.filter(pk=row.pk, settled_at__isnull=True).update(
        owner=owner, owner_agency=owner.agency_id, version=F("version") + 1
    )
    _drop_reminders([row.pk], at=at)
    row.refresh_from_db()
    write_reminders(row)
    return row
