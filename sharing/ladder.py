"""A disagreement read as a whole: its stages, what each side said, who holds the risk, its outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import Membership
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
from sharing.querysets import people
from sharing.states import State, state_of

# Who talks to whom at each stage. Source: the default ladder of the partnership (domain facts, C.8).
STAGES: dict[int, str] = {
    1: "Practitioner to practitioner",
    2: "Managers or safeguarding leads",
    3: "Service managers or designated professionals",
    4: "Delegated safeguarding partners or scrutineer",
}


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


def read_all(disagreements: Sequence[Disagreement]) -> list[Ladder]:
    """Read several disagreements as wholes, in five statements however many; without their copies."""
    pks = [one.pk for one in disagreements]
    of_stage = "stage__disagreement"

    def each(rows: Any, key: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {pk: [] for pk in pks}
        for row in rows:
            found[key(row)].append(row)
        return found

    def by_stage(model: Any, *fields: str) -> dict[int, list[Any]]:
        rows = model.objects.filter(**{f"{of_stage}__in": pks}).select_related("stage", *fields)
        return each(rows.order_by("pk"), lambda row: row.stage.disagreement_id)

    stages = LadderStage.objects.filter(disagreement__in=pks).order_by("number")
    stages = stages.select_related(*people("for_speaker", "for_listener", "opened_by", "closed_by"), "danger")
    calls = DangerCall.objects.filter(disagreement__in=pks).select_related(*people("by")).order_by("pk")
    found = {
        "stages": each(stages, lambda row: row.disagreement_id),
        "positions": by_stage(Position, *people("by")),
        "holders": by_stage(RiskHolder, *people("by", "person"), "agency"),
        "outcomes": by_stage(Outcome, *people("by")),
        "calls": each(calls, lambda row: row.disagreement_id),
    }
    return [
        Ladder(one, copies=(), **{name: lists[one.pk] for name, lists in found.items()})
        for one in disagreements
    ]
