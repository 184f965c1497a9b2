"""Many people who write into the service at once, and what each of them was told."""

from __future__ import annotations

import html
import itertools
import random
import re
import secrets
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
LINE = re.compile(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"')


@dataclass(frozen=True)
class Answer:
    """What came of one request. `status` is nought where there was no answer."""

    words: str
    status: int
    seconds: float
    text: str = field(repr=False, default="")
    leads_to: str = ""
    points: int = 0
    at: float = field(default_factory=time.time)

    @property
    def says_saved(self) -> bool:
        return self.status == 302 and "/accounts/" not in self.leads_to

    @property
    def keeps_the_words(self) -> bool:
        """Whether the page says that it was not saved and holds what was typed."""
        page = html.unescape(self.text)
        return self.status == 503 and "This has not been saved" in page and self.words in page

    @property
    def shows_insides(self) -> bool:
        return any(word in self.text for word in ("Traceback", "psycopg", "OperationalError", "django."))


class Browser:
    """A browser in which somebody is signed in. One connection for each request, as a load client should."""

    def __init__(self, session: str, *, port: int) -> None:
        self.port = port
        self._secret = secrets.token_hex(16)
        self._cookies = f"check_back_session={session}; check_back_csrf={self._secret}"

    def get(self, path: str, *, port: int = 0) -> Answer:
        return self._ask("GET", path, {}, "", {}, port=port)

    def post(
        self, path: str, fields: Mapping[str, str], *, words: str = "", port: int = 0, kill_at: int = 0
    ) -> Answer:
        """Send a form, with a new one-time id unless `fields` brings one."""
        own = {"form_id": str(uuid.uuid4()), "csrfmiddlewaretoken": self._secret}
        headers = {"X-Kill-At": str(kill_at)} if kill_at else {}
        return self._ask("POST", path, {**own, **fields}, words, headers, port=port)

    def version(self, path: str) -> str:
        """Return the version that a page's form carries."""
        found = LINE.search(self.get(path).text)
        return next(filter(None, found.groups()), "") if found else ""

    def _ask(
        self,
        method: str,
        path: str,
        fields: Mapping[str, str],
        words: str,
        headers: Mapping[str, str],
        *,
        port: int = 0,
    ) -> Answer:
        started, status, text, leads_to, points = time.monotonic(), 0, "", "", 0
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE_SECONDS)
        try:
            sent = {"Cookie": self._cookies, "Content-Type": "application/x-www-form-urlencoded", **headers}
            connection.request(method, path, urlencode(fields) if method == "POST" else None, sent)
            answer = connection.getresponse()
            status, leads_to = answer.status, answer.getheader("Location") or ""
            points = int(answer.getheader("X-Points") or 0)
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            status, text = 0, type(error).__name__
        finally:
            connection.close()
        return Answer(words, status, time.monotonic() - started, text, leads_to, points)


@dataclass
class Writer:
    """Somebody signed in, with a concern of their own to add to."""

    browser: Browser
    reference: str

    @property
    def page(self) -> str:
        return f"/concerns/{self.reference}/statements/add/fact-seen/"

    def write(self, words: str, *, port: int = 0) -> Answer:
        """Add a statement to the concern."""
        when = {"happened_note": "most Mondays this term", "written": "NOW"}
        fields = {"text": words, "source": "Anna Bell, class teacher", **when}
        return self.browser.post(self.page, fields, words=words, port=port)


def all_write(
    writers: Sequence[Writer],
    count: int,
    *,
    run: str,
    longer: int = 0,
    pause: float = 0,
    each: Callable[[Writer, str, int], Answer] | None = None,
    until: Callable[[], bool] | None = None,
) -> list[Answer]:
    """Let everybody write at the same time, `count` times in all, and return what they were told.

    `longer` adds so many random characters to what each writes; `pause` is how many seconds each thinks
    before, on average. `each` does something else than writing;
    `until` ends it before that.
    """
    numbers, answers, lock = itertools.count(), list[Answer](), threading.Lock()

    def work(writer: Writer) -> None:
        while not (until and until()):
            with lock:
                number = next(numbers)
            if number >= count:
                return
            time.sleep(random.uniform(0, 2 * pause))  # noqa: S311  # no secret
            words = (
                f"{run} {number:05} she said that the door was open {secrets.token_hex(longer // 2)}".strip()
            )
            answer = each(writer, words, number) if each else writer.write(words)
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=work, args=[writer], daemon=True) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def percentile(answers: Sequence[Answer], of: float = 0.99) -> float:
    """Return the time that so many of the requests stayed under, in milliseconds."""
    ordered = sorted(each.seconds for each in answers) or [0.0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * of))] * 1000


def told(answers: Sequence[Answer]) -> str:
    """Say how often each answer came: “302: 990, 503: 10”."""
    seen = Counter(each.status or "none" for each in answers)
    return ", ".join(f"{status}: {n:,}" for status, n in sorted(seen.items(), key=str))
