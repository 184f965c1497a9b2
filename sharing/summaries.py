"""The summary that writes itself: what was shared, understood, disagreed and agreed in a cycle.

`whole` is for the agency whose concern it is. `part_for` gives one party what they were party to, so
that a summary never tells anybody more than they were told before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from agencies.models import Membership
from consent.models import SharingDecision
from records.models import Statement
from sharing import minutes
from sharing.models import (
    Action,
    Agreement,
    Cycle,
    Disagreement,
    Exchange,
    HeldBack,
    LadderStage,
    Outcome,
    Position,
    Round,
)
from sharing.querysets import people
from sharing.states import State, action_state, state_of

Line = tuple[str, str]
CORRECTION = Exchange.Kind.CORRECTION


def _name(of: str) -> Coalesce:
    """Who somebody is, also one without an account."""
    return Coalesce(f"{of}__user__full_name", f"{of}__name")


def _rounds() -> ArraySubquery:
    rows = Round.objects.filter(exchange=OuterRef("pk")).order_by("number")
    return ArraySubquery(
        rows.values(
            json=JSONObject(
                number="number",
                outcome="outcome",
                restated_at="restated_at",
                what_happened="what_happened",
                what_worries_me="what_worries_me",
                what_i_will_do="what_i_will_do",
                typed_by=_name("typed_by"),
            )
        )
    )


def _held() -> ArraySubquery:
    rows = HeldBack.objects.filter(exchange=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        rows.values(json=JSONObject(number="statement__number", version="statement__version", why="why"))
    )


def _agreements() -> ArraySubquery:
    rows = Agreement.objects.filter(exchange=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        rows.values(json=JSONObject(about="about", answer="answer", why="why", by=_name("by")))
    )


def _disagreements() -> ArraySubquery:
    """Each disagreement with its stages, and what was said and decided at each."""
    positions = Position.objects.filter(stage=OuterRef("pk")).order_by("pk")
    outcomes = Outcome.objects.filter(stage=OuterRef("pk")).order_by("pk")
    stages = LadderStage.objects.filter(disagreement=OuterRef("pk")).order_by("number")
    rows = Disagreement.objects.filter(exchange=OuterRef("pk")).order_by("pk")
    said = ArraySubquery(positions.values(json=JSONObject(by=_name("by"), words="words")))
    decided = ArraySubquery(outcomes.values(json=JSONObject(by=_name("by"), what="what_was_decided")))
    each = ArraySubquery(stages.values(json=JSONObject(number="number", said=said, decided=decided)))
    return ArraySubquery(
        rows.values(
            json=JSONObject(reference="reference", about="about", settled_at="settled_at", stages=each)
        )
    )


def _exchanges(cycle: Cycle) -> list[Any]:
    return list(
        Exchange.objects.filter(cycle=cycle, sent_at__isnull=False)
        .exclude(kind__in=[Exchange.Kind.SUMMARY, Exchange.Kind.HANDOVER, Exchange.Kind.OUTCOME])
        .select_related(*people("speaker", "listener", "first_speaker", "first_listener"), "about")
        .prefetch_related("items")
        .annotate(its_rounds=_rounds(), held=_held(), its_agreements=_agreements(), differed=_disagreements())
        .with_state()
    )


def _actions(cycle: Cycle) -> list[Any]:
    return list(
        Action.objects.filter(cycle=cycle).select_related(*people("owner", "other_side")).with_state()
    )


def parties_of(cycle: Cycle, *, author: Membership) -> list[Membership]:
    """Return everyone who was accountable in a disclosure of the cycle and received it, but the author."""
    members: dict[Any, Membership] = {}
    for exchange in _exchanges(cycle):
        if exchange.kind != Exchange.Kind.DISCLOSURE or exchange.for_information:
            continue
        if exchange.not_mine_at or exchange.withdrawn_at or exchange.superseded_by_id:
            continue
        if not exchange.received_at:
            continue
        for member in (exchange.listener, exchange.speaker):
            if not member.is_same_person(author):
                members.setdefault(member.pk, member)
    return list(members.values())


def when(moment: Any) -> str:
    """Write a moment; one that came in JSON is text."""
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{timezone.localtime(moment):%-d %B %Y at %H:%M}" if moment else ""


def how_often(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _is_for_the_summary(exchange: Any, item: Any) -> bool:
    return exchange.kind != Exchange.Kind.MEETING or minutes.is_line(item)


def _shared(exchange: Any) -> str:
    # What was brought to a meeting stays between whoever brought it, the chair and those it was for.
    items = [one for one in exchange.items.all() if _is_for_the_summary(exchange, one)]
    texts = "\n".join(f"{item.number}. {item.text}" for item in items)
    corrects = f", which corrects {exchange.about.reference}" if exchange.kind == CORRECTION else ""
    return (
        f"{exchange.said_by.label} told {exchange.said_to.label} on {when(exchange.sent_at)} "
        f"({exchange.reference}{corrects}):\n{texts}"
    )


def _understood(exchange: Any) -> str:
    state = state_of(exchange, last_outcome=exchange.last_outcome)
    if exchange.understood_at:
        last = [one for one in exchange.its_rounds if one["outcome"] == Round.Outcome.CONFIRMED][-1]
        return (
            f"{exchange.reference} was understood on {when(exchange.understood_at)}, said back "
            f"{how_often(last['number'])}:\n{_said(last)}"
            + (f"\n{_typed(last)}, and confirmed in writing." if last["typed_by"] else "")
        )
    if state == State.SPOKEN:
        last = exchange.its_rounds[-1]
        return (
            f"{exchange.reference} was said back by telephone on {when(last['restated_at'])}. "
            f"{_typed(last)}, and not yet confirmed in writing:\n{_said(last)}"
        )
    return f"{exchange.reference} is {state.value}."


def _said(one: dict[str, Any]) -> str:
    return f"{one['what_happened']}\nWorried about: {one['what_worries_me']}\nFirst: {one['what_i_will_do']}"


def _typed(one: dict[str, Any]) -> str:
    return f"Typed by {one['typed_by']} after a call" if one["typed_by"] else ""


def _agreement(exchange: Any) -> list[str]:
    latest = {one["about"]: one for one in exchange.its_agreements}
    lines = []
    for one in latest.values():
        about, answer = Agreement.About(one["about"]).label, Agreement.Answer(one["answer"]).label
        why = f". {one['why']}" if one["why"] else "."
        lines.append(f"{exchange.reference}, {about.lower()}. {one['by']}: {answer.lower()}{why}")
    return [*lines, *(_disagreement(one) for one in exchange.differed)]


def _disagreement(row: dict[str, Any]) -> str:
    """What each side thought, stage by stage, what was decided, and whether it is settled."""
    said = [f"{row['reference']}, {Disagreement.About(row['about']).label.lower()}."]
    for stage in row["stages"]:
        said += [f"Stage {stage['number']}. {one['by']}: {one['words']}" for one in stage["said"]]
        said += [f"Decided by {one['by']}: {one['what']}" for one in stage["decided"]]
    said.append(f"Settled on {when(row['settled_at'])}." if row["settled_at"] else "Not settled.")
    return "\n".join(said)


def _action(action: Any) -> str:
    state = action_state(action, last_outcome=action.last_outcome)
    return (
        f"{action.reference}: {action.owner.label}, by {when(action.due_at)}:\n{action.what}\n"
        f"Sooner if: {action.contingency}\nNow: {state.value}."
    )


def lines_for(exchanges: list[Any], actions: list[Any]) -> list[Line]:
    """Write the lines on some exchanges and actions, each under its heading."""
    lines: list[Line] = []
    lines += [("What was shared", _shared(e)) for e in exchanges]
    lines += [("What was understood", _understood(e)) for e in exchanges if not e.for_information]
    lines += [("Agreed and disagreed", text) for e in exchanges for text in _agreement(e)]
    lines += [("Who does what by when", _action(a)) for a in actions]
    return lines


def part_for(cycle: Cycle, member: Membership) -> list[Line]:
    """Write the lines that one party may read: the exchanges and actions they are part of."""
    exchanges = [
        e
        for e in _exchanges(cycle)
        if member.pk in (e.speaker_id, e.listener_id) and not (e.not_mine_at or e.withdrawn_at)
    ]
    shown = {e.pk for e in exchanges}
    actions = [a for a in _actions(cycle) if a.exchange_id in shown]
    return lines_for(exchanges, actions)


def _label(one: dict[str, Any]) -> str:
    return Statement(number=one["number"], version=one["version"]).label


def whole(cycle: Cycle) -> list[dict[str, Any]]:
    """Write the whole summary as sections for the agency whose concern it is."""
    exchanges = [e for e in _exchanges(cycle) if not e.not_mine_at]
    lines = lines_for(exchanges, _actions(cycle))
    lines += [
        ("Held back", f"{e.reference}: {_label(one)}, because: {one['why']}")
        for e in exchanges
        for one in e.held
    ]
    decisions = SharingDecision.objects.filter(
        concern_id=cycle.concern_id, cycle_number=cycle.number
    ).select_related("person", "decided_by__user")
    lines += [
        ("Decisions on sharing", f"{d.person.name}: {d.get_outcome_display().lower()}. {d.rationale}")
        for d in decisions
    ]
    sections: dict[str, list[str]] = {}
    for title, text in lines:
        sections.setdefault(title, []).append(text)
    return [{"title": title, "lines": texts} for title, texts in sections.items()]
