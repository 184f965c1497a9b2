"""How far the tests' connections reach: everywhere, but in a request only where that takes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase
from psycopg.pq import TransactionStatus

from agencies import prepared, scope

REACH = "SELECT " + ", ".join(f"set_config('{name}', %s, false)" for name in scope.NAMES)
IN_A_REQUEST = threading.local()


def reach(on: Any, *, everything: bool) -> None:
    """Let a connection reach every agency's rows, or begin as a page does: with nothing told.

    Past Django, which counts statements, and after those that wait for its next one.
    """
    raw = on.connection
    if raw is not None and not raw.closed and raw.info.transaction_status != TransactionStatus.INERROR:
        if not on.needs_rollback:
            on.catch_up()
        raw.execute(REACH, ["", "", "", scope.ON if everything else ""])


def reach_everything_outside_requests(connection: Any, **_: Any) -> None:
    if not getattr(IN_A_REQUEST, "now", False):
        reach(connection, everything=True)


@pytest.fixture(scope="session", autouse=True)
def tests_reach_what_pages_do_not() -> Iterator[None]:
    """Let tests make and look at what they like, while each request has what it would have in production.

    The test client and the live servers go through the same handler.
    """
    answer = BaseHandler.get_response

    def answered(handler: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        IN_A_REQUEST.now = True
        reach(connection, everything=False)
        try:
            return answer(handler, request)
        finally:
            IN_A_REQUEST.now = False
            reach(connection, everything=True)

    connection_created.connect(reach_everything_outside_requests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", answered)
        yield
    connection_created.disconnect(reach_everything_outside_requests)


@contextmanager
def row_security_passed_over() -> Iterator[None]:
    """Let requests reach every row, as if there were no row security, and tell PostgreSQL nothing."""
    prepared.forget()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scope, "told_with", lambda **_: {})
            patch.setattr(scope, "_say", lambda *_, **__: None)
            patch.setattr("tests.reaching.reach", lambda *_, **__: None)
            yield
    finally:
        prepared.forget()
