"""How long somebody stays signed in: 20 minutes without doing anything, and 12 hours in any case.

It is Django's store of sessions in the database with four more columns. When somebody was last there is
read in the statement that reads the session, and written at most once a minute (agencies/sessions.py), so
no page costs more. SESSION_SAVE_EVERY_REQUEST, the usual way, would hand out cookies with pages that anybody
may see (CVE-2026-35192).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.utils import timezone

from agencies.models import User
from agencies.models.session import Session
from agencies.prepared import Prepared

BROWSER = "browser"
KEYED = Prepared(lambda *, key: Session.objects.filter(session_key=key).select_related("user"))
NOTED_EVERY = timedelta(minutes=1)
Over = Literal["", "idle", "long", "ended", "nobodys"]


def idle_limit() -> timedelta:
    """How long somebody may do nothing."""
    return timedelta(seconds=settings.SESSION_IDLE_SECONDS)


def longest() -> timedelta:
    """How long somebody may go on without proving anew who they are."""
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


class SessionStore(RowStore):
    """A session that ends by itself, and knows why it is over."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.user_id: str | None = None
        # The account as it stood when the session was read, in the same statement.
        self.account: User | None = None
        self.began_at: datetime | None = None
        self.seen_at: datetime | None = None
        self.over: Over = ""
        self.is_flushed = False

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = KEYED.first(key=self.session_key) if self.session_key else None
        self.over = _over(row, at=timezone.now())
        if row is None or self.over:
            self._session_key = None
            return None
        self.user_id = str(row.user_id) if row.user_id else None
        self.account, self.began_at, self.seen_at = row.user, row.began_at, row.seen_at
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        now, user = timezone.now(), data.get(SESSION_KEY)
        if self.began_at is None or user is None or user != self.user_id:
            self.user_id, self.began_at, self.seen_at = user, now, now
        row.user_id, row.began_at, row.seen_at = user, self.began_at, self.seen_at or now
        row.browser = str(data.get(BROWSER, ""))
        if user is not None:
            row.expire_date = self.began_at + longest()
        return row

    def save(self, must_create: bool = False) -> None:
        """Save the session, or nothing where it was ended meanwhile: its next request is told so."""
        try:
            super().save(must_create=must_create)
        except UpdateError:
            self.over = "ended"

    def flush(self) -> None:
        super().flush()
        self.user_id = self.account = self.began_at = self.seen_at = None
        self.is_flushed = True

    def ends_at(self) -> datetime | None:
        """When somebody is signed out if they do nothing more. None where nobody is signed in."""
        if self.user_id is None or self.began_at is None or self.seen_at is None:
            return None
        return min(self.seen_at + idle_limit(), self.began_at + longest())

    def note_seen(self, *, at: datetime) -> None:
        """Write that somebody was there, unless that was written within the last minute."""
        if self.user_id is None or self.seen_at is None or at - self.seen_at < NOTED_EVERY:
            return
        Session.objects.filter(session_key=self.session_key, seen_at__lt=at).update(seen_at=at)
        self.seen_at = at

    @classmethod
    def clear_expired(cls) -> None:
        """Remove what is over."""
        now = timezone.now()
        Session.objects.filter(expire_date__lte=now).delete()
        Session.objects.filter(user__isnull=False, seen_at__lte=now - idle_limit()).delete()


def _over(row: Session | None, *, at: datetime) -> Over:
    """Say why a session is over, or nothing where it goes on."""
    if row is None:
        return "ended"
    if row.expire_date <= at:
        return "long" if row.user_id else "nobodys"
    return "idle" if row.user_id and row.seen_at <= at - idle_limit() else ""
