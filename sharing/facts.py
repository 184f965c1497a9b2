"""Everything a gate looks at, read in six statements, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from agencies.models import Membership
from agencies.prepared import Prepared, together
from consent.models import SharingDecision, View
from records.models import Concern, Subject, Worry
from sharing.models import (
    Action,
    Assumption,
    Cycle,
    Enquiry,
    Exchange,
    Involvement,
    Meeting,
    Override,
    SkippedStep,
    StageMove,
    Summary,
)
from sharing.querysets import people
from sharing.states import ActionState, State, action_state, state_of
from sharing.waiting import untold


@dataclass(frozen=True)
class Facts:
    """What is true of a concern and one of its cycles.

    `cycle` carries annotations: involved, assumptions_named, untested, passed_stages, left_stages,
    worry_level, summary_version and unminuted; that of `read_current` also untold. `exchanges` and
    `actions` are of every cycle, because closing asks for all.
    """

    concern: Concern
    cycle: Any
    enquiries: Sequence[Enquiry]
    exchanges: Sequence[Any]
    actions: Sequence[Any]
    subjects: Sequence[Any]
    skipped: Sequence[SkippedStep]

    @property
    def of_cycle(self) -> list[Any]:
        return [exchange for exchange in self.exchanges if exchange.cycle_id == self.cycle.pk]

    def of_kind(self, kind: str) -> list[Any]:
        """Accountable exchanges of this cycle and kind."""
        return [e for e in self.of_cycle if e.kind == kind and not e.for_information]

    def state(self, exchange: Any) -> State:
        answered = getattr(exchange, "summary_answer", None) is not None
        return state_of(exchange, last_outcome=exchange.last_outcome, is_answered=answered)

    def action_state(self, action: Any) -> ActionState:
        return action_state(action, last_outcome=action.last_outcome)

    def is_open(self, exchange: Any) -> bool:
        """Sent, accountable, and something is still expected of somebody."""
        return exchange.sent_at is not None and self.state(exchange) in OPEN

    def may_pass(self, stage: str) -> bool:
        """A manager has said to go on from this stage on safety grounds."""
        return stage in self.cycle.passed_stages

    @property
    def main_people(self) -> list[Any]:
        return [subject for subject in self.subjects if subject.is_main]

    @property
    def nothing_is_shared(self) -> bool:
        """Every person concerned has a decision, and each decision is not to share."""
        outcomes = [subject.decision for subject in self.main_people]
        return bool(outcomes) and all(o == SharingDecision.Outcome.NOT_SHARE for o in outcomes)


# What a page adds to the statement that reads the cycle, for somebody.
Also = Callable[[Membership], Mapping[str, Any]]
OPEN = frozenset({State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.RESTATED, State.CORRECTED})


def current_cycle(concern: Concern, *, lock: bool = False) -> Cycle | None:
    """Return the latest cycle of a concern, also when it is closed; locked for a write on request."""
    cycles = Cycle.objects.filter(concern=concern).order_by("-number")
    if lock:
        cycles = cycles.select_for_update()
    return cycles.first()


def _with_counts(cycles: Any) -> Any:
    """Annotate cycles with what their gates count, so that one statement reads it all."""

    def count(model: Any, **filters: Any) -> Subquery:
        rows = model.objects.filter(cycle=OuterRef("pk"), **filters).order_by().values("cycle")
        return Subquery(rows.annotate(n=Count("pk")).values("n"))

    worries = Worry.objects.filter(concern=OuterRef("concern"), cycle_number=OuterRef("number")).order_by(
        "-id"
    )
    summaries = Summary.objects.filter(cycle=OuterRef("pk")).order_by("-version")
    overrides = Override.objects.filter(cycle=OuterRef("pk")).values("stage")
    left = StageMove.objects.filter(cycle=OuterRef("pk")).order_by().values("from_stage")
    meetings = Meeting.objects.without_minutes().filter(cycle__concern=OuterRef("concern")).order_by("pk")
    unminuted = meetings.values(json=JSONObject(reference="reference", chair="chair__user__full_name"))
    return cycles.annotate(
        involved=count(Involvement),
        assumptions_named=count(Assumption),
        untested=count(Assumption, tested_at__isnull=True),
        passed_stages=ArraySubquery(overrides),
        left_stages=ArraySubquery(left),
        worry_level=Subquery(worries.values("level")[:1]),
        summary_version=Subquery(summaries.values("version")[:1]),
        unminuted=ArraySubquery(unminuted),
    )


def read(concern: Concern, cycle: Cycle) -> Facts:
    """Read the facts of a concern and one of its cycles, in six statements."""
    return _read(concern, COUNTED.all(cycle=cycle.pk)[0])


def read_current(
    concern: Concern,
    *,
    for_closing: bool = True,
    also: tuple[Also, ...] = (),
    to: Membership | None = None,
) -> Facts | None:
    """Read the facts of a concern and its latest cycle, in six statements. None before the first move.

    Without `for_closing`, actions and skipped steps are left out: no gate but closing asks for them. `also`
    give further annotations of the cycle, for what a page shows `to` somebody besides.
    """
    cycle = CURRENT.first(concern=concern.pk, also=also, to=to)
    return _read(concern, cycle, for_closing=for_closing) if cycle else None


def _current(*, concern: int, also: tuple[Also, ...], to: Membership | None) -> QuerySet[Any]:
    more = {name: one for each in also if to is not None for name, one in each(to).items()}
    cycles = _with_counts(Cycle.objects.filter(concern=concern))
    found: QuerySet[Any] = cycles.annotate(untold=untold.of_concern(), **more).order_by("-number")[:1]
    return found


def _read(concern: Concern, cycle: Any, *, for_closing: bool = True) -> Facts:
    cycle.concern = concern
    enquiries, exchanges, actions, subjects, skipped = together(
        ENQUIRIES.asking(cycle=cycle.pk),
        EXCHANGES.asking(concern=concern.pk),
        ACTIONS.asking(concern=concern.pk) if for_closing else None,
        SUBJECTS.asking(concern=concern.pk, cycle_number=cycle.number),
        SKIPPED.asking(concern=concern.pk) if for_closing else None,
    )
    return Facts(
        concern=concern,
        cycle=cycle,
        enquiries=enquiries,
        exchanges=exchanges,
        actions=actions,
        subjects=subjects,
        skipped=skipped,
    )


def _enquiries(*, cycle: int) -> QuerySet[Any]:
    return Enquiry.objects.filter(cycle=cycle).select_related(*people("asked_of", "asked_by"))


def _exchanges(*, concern: int) -> QuerySet[Any]:
    return (
        # A hand-over is between colleagues, and holds back nothing in the concern.
        Exchange.objects.filter(cycle__concern=concern)
        .exclude(kind=Exchange.Kind.HANDOVER)
        .select_related(*people("speaker", "listener"), "contact_point", "summary_answer")
        .with_state()
        .with_gate_facts()
    )


def _actions(*, concern: int) -> QuerySet[Any]:
    return (
        Action.objects.filter(cycle__concern=concern)
        .select_related(*people("owner", "other_side"), "exchange")
        .with_state()
        .with_flags()
    )


def _subjects(*, concern: int, cycle_number: int) -> QuerySet[Any]:
    decisions = SharingDecision.objects.filter(
        concern=concern, cycle_number=cycle_number, person=OuterRef("person")
    ).order_by("-id")
    views = View.objects.filter(concern=concern, person=OuterRef("person")).order_by("-id")
    return (
        Subject.objects.filter(concern=concern)
        .select_related("person")
        .annotate(
            decision=Subquery(decisions.values("outcome")[:1]),
            decided_on_view=Subquery(decisions.values("view")[:1]),
            latest_view=Subquery(views.values("pk")[:1]),
        )
        .order_by("id")
    )


def _skipped(*, concern: int) -> QuerySet[Any]:
    rows = SkippedStep.objects.filter(done_at__isnull=True, cycle__concern=concern)
    return rows.select_related(*people("owner"))


CURRENT = Prepared(_current)
COUNTED = Prepared(lambda *, cycle: _with_counts(Cycle.objects).filter(pk=cycle))
ENQUIRIES, EXCHANGES, ACTIONS = Prepared(_enquiries), Prepared(_exchanges), Prepared(_actions)
SUBJECTS, SKIPPED = Prepared(_subjects), Prepared(_skipped)
