"""Thousands of requests and ticks, and how much memory the processes that do them have along the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle

from config.local.bench import pages
from config.local.bench.figures import PARTS, Memory
from config.local.bench.visitor import WrongAnswer
from config.local.faults import procs
from config.local.layout import say
from config.local.processes import Child

CLIENTS = 4
NOWHERE = "/concerns/ZZ-00-0000/"


def web(company: pages.Company, child: Child, *, times: int) -> Memory:
    """Open every page in turn, so many times in all. What is read once is read before the first look.

    Raises WrongAnswer for another answer than the page's, and where a process of the server was replaced,
    because a new one has forgotten whatever the old one kept.
    """
    _open(company, max(200, times // 10))
    before = procs.children(child.process.pid)
    along = [_megabytes(child)]
    for part in range(1, PARTS + 1):
        _open(company, times // PARTS)
        along.append(_megabytes(child))
        say(f"  After {part * times // PARTS:,} requests the web server has {along[-1]:.1f} MB.")
    if procs.children(child.process.pid) != before:
        raise WrongAnswer("A process of the web server ended on the way.")
    return Memory(times, "requests", along)


def _open(company: pages.Company, times: int) -> None:
    asked = _asked(company)
    wrong: list[Exception] = []

    def work() -> None:
        turn = cycle(asked)
        try:
            for _ in range(times // CLIENTS):
                next(turn)()
        except (WrongAnswer, OSError) as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def _asked(company: pages.Company) -> list[Callable[[], object]]:
    """Return a request for each page, for something that is not there, and a search."""

    def page(who: str, path: Callable[[], str]) -> Callable[[], object]:
        visitor = company.as_one(who)
        return lambda: visitor.get(path())

    owner = company.as_one("owner")
    return [
        *(page(who, path) for who, path in pages.pages(company).values()),
        lambda: owner.get(NOWHERE, expect=404),
        lambda: company.search("owner", "smith"),
    ]


def _megabytes(child: Child) -> float:
    """Return the memory of all processes of the web server."""
    return sum(procs.megabytes(pid) for pid in procs.children(child.process.pid))
