"""What is waiting for me, and what I am waiting for from others: late first, one next step each.

Each kind of work is one statement, ordered and cut by its time limit in an index, so that a list of
ten thousand costs what a list of ten does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership
from consent.models import SharingDecision
from records.models import Concern
from sharing.models import Action, ActionReport, Enquiry, Exchange, Round, SkippedStep
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.states import ActionState, State, action_state, state_of

PAGE = 25


@dataclass(frozen=True)
class Work:
    """One piece of waiting work, as the worklist component shows it."""

    heading: str
    reference: str
    meta: tuple[str, ...]
    due_at: datetime
    href: str
    link_text: str
    tag: dict[str, str] | None
    now: datetime

    @property
    def due(self) -> dict[str, Any]:
        return {"text": spoken_limit(self.due_at), "late": self.due_at < self.now, "at": self.due_at}


class Cursor(NamedTuple):
    """Where a page of work ended: time limit (UTC), kind of work and row. Many share a time limit."""

    due_at: datetime
    source: int
    row: int

    def __str__(self) -> str:
        return f"{self.due_at.isoformat()}~{self.source}~{self.row}"


def cursor(text: str) -> Cursor | None:
    """Read a cursor from an address. Anything else than a cursor starts at the front."""
    try:
        due_at, source, row = text.split("~")
        moment = datetime.fromisoformat(due_at)
        return Cursor(moment, int(source), int(row)) if timezone.is_aware(moment) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Page:
    """One page of work, and where the next page goes on."""

    items: list[Work]
    next: Cursor | None


def _acting_for(member: Membership, at: datetime) -> Any:
    return Membership.objects.acting_for(member, on=timezone.localdate(at)).values("pk")


def _for_whom(member: Membership, party: Membership) -> str:
    return "" if party.pk == member.pk else f"For {party.user.full_name}, as deputy"


# --- Exchanges ---------------------------------------------------------------------------------

NEXT_STEP: dict[State, tuple[str, str, str]] = {
    State.SENT: ("Open it and confirm receipt", "Open", "blue"),
    State.OPENED: ("Confirm receipt", "Confirm receipt", "blue"),
    State.RECEIVED: ("Say back what you understood", "Say it back", "blue"),
    State.CORRECTED: ("Say it again: something was missing or different", "Say it again", "orange"),
    State.RESTATED: ("Check what was said back to you", "Check it", "purple"),
}
WAITING_FOR: dict[State, str] = {
    State.SENT: "has not opened it",
    State.OPENED: "has opened it and not confirmed receipt",
    State.RECEIVED: "has confirmed receipt and not said it back",
    State.CORRECTED: "has been asked to say it again",
    State.RESTATED: "has not checked what was said back",
}


def _exchanges(member: Membership, at: datetime, *, mine: bool) -> Any:
    """Open exchanges in which it is my turn, or the other side's."""
    acting = _acting_for(member, at)
    open_round = Exists(Round.objects.filter(exchange=OuterRef("pk"), outcome=""))
    rows = Exchange.objects.open().annotate(has_open_round=open_round).with_state()
    listener_turn, speaker_turn = Q(has_open_round=False), Q(has_open_round=True)
    if mine:
        turn = (Q(listener__in=acting) & listener_turn) | (Q(speaker__in=acting) & speaker_turn)
    else:
        turn = (Q(speaker__in=acting) & listener_turn) | (Q(listener__in=acting) & speaker_turn)
    return rows.filter(turn).select_related(*people("speaker", "listener")).order_by("respond_by", "pk")


def _my_exchange(member: Membership, exchange: Any, now: datetime) -> Work:
    state = state_of(exchange, last_outcome=exchange.last_outcome)
    heading, link, colour = NEXT_STEP[state]
    me, other = exchange.listener, exchange.speaker
    if state == State.RESTATED:
        me, other = other, me
    if exchange.kind == Exchange.Kind.SUMMARY:
        heading, link = "Read the summary: is it what you recorded?", "Answer"
    return Work(
        heading=heading,
        reference=exchange.reference,
        meta=_meta(f"From {other.user.full_name}, {other.agency.name}", _for_whom(member, me)),
        due_at=exchange.respond_by,
        href=reverse("exchange", args=[exchange.reference]),
        link_text=link,
        tag=_urgency_tag(exchange.urgency) or {"text": state.value.capitalize(), "colour": colour},
        now=now,
    )


def _their_exchange(member: Membership, exchange: Any, now: datetime) -> Work:
    state = state_of(exchange, last_outcome=exchange.last_outcome)
    other = exchange.speaker if state == State.RESTATED else exchange.listener
    return Work(
        heading=f"{other.user.full_name} {WAITING_FOR[state]}",
        reference=exchange.reference,
        meta=(other.agency.name,),
        due_at=exchange.respond_by,
        href=reverse("exchange", args=[exchange.reference]),
        link_text="Look at it",
        tag=_urgency_tag(exchange.urgency),
        now=now,
    )


# --- Questions ---------------------------------------------------------------------------------


def _enquiries(member: Membership, at: datetime, *, mine: bool) -> Any:
    side = "asked_of__in" if mine else "asked_by__in"
    rows = Enquiry.objects.open().filter(**{side: _acting_for(member, at)})
    return rows.select_related(*people("asked_by", "asked_of")).order_by("respond_by", "pk")


def _my_enquiry(member: Membership, enquiry: Any, now: datetime) -> Work:
    asker = enquiry.asked_by
    is_advice = enquiry.kind == Enquiry.Kind.ADVICE
    return Work(
        heading="Give the advice you were asked for" if is_advice else "Answer a question",
        reference=enquiry.reference,
        meta=_meta(f"From {asker.user.full_name}, {asker.agency.name}", _for_whom(member, enquiry.asked_of)),
        due_at=enquiry.respond_by,
        href=reverse("enquiry", args=[enquiry.reference]),
        link_text="Answer",
        tag=None,
        now=now,
    )


def _their_enquiry(member: Membership, enquiry: Any, now: datetime) -> Work:
    return Work(
        heading=f"{enquiry.asked_of.user.full_name} has not answered your question",
        reference=enquiry.reference,
        meta=(enquiry.asked_of.agency.name,),
        due_at=enquiry.respond_by,
        href=reverse("enquiry", args=[enquiry.reference]),
        link_text="Look at it",
        tag=None,
        now=now,
    )


# --- Actions -----------------------------------------------------------------------------------

ACTION_STEP: dict[ActionState, tuple[str, str]] = {
    ActionState.PROPOSED: ("Take on or decline an action", "Answer"),
    ActionState.AGREED: ("Do an action, and say what happened", "Report on it"),
    ActionState.REPORTED: ("Check that an action was done", "Check it"),
}


def _actions(member: Membership, at: datetime, *, mine: bool) -> Any:
    """Open actions that wait for me, or for the other side."""
    acting = _acting_for(member, at)
    reported = Exists(ActionReport.objects.filter(action=OuterRef("pk"), outcome=""))
    rows = Action.objects.open().annotate(is_reported=reported).with_state()
    # A proposal waits for its exchange to be understood, and that stands on the list itself.
    rows = rows.filter(Q(accepted_at__isnull=False) | Q(exchange__understood_at__isnull=False))
    owners, checkers = Q(is_reported=False), Q(is_reported=True)
    me, them = ("owner__in", "other_side__in") if mine else ("other_side__in", "owner__in")
    rows = rows.filter((Q(**{me: acting}) & owners) | (Q(**{them: acting}) & checkers))
    return rows.select_related(*people("owner", "other_side")).order_by("due_at", "pk")


def _my_action(member: Membership, action: Any, now: datetime) -> Work:
    state = action_state(action, last_outcome=action.last_outcome)
    heading, link = ACTION_STEP[state]
    me, other = action.owner, action.other_side
    if state == ActionState.REPORTED:
        me, other = other, me
    return Work(
        heading=heading,
        reference=action.reference,
        meta=_meta(f"With {other.user.full_name}, {other.agency.name}", _for_whom(member, me)),
        due_at=action.due_at,
        href=reverse("action", args=[action.reference]),
        link_text=link,
        tag=None,
        now=now,
    )


def _their_action(member: Membership, action: Any, now: datetime) -> Work:
    state = action_state(action, last_outcome=action.last_outcome)
    other = action.other_side if state == ActionState.REPORTED else action.owner
    what = {
        ActionState.PROPOSED: "has not taken on an action",
        ActionState.AGREED: "is to do an action",
        ActionState.REPORTED: "has not checked an action",
    }[state]
    return Work(
        heading=f"{other.user.full_name} {what}",
        reference=action.reference,
        meta=(other.agency.name,),
        due_at=action.due_at,
        href=reverse("action", args=[action.reference]),
        link_text="Look at it",
        tag=None,
        now=now,
    )


# --- What an emergency or "not safe to tell them yet" left behind --------------------------------


def _skipped(member: Membership, at: datetime) -> Any:
    return (
        SkippedStep.objects.filter(owner__in=_acting_for(member, at), done_at__isnull=True)
        .select_related("cycle__concern", *people("owner"))
        .order_by("due_at", "pk")
    )


def _skipped_work(member: Membership, step: SkippedStep, now: datetime) -> Work:
    reference = step.cycle.concern.reference
    return Work(
        heading=step.get_step_display(),
        reference=reference,
        meta=_meta("Skipped for an urgent disclosure", _for_whom(member, step.owner)),
        due_at=step.due_at,
        href=reverse("concern", args=[reference]),
        link_text="Open the concern",
        tag=None,
        now=now,
    )


def _reviews(member: Membership, at: datetime) -> Any:
    """Latest decisions that left a person uninformed: whether it is safe to tell them is looked at again."""
    later = SharingDecision.objects.filter(
        concern=OuterRef("concern"), person=OuterRef("person"), pk__gt=OuterRef("pk")
    )
    return (
        SharingDecision.objects.filter(decided_by__in=_acting_for(member, at), informed="NOT_YET")
        .filter(~Exists(later))
        .select_related("concern", "person", *people("decided_by"))
        .order_by("inform_review_at", "pk")
    )


def _review_work(member: Membership, decision: Any, now: datetime) -> Work:
    reference = decision.concern.reference
    return Work(
        heading="Decide again whether it is safe to tell them what was shared",
        reference=reference,
        meta=_meta("They have not been informed", _for_whom(member, decision.decided_by)),
        due_at=decision.inform_review_at,
        href=reverse("sharing-decision", args=[reference, decision.cycle_number, decision.person.reference]),
        link_text="Decide",
        tag=None,
        now=now,
    )


# --- The two lists -----------------------------------------------------------------------------

Source = tuple[Any, str, Callable[[Membership, Any, datetime], Work]]


def waiting_for_me(member: Membership, *, at: datetime, after: Cursor | None = None) -> Page:
    """Return a page of what waits for somebody or those they deputise for, late first.

    `at` is now (UTC), `after` where the page before ended. Five statements.
    """
    sources: list[Source] = [
        (_exchanges(member, at, mine=True), "respond_by", _my_exchange),
        (_enquiries(member, at, mine=True), "respond_by", _my_enquiry),
        (_actions(member, at, mine=True), "due_at", _my_action),
        (_skipped(member, at), "due_at", _skipped_work),
        (_reviews(member, at), "inform_review_at", _review_work),
    ]
    return _page(sources, member, at=at, after=after)


def waiting_for_others(member: Membership, *, at: datetime, after: Cursor | None = None) -> Page:
    """Return a page of what somebody waits for from others, late first. Three statements."""
    sources: list[Source] = [
        (_exchanges(member, at, mine=False), "respond_by", _their_exchange),
        (_enquiries(member, at, mine=False), "respond_by", _their_enquiry),
        (_actions(member, at, mine=False), "due_at", _their_action),
    ]
    return _page(sources, member, at=at, after=after)


def unfinished(member: Membership) -> list[Concern]:
    """Return the concerns that somebody began to write and has not logged, newest first."""
    return list(Concern.objects.drafts().filter(started_by=member).order_by("-id")[:5])


def _page(sources: Iterable[Source], member: Membership, *, at: datetime, after: Cursor | None) -> Page:
    """Merge sources that are each in order of time limit, and cut one page off the front."""
    streams: list[list[tuple[Cursor, Work]]] = []
    for number, (rows, limit, as_work) in enumerate(sources):
        later = rows.filter(_beyond(after, number, limit)) if after else rows
        streams.append(
            [
                (Cursor(getattr(row, limit), number, row.pk), as_work(member, row, at))
                for row in later[: PAGE + 1]
            ]
        )
    merged = list(islice(heapq.merge(*streams, key=lambda pair: pair[0]), PAGE + 1))
    return Page([work for _, work in merged[:PAGE]], merged[PAGE - 1][0] if len(merged) > PAGE else None)


def _beyond(after: Cursor, number: int, limit: str) -> Q:
    """Rows of one source that come after a cursor in the merged order."""
    later = Q(**{f"{limit}__gt": after.due_at})
    if number < after.source:
        return later
    if number > after.source:
        return Q(**{f"{limit}__gte": after.due_at})
    return later | Q(**{limit: after.due_at, "pk__gt": after.row})


def _meta(*facts: str) -> tuple[str, ...]:
    return tuple(fact for fact in facts if fact)


def _urgency_tag(urgency: str) -> dict[str, str] | None:
    return {"text": "Urgent", "colour": "red"} if urgency == "URGENT" else None
