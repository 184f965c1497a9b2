"""What every page is given: the menu for the role of whoever is looking."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from agencies.roles import Permission


class Item(NamedTuple):
    """One entry of the menu."""

    href: str
    text: str
    active: bool


# Addresses by name: the pages of the apps above are not known here. One that does not exist is left out.
MENU = (
    ("home", "Home", Permission.EXCHANGE),
    ("concerns", "Concerns", Permission.LOG_CONCERNS),
    ("people", "People", Permission.LOG_CONCERNS),
    ("directory", "Directory", Permission.EXCHANGE),
    ("notices", "Notices", Permission.EXCHANGE),
    ("notices", "Notices", Permission.OVERSEE_PARTNERSHIP),
    ("lead", "Your agency’s work", Permission.OVERSEE),
    ("set_aside", "Not delivered", Permission.OVERSEE),
    ("learning", "Learning", Permission.LEARN),
    ("team", "Staff", Permission.MANAGE_STAFF),
    ("cover", "Cover", Permission.ARRANGE_COVER),
    ("contact_points", "Contact points", Permission.MANAGE_STAFF),
    ("audit_events", "Events", Permission.READ_AUDIT),
    ("audit_access", "Access log", Permission.READ_AUDIT),
    ("partnership", "Partnership", Permission.OVERSEE_PARTNERSHIP),
    ("time_limits", "Time limits", Permission.SET_TIME_LIMITS),
)


def menu(request: HttpRequest) -> dict[str, object]:
    """Give a template `navigation`, and `demo` where this is one."""
    return {"navigation": _items(request), "demo": settings.DEMO}


def _items(request: HttpRequest) -> list[Item]:
    member = getattr(request, "membership", None)
    if member is None:
        return []
    items = []
    for name, text, permission in MENU:
        if not member.may(permission):
            continue
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        items.append(Item(href, text, active=False))
    under = [item.href for item in items if request.path == item.href or request.path.startswith(item.href)]
    here = max((href for href in under if href != "/" or request.path == "/"), key=len, default="")
    return [item._replace(active=item.href == here) for item in items]
