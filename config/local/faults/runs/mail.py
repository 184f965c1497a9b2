"""The mail server misbehaves."""

from __future__ import annotations

import time

from django.utils import timezone

from config.local.faults import rows, tally
from config.local.faults.machine import Machine, until
from config.local.faults.scene import Scene, fill
from config.local.faults.tally import Result
from sharing.models import Obligation

AWAY_SECONDS = 20
VISIBLE_SECONDS = 60


def away(machine: Machine, scene: Scene, count: int) -> Result:
    """Nobody listens, then somebody does."""
    result = Result("mail-away", f"The mail server refuses connections for {AWAY_SECONDS} seconds")
    rows.all_up(machine)
    machine.stop("sink")
    expected = fill(scene, count, run="away")
    time.sleep(AWAY_SECONDS)
    machine.start("sink")
    rows.until_done(expected, seconds=240)
    return _counted(machine, result, expected)


def later(machine: Machine, scene: Scene, count: int) -> Result:
    """Every tenth address hears 451 the first time."""
    result = Result("mail-later", "One in ten is put off with 451 the first time")
    return _some(machine, scene, count, result, fault="later")


def slow(machine: Machine, scene: Scene, count: int) -> Result:
    """Every tenth address hears nothing after its message, until the sender gives up."""
    result = Result("mail-slow", "One in ten hangs after DATA, beyond the time-out, the first time")
    return _some(machine, scene, count, result, fault="slow")


def drops(machine: Machine, scene: Scene, count: int) -> Result:
    """Every tenth message is accepted, and the connection ends before the sender hears so."""
    result = Result("mail-drops", "One in ten is accepted and the connection dropped before 250")
    return _some(machine, scene, count, result, fault="drop", may_be_twice=count // 10)


def bounces(machine: Machine, scene: Scene, count: int) -> Result:
    """Every tenth address does not exist."""
    result = Result("mail-bounces", "One in ten has an address that the mail server refuses with 550")
    rows.all_up(machine)
    expected = fill(scene, count, run="bounces", addresses=_addresses("bounce", count))
    refused = {each for each in expected if " bounce-" in each}
    shown = Obligation.objects.filter(unreachable_at__isnull=False)
    seconds = until(lambda: shown.count() >= len(refused), seconds=VISIBLE_SECONDS * 2)
    rows.until_done(expected, seconds=60)
    result = _counted(machine, result, {k: v for k, v in expected.items() if k not in refused})
    shown_within = f"all {len(refused)} shown as out of reach within {seconds or 0:.0f} s"
    result.figures.append("not all were shown as out of reach" if seconds is None else shown_within)
    result.require(seconds is not None and seconds <= VISIBLE_SECONDS, "refused ones were not shown in time")
    return result


def _some(
    machine: Machine, scene: Scene, count: int, result: Result, *, fault: str, may_be_twice: int = 0
) -> Result:
    rows.all_up(machine)
    expected = fill(scene, count, run=fault, addresses=_addresses(fault, count))
    rows.until_done(expected, seconds=240)
    return _counted(machine, result, expected, may_be_twice=may_be_twice)


def _addresses(fault: str, count: int) -> list[str]:
    """Return one address a message; every tenth asks the mail server for the fault."""
    now = timezone.now().timestamp()
    return [f"{fault if n % 10 == 3 else 'well'}-{n}-{now:.0f}@sink.example" for n in range(count)]


def _counted(
    machine: Machine, result: Result, expected: dict[str, float], *, may_be_twice: int = 0
) -> Result:
    got = tally.accepted(machine.mail)
    result.count(expected, got, may_be_twice=may_be_twice)
    result.lateness(expected, got)
    return result
