"""Somebody at work in the service while things break, who notes how long every answer took."""

from __future__ import annotations

import re
import secrets
import threading
import time
import uuid
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

VERSION = re.compile(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"')
# What one request may take before the visitor gives up.
PATIENCE_SECONDS = 30


class Visitor:
    """Looks at the home page again and again in a thread of its own, from `with` until its end.

    Every second or so the next of `exchanges` is opened and its receipt confirmed, which saves a change and
    queues notices. `seconds` are the times of all requests, `saved` the exchanges whose receipt the
    service said was saved.
    """

    def __init__(self, port: int, *, session: str, exchanges: Sequence[str]) -> None:
        self.port = port
        self.exchanges = list(exchanges)
        self.seconds: list[float] = []
        self.saved: list[str] = []
        self.refused: list[str] = []
        self._secret = secrets.token_hex(16)
        self._cookies = f"check_back_session={session}; check_back_csrf={self._secret}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Visitor:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(2 * PATIENCE_SECONDS)

    def _work(self) -> None:
        turn = 0
        while not self._ended.wait(0.1):
            turn += 1
            self._ask("GET", "/", expect=200)
            if turn % 10 == 0 and self.exchanges:
                self._receive(self.exchanges.pop())

    def _receive(self, reference: str) -> None:
        page = f"/exchanges/{reference}/"
        self._ask("POST", page, {}, expect=302)
        found = VERSION.search(self._ask("GET", page, expect=200))
        version = next(filter(None, found.groups()), "") if found else ""
        failed = len(self.refused)
        self._ask("POST", f"{page}receive/", {"version": version}, expect=302)
        if len(self.refused) == failed:
            self.saved.append(reference)

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None, *, expect: int) -> str:
        """Make one request, note its time, and note it as refused where the answer is another one."""
        started, text, status = time.monotonic(), "", 0
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            own = {"form_id": str(uuid.uuid4()), "csrfmiddlewaretoken": self._secret, **(fields or {})}
            headers = {"Cookie": self._cookies, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(own) if method == "POST" else None, headers)
            answer = connection.getresponse()
            status, text = answer.status, answer.read().decode()
        except (OSError, HTTPException) as error:
            text = type(error).__name__
        finally:
            connection.close()
        self.seconds.append(time.monotonic() - started)
        if status != expect:
            self.refused.append(f"{method} {path.split('/')[1] or 'home'} {status}")
        return text

    @property
    def p99(self) -> float:
        """The time that 99 in 100 requests stayed under, in milliseconds."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000
