"""What a disagreement waits for, by whom and until when: each side first, then an outcome, then the end.

While an outcome is being said back nothing else waits: its copies are exchanges, and are chased as such.
"""

from __future__ import annotations

from datetime import datetime

from agencies.addresses import reverse
from agencies.models import TimeLimit
from sharing import ladder as climbing
from sharing.ladder import Ladder
from sharing.models import Disagreement, Obligation, Side
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait

KEYS = ("disagreement:{pk}:SPEAKER", "disagreement:{pk}:LISTENER")


def of_disagreement(disagreement: Disagreement) -> list[Wait]:
    """Read who has to give a side, settle it or close it, with the limit of the present stage."""
    ladder = climbing.read(disagreement)
    if not ladder.is_open:
        return []
    if ladder.is_empty:
        return [_wait(ladder, Side.SPEAKER)]
    if ladder.outcome is not None:
        return _after_the_outcome(ladder)
    sides = list(Side)
    if ladder.now.for_speaker_id == ladder.now.for_listener_id:
        sides = [Side.SPEAKER]
    return [_wait(ladder, side) for side in sides]


def _after_the_outcome(ladder: Ladder) -> list[Wait]:
    """Once it is understood, the side that did not write it closes it or takes it further."""
    outcome = ladder.outcome
    if outcome is None or not ladder.is_understood:
        return []
    decided = ladder.side_of_author(outcome)
    sides = list(Side) if decided is None else [decided.other]
    since = max(copy.understood_at for copy in ladder.copies_of(outcome) if copy.understood_at)
    return [_wait(ladder, side, since=since) for side in sides]


def _wait(ladder: Ladder, side: Side, *, since: datetime | None = None) -> Wait:
    row, stage = ladder.disagreement, ladder.now
    owner, other = stage.answers_for(side), stage.answers_for(side.other)
    due_at, why = stage.due_at, stage.due_why
    if since is not None:
        # What comes last is not late before it could begin.
        closing = limit_of(owner, TimeLimit.Key.DECISION, at=since)
        if closing.at > due_at:
            due_at, why = closing.at, "\n".join(closing.why)
    spoken = ladder.has_spoken(side)
    return Wait(
        key=f"disagreement:{row.pk}:{side.value}",
        kind=Obligation.Kind.LADDER if spoken else Obligation.Kind.POSITION,
        reference=row.reference,
        path=reverse("disagreement", args=[row.reference]),
        concern=row.cycle.concern,
        owner=owner,
        other=other if other.pk != owner.pk else None,
        since=since or stage.opened_at,
        due_at=due_at,
        due_why=why,
        is_urgent=stage.danger_id is not None,
        stage=stage.number,
        what=row.get_about_display(),
    )
