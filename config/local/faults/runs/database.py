"""PostgreSQL crashes."""

from __future__ import annotations

import time

from django.db import connections

from config.local.faults import rows, tally
from config.local.faults.machine import SENDERS, Machine, until
from config.local.faults.scene import Scene, exchanges, fill, session_of
from config.local.faults.tally import Result
from config.local.faults.visitor import Visitor

CRASHES = 3
AWAY_SECONDS = 4
EXCHANGES = 10
RECOVERY_SECONDS = 60


def killed(machine: Machine, scene: Scene, count: int) -> Result:
    """SIGKILL of PostgreSQL's first process while messages go out, more than once."""
    result = Result(
        "database-killed", f"PostgreSQL killed {CRASHES} times, started again {AWAY_SECONDS} seconds later"
    )
    sent = exchanges(scene, EXCHANGES)
    rows.all_up(machine)
    over = CRASHES * 15.0
    expected = fill(scene, count, run="database", over=over)
    with Visitor(machine.web_port, session=session_of(scene.world.tom), exchanges=sent) as visitor:
        recoveries = [_crash(machine) for _ in range(CRASHES)]
    rows.until_done(expected, seconds=over + 120)
    got = tally.accepted(machine.mail)
    senders = CRASHES * sum(SENDERS.values())
    result.count(expected, got, may_be_twice=senders, by_number=rows.of_the_product())
    result.lateness(expected, got)
    rows.compare_saved(result, visitor)
    slowest = None if None in recoveries else max(each for each in recoveries if each is not None)
    result.figures.append(
        "sending never went on"
        if slowest is None
        else f"sending went on within {slowest:.0f} s of its return"
    )
    result.require(slowest is not None and slowest <= RECOVERY_SECONDS, "sending did not go on")
    return result


def _crash(machine: Machine) -> float | None:
    """Crash PostgreSQL and start it again. Returns the seconds until the next message, None without one."""
    time.sleep(8)
    machine.crash_the_database()
    connections.close_all()
    time.sleep(AWAY_SECONDS)
    before = len(tally.accepted(machine.mail))
    machine.postgres.start()
    return until(lambda: len(tally.accepted(machine.mail)) > before, seconds=120)
