"""SIGKILL at random moments."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

from django.db import connections

from config.local.faults import rows, tally
from config.local.faults.machine import EVERYTHING, SENDERS, Machine
from config.local.faults.scene import Scene, exchanges, fill, session_of
from config.local.faults.tally import Result
from config.local.faults.visitor import Visitor

# Each kill is followed by a start, which takes about two seconds of one core.
PAUSE = (0.7, 2.5)
EXCHANGES = 10
P99_SECONDS, MAX_SECONDS = 90, 180
KILLS, ENOUGH = 150, 10_000
# One in so many kills is of PostgreSQL, and one of Redis.
SERVERS = 20


def kills(machine: Machine, scene: Scene, count: int) -> Result:
    """Kill one process after another, whole or only one of those below it, and start it again at once."""
    result = Result(
        "kills", "Web, workers, beats, timer, Redis and PostgreSQL killed at random and started again"
    )
    sent = exchanges(scene, EXCHANGES)
    rows.all_up(machine)
    over = max(20.0, count / 40)
    expected = fill(scene, count, run="kills", over=over)
    with Visitor(machine.web_port, session=session_of(scene.world.tom), exchanges=sent) as visitor:
        killed, senders = _kill(machine, expected, seconds=over + MAX_SECONDS)
    # What the last receipt queued goes out too.
    rows.until_done(expected, seconds=MAX_SECONDS)
    got = tally.accepted(machine.mail)
    result.count(expected, got, may_be_twice=senders, by_number=rows.of_the_product())
    result.lateness(expected, got)
    rows.compare_saved(result, visitor)
    if result.late:
        result.require(result.late[0] <= P99_SECONDS, f"99 in 100 within {result.late[0]:.0f} s")
        result.require(result.late[1] <= MAX_SECONDS, f"one {result.late[1]:.0f} s late")
    who = ", ".join(f"{name} {n}" for name, n in sorted(killed.items()))
    result.require(killed.total() >= KILLS or count < ENOUGH, f"only {killed.total()} kills")
    result.figures.append(f"{killed.total()} kills ({who}), {senders} sending processes died")
    return result


def _kill(machine: Machine, expected: dict[str, float], *, seconds: float) -> tuple[Counter[str], int]:
    """Kill and start again until nothing waits. Returns what was killed and how many senders died."""
    chance = random.Random(len(expected))
    killed: Counter[str] = Counter()
    senders = 0
    started = time.monotonic()
    while not rows.all_done(expected) and time.monotonic() - started < seconds:
        time.sleep(chance.uniform(*PAUSE))
        server = chance.randrange(SERVERS)
        name = "PostgreSQL" if server == 0 else "Redis" if server == 1 else chance.choice(EVERYTHING)
        killed[name.partition("-")[0]] += 1
        if name == "PostgreSQL":
            machine.crash_the_database()
            connections.close_all()
            machine.postgres.start()
            senders += sum(SENDERS.values())
        elif name == "Redis":
            machine.broker(signal.SIGKILL)
            machine.valkey.start()
        elif name in ("web", "worker-1", "worker-2") and chance.random() < 0.5:
            senders += machine.kill_part(name)
        else:
            senders += machine.kill(name)
            machine.start(name)
    return killed, senders
