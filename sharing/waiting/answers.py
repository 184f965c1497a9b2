"""What waits until an answer comes back: a decision, an answer to a hand-over, the conference after it.

And what of that is late, for whoever waits for it: chased by the ordinary reminders, and offered for
escalation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from agencies.addresses import reverse
from agencies.models import TimeLimit
from sharing.models import DecisionNotAwaited, Exchange, Obligation, Reminder, Round, Transfer
from sharing.rules.answers import NotLateYet
from sharing.waiting import waits
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait

TRANSFER_KEYS = ("transfer:{pk}", "conference:{pk}")
LEADS_STAGE = 2
TOLD_THE_LEAD = (Reminder.Step.LEAD, Reminder.Step.OTHER_LEAD)


def decision_on(exchange: Exchange) -> Exchange | None:
    """Return the decision that was sent on an exchange and stands: not taken back, sent back or overtaken."""
    rows = Exchange.objects.filter(about=exchange, kind=Exchange.Kind.DECISION, sent_at__isnull=False)
    return rows.filter(withdrawn_at=None, not_mine_at=None, superseded_by=None).last()


def _decision(exchange: Exchange) -> Iterator[Wait]:
    """What was understood and asks for a decision waits for whoever was told to send it."""
    if not exchange.asks_decision or exchange.understood_at is None:
        return
    if decision_on(exchange) or DecisionNotAwaited.objects.filter(exchange=exchange).exists():
        return
    due = limit_of(exchange.listener, TimeLimit.Key.DECISION, at=exchange.understood_at)
    yield Wait(
        key=f"decide:{exchange.pk}",
        kind=Obligation.Kind.DECIDE,
        reference=exchange.reference,
        path=reverse("exchange", args=[exchange.reference]),
        concern=exchange.cycle.concern,
        owner=exchange.listener,
        other=exchange.speaker,
        since=exchange.understood_at,
        due_at=due.at,
        due_why="\n".join(due.why),
        is_urgent=exchange.urgency == "URGENT",
    )


def of_transfer(transfer: Transfer) -> list[Wait]:
    """A hand-over waits for its answer from the written receipt on; then for the conference.

    Before the written receipt what it rests on is chased like everything that was sent.
    """
    concern = transfer.exchange.cycle.concern
    if transfer.accepted_at and transfer.taken_on_by and transfer.conference_due_at:
        if transfer.conference_noted_at:
            return []
        return [
            Wait(
                key=f"conference:{transfer.pk}",
                kind=Obligation.Kind.CONFERENCE,
                reference=transfer.reference,
                path=reverse("transfer", args=[transfer.reference]),
                concern=concern,
                owner=transfer.taken_on_by,
                other=transfer.speaker,
                since=transfer.accepted_at,
                due_at=max(transfer.conference_due_at, transfer.accepted_at),
                due_why=transfer.conference_why,
            )
        ]
    if not transfer.is_open:
        return []
    since, due_at, why = transfer.received_at, transfer.answer_due_at, transfer.answer_why
    if since is None or due_at is None:
        if transfer.exchange.received_at is None:
            return []
        # Its information had arrived before: what waits is the written receipt of the hand-over itself.
        limit = limit_of(transfer.listener, TimeLimit.Key.TRANSFER, at=transfer.proposed_at)
        since, due_at, why = transfer.proposed_at, limit.at, "\n".join(limit.why)
    return [
        Wait(
            key=f"transfer:{transfer.pk}",
            kind=Obligation.Kind.TRANSFER,
            reference=transfer.reference,
            path=reverse("transfer", args=[transfer.reference]),
            concern=concern,
            owner=transfer.listener,
            other=transfer.speaker,
            since=since,
            due_at=due_at,
            due_why=why,
        )
    ]


def of_exchange(exchange: Exchange, said: Sequence[Round] | None = None) -> list[Wait]:
    """What waits in an exchange: its check-back and whether the listener agrees, and the decision.

    `said` is as for `waits.of_exchange`.
    """
    return [*waits.of_exchange(exchange, said), *_decision(exchange)]


# --- What is late ------------------------------------------------------------------------------


def late_answers(exchange: Exchange, *, at: datetime) -> list[Obligation]:
    """What the listener's side owes on an exchange and has not done by its limit, the oldest first."""
    transfers = Transfer.objects.filter(exchange=exchange).values_list("pk", flat=True)
    keys = [f"exchange:{exchange.pk}", f"decide:{exchange.pk}", *(f"transfer:{pk}" for pk in transfers)]
    rows = Obligation.objects.filter(key__in=keys, settled_at__isnull=True, due_at__lt=at)
    return list(rows.exclude(owner=exchange.speaker_id).order_by("due_at", "pk"))


def require_late(exchange: Exchange, *, at: datetime) -> Sequence[Obligation]:
    """An answer is chased and taken further once its limit has passed. Raises NotLateYet."""
    found = late_answers(exchange, at=at)
    if not found:
        raise NotLateYet(
            f"Nothing that {exchange.listener.full_name} has to answer is late.",
            "If it cannot wait, telephone. If you do not agree about something, say that instead.",
        )
    return found


def next_stage(late: Sequence[Obligation]) -> int:
    """It goes to the leads once a lead has been told that it is late; before that, to the two people."""
    told = Reminder.objects.filter(obligation__in=late, step__in=TOLD_THE_LEAD, raised_at__isnull=False)
    return LEADS_STAGE if told.exists() else 1
