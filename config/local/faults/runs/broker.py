"""Redis goes away in four ways. It carries ticks only, so nothing may be lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from redis import Redis

from config.local.faults import rows, tally
from config.local.faults.machine import EVERYTHING, Machine, until
from config.local.faults.scene import Scene, exchanges, fill, session_of
from config.local.faults.tally import Result
from config.local.faults.visitor import Visitor

AWAY_SECONDS = 30
# Where a run is only to show that it works.
SHORTLY, FEW = 10, 500
EXCHANGES = 10
RECOVERY_SECONDS = 30
WEB_P99_MS = 500
LATE_SECONDS = 90


def killed(machine: Machine, scene: Scene, count: int) -> Result:
    """SIGKILL, and half a minute later an empty broker on the same port."""

    def come_back() -> None:
        machine.valkey.start()

    return _without(
        machine,
        scene,
        count,
        Result("broker-killed", "Redis killed for half a minute; then an empty one starts"),
        go_away=lambda: machine.broker(signal.SIGKILL),
        come_back=come_back,
    )


def flushed(machine: Machine, scene: Scene, count: int) -> Result:
    """FLUSHALL while messages go out."""

    def flush() -> None:
        with Redis.from_url(machine.valkey.url) as client:
            client.flushall()

    result = Result("broker-flushed", "Everything in Redis deleted, twice")
    return _without(machine, scene, count, result, go_away=flush, come_back=flush, away=5)


def frozen(machine: Machine, scene: Scene, count: int) -> Result:
    """SIGSTOP: connections are accepted and nothing is ever answered."""
    return _without(
        machine,
        scene,
        count,
        Result("broker-frozen", "Redis stopped with SIGSTOP for half a minute"),
        go_away=lambda: machine.broker(signal.SIGSTOP),
        come_back=lambda: machine.broker(signal.SIGCONT),
    )


def half_open(machine: Machine, scene: Scene, count: int) -> Result:
    """One worker and one beat behind a proxy that forgets their connections; nobody else helps."""
    result = Result(
        "broker-half-open", "One worker, one beat; their connections to Redis stay open and carry nothing"
    )
    machine.stop(*EVERYTHING)
    machine.start("sink", "proxy")
    machine.start("web")
    machine.start("worker-1", "beat-1", REDIS_URL=machine.proxied)
    try:
        return _without(
            machine,
            scene,
            count,
            result,
            go_away=lambda: machine.tell("proxy", signal.SIGUSR1),
            come_back=lambda: None,
            away=0,
        )
    finally:
        machine.stop("worker-1", "beat-1", "proxy")


def _without(
    machine: Machine,
    scene: Scene,
    count: int,
    result: Result,
    *,
    go_away: Callable[[], None],
    come_back: Callable[[], None],
    away: float | None = None,
) -> Result:
    """Take the broker away while messages go out, give it back, and wait for a worker to be seen again."""
    away = AWAY_SECONDS if away is None else away
    over = away + 10 if away > SHORTLY else AWAY_SECONDS + 10
    sent = exchanges(scene, EXCHANGES)
    if "proxy" not in machine.children:
        rows.all_up(machine)
    until(lambda: rows.seen("worker") is not None, seconds=60)
    if count < FEW:
        away, over = min(away, SHORTLY), SHORTLY * 2
    expected = fill(scene, count, run=result.run, over=over)
    with Visitor(machine.web_port, session=session_of(scene.world.tom), exchanges=sent) as visitor:
        time.sleep(2)
        go_away()
        time.sleep(away)
        come_back()
        back = timezone.now()
        # A tick that had begun before may still finish: the one after it counts.
        margin = timedelta(seconds=1)
        recovery = until(lambda: (rows.seen("worker") or back) > back + margin, seconds=120)
    rows.until_done(expected, seconds=over + 120)
    got = tally.accepted(machine.mail)
    result.count(expected, got, by_number=rows.of_the_product())
    result.lateness(expected, got)
    rows.compare_saved(result, visitor)
    late = result.late[1] if result.late else 0.0
    result.require(late <= LATE_SECONDS, f"one {late:.0f} s late")
    result.require(not visitor.refused, f"the web refused {', '.join(sorted(set(visitor.refused)))}")
    result.require(visitor.p99 <= WEB_P99_MS, f"the web took {visitor.p99:.0f} ms")
    result.figures.append(
        "the workers never came back" if recovery is None else f"a worker did a tick after {recovery:.0f} s"
    )
    result.require(recovery is not None and recovery <= RECOVERY_SECONDS, "the workers stayed deaf")
    return result
