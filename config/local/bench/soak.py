"""Thousands of requests, and how much memory the web server's processes have before and after."""

from __future__ import annotations

import threading
from itertools import cycle

from config.local.bench import pages
from config.local.faults import procs
from config.local.processes import Child

CLIENTS = 4


def web(company: pages.Company, child: Child, *, times: int) -> dict[str, float]:
    """Open every page in turn, so many times in all. What is read once is read before the first look."""
    _open(company, max(200, times // 10))
    before = _megabytes(child)
    _open(company, times)
    return {"before": before, "after": _megabytes(child), "times": times}


def _open(company: pages.Company, times: int) -> None:
    asked = [(company.as_one(who), path) for who, path in pages.pages(company).values()]

    def work() -> None:
        turn = cycle(asked)
        for _ in range(times // CLIENTS):
            visitor, path = next(turn)
            visitor.get(path())

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _megabytes(child: Child) -> float:
    """Return the memory of all processes of the web server."""
    return sum(procs.megabytes(pid) for pid in procs.children(child.process.pid))
