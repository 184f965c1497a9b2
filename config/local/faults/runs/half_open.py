"""Every connection of the service stays open and carries nothing any more: to Redis, PostgreSQL and mail."""

from __future__ import annotations

import signal
import time
from datetime import datetime, timedelta

from django.utils import timezone

from config.local.faults import rows, tally
from config.local.faults.machine import Machine
from config.local.faults.runs.saved import compare
from config.local.faults.scene import Scene, fill, writers
from config.local.faults.tally import Result
from config.local.faults.users import Answer, Writer

PROXIES = ("proxy-redis", "proxy-database", "proxy-email")
SERVICE = ("worker-1", "beat-1", "timer")
RECOVERY_SECONDS = 30
PATIENCE_SECONDS = 90
IN_USE_SECONDS = 2
EACH = 3


def everywhere(machine: Machine, scene: Scene, count: int) -> Result:
    """Forget every connection, `count` times, while people write and notices go out."""
    result = Result(
        "half-open",
        "Every connection to Redis, PostgreSQL and the mail server stays open and carries nothing",
    )
    machine.stop(*list(machine.children))
    machine.start("sink")
    addresses = machine.behind_proxies()
    machine.start("web", *SERVICE, **addresses)
    (writer,) = writers(machine, scene, 1)
    took: dict[str, list[float]] = {"a page saved": [], "a tick": [], "a notice": []}
    expected: dict[str, float] = {}
    answers: list[Answer] = []
    try:
        for turn in range(count):
            _in_use(writer, answers, turn)
            for proxy in PROXIES:
                machine.tell(proxy, signal.SIGUSR1)
            due = fill(scene, EACH, run="half-open", addresses=_addresses(turn), first=EACH * turn)
            expected |= due
            for name, seconds in _recover(machine, writer, answers, due).items():
                took[name].append(seconds)
        rows.until_done(expected, seconds=PATIENCE_SECONDS)
    finally:
        machine.stop("web", *SERVICE, *PROXIES)
    result.count(expected, tally.accepted(machine.mail), may_be_twice=3 * count)
    compare(result, answers)
    result.n = f"{count} freezes, {len(expected)} notices, {len(answers):,} POSTs"
    result.figures.insert(0, f"{result.lost} lost, {result.twice} twice (at most {result.may_be_twice})")
    for name, each in took.items():
        most, median = max(each), sorted(each)[len(each) // 2]
        result.figures.append(f"{name} within {most:.0f} s (median {median:.0f})")
        result.require(most <= RECOVERY_SECONDS, f"{name} only after {most:.0f} s")
    return result


def _in_use(writer: Writer, answers: list[Answer], turn: int) -> None:
    """Have people write for a while, so that connections are there to be forgotten."""
    ends = time.monotonic() + IN_USE_SECONDS
    while time.monotonic() < ends:
        answers.append(writer.write(f"before {turn} {time.monotonic()} she said that the door was open"))


def _recover(
    machine: Machine, writer: Writer, answers: list[Answer], due: dict[str, float]
) -> dict[str, float]:
    """Wait until a page is saved, a worker has done a tick and a notice is out. Returns the seconds."""
    started, since = time.monotonic(), timezone.now() + timedelta(seconds=1)
    took: dict[str, float] = {}
    while len(took) < 3 and time.monotonic() - started < PATIENCE_SECONDS:
        if "a page saved" not in took:
            answers.append(writer.write(f"after {time.monotonic()} she said that the door was open"))
            _note(took, "a page saved", answers[-1].says_saved, started)
        _note(took, "a tick", _later(rows.seen("worker"), since), started)
        sent = {each.about for each in tally.accepted(machine.mail)}
        _note(took, "a notice", bool(sent & set(due)), started)
        time.sleep(0.2)
    return {name: took.get(name, PATIENCE_SECONDS) for name in ("a page saved", "a tick", "a notice")}


def _note(took: dict[str, float], name: str, is_so: bool, started: float) -> None:
    if is_so:
        took.setdefault(name, time.monotonic() - started)


def _later(seen: datetime | None, since: datetime) -> bool:
    return seen is not None and seen > since


def _addresses(turn: int) -> list[str]:
    return [f"half-{turn}-{n}@sink.example" for n in range(EACH)]
