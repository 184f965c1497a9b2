"""The web server of the run that kills it between statements: gunicorn --preload config.local.faults.points.

A request with the header X-Kill-At ends its process before the statement of that number, with SIGKILL. The
end of a transaction counts twice: before it is asked for, and after. Every answer says how many there were.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from threading import local
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from config.wsgi import application as service  # first: it names the settings

HERE = local()


def reach() -> None:
    """Count one more point of this request, and end here where it is the one."""
    HERE.reached = getattr(HERE, "reached", 0) + 1
    if HERE.reached == getattr(HERE, "last", 0):
        os.kill(os.getpid(), signal.SIGKILL)


def before_each(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Run a statement, past its point."""
    reach()
    return execute(sql, *rest)


def ends(commit: Callable[[BaseDatabaseWrapper], Any]) -> Callable[[BaseDatabaseWrapper], Any]:
    """Make of the end of a transaction two points."""

    def at_the_end(self: BaseDatabaseWrapper) -> Any:
        reach()
        done = commit(self)
        reach()
        return done

    return at_the_end


BaseDatabaseWrapper._commit = ends(BaseDatabaseWrapper._commit)  # type: ignore[attr-defined]  # noqa: SLF001


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request, and count."""
    HERE.reached, HERE.last = 0, int(environ.get("HTTP_X_KILL_AT", "0"))

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Points", str(HERE.reached))], *rest)

    with connection.execute_wrapper(before_each):
        return service(environ, start)
