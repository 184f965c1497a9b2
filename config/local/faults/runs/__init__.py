"""The runs, in the order of the table. Each takes the machine and a number of messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.local.faults.machine import Machine
from config.local.faults.runs import broker, clock, crashes, database, mail, rows_gone_wrong, speed
from config.local.faults.tally import Result

Run = Callable[[Machine, int], Result]

# Each with its number of messages, in full and with --quick.
RUNS: Mapping[str, tuple[Run, int, int]] = {
    "throughput": (speed.throughput, 10_000, 2_000),
    "together": (speed.together, 10_000, 1_000),
    "kills": (crashes.kills, 10_000, 600),
    "broker-killed": (broker.killed, 2_000, 200),
    "broker-flushed": (broker.flushed, 2_000, 200),
    "broker-frozen": (broker.frozen, 2_000, 200),
    "broker-half-open": (broker.half_open, 2_000, 200),
    "database-killed": (database.killed, 5_000, 400),
    "mail-away": (mail.away, 500, 50),
    "mail-later": (mail.later, 500, 50),
    "mail-bounces": (mail.bounces, 500, 50),
    "mail-slow": (mail.slow, 200, 20),
    "mail-drops": (mail.drops, 200, 20),
    "clock-ahead": (clock.ahead, 2_000, 200),
    "clock-behind": (clock.behind, 2_000, 200),
    "row-raises": (rows_gone_wrong.raises, 200, 50),
}
