"""The pages and writes that are measured, each beside what it is compared with, request by request."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any, LiteralString

import psycopg

from config.local.bench.figures import LISTS, Figure, figure
from config.local.bench.visitor import Visitor, path_of

Act = Callable[[], float]  # does something, and returns the seconds that it took
WORDS = {
    "what_happened": "They did not keep what was arranged, and someone heard them shout.",
    "what_worries_me": "That nobody outside the home sees how they are from one week to the next.",
    "what_i_will_do": "I ring them tomorrow, and go round the same day if nobody answers.",
    "late_why": "Written up after the visits.",
    "verdict_*": "UNDERSTOOD",
    "outcome": "CONFIRMED",
    "checked": "on",
}
WRITES = {
    "log a concern": ("speaker", "/concerns/{}/check/", "log"),
    "send": ("speaker", "/exchanges/{}/send/", "send"),
    "restate": ("listener", "/exchanges/{}/restate/", "restate"),
    "confirm": ("speaker", "/exchanges/{}/check/", "confirm"),
}
# What is typed into Find, and what is done about it: tests/benchmarks/find.py has the same kinds.
SEARCHES = {
    "beginning of a name": "mar",
    "two letters": "ma",
    "part within a name": "stead",
    "one common surname": "smith",
    "a rare surname": "wyreberstead",
    "two common words": "sarah smith",
    "initial and surname": "j smith",
    "two short beginnings": "sm ma",
    "misspelt, common": "smiht",
    "misspelt, rare": "wyrberstaed",
    "misspelt, two words": "cathrine tomson",
    "sounds alike": "muhamed husain",
    "double surname": "smith-jones",
    "name and year": "smith 2016",
    "name and day": "smith 3/4/2016",
    "nobody": "qqxzzy",
    "a day": "3 april 2016",
    "a year": "2016",
    "an NHS number": "",
    "a reference": "P-000500",
}
CONCERNS = {"concerns of a common surname": "smith", "concerns of a short beginning": "ma"}


class Company:
    """Everybody who is signed in, at the service and at the bare site, and a connection of our own."""

    def __init__(
        self, cast: dict[str, Any], *, port: int, bare_port: int, bare_database: str, password: str
    ) -> None:
        self.cast, self.port = cast, port
        self.people: dict[str, Visitor] = {}
        self.bare = Visitor(bare_port)
        self.bare.sign_in("/sign-in/", username="bench", password=password)
        self.database = psycopg.connect(bare_database, autocommit=True)

    def as_one(self, who: str) -> Visitor:
        """Return the browser of somebody, who signs in on its first use."""
        if who not in self.people:
            visitor = Visitor(self.port)
            visitor.sign_in("/accounts/login/", login=self.cast[who]["email"], password=self.cast["password"])
            self.people[who] = visitor
        return self.people[who]

    def commit(self) -> float:
        return self._told("INSERT INTO committed (said) VALUES ('A row') RETURNING 1")

    def select(self) -> float:
        return self._told("SELECT 1")

    def _told(self, statement: LiteralString) -> float:
        began = time.perf_counter()
        self.database.execute(statement).fetchone()
        return time.perf_counter() - began

    def bare_page(self) -> float:
        return self.bare.get("/").seconds

    def bare_form(self) -> float:
        fields = {"name": f"Row {uuid.uuid4()}", "why": "Because.", "urgent": "yes"}
        return self.bare.fill_in("/form/", fields).seconds

    def search(self, who: str, text: str, what: str = "") -> float:
        """Search as a person does: what is typed is sent, and leads to what was found."""
        visitor = self.as_one(who)
        fields = {"form_id": str(uuid.uuid4()), "text": text, **({"what": what} if what else {})}
        fields["csrfmiddlewaretoken"] = visitor.cookies["check_back_csrf"]
        sent = visitor.post("/find/", fields)
        return sent.seconds + visitor.get(path_of(sent.location)).seconds


def pages(company: Company) -> dict[str, tuple[str, Callable[[], str]]]:
    """Return each reading page: who opens it, and which address comes next."""
    cast = company.cast
    concerns, exchanges = cycle(cast["concerns"]), cycle(cast["exchanges"])
    summaries, timelines = cycle(cast["concerns"]), cycle(cast["concerns"])
    return {
        "home worklist": ("owner", lambda: "/"),
        "concern page": ("owner", lambda: f"/concerns/{next(concerns)}/"),
        "exchange page": ("owner", lambda: f"/exchanges/{next(exchanges)}/"),
        "list of concerns": ("owner", lambda: "/concerns/"),
        "timeline": ("owner", lambda: f"/concerns/{next(timelines)}/timeline/"),
        "summary": ("owner", lambda: f"/concerns/{next(summaries)}/summary/"),
        "lead's page": ("lead", lambda: "/lead/"),
    }


def _next_of(visitor: Visitor, path: Callable[[], str]) -> float:
    return visitor.get(path()).seconds


# Each process puts its questions together the first time, and PostgreSQL plans each anew the first five times
# that a connection asks it. Two processes have eight connections: each is to have done a write often enough.
WARM, WARM_WRITES = 40, 96


def alternate(acts: dict[str, Act], times: int, *, warm: int = WARM) -> dict[str, list[float]]:
    """Do each of the acts in turn, so many times, and return the seconds that each took.

    In every second round in the opposite order, so that nobody always comes after the slowest.
    """
    took: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(-warm, times):
        for name in list(acts)[:: 1 if number % 2 else -1]:
            seconds = acts[name]()
            if number >= 0:
                took[name].append(seconds)
    return took


def throughput(act: Act, *, clients: int = 4, seconds: float) -> float:
    """Return how many a second several clients get at once."""
    if not seconds:
        return 0.0
    until = time.perf_counter() + seconds
    counts = [0] * clients

    def work(number: int) -> None:
        while time.perf_counter() < until:
            act()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def read(
    company: Company, *, size: int, times: int, seconds: float, statements: dict[str, int]
) -> Iterator[Figure]:
    """Measure every reading page, and a search."""
    acts: dict[str, Act] = {}
    for name, (who, path) in pages(company).items():
        acts[name] = partial(_next_of, company.as_one(who), path)
    acts["search"] = lambda: company.search("owner", "smith")
    for name, act in acts.items():
        took = alternate(
            {"ours": act, "bare": company.bare_page, "commit": company.commit, "select": company.select},
            times,
        )  # fmt: skip
        kind = "search" if name == "search" else "page"
        yield figure(
            name, kind, size=size, seconds=took, statements=statements.get(name, 0),
            a_second=throughput(act, seconds=seconds),
        )  # fmt: skip


def write(
    company: Company, ready: dict[str, list[str]], *, size: int, counted: dict[str, int]
) -> Iterator[Figure]:
    """Measure every write: its form, and what the form sends."""
    for name, (who, path, key) in WRITES.items():
        references = ready[key][1:]  # the first is for counting statements
        left = iter(references)
        visitor = company.as_one(who)

        def act(visitor: Visitor = visitor, path: str = path, left: Iterator[str] = left) -> float:
            return visitor.fill_in(path.format(next(left)), WORDS).seconds

        took = alternate(
            {"ours": act, "bare": company.bare_form, "commit": company.commit, "select": company.select},
            len(references) - WARM_WRITES, warm=WARM_WRITES,
        )  # fmt: skip
        each = sum(took["ours"]) / len(took["ours"])
        yield figure(
            name, "write", size=size, seconds=took, statements=counted.get(name, 0), a_second=1 / each
        )


def lists(company: Company, times: int) -> dict[str, list[float]]:
    """Open the longest list of work, one that fills a page, and a short one in turn."""
    return alternate({who: partial(_next_of, company.as_one(who), lambda: "/") for who in LISTS}, times)


def searches(company: Company, times: int) -> Iterator[tuple[str, list[float]]]:
    """Search for every kind of thing."""
    for name, text in {**SEARCHES, **CONCERNS}.items():
        typed = text or company.cast["nhs_number"]
        what = "concerns" if name in CONCERNS else ""
        took = alternate({"ours": partial(company.search, "owner", typed, what)}, times)
        yield name, took["ours"]


def to_count(company: Company, ready: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return every page and write as the service's own process asks for it, to count its statements."""
    asked: list[dict[str, Any]] = [
        {"name": name, "path": path(), "cookies": company.as_one(who).cookies}
        for name, (who, path) in pages(company).items()
    ]
    owner = company.as_one("owner")
    fields = {
        "form_id": str(uuid.uuid4()), "text": "smith",
        "csrfmiddlewaretoken": owner.cookies["check_back_csrf"],
    }  # fmt: skip
    found = path_of(owner.post("/find/", fields).location)
    asked.append({"name": "search", "path": found, "cookies": owner.cookies})
    for name, (who, path, key) in WRITES.items():
        asked.append(
            {"name": name, "path": path.format(ready[key][0]), "given": WORDS,
             "cookies": company.as_one(who).cookies}
        )  # fmt: skip
    return asked
