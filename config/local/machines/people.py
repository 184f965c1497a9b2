"""People at work while machines come and go."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from config.local.faults.users import Answer, Writer

PATIENCE_SECONDS = 60
AGAIN_SECONDS = 0.5


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: where it leads is the answer."""

    def redirect_request(self, *args: object) -> None:
        return None


class Person:
    """A browser that keeps its cookies, in which somebody is signed in."""

    def __init__(self, session: str, *, port: int) -> None:
        self._at = f"http://127.0.0.1:{port}"
        self._secret = secrets.token_hex(16)
        self._given = f"check_back_session={session}; check_back_csrf={self._secret}"
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar), _Stay())

    def get(self, path: str) -> Answer:
        return self._ask(path, None)

    def post(self, path: str, **fields: str) -> Answer:
        own = {"form_id": str(uuid.uuid4()), "csrfmiddlewaretoken": self._secret}
        return self._ask(path, urlencode({**own, **fields}).encode())

    def _ask(self, path: str, body: bytes | None) -> Answer:
        kept = "; ".join([self._given, *(f"{one.name}={one.value}" for one in self._jar)])
        request = Request(f"{self._at}{path}", body, {"Cookie": kept})  # noqa: S310  # our own http address
        started, status, text, leads_to = time.monotonic(), 0, "", ""
        try:
            with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                status, text = answer.status, answer.read().decode(errors="replace")
        except HTTPError as answer:
            status, text = answer.code, answer.read().decode(errors="replace")
            leads_to = answer.headers.get("Location") or ""
        except (URLError, OSError) as error:
            text = type(error).__name__
        return Answer("", status, time.monotonic() - started, text, leads_to)


@dataclass
class Work:
    """What people who write and read were told, from `with` until its end.

    Whoever is not told “saved” sends the same form again, with the same one-time id, until they are. `saved`
    holds the words that the service said were saved, and when; `not_saved` the status of each other answer.
    """

    writers: Sequence[Writer]
    readers: Sequence[Person] = ()
    pages: Sequence[str] = ("/", "/lead/")
    run: str = "work"
    saved: dict[str, float] = field(default_factory=dict)
    not_saved: list[int] = field(default_factory=list)
    read: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._threads = [
            *(threading.Thread(target=self._write, args=[who], daemon=True) for who in self.writers),
            *(threading.Thread(target=self._look, args=[who], daemon=True) for who in self.readers),
        ]

    def __enter__(self) -> Work:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE_SECONDS)

    @property
    def requests(self) -> int:
        return len(self.saved) + len(self.not_saved) + len(self.read)

    @property
    def unread(self) -> list[int]:
        """The status of each page that did not come."""
        return [each.status for each in self.read if each.status != 200]

    def until(self, enough: Callable[[Work], bool], *, seconds: float) -> bool:
        """Wait until enough was done. Says whether it was, within so many seconds."""
        end = time.monotonic() + seconds
        while not enough(self) and time.monotonic() < end:
            time.sleep(0.1)
        return enough(self)

    def saved_after(self, moment: float) -> float | None:
        """Return how many seconds after a moment something was saved again, None where nothing was."""
        later = [at - moment for at in list(self.saved.values()) if at > moment]
        return min(later) if later else None

    def _write(self, writer: Writer) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            words = f"{self.run} {writer.reference} {number:05} she said that the door was open"
            fields = {"text": words, "source": "Anna Bell, class teacher", "written": "NOW"}
            fields |= {"happened_note": "most Mondays this term", "form_id": str(uuid.uuid4())}
            while not self._ended.is_set():
                answer = writer.browser.post(writer.page, fields, words=words)
                if answer.says_saved:
                    self.saved[words] = time.monotonic()
                    break
                with self._lock:
                    self.not_saved.append(answer.status)
                time.sleep(AGAIN_SECONDS)

    def _look(self, person: Person) -> None:
        turn = 0
        while not self._ended.wait(0.05):
            turn += 1
            self.read.append(person.get(self.pages[turn % len(self.pages)]))
