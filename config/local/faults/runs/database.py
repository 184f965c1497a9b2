"""PostgreSQL crashes."""

from __future__ import annotations

import time

from django.db import connections

from config.local.faults import rows, tally
from config.local.faults.machine import SENDERS, Machine, until
from config.local.faults.scene import Scene, fill
from config.local.faults.tally import Result

CRASHES = 3
AWAY_SECONDS = 4
RECOVERY_SECONDS = 60


def killed(machine: Machine, scene: Scene, count: int) -> Result:
    """SIGKILL of PostgreSQL's first process while messages go out, more than once."""
    result = Result(
        "database-killed", f"PostgreSQL killed {CRASHES} times, started again {AWAY_SECONDS} seconds later"
    )
    rows.all_up(machine)
    over = CRASHES * 15.0
    expected = fill(scene, count, run="database", over=over)
    recoveries = []
    for _ in range(CRASHES):
        time.sleep(8)
        machine.crash_the_database()
        connections.close_all()
        time.sleep(AWAY_SECONDS)
        machine.postgres.start()
        recoveries.append(_until_another_is_accepted(machine))
    rows.until_done(expected, seconds=over + 120)
    got = tally.accepted(machine.mail)
    result.count(expected, got, may_be_twice=CRASHES * sum(SENDERS.values()))
    result.lateness(expected, got)
    slowest = None if None in recoveries else max(each for each in recoveries if each is not None)
    result.figures.append(
        "sending never went on"
        if slowest is None
        else f"sending went on within {slowest:.0f} s of its return"
    )
    result.require(slowest is not None and slowest <= RECOVERY_SECONDS, "sending did not go on")
    return result


def _until_another_is_accepted(machine: Machine) -> float | None:
    before = len(tally.accepted(machine.mail))
    return until(lambda: len(tally.accepted(machine.mail)) > before, seconds=120)
