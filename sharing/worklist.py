"""What is waiting for me, and what I am waiting for from others: late first, one next step each.

Each kind of work is one statement, ordered and cut by its time limit in an index, so that a list of
ten thousand costs what a list of ten does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from agencies.models import Membership
from records.models import Concern
from sharing import unsettled
from sharing.models import Action, ActionReport, Cycle, Enquiry, Exchange, Round, Stage
from sharing.querysets import people
from sharing.states import ActionState, State, action_state, state_of
from sharing.work import Cursor, Page, Work, acting_for, cursor, for_whom, meta

__all__ = ["PAGE", "Cursor", "Page", "Work", "cursor", "open_concerns", "unfinished", "waiting_for_me",
           "waiting_for_others"]  # fmt: skip

PAGE = 25
CONCERNS = 10

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
    acting = acting_for(member, at)
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
        meta=meta(f"From {other.user.full_name}, {other.agency.name}", for_whom(member, me)),
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
    rows = Enquiry.objects.open().filter(**{side: acting_for(member, at)})
    return rows.select_related(*people("asked_by", "asked_of")).order_by("respond_by", "pk")


def _my_enquiry(member: Membership, enquiry: Any, now: datetime) -> Work:
    asker = enquiry.asked_by
    is_advice = enquiry.kind == Enquiry.Kind.ADVICE
    return Work(
        heading="Give the advice you were asked for" if is_advice else "Answer a question",
        reference=enquiry.reference,
        meta=meta(f"From {asker.user.full_name}, {asker.agency.name}", for_whom(member, enquiry.asked_of)),
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
    acting = acting_for(member, at)
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
        meta=meta(f"With {other.user.full_name}, {other.agency.name}", for_whom(member, me)),
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


# --- The two lists -----------------------------------------------------------------------------

Source = tuple[Any, str, Callable[[Membership, Any, datetime], Work]]


def waiting_for_me(member: Membership, *, at: datetime, after: Cursor | None = None) -> Page:
    """Return a page of what waits for somebody or those they deputise for, late first.

    `at` is now (UTC), `after` where the page before ended. Eight statements.
    """
    sources: list[Source] = [
        (_exchanges(member, at, mine=True), "respond_by", _my_exchange),
        (_enquiries(member, at, mine=True), "respond_by", _my_enquiry),
        (_actions(member, at, mine=True), "due_at", _my_action),
        (unsettled.skipped(member, at), "due_at", unsettled.skipped_work),
        (unsettled.reviews(member, at), "inform_review_at", unsettled.review_work),
        (unsettled.agreements(member, at), "understood_at", unsettled.agreement_work),
        (unsettled.disagreements(member, at), "opened_at", unsettled.disagreement_work),
        (unsettled.incidents(member, at), "opened_at", unsettled.incident_work),
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


def open_concerns(member: Membership) -> list[Any]:
    """Return the concerns that somebody owns and has not closed, newest first, each with its stage."""
    cycle = Cycle.objects.filter(concern=OuterRef("pk")).order_by("-number")
    return list(
        Concern.objects.filter(owner=member, logged_at__isnull=False)
        .annotate(stage=Subquery(cycle.values("stage")[:1]), cycle=Subquery(cycle.values("number")[:1]))
        .filter(Q(stage__isnull=True) | ~Q(stage=Stage.CLOSED))
        .order_by("-id")[:CONCERNS]
    )


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


def _urgency_tag(urgency: str) -> dict[str, str] | None:
    return {"text": "Urgent", "colour": "red"} if urgency == "URGENT" else None
