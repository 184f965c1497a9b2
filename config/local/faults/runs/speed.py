"""Many due rows at once, and nothing broken."""

from __future__ import annotations

import time

from config.local.faults import procs, rows, tally
from config.local.faults.machine import Machine
from config.local.faults.scene import Scene, exchanges, fill
from config.local.faults.tally import Accepted, Result

LEAST_PER_SECOND = 300
# Below this many messages a run is over before it has a speed.
ENOUGH_FOR_A_SPEED = 5_000
MOST_GROWTH_MB = 20
EXCHANGES = 10
WORKERS = ("worker-1", "worker-2")


def throughput(machine: Machine, scene: Scene, count: int) -> Result:
    """All due at once; urgent ones and escalations were written last."""
    result = Result("throughput", "All due at the same moment, nothing broken")
    rows.all_up(machine)
    before = _processor(machine)
    expected = fill(scene, count, run="throughput")
    memory: list[dict[int, float]] = []
    started = time.monotonic()
    while not rows.all_done(expected) and time.monotonic() - started < count / 50 + 60:
        memory.append({pid: procs.megabytes(pid) for name in WORKERS for pid in _pool(machine, name)})
        time.sleep(0.5)
    used = {name: after - before[name] for name, after in _processor(machine).items()}
    got = tally.accepted(machine.mail)
    result.count(expected, got)
    result.lateness(expected, got)
    _speed(result, got, count=count, used=used)
    _memory(result, memory)
    _order(result, got, expected)
    return result


def together(machine: Machine, scene: Scene, count: int) -> Result:
    """Three workers, two beats and the timer, all at once and all the time."""
    result = Result("together", "Three workers, two beats and the timer all the time, nothing broken")
    exchanges(scene, EXCHANGES)
    rows.all_up(machine)
    machine.start("worker-3")
    over = count / 150
    expected = fill(scene, count, run="together", over=over)
    rows.until_done(expected, seconds=over + 90)
    machine.stop("worker-3")
    got, product = tally.accepted(machine.mail), rows.of_the_product()
    result.count(expected, got, by_number=product)
    result.lateness(expected, got)
    result.figures.append(f"{len(product)} of them about {EXCHANGES} exchanges sent through the product")
    return result


def _pool(machine: Machine, name: str) -> list[int]:
    return procs.children(machine.children[name].process.pid)


def _processor(machine: Machine) -> dict[str, float]:
    """Return the processor seconds used so far by the senders, by PostgreSQL and by the mail server."""
    database = machine.postgres.child
    return {
        "senders": sum(
            procs.processor_seconds(machine.children[name].process.pid) for name in (*WORKERS, "timer")
        ),
        "PostgreSQL": procs.processor_seconds(database.process.pid) if database else 0.0,
        "mail server": procs.processor_seconds(machine.children["sink"].process.pid),
    }


def _speed(result: Result, got: list[Accepted], *, count: int, used: dict[str, float]) -> None:
    if len(got) < 2:
        return
    seconds = got[-1].at - got[0].at
    rate = (len(got) - 1) / seconds
    connections = len({each.connection for each in got})
    parts = ", ".join(f"{name} {value:.0f}" for name, value in used.items())
    result.figures += [
        f"{rate:.0f} a second over {connections} connections",
        f"processor seconds in {seconds:.0f} seconds: {parts}",
    ]
    if count >= ENOUGH_FOR_A_SPEED:
        result.require(rate >= LEAST_PER_SECOND, f"{rate:.0f} a second")


def _memory(result: Result, samples: list[dict[int, float]]) -> None:
    """Compare each sending process with itself, once it had begun."""
    if len(samples) < 3:
        return
    first, last = samples[1], samples[-1]
    kept = [pid for pid in last if pid in first and first[pid] and last[pid]]
    if kept:
        most = max(last[pid] - first[pid] for pid in kept)
        result.figures.append(
            f"memory of a sending process {max(first[pid] for pid in kept):.0f} MB at first, "
            f"{max(last[pid] for pid in kept):.0f} MB at the end"
        )
        result.require(most <= MOST_GROWTH_MB, f"memory grew by {most:.0f} MB")


def _order(result: Result, got: list[Accepted], expected: dict[str, float]) -> None:
    """Urgent ones first, then escalations; each sender may have had one in its hand when they came."""
    about = list(expected)
    tenth = len(about) // 10
    urgent, escalated = set(about[-tenth:]), set(about[-2 * tenth : -tenth])
    kinds = [0 if each.about in urgent else 1 if each.about in escalated else 5 for each in got]
    senders = 5
    behind = max((n for n, kind in enumerate(kinds) if kind == 0), default=0) + 1 - tenth
    behind_too = max((n for n, kind in enumerate(kinds) if kind <= 1), default=0) + 1 - 2 * tenth
    result.figures.append(f"out of turn: {behind} before an urgent one, {behind_too} before an escalation")
    result.require(max(behind, behind_too) <= senders, "urgent ones and escalations did not come first")
