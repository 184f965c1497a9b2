"""Pages whose rows may be a few seconds old: read from a replica of the database, where there is one.

A view says so with `@may_be_stale`. Who is asking, in which role, every object's page, form, gate and
version are read from the primary. So is everything for whoever changed something in the last seconds, and
for everybody while the replica is away or further behind than `settings.REPLICA_SECONDS`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)
from django.http import HttpRequest, StreamingHttpResponse

from agencies import scope
from agencies.models import Membership

V = TypeVar("V", bound=Callable[..., Any])

REPLICA = "replica"
LOOK_AGAIN_SECONDS = 1.0
AWAY_SECONDS = 5.0
# In the transaction of the reading itself: it holds behind a pooler, and on a replica that was promoted.
READ_ONLY = (
    "SELECT set_config('transaction_read_only', 'on', true), set_config('statement_timeout', '10s', true)"
)

WRITTEN = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
REPLAYED = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END"
)

logger = logging.getLogger(__name__)
_reading: ContextVar[bool] = ContextVar("reading_from_the_replica", default=False)


def is_reading() -> bool:
    """Say whether what is read now comes from the replica."""
    return _reading.get()


@contextmanager
def reading(member: Membership | None = None) -> Iterator[None]:
    """Read from the replica while the block runs, as `member`. Whatever is written still goes to the primary.

    Row security holds there too (agencies/scope.py): without a member there is no row of a record.
    """
    with transaction.atomic(using=REPLICA):
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(READ_ONLY)
        scope.tell(member, using=REPLICA)
        before = _reading.set(True)
        try:
            yield
        finally:
            _reading.reset(before)


class Freshness:
    """Whether the replica has replayed what the primary had written some seconds ago. One for each process.

    Positions in the log are compared, not clocks: no clock can be wrong, and a replica whose connection went
    half-open does not look fresh because nothing arrives.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, int]] = deque(maxlen=120)
        self._asked = 0.0
        self._fresh_until = 0.0

    def is_good(self) -> bool:
        """Say whether the replica may be read now. Looks at most once a second; one thread at a time does."""
        now = time.monotonic()
        if now >= self._asked and self._lock.acquire(blocking=False):
            try:
                self._look(now)
            finally:
                self._lock.release()
        return time.monotonic() < self._fresh_until

    def away(self) -> None:
        """Leave the replica alone for some seconds."""
        self._fresh_until, self._asked = 0.0, time.monotonic() + AWAY_SECONDS

    def _look(self, now: float) -> None:
        self._asked = now + LOOK_AGAIN_SECONDS
        self._seen.append((now, _written()))
        try:
            replayed = _replayed()
        except (OperationalError, InterfaceError) as error:
            logger.warning("replica away", extra={"error": type(error).__name__})
            self.away()
            return
        has = [moment for moment, written in self._seen if replayed is not None and written <= replayed]
        self._fresh_until = has[-1] + settings.REPLICA_SECONDS if has else 0.0


freshness = Freshness()


def _written() -> int:
    """Return how far the primary's log is on its disk, in bytes."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(WRITTEN)
        return int(cursor.fetchone()[0])


def _replayed() -> int | None:
    """Return how far the replica has replayed it, or None from a server that is a replica no more."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(REPLAYED)
            row = cursor.fetchone()
    except DatabaseError:
        connections[REPLICA].close()
        raise
    return None if row is None or row[0] is None else int(row[0])


def wrote_cookie() -> str:
    """Return the name of the cookie that says that somebody has just changed something."""
    return "__Host-wrote" if settings.HTTPS else "check_back_wrote"


def may_read(request: HttpRequest) -> bool:
    """Say whether a page that may be stale can be read from the replica, for this person and now."""
    return (
        REPLICA in settings.DATABASES
        and request.method in ("GET", "HEAD")
        and wrote_cookie() not in request.COOKIES
        and freshness.is_good()
    )


def may_be_stale(view: V) -> V:
    """Mark a view that only lists or counts, and may show what was so a few seconds ago.

    Where the replica fails meanwhile, the page is made again from the primary.
    """

    @wraps(view)
    def stale(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
        if not may_read(request):
            return view(request, *args, **kwargs)
        member = getattr(request, "membership", None)
        try:
            with reading(member):
                answer = view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            logger.warning("replica failed", extra={"error": type(error).__name__})
            freshness.away()
            connections[REPLICA].close()
            return view(request, *args, **kwargs)
        if isinstance(answer, StreamingHttpResponse):
            answer.streaming_content = _read_on(cast("Iterator[bytes]", answer.streaming_content), member)
        return answer

    stale.__dict__["may_be_stale"] = True
    return stale  # type: ignore[return-value]  # the same view, for whoever calls it


def leaves_nothing_to_read(view: V) -> V:
    """Mark a view whose POST changes nothing that a stale page shows, as keeping a search."""
    view.__dict__["leaves_nothing_to_read"] = True
    return view


def _read_on(parts: Iterator[bytes], member: Membership | None) -> Iterator[bytes]:
    with reading(member):
        yield from parts
