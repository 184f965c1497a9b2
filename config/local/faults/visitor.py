"""Somebody who looks at pages while things break, and notes how long each took."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request


class Visitor:
    """Asks for one page again and again in a thread of its own, from `with` until its end."""

    def __init__(self, url: str, *, every: float = 0.1) -> None:
        self.url = url
        self.every = every
        self.seconds: list[float] = []
        self.refused = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def __enter__(self) -> Visitor:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(30)

    def _visit(self) -> None:
        while not self._ended.wait(self.every):
            started = time.monotonic()
            try:
                with urllib.request.urlopen(self.url, timeout=30) as answer:  # noqa: S310  # our own address
                    answer.read()
            except (urllib.error.URLError, OSError):
                self.refused += 1
            self.seconds.append(time.monotonic() - started)

    @property
    def p99(self) -> float:
        """The time that 99 in 100 visits stayed under, in milliseconds."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000
