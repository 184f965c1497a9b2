"""Which database is read and which is written, where there is a replica."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse

from agencies import stale

# Ours, but for what says who is asking: sign-in, sessions and the rate limits are never stale.
MAY_BE_STALE = frozenset({"sharing", "consent", "records", "agencies", "notifications", "audit"})
NEVER_STALE = frozenset({"agencies_session"})
# After a change that person reads the primary for longer than the replica may be behind.
LONGER_SECONDS = 5


class Router:
    """Reads from the replica inside `agencies.stale.reading`; all else, and every write, is the primary's.

    It always answers, or Django would write a row to where it was read.
    """

    def db_for_read(self, model: Any, **hints: Any) -> str:
        may_be = model._meta.app_label in MAY_BE_STALE and model._meta.db_table not in NEVER_STALE
        if stale.is_reading() and may_be:
            return stale.REPLICA
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class OwnWrites:
    """Lets whoever changed something see it: for some seconds their browser asks for the primary.

    It is a cookie, because their next page may come from another web server. It says nothing but that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if stale.REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _leaves_nothing(request):
            response.set_cookie(
                stale.wrote_cookie(),
                "1",
                max_age=settings.REPLICA_SECONDS + LONGER_SECONDS,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response


def _leaves_nothing(request: HttpRequest) -> bool:
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "leaves_nothing_to_read", False)
