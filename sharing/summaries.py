"""The summary that writes itself: what was shared, understood, disagreed and agreed in a cycle.

`whole` is for the agency whose concern it is. `part_for` gives one party what they were party to, so
that a summary never tells anybody more than they were told before.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from agencies.models import Membership
from consent.models import SharingDecision
from sharing import minutes
from sharing.models import Action, Cycle, Exchange, Round
from sharing.querysets import people
from sharing.states import State, action_state, state_of

Line = tuple[str, str]
CORRECTION = Exchange.Kind.CORRECTION


def _rounds() -> Prefetch[str]:
    return Prefetch("rounds", Round.objects.select_related("typed_by__user"))


def _exchanges(cycle: Cycle) -> list[Any]:
    return list(
        Exchange.objects.filter(cycle=cycle, sent_at__isnull=False)
        .exclude(kind__in=[Exchange.Kind.SUMMARY, Exchange.Kind.HANDOVER, Exchange.Kind.OUTCOME])
        .select_related(*people("speaker", "listener", "first_speaker", "first_listener"), "about")
        .prefetch_related("items", "held_back__statement", "agreements__by__user", _rounds())
        .prefetch_related(
            "disagreements__stages__positions__by__user", "disagreements__stages__outcomes__by__user"
        )
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
        last: Round = [r for r in exchange.rounds.all() if r.outcome == Round.Outcome.CONFIRMED][-1]
        return (
            f"{exchange.reference} was understood on {when(exchange.understood_at)}, said back "
            f"{how_often(last.number)}:\n{last.what_happened}\n"
            f"Worried about: {last.what_worries_me}\nFirst: {last.what_i_will_do}"
            + (f"\n{_typed(last)}, and confirmed in writing." if last.typed_by else "")
        )
    if state == State.SPOKEN:
        last = list(exchange.rounds.all())[-1]
        return (
            f"{exchange.reference} was said back by telephone on {when(last.restated_at)}. {_typed(last)}, "
            f"and not yet confirmed in writing:\n{last.what_happened}\n"
            f"Worried about: {last.what_worries_me}\nFirst: {last.what_i_will_do}"
        )
    return f"{exchange.reference} is {state.value}."


def _typed(one: Round) -> str:
    return f"Typed by {one.typed_by.full_name} after a call" if one.typed_by else ""


def _agreement(exchange: Any) -> list[str]:
    latest = {a.about: a for a in exchange.agreements.all()}
    lines = [
        f"{exchange.reference}, {a.get_about_display().lower()}. "
        f"{a.by.full_name}: {a.get_answer_display().lower()}" + (f". {a.why}" if a.why else ".")
        for a in latest.values()
    ]
    lines += [_disagreement(d) for d in exchange.disagreements.all()]
    return lines


def _disagreement(row: Any) -> str:
    """What each side thought, stage by stage, what was decided, and whether it is settled."""
    said = [f"{row.reference}, {row.get_about_display().lower()}."]
    for stage in row.stages.all():
        said += [f"Stage {stage.number}. {p.by.full_name}: {p.words}" for p in stage.positions.all()]
        said += [f"Decided by {o.by.full_name}: {o.what_was_decided}" for o in stage.outcomes.all()]
    said.append(f"Settled on {when(row.settled_at)}." if row.settled_at else "Not settled.")
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


def whole(cycle: Cycle) -> list[dict[str, Any]]:
    """Write the whole summary as sections for the agency whose concern it is."""
    exchanges = [e for e in _exchanges(cycle) if not e.not_mine_at]
    lines = lines_for(exchanges, _actions(cycle))
    lines += [
        ("Held back", f"{e.reference}: {h.statement.label}, because: {h.why}")
        for e in exchanges
        for h in e.held_back.all()
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
