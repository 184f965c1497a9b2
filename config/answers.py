"""A connection to PostgreSQL that does not wait for ever.

Where a firewall forgets a connection, or what stands between stops, it stays open and carries nothing. TCP
notices the first in the time that settings.py gives it and the second never, so whoever waits gives up.
"""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from psycopg import errors

# Longer than any statement of a page. A thread of the web server waits for one answer no longer than this.
SECONDS = 10.0
# The pool asks a connection for nothing before it gives it out. Several may be dead, one after the other.
ASKED_FOR_NOTHING_SECONDS = 2.0
# One that has just answered, and that nobody has closed since, is given out without being asked.
SURE_SECONDS = 1.0


class Answers(psycopg.Connection[Any]):
    """A connection that is closed where an answer takes longer than SECONDS."""

    patience: float | None = None
    answered_at = float("-inf")

    def execute(self, query: Any, *rest: Any, **options: Any) -> Any:
        """Run a statement, for a shorter time where it asks for nothing, or not where that is known."""
        if query == "" and self._has_just_answered():
            return None
        self.patience = ASKED_FOR_NOTHING_SECONDS if query == "" else None
        try:
            return super().execute(query, *rest, **options)
        finally:
            self.patience = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer. Raises OperationalError where none comes in time: it may have been done."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            answer = super().wait(gen, interval, self.patience or SECONDS)
        except errors._WaitTimeout:  # noqa: SLF001  # the only one that wait() raises for it
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"no answer within {self.patience or SECONDS:.0f} seconds"
            ) from None
        self.answered_at = time.monotonic()
        return answer

    def _has_just_answered(self) -> bool:
        """Say whether it answered a moment ago and nothing came since, such as word that it was closed."""
        if self.closed or time.monotonic() - self.answered_at > SURE_SECONDS:
            return False
        came = select.poll()
        came.register(self.fileno(), select.POLLIN)
        return not came.poll(0)
