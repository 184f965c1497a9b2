"""What every page is given: the menu for the role of whoever is looking, and where their own page is."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils import timezone

from agencies import reauthentication, sessions
from agencies.addresses import reverse
from agencies.roles import Permission


class Item(NamedTuple):
    """One entry of the menu."""

    href: str
    text: str
    active: bool


# Addresses by name: the pages of the apps above are not known here. One that does not exist is left out.
MENU = (
    ("home", "Home", Permission.EXCHANGE),
    ("find", "Find", Permission.LOG_CONCERNS),
    ("concerns", "Concerns", Permission.LOG_CONCERNS),
    ("people", "People", Permission.LOG_CONCERNS),
    ("directory", "Directory", Permission.EXCHANGE),
    ("notices", "Notices", Permission.EXCHANGE),
    ("notices", "Notices", Permission.OVERSEE_PARTNERSHIP),
    ("lead", "Your agency’s work", Permission.OVERSEE),
    ("set_aside", "Not delivered", Permission.OVERSEE),
    ("learning", "Learning", Permission.LEARN),
    ("words", "Plain words", Permission.KEEP_WORDS),
    ("record-quality", "How we write", Permission.OVERSEE),
    ("team", "Staff", Permission.MANAGE_STAFF),
    ("cover", "Cover", Permission.ARRANGE_COVER),
    ("contact_points", "Contact points", Permission.MANAGE_STAFF),
    ("opening_hours", "Opening hours", Permission.MANAGE_STAFF),
    ("audit_events", "Events", Permission.READ_AUDIT),
    ("audit_access", "Access log", Permission.READ_AUDIT),
    ("audit_seals", "Seals", Permission.READ_AUDIT),
    ("partnership", "Partnership", Permission.OVERSEE_PARTNERSHIP),
    ("partnership-disagreements", "Disagreements", Permission.OVERSEE_PARTNERSHIP),
    ("time_limits", "Time limits", Permission.SET_TIME_LIMITS),
    ("retention-defaults", "Retention", Permission.SET_TIME_LIMITS),
    ("closed_days", "Closed days", Permission.SET_TIME_LIMITS),
)
# For a lead these are the pages of one part of the menu, under its first one.
A_LEADS_PAGES = (
    ("lead", "What waits"),
    ("set_aside", "Not delivered"),
    ("hand-over-people", "People’s work"),
    ("cover", "Cover"),
    ("breaches", "Breaches"),
    ("subject-access", "Subject access"),
    ("retention", "Retention"),
    ("record-quality", "How we write"),
    ("words", "Plain words"),
)


def menu(request: HttpRequest) -> dict[str, object]:
    """Give a template `navigation`, the pages of its part of the menu, `own_page` and what a visit needs.

    `demo` says whether this is one.
    """
    return {
        "navigation": _items(request),
        "part_of_menu": _part(request),
        "own_page": _own_page(request),
        "visit_seconds_left": _seconds_left(request),
        "session_seconds_left": sessions.seconds_left(request),
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
        "session_mark": sessions.mark_of(request),
        "confirm_why": lambda: reauthentication.why_asked(request),
        "demo": settings.DEMO,
    }


def _own_page(request: HttpRequest) -> Item:
    """Where somebody goes on from: what waits for them or, by a link, the one thing they were sent."""
    visit = getattr(request, "link_visit", None)
    if visit is None:
        return Item("/", "Go to what is waiting for you", active=False)
    address = reverse("exchange", args=[visit.link.exchange.reference])
    return Item(address, "Go to what you were sent", active=False)


def _seconds_left(request: HttpRequest) -> int:
    """How long the visit of somebody by a link still lives, counted here: their own clock may be wrong."""
    visit = getattr(request, "link_visit", None)
    return max(int((visit.ends_at - timezone.now()).total_seconds()), 0) if visit else 0


def _part(request: HttpRequest) -> list[Item]:
    """The pages beside the one that is shown, where it is one of a lead's."""
    member = getattr(request, "membership", None)
    if member is None or not member.may(Permission.OVERSEE):
        return []
    found = ((_address(name), text) for name, text in A_LEADS_PAGES)
    items = [Item(href, text, request.path == href) for href, text in found if href]
    return items if any(item.active for item in items) else []


@cache
def _address(name: str) -> str:
    """The address of a page by its name, empty where there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _items(request: HttpRequest) -> list[Item]:
    member = getattr(request, "membership", None)
    if member is None or member.is_outside:
        return []
    own = {name for name, _ in A_LEADS_PAGES[1:]} if member.may(Permission.OVERSEE) else set()
    items = [
        Item(href, text, active=False)
        for name, text, permission in MENU
        if member.may(permission) and name not in own and (href := _address(name))
    ]
    path = _address(A_LEADS_PAGES[0][0]) if _part(request) else request.path
    under = [item.href for item in items if path.startswith(item.href)]
    here = max((href for href in under if href != "/" or path == "/"), key=len, default="")
    return [item._replace(active=item.href == here) for item in items]
