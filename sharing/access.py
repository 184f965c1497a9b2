"""The only way a view gets an object of sharing: through the person who asks for it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from agencies.http import HatRequest
from agencies.models import Membership
from audit.models import Access, Event
from audit.operations import log_access
from sharing.models import Action, Cycle, Enquiry, Exchange
from sharing.states import State, state_of


def _member(request: HttpRequest) -> Membership:
    member: Membership | None = getattr(request, "membership", None)
    if member is None:
        raise Http404("No such page")
    return member


def _one(request: HttpRequest, rows: Any, reference: str, action: str) -> Any:
    """Find one visible row by reference and log the look; the same 404 for "not yours" and "no such"."""
    member = _member(request)
    found = rows.filter(reference=reference).first()
    log_access(
        action,
        by=member,
        subject=reference[:80],
        outcome=Access.Outcome.SEEN if found else Access.Outcome.REFUSED,
        address=request.META.get("REMOTE_ADDR"),
    )
    if found is None:
        raise Http404("No such page")
    return found


def get_exchange(request: HttpRequest, reference: str) -> Any:
    """Return an exchange that I may see, with its people and `last_outcome`. Raises Http404."""
    rows = Exchange.objects.visible_to(_member(request)).with_people().with_state()
    return _one(request, rows, reference, "exchange")


def get_enquiry(request: HttpRequest, reference: str) -> Any:
    """Return a question that I may see, with its people. Raises Http404."""
    return _one(request, Enquiry.objects.visible_to(_member(request)).with_people(), reference, "enquiry")


def get_action(request: HttpRequest, reference: str) -> Any:
    """Return an action that I may see, with its people and `last_outcome`. Raises Http404."""
    rows = Action.objects.visible_to(_member(request)).with_people().with_state()
    return _one(request, rows, reference, "action")


def get_cycle(request: HatRequest, reference: str) -> Cycle:
    """Return the current cycle of a concern of my agency. Raises Http404."""
    from records.access import get_concern

    concern = get_concern(request, reference)
    cycle = Cycle.objects.filter(concern=concern).order_by("-number").first()
    if cycle is None:
        raise Http404("No such page")
    cycle.concern = concern
    return cycle


def state(exchange: Any) -> State:
    """Read the state of an exchange that came from `get_exchange`."""
    answered = getattr(exchange, "summary_answer", None) is not None
    return state_of(exchange, last_outcome=exchange.last_outcome, is_answered=answered)


def content_is_open_to(exchange: Any, member: Membership) -> bool:
    """Say whether somebody may read the words of an exchange that they may see.

    The sending agency always may. For the listener's side they are gone, at once and for good, when it
    was not theirs or was withdrawn.
    """
    if member.agency_id == exchange.speaker.agency_id and member.pk != exchange.listener_id:
        return True
    return exchange.sent_at is not None and not (exchange.not_mine_at or exchange.withdrawn_at)


def events_of(concern_reference: str, *, after: int = 0, limit: int = 100) -> list[Event]:
    """Return a page of the events of a concern, in audit order."""
    rows = Event.objects.filter(concern=concern_reference, id__gt=after).order_by("id")
    return list(rows[:limit])
