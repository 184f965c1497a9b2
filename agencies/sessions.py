"""Signing in for a time: noting that somebody is there, and leaving nothing behind in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib import messages
from django.contrib.auth import middleware as auth_middleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from agencies import backends
from agencies.models import Session, User
from agencies.session_store import BROWSER, SessionStore, idle_limit

# Not "cookies": browsers clear those of the whole domain with them, where a council's other services live
# too. Ours is taken away by itself.
CLEAR = '"cache", "storage"'
WHY_OVER = {
    "idle": "You were signed out because nothing was done here for 20 minutes.",
    "long": "You were signed out because 12 hours had passed since you signed in.",
    "ended": "Your session has ended.",
}
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "Chromebook"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class AuthenticationMiddleware(auth_middleware.AuthenticationMiddleware):
    """Django's own, which is told with which session the account it asks for was read."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast(User, SimpleLazyObject(partial(_account_of, request)))


def _account_of(request: HttpRequest) -> Any:
    before = backends.SESSION.set(request.session)
    try:
        return auth_middleware.get_user(request)
    finally:
        backends.SESSION.reset(before)


class SessionMiddleware:
    """Notes that somebody is there, gives a new key for a new proof of who they are, clears up at the end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = of(request)
        proved = _proofs(session)
        response = self.get_response(request)
        if session.is_flushed or session.over:
            response.headers["Clear-Site-Data"] = CLEAR
            _say_why(request)
            return response
        if session.user_id and _proofs(session) > proved:
            session.cycle_key()
        elif counts(request):
            session.note_seen(at=timezone.now())
        return response


def of(request: HttpRequest) -> SessionStore:
    """Return the session of a request, as ours."""
    return cast(SessionStore, request.session)


def _proofs(session: SessionStore) -> int:
    """How often somebody has proved who they are in this session."""
    return len(session.get(AUTHENTICATION_METHODS_SESSION_KEY, ()))


def counts(request: HttpRequest) -> bool:
    """Say whether a request shows that somebody is there, and is not what a script asks by itself."""
    if getattr(request, "is_nothing_new", False):
        return False
    return request.method not in ("GET", "HEAD") or request.headers.get("Accept") != "application/json"


def does_not_count(request: HttpRequest) -> None:
    """Say that nobody need have been there for this request, as for one that saves what was saved before."""
    request.__dict__["is_nothing_new"] = True


def note_browser(request: HttpRequest) -> None:
    """Keep in the session what kind of browser somebody signed in with."""
    request.session[BROWSER] = browser_of(request.headers.get("User-Agent", ""))


def browser_of(agent: str) -> str:
    """Say in two words what a browser is, as people would."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def seconds_left(request: HttpRequest) -> int:
    """How long somebody who does nothing stays signed in. Counted here: their clock may be wrong."""
    session = getattr(request, "session", None)
    ends_at = cast(SessionStore, session).ends_at() if session is not None else None
    if ends_at is None:
        return 0
    return max(int(min(ends_at - timezone.now(), idle_limit()).total_seconds()), 0)


def _say_why(request: HttpRequest) -> None:
    """Leave word for the next page why somebody is signed out, unless it is told already what became of them.

    Any request may be the first to find it out, one of a script too, and takes the cookie away.
    """
    why = WHY_OVER.get(of(request).over)
    if why and not getattr(messages.get_messages(request), "added_new", False):
        messages.info(request, f"{why} What you were writing is kept: sign in to go on.")


def mark_of(request: HttpRequest) -> str:
    """Return what tells this person's pages in this browser from anybody else's. It leads to nothing.

    A page that the browser kept and shows again asks whether its mark still counts.
    """
    member = getattr(request, "membership", None)
    if member is None:
        return ""
    return salted_hmac("agencies.sessions.mark", str(member.pk)).hexdigest()[:16]


class Place(NamedTuple):
    """One browser in which somebody is signed in, as they are shown it."""

    name: str
    row: Session
    is_this_one: bool


def name_of(row: Session) -> str:
    """Return how a page names a session without its key, which would let anybody in."""
    return hashlib.sha256(row.session_key.encode()).hexdigest()[:16]


def end_all_of(user: User, *, but: str | None = None) -> None:
    """End every session of somebody, but one."""
    Session.objects.filter(user=user).exclude(session_key=but or "").delete()


def places_of(user: User, *, this_one: str | None = None) -> list[Place]:
    """List where somebody is signed in now, this browser first and then the latest."""
    now = timezone.now()
    lasting = Session.objects.filter(user=user, expire_date__gt=now, seen_at__gt=now - idle_limit())
    rows = lasting.order_by("-seen_at")
    places = [Place(name_of(row), row, row.session_key == this_one) for row in rows]
    return sorted(places, key=lambda place: not place.is_this_one)
