"""The pieces of somebody's part in one concern, and how a hand-over says them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Membership
from agencies.prepared import Prepared, together
from records.models import Concern
from sharing.models import Action, Cycle, Enquiry, Exchange, Handover, Item, Obligation, SkippedStep
from sharing.models.handover import UNDER_WAY
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.states import ACTION_TAGS, action_state, state_of

__all__ = ["ACTION_TAGS", "Pieces", "lines", "part_of"]

# Title, kind of statement and words of one item of a hand-over.
Line = tuple[str, str, str]
SEEN, OPINION = "FACT_SEEN", "OPINION"


@dataclass
class Pieces:
    """Everything that somebody has open in one concern, read under the concern's lock."""

    leaver: Membership
    concern: Concern
    is_owned: bool
    said: list[Any]
    heard: list[Any]
    actions: list[Any]
    enquiries: list[Any]
    steps: list[SkippedStep]
    rest: list[Obligation]
    heard_ever: list[int]
    heard_again: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def refs(self) -> list[str]:
        """The references of all of it, the concern's own for what has none."""
        things = [*self.said, *self.heard, *self.actions, *self.enquiries, *self.rest]
        own = [self.concern.reference] * (self.is_owned + len(self.steps))
        return list(dict.fromkeys([*own, *(thing.reference for thing in things)]))

    @property
    def is_empty(self) -> bool:
        return not self.refs

    @property
    def is_urgent(self) -> bool:
        open_ones = [*self.said, *self.heard]
        return any(e.urgency == "URGENT" for e in open_ones) or any(o.is_urgent for o in self.rest)

    def others(self) -> dict[Any, tuple[Membership, Any]]:
        """Return who is on the other side of what passes, each once, with the first thing of theirs."""
        found: dict[Any, tuple[Membership, Any]] = {}
        for person, thing in self._sides():
            found.setdefault(person.pk, (person, thing))
        return found

    def with_on_the_other_side(self, member: Membership) -> list[str]:
        """Return what somebody is on the other side of, by reference, in whichever role."""
        sides = [*self._sides(), *((e.speaker, e) for e in self.heard)]
        return [thing.reference for person, thing in sides if person.is_same_person(member)]

    def _sides(self) -> list[tuple[Membership, Any]]:
        me = self.leaver.pk
        sides: list[tuple[Membership, Any]] = [(e.listener, e) for e in self.said]
        sides += [(a.other_side if a.owner_id == me else a.owner, a) for a in self.actions]
        sides += [(q.asked_of if q.asked_by_id == me else q.asked_by, q) for q in self.enquiries]
        return sides


def part_of(leaver: Membership, concern: Concern) -> Pieces:
    """Read somebody's open part in a concern. A hand-over of their own that is under way is no part of it.

    In one round trip: whoever leaves may have a part in dozens of concerns.
    """
    whose = {"leaver": leaver.pk, "concern": concern.pk}
    stage, said, heard, actions, enquiries, steps, heard_ever, under_way, waiting = together(
        STAGE.asking(concern=concern.pk),
        SAID.asking(**whose),
        HEARD.asking(**whose),
        ACTIONS.asking(**whose),
        ENQUIRIES.asking(**whose),
        STEPS.asking(**whose),
        HEARD_EVER.asking(**whose),
        UNDER_WAY_OF.asking(**whose),
        WAITING.asking(**whose),
    )
    part = Pieces(
        leaver=leaver,
        concern=concern,
        is_owned=concern.owner_id == leaver.pk and concern.discarded_at is None and stage != ["CLOSED"],
        said=said,
        heard=heard,
        actions=actions,
        enquiries=enquiries,
        steps=steps,
        rest=[],
        heard_ever=heard_ever,
    )
    listed = _keys(part) | {f"exchange:{pk}" for pk in under_way}
    part.rest = [one for one in waiting if one.key not in listed]
    return part


def _keys(part: Pieces) -> set[str]:
    """Under which keys what is in the lists waits for somebody."""
    kinds: dict[str, list[Any]] = {
        "exchange": [*part.said, *part.heard],
        "action": part.actions,
        "enquiry": part.enquiries,
        "step": part.steps,
    }
    return {f"{kind}:{one.pk}" for kind, rows in kinds.items() for one in rows}


def _under_way(leaver: Any, concern: Any) -> QuerySet[Any, Any]:
    return Handover.objects.filter(UNDER_WAY, leaver=leaver, concern=concern)


def _told(concern: Any) -> Any:
    return Exchange.objects.filter(cycle__concern=concern).open().with_people().with_state().order_by("pk")


def _actions(*, leaver: Any, concern: Any) -> QuerySet[Any, Any]:
    mine = Action.objects.filter(Q(owner=leaver) | Q(other_side=leaver), cycle__concern=concern)
    return mine.open().with_people().with_state().order_by("pk")


def _enquiries(*, leaver: Any, concern: Any) -> QuerySet[Any, Any]:
    mine = Enquiry.objects.filter(Q(asked_by=leaver) | Q(asked_of=leaver), cycle__concern=concern)
    return mine.open().with_people().order_by("pk")


def _heard_ever(*, leaver: Any, concern: Any) -> QuerySet[Any, Any]:
    heard = Exchange.objects.filter(cycle__concern=concern, listener=leaver, sent_at__isnull=False)
    stands = heard.filter(not_mine_at__isnull=True, withdrawn_at__isnull=True)
    return stands.values_list("pk", flat=True)


def _waiting(*, leaver: Any, concern: Any) -> QuerySet[Any, Any]:
    """What waits for the leaver, or for others towards them."""
    mine = Q(owner=leaver) | Q(other=leaver)
    rows = Obligation.objects.filter(mine, concern=concern, settled_at__isnull=True)
    return rows.select_related(*people("owner")).order_by("due_at", "pk")


STAGE = Prepared(
    lambda *, concern: (
        Cycle.objects.filter(concern=concern).order_by("-number").values_list("stage", flat=True)[:1]
    )
)
SAID = Prepared(
    lambda *, leaver, concern: (
        _told(concern).filter(speaker=leaver).exclude(pk__in=_under_way(leaver, concern).values("exchange"))
    )
)
HEARD = Prepared(lambda *, leaver, concern: _told(concern).filter(listener=leaver))
ACTIONS, ENQUIRIES = Prepared(_actions), Prepared(_enquiries)
STEPS = Prepared(
    lambda *, leaver, concern: SkippedStep.objects.filter(
        owner=leaver, done_at__isnull=True, cycle__concern=concern
    )
)
HEARD_EVER, WAITING = Prepared(_heard_ever), Prepared(_waiting)
UNDER_WAY_OF = Prepared(
    lambda *, leaver, concern: _under_way(leaver, concern).values_list("exchange", flat=True)
)


def lines(part: Pieces, *, note: str, by: Membership, is_preview: bool = False) -> list[Line]:
    """Write a hand-over item by item: what is open, with whom, by when, and what would make us act sooner.

    In a preview what was told to the leaver has no new reference yet.
    """
    found: list[Line] = []
    if note.strip():
        found.append((f"What {by.full_name} adds", OPINION, note))
    if part.is_owned:
        found.append(("The concern", SEEN, f"You look after {part.concern.reference} from now on."))
    texts = _texts([*part.said])
    name = part.leaver.full_name
    found += [(f"What {name} told others", SEEN, _said(e, texts)) for e in part.said]
    found += [
        (f"What {name} was told", SEEN, _heard(old, new, is_preview=is_preview))
        for old, new in part.heard_again
    ]
    found += [("Who does what by when", SEEN, _action(a, part.leaver)) for a in part.actions]
    found += [("Questions", SEEN, _enquiry(q, part.leaver)) for q in part.enquiries]
    found += [("Also to do", SEEN, f"{s.get_step_display()}, {spoken_limit(s.due_at)}.") for s in part.steps]
    found += [("Also to do", SEEN, _other(o, part.leaver)) for o in part.rest]
    return found


def _texts(exchanges: list[Any]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {}
    for item in Item.objects.filter(exchange__in=[e.pk for e in exchanges]).order_by("number"):
        texts.setdefault(item.exchange_id, []).append(f"{item.number}. {item.text}")
    return texts


def _said(exchange: Any, texts: dict[int, list[str]]) -> str:
    state = state_of(exchange, last_outcome=exchange.last_outcome)
    asked = f"\nAsked of them: {exchange.what_i_ask}" if exchange.what_i_ask else ""
    said = "\n".join(texts.get(exchange.pk, []))
    return (
        f"{exchange.reference}, to {exchange.listener.label}. It is {state.value}, to be understood "
        f"{spoken_limit(exchange.respond_by)}.\n{said}{asked}\nYou check what they say back."
    )


def _heard(old: Any, new: Any, *, is_preview: bool) -> str:
    does = "answer it" if old.kind == Exchange.Kind.SUMMARY else "say it back to them"
    number = "under a new reference" if is_preview else f"as {new.reference}"
    return (
        f"{old.reference}, from {old.speaker.label}. It comes to you {number}: {does} "
        f"{spoken_limit(new.respond_by)}."
    )


def _action(action: Any, leaver: Membership) -> str:
    state = action_state(action, last_outcome=action.last_outcome)
    if action.owner_id == leaver.pk:
        whose = f"You do it; {action.other_side.label} checks it."
    else:
        whose = f"{action.owner.label} does it; you check it."
    due = spoken_limit(action.due_at)[3:]
    return (
        f"{action.reference}: {action.what}\n{whose} It is {state.value}, due {due}."
        f"\nSooner if: {action.contingency}"
    )


def _enquiry(enquiry: Any, leaver: Membership) -> str:
    limit = spoken_limit(enquiry.respond_by)
    if enquiry.asked_of_id == leaver.pk:
        return (
            f"{enquiry.reference}, from {enquiry.asked_by.label}: answer it {limit}."
            f"\n{enquiry.told}\n{enquiry.question}"
        )
    return f"{enquiry.reference}, to {enquiry.asked_of.label}: they answer you {limit}.\n{enquiry.question}"


def _other(row: Obligation, leaver: Membership) -> str:
    what = row.get_kind_display()
    who = "" if row.owner_id == leaver.pk else f" {row.owner.label} does this."
    return f"{row.reference}: {what[:1].lower()}{what[1:]}, {spoken_limit(row.due_at)}.{who}"
