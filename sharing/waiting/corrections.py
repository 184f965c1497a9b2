"""What waits after a correction: an action to look at, somebody to tell by hand, a proposal to answer."""

from __future__ import annotations

from agencies.addresses import reverse
from agencies.models import TimeLimit
from sharing.models import Action, ActionFlag, CorrectionTo, Obligation, ProposedCorrection
from sharing.waiting import waits
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait

Kind = Obligation.Kind


def of_action(action: Action) -> list[Wait]:
    """An action waits for its own next step and, after a correction, to be looked at again."""
    return [*waits.of_action(action), *of_flags(action)]


def of_flags(action: Action) -> list[Wait]:
    """An open action with a flag waits for its owner to say whether it is still right, or to change it."""
    if not action.is_open:
        return []
    flag = action.flags.filter(answer=ActionFlag.Answer.OPEN).order_by("pk").first()
    if flag is None:
        return []
    due = limit_of(action.owner, TimeLimit.Key.STILL_RIGHT, at=flag.flagged_at)
    return [
        Wait(
            key=f"still-right:{action.pk}",
            kind=Kind.STILL_RIGHT,
            reference=action.reference,
            path=reverse("still-right", args=[action.reference]),
            concern=action.cycle.concern,
            owner=action.owner,
            other=action.other_side,
            since=flag.flagged_at,
            due_at=due.at,
            due_why="\n".join(due.why),
        )
    ]


def of_by_hand(row: CorrectionTo) -> list[Wait]:
    """Somebody who cannot be told by a notice waits to be told by hand, by whoever made the correction."""
    if not row.waits_by_hand:
        return []
    correction = row.correction
    owner = waits.who_has(correction.by, correction.concern, since=correction.at)
    due = limit_of(owner, TimeLimit.Key.STILL_RIGHT, at=correction.at)
    return [
        Wait(
            key=f"by-hand:{row.pk}",
            kind=Kind.TELL_BY_HAND,
            reference=correction.reference,
            path=reverse("told-by-hand", args=[correction.reference, row.pk]),
            concern=correction.concern,
            owner=owner,
            other=None,
            since=correction.at,
            due_at=due.at,
            due_why="\n".join(due.why),
        )
    ]


def of_proposal(proposal: ProposedCorrection) -> list[Wait]:
    """A proposed correction waits for whoever said it to correct it, or to say why not."""
    exchange = proposal.exchange
    if proposal.answer or exchange.withdrawn_at or exchange.not_mine_at:
        return []
    due = limit_of(exchange.speaker, TimeLimit.Key.DECISION, at=proposal.at)
    return [
        Wait(
            key=f"correct:{proposal.pk}",
            kind=Kind.CORRECT,
            reference=exchange.reference,
            path=reverse("proposed-correction", args=[exchange.reference, proposal.item.number]),
            concern=exchange.cycle.concern,
            owner=exchange.speaker,
            other=exchange.listener,
            since=proposal.at,
            due_at=due.at,
            due_why="\n".join(due.why),
        )
    ]
