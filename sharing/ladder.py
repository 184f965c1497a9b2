"""A disagreement read as a whole, and the named rules of its ladder. Button and door use the same one.

Each rule's docstring is the rule as a practitioner would say it. Rules raise a Refused with what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import Membership, TimeLimit
from agencies.refusals import Refused
from sharing.models import (
    DangerCall,
    Disagreement,
    Exchange,
    LadderStage,
    Outcome,
    Position,
    RiskHolder,
    Side,
)
from sharing.models.ladder import TOP
from sharing.querysets import people
from sharing.states import State, state_of

# Who talks to whom at each stage. Source: the default ladder of the partnership (domain facts, C.8).
STAGES: dict[int, str] = {
    1: "Practitioner to practitioner",
    2: "Managers or safeguarding leads",
    3: "Service managers or designated professionals",
    4: "Delegated safeguarding partners or scrutineer",
}
LIMITS: dict[int, str] = {number: f"LADDER_{number}" for number in STAGES}
COORDINATOR_IS_TOLD_AT = 3


def limit_key(number: int) -> TimeLimit.Key:
    """Return the partnership's time limit for a stage."""
    return TimeLimit.Key(LIMITS[number])


class NoRiskHolder(Refused):
    """Nobody is named who holds the risk at this stage."""


class OtherSideFirst(Refused):
    """The other side has not said what they think, and still has time to."""


class NotUnderstoodYet(Refused):
    """The outcome is not understood by everybody it went to."""


class NotYoursToClose(Refused):
    """Whoever decided does not also say that it is settled."""


class Settled(Refused):
    """The disagreement is settled already."""


@dataclass(frozen=True)
class Ladder:
    """A disagreement with everything that belongs to it, each list in the order in which it was written."""

    disagreement: Disagreement
    stages: Sequence[LadderStage]
    positions: Sequence[Position]
    holders: Sequence[RiskHolder]
    outcomes: Sequence[Outcome]
    copies: Sequence[Any]
    calls: Sequence[DangerCall]

    @property
    def is_open(self) -> bool:
        return self.disagreement.settled_at is None

    @property
    def is_empty(self) -> bool:
        """What it rests on was withdrawn or reached the wrong person, so there is nothing to decide."""
        exchange = self.disagreement.exchange
        return bool(exchange.withdrawn_at or exchange.not_mine_at)

    @property
    def now(self) -> LadderStage:
        """The stage it is at: the open one, or the last."""
        return self.stages[-1]

    @property
    def holder(self) -> RiskHolder | None:
        """Who holds the risk at the present stage, as it was said last."""
        return self.holder_at(self.now)

    def holder_at(self, stage: LadderStage) -> RiskHolder | None:
        return next((h for h in reversed(self.holders) if h.stage_id == stage.pk), None)

    @property
    def outcome(self) -> Outcome | None:
        """The latest outcome of the present stage. One of a stage below was not accepted."""
        return next((o for o in reversed(self.outcomes) if o.stage_id == self.now.pk), None)

    def copies_of(self, outcome: Outcome) -> list[Any]:
        """The exchanges that carry an outcome, one for each party who did not write it."""
        return [copy for copy in self.copies if copy.outcome_id == outcome.pk]

    @property
    def not_understood(self) -> list[Any]:
        """The copies of the present outcome that are not understood."""
        copies = self.copies_of(self.outcome) if self.outcome else []
        # What a successor was sent afresh is understood by them, or not.
        return [c for c in copies if not c.understood_at and not c.superseded_by_id]

    @property
    def is_understood(self) -> bool:
        """There is an outcome at this stage, and everybody it went to has understood it."""
        return self.outcome is not None and bool(self.copies_of(self.outcome)) and not self.not_understood

    def has_spoken(self, side: Side) -> bool:
        return any(position.side == side for position in self.positions)

    def is_late(self, at: datetime) -> bool:
        """The limit of the present stage has passed (UTC)."""
        return self.is_open and self.now.due_at <= at

    def party(self, side: Side) -> Membership:
        """Return who speaks or listens in the exchange that it is about, or who took that over."""
        exchange = self.disagreement.exchange
        while exchange.superseded_by is not None:
            exchange = exchange.superseded_by
        return exchange.speaker if side is Side.SPEAKER else exchange.listener

    def side_of_author(self, outcome: Outcome) -> Side | None:
        """Say for which side an outcome was written. None for a partner or scrutineer of neither."""
        return self.side_of_agency(outcome.by)

    def side_of_agency(self, member: Membership) -> Side | None:
        """Say on which side somebody's agency is; where both sides are one agency, by who they are."""
        sides = [side for side in Side if self.party(side).agency_id == member.agency_id]
        if len(sides) > 1:
            stages = reversed(self.stages)
            named = (s for stage in stages for s in sides if stage.answers_for(s).pk == member.pk)
            party = (s for s in sides if self.party(s).pk == member.pk)
            return next(party, None) or next(named, None) or Side.SPEAKER
        return sides[0] if sides else None


def read(disagreement: Disagreement, *, lazily: bool = False) -> Ladder:
    """Read a disagreement as a whole, in at most six statements however long it has gone on.

    The row itself comes with the people of its exchange: `Disagreement.objects.with_people()`. A page
    reads `lazily`, each list when it is looked at; an operation reads everything before it changes any.
    """
    pk = disagreement.pk
    stages = LadderStage.objects.filter(disagreement=pk).order_by("number")
    lists: dict[str, Any] = {
        "positions": Position.objects.filter(stage__disagreement=pk).select_related(*people("by")),
        "holders": RiskHolder.objects.filter(stage__disagreement=pk).select_related(
            *people("by", "person"), "agency"
        ),
        "outcomes": Outcome.objects.filter(stage__disagreement=pk).select_related(*people("by")),
        "copies": Exchange.objects.filter(outcome__stage__disagreement=pk)
        .select_related(*people("speaker", "listener"))
        .with_state()
        .order_by("id"),
        "calls": DangerCall.objects.filter(disagreement=pk).select_related(*people("by")),
    }
    return Ladder(
        disagreement=disagreement,
        stages=list(
            stages.select_related(*people("for_speaker", "for_listener", "opened_by", "closed_by"), "danger")
        ),
        **(lists if lazily else {name: list(rows) for name, rows in lists.items()}),
    )


def copy_state(copy: Any) -> State:
    """Read how far the check-back of one copy of an outcome is."""
    return state_of(copy, last_outcome=copy.last_outcome)


# --- The rules ---------------------------------------------------------------------------------


def require_open(ladder: Ladder) -> None:
    """What is settled stays settled."""
    if not ladder.is_open:
        by = ladder.disagreement.settled_by
        raise Settled(
            f"This disagreement is settled{f': {by.user.full_name} closed it' if by else ''}.",
            "If you still do not agree, open another from the exchange.",
        )


def require_risk_holder(ladder: Ladder) -> None:
    """At every stage somebody is named who holds the risk until it is settled, before anything goes on."""
    if ladder.holder is None:
        raise NoRiskHolder(
            "Nobody is named who holds the risk until this is settled.",
            "Say who does and what they do meanwhile. Then go on.",
            "If somebody is in immediate danger, do not wait: use “Somebody is in immediate danger”.",
        )


def require_both_sides(ladder: Ladder, *, at: datetime) -> None:
    """Nothing is decided before both sides have spoken, or the silent one's time is up."""
    silent = [side for side in Side if not ladder.has_spoken(side)]
    if silent and not ladder.is_late(at):
        name = ladder.now.answers_for(silent[0]).user.full_name
        raise OtherSideFirst(
            f"{name} has not given the other side yet.",
            "Wait until they have, or until the time limit of this stage has passed.",
        )


def require_next(ladder: Ladder, number: int) -> None:
    """The ladder is climbed one stage at a time, by whoever is first."""
    here = ladder.now
    if number <= here.number:
        raise Refused(
            f"{here.opened_by.user.full_name} has opened stage {here.number} already, so nothing was done.",
            "Open the disagreement again to see who answers at this stage.",
        )
    if number > TOP:
        raise Refused("There is no stage above this one. What is decided here is the outcome.")
    if number != here.number + 1:
        raise Refused(f"The next stage is stage {here.number + 1}.")


def require_reason(ladder: Ladder, why: str, *, at: datetime) -> None:
    """Before the time limit of a stage, going up needs a reason. After it, going up is offered."""
    if not ladder.is_late(at) and not why.strip():
        raise Refused("This stage still has time. Say why you take it further now.")


def require_understood(ladder: Ladder) -> None:
    """A disagreement is closed when everybody the outcome went to has said it back and was confirmed."""
    if ladder.outcome is None:
        raise NotUnderstoodYet("No outcome is written at this stage, so there is nothing to close.")
    waiting = [copy.listener.user.full_name for copy in ladder.not_understood]
    if waiting:
        raise NotUnderstoodYet(
            f"The outcome is not understood yet by {' and '.join(waiting)}.",
            "They say it back, and whoever wrote it confirms or corrects. Then it can be closed.",
        )


def require_may_close(ladder: Ladder, by: Membership, side: Side | None) -> None:
    """Whoever was told the outcome says that it is settled. The side that decided does not, below stage 4."""
    outcome = ladder.outcome
    if outcome is None:
        return
    if by.user_id == outcome.by.user_id:
        raise NotYoursToClose("You wrote the outcome, so somebody else says that it is settled.")
    decided = ladder.side_of_author(outcome)
    if ladder.now.number < TOP and decided is not None and side == decided:
        other = ladder.now.answers_for(decided.other).user.full_name
        raise NotYoursToClose(
            "Your side wrote the outcome, so the other side says whether it is settled.",
            f"Ask {other} to close it or to take it further.",
        )
