"""The outcome of a disagreement, and its end: said back by whoever did not write it, closed by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.ladder import Ladder
from sharing.models import (
    Disagreement,
    Exchange,
    Item,
    Outcome,
    Side,
    Stage,
)
from sharing.operations import obligations, parties
from sharing.operations.differ import bump, lock_disagreement, require_actor, tell_all
from sharing.operations.saying import say
from sharing.rules import ladder as ladder_rules

DECIDED, WHY, WHO_DOES_WHAT = "What was decided", "Why", "Who does what"


@transaction.atomic
def write_outcome(
    disagreement: Disagreement,
    *,
    by: Membership,
    at: datetime,
    what_was_decided: str,
    why: str,
    who_does_what: str,
    seen_version: int | None = None,
) -> Outcome:
    """Write what was decided at the present stage. Each party who did not write it gets it and says it back.

    Only the parties and who answers at this stage may. Raises NoRiskHolder, OtherSideFirst, or
    NobodyToNotify where a party cannot be told. An outcome before it at this or a lower stage, as far as
    it is not understood, is overtaken.
    """
    ladder = lock_disagreement(disagreement, seen_version=seen_version)
    found = require_actor(ladder, by, at=at, what="write the outcome")
    ladder_rules.require_open(ladder)
    if not found.decides:
        answering = " and ".join(sorted({ladder.now.answers_for(side).full_name for side in Side}))
        raise rules.NotYourTurn(
            f"The outcome of this stage is written by {answering}, or by the two parties."
        )
    if ladder.is_empty:
        raise Refused("What this rests on is gone, so there is no outcome to send. Close it with a note.")
    ladder_rules.require_risk_holder(ladder)
    ladder_rules.require_both_sides(ladder, at=at)
    if not (what_was_decided.strip() and why.strip() and who_does_what.strip()):
        raise Refused("Say what was decided, why, and who does what.")
    outcome = Outcome.objects.create(
        stage=ladder.now,
        what_was_decided=what_was_decided,
        why=why,
        who_does_what=who_does_what,
        by=by,
        at=at,
    )
    bump(ladder.disagreement)
    listeners = [ladder.party(side) for side in Side if not ladder.party(side).is_same_person(by)]
    sent = [_send(ladder, outcome, listener, by=by, at=at) for listener in listeners]
    _overtake(ladder, sent, at=at)
    event = parties.write_down(
        "sharing.disagreement.outcome",
        by=by,
        at=at,
        about=ladder.disagreement,
        acting_for=found.acting_for,
        stage=ladder.now.number,
    )
    others = [ladder.now.answers_for(side) for side in Side]
    tell_all(
        ladder.disagreement,
        [one for one in others if one not in listeners],
        Message.Kind.OUTCOME,
        by=by,
        at=at,
        event=event,
    )
    return outcome


def _send(
    ladder: Ladder, outcome: Outcome, listener: Membership, *, by: Membership, at: datetime
) -> Exchange:
    """Send one party the outcome as an exchange of its own, with an ordinary check-back."""
    about = ladder.disagreement.exchange
    lines = (
        (DECIDED, outcome.what_was_decided, True),
        (WHY, outcome.why, False),
        (WHO_DOES_WHAT, outcome.who_does_what, True),
    )
    return say(
        Exchange.Kind.OUTCOME,
        cycle=about.cycle,
        stage=Stage.RECORD,
        speaker=by,
        listener=listener,
        items=[
            Item(kind="FACT_SEEN", text=text, source=title, written_at=at, is_key=is_key)
            for title, text, is_key in lines
        ],
        urgency=about.urgency,
        outcome=outcome,
        by=by,
        at=at,
        message=Message.Kind.OUTCOME,
        verb="sharing.outcome.sent",
        disagreement=ladder.disagreement.reference,
    )


def _overtake(ladder: Ladder, sent: list[Exchange], *, at: datetime) -> None:
    """Let an outcome take the place of earlier ones that are not understood. What was understood stays."""
    for old in ladder.copies:
        if old.is_over:
            continue
        later = next((copy for copy in sent if copy.listener_id == old.listener_id), sent[0])
        old.superseded_by = later
        old.save(update_fields=["superseded_by"])
        obligations.follow(old, at=at)


@transaction.atomic
def close(
    disagreement: Disagreement,
    *,
    by: Membership,
    at: datetime,
    note: str = "",
    seen_version: int | None = None,
) -> Disagreement:
    """Close a disagreement, as somebody who was told its outcome. Nothing closes by itself.

    Raises NotUnderstoodYet until everybody the outcome went to has said it back and was confirmed, and
    NotYoursToClose for whoever wrote it (below stage 4: for their side). Where what it rests on was
    withdrawn or reached the wrong person, the side that sent it closes it with a note instead.
    """
    ladder = lock_disagreement(disagreement, seen_version=seen_version)
    found = require_actor(ladder, by, at=at, what="close this")
    ladder_rules.require_open(ladder)
    if ladder.is_empty:
        if not note.strip():
            raise Refused("Say why there is nothing left to decide.")
    else:
        ladder_rules.require_understood(ladder)
        ladder_rules.require_may_close(ladder, by, found.side)
    row, stage = ladder.disagreement, ladder.now
    row.settled_at, row.settled_by, row.settled_note = at, by, note
    row.version += 1
    row.save(update_fields=["settled_at", "settled_by", "settled_note", "version"])
    stage.closed_at, stage.closed_by = at, by
    stage.save(update_fields=["closed_at", "closed_by"])
    event = parties.write_down(
        "sharing.disagreement.settled",
        by=by,
        at=at,
        about=row,
        acting_for=found.acting_for,
        stage=stage.number,
    )
    people = [ladder.party(side) for side in Side] + [stage.answers_for(side) for side in Side]
    if ladder.is_empty:
        people = [one for one in people if ladder.side_of_agency(one) is Side.SPEAKER]
    tell_all(row, people, Message.Kind.OUTCOME, by=by, at=at, event=event)
    return row
