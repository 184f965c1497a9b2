"""The runs, in the order of the table. Each takes the machine and a number of messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.local.faults.machine import Machine
from config.local.faults.runs import broker, clock, crashes, database, mail, rows_gone_wrong, speed
from config.local.faults.scene import Scene
from config.local.faults.tally import Result

Run = Callable[[Machine, Scene, int], Result]

# Each with its number of messages, in full and with --quick; None where --quick leaves it out.
RUNS: Mapping[str, tuple[Run, int, int | None]] = {
    "throughput": (speed.throughput, 10_000, None),
    "together": (speed.together, 10_000, 500),
    "kills": (crashes.kills, 10_000, 500),
    "broker-killed": (broker.killed, 2_000, 200),
    "broker-flushed": (broker.flushed, 2_000, None),
    "broker-frozen": (broker.frozen, 2_000, None),
    "broker-half-open": (broker.half_open, 2_000, None),
    "database-killed": (database.killed, 5_000, None),
    "mail-away": (mail.away, 500, None),
    "mail-later": (mail.later, 500, None),
    "mail-bounces": (mail.bounces, 500, None),
    "mail-slow": (mail.slow, 200, None),
    "mail-drops": (mail.drops, 500, 50),
    "clock-ahead": (clock.ahead, 2_000, None),
    "clock-behind": (clock.behind, 2_000, 200),
    "row-raises": (rows_gone_wrong.raises, 1_000, 100),
    "row-changed": (rows_gone_wrong.changed_before, 600, None),
    "row-done-meanwhile": (rows_gone_wrong.changed_meanwhile, 3_000, None),
}
