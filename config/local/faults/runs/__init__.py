"""The runs, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from config.local.faults.machine import Machine
from config.local.faults.runs import (
    broker,
    clock,
    crashes,
    database,
    half_open,
    limits,
    mail,
    nights,
    points,
    recovery,
    rows_gone_wrong,
    saved,
    speed,
    tamper,
    upgrade,
)
from config.local.faults.scene import Scene
from config.local.faults.tally import Result

Run = Callable[[Machine, Scene, int], Result]


class Planned(NamedTuple):
    """A run: which fault it is about, what does it, and how many it takes in full and with --quick.

    `quick` is None where --quick leaves it out. `line` says when it has passed.
    """

    fault: str
    function: Run
    full: int
    quick: int | None
    line: str


TRUE = "0 called saved and not there; 0 not saved without the words on the page"
WRITTEN = f"{TRUE}; all there when sent again; nobody let in"
NONE_LOST = "0 lost, 0 twice"
SERVED = "no request refused, p99 500 ms"
SENT_ONCE = "0 lost; twice only what a sender had in its hand"

RUNS: Mapping[str, Planned] = {
    "throughput": Planned("F8", speed.throughput, 10_000, None, f"{NONE_LOST}; 300 a second"),
    "together": Planned("F8", speed.together, 10_000, 500, NONE_LOST),
    "kills": Planned(
        "F1",
        crashes.kills,
        10_000,
        500,
        f"{SENT_ONCE}; p99 90 s late, most 180 s; 150 kills with 10,000",
    ),
    "broker-killed": Planned("F2", broker.killed, 2_000, 200, f"{NONE_LOST}; most 90 s late; {SERVED}"),
    "broker-flushed": Planned("F2", broker.flushed, 2_000, None, f"{NONE_LOST}; {SERVED}"),
    "broker-frozen": Planned("F3", broker.frozen, 2_000, None, f"{NONE_LOST}; {SERVED}"),
    "posts-broker-frozen": Planned(
        "F3", saved.broker_frozen, 5_000, 200, "0 errors; p99 500 ms; the web never connects to Redis"
    ),
    "broker-half-open": Planned(
        "F4", broker.half_open, 2_000, None, f"{NONE_LOST}; a tick within 30 s; {SERVED}"
    ),
    "database-killed": Planned("F1", database.killed, 5_000, None, f"{SENT_ONCE}; sending goes on in 60 s"),
    "posts-database-killed": Planned("F6", saved.database_killed, 1_000, 100, f"{TRUE}; no insides shown"),
    "killed-between-statements": Planned(
        "F5", points.killed_between, 1_000, 60, "all of it or nothing, the audit log too"
    ),
    "tampering": Planned("F13", tamper.tampered, 1_000, 50, "all found, no false one"),
    "half-open": Planned(
        "F4", half_open.everywhere, 20, 2, "0 lost; a page, a tick and a notice within 30 s"
    ),
    "two-versions": Planned("F11", upgrade.two_versions, 5_000, 200, f"0 failed; {NONE_LOST}; all fits"),
    "restored-from-archive": Planned(
        "F12", recovery.from_archive, 500, None, "5 minutes lost at most; back in 15; nothing sent while held"
    ),
    "restored-from-backup": Planned(
        "F12", recovery.from_backup, 500, 40, "all of the backup; held; later heads show what is missing"
    ),
    "mail-away": Planned("F7", mail.away, 500, None, NONE_LOST),
    "mail-later": Planned("F7", mail.later, 500, None, NONE_LOST),
    "mail-bounces": Planned("F7", mail.bounces, 500, None, f"{NONE_LOST}; shown within 60 s"),
    "mail-slow": Planned("F7", mail.slow, 200, None, NONE_LOST),
    "mail-drops": Planned("F7", mail.drops, 500, 50, "0 lost; twice only what was dropped"),
    "clock-ahead": Planned("F10", clock.ahead, 2_000, None, f"{NONE_LOST}; none early"),
    "clock-behind": Planned("F10", clock.behind, 2_000, 200, f"{NONE_LOST}; none early"),
    "clock-instants": Planned("F10", nights.instants, 10_000, 1_000, "the same instants as the reference"),
    "clock-nights": Planned("F10", nights.senders, 2_000, None, f"{NONE_LOST}; none early"),
    "disk-full": Planned("F9", limits.disk_full, 200, None, WRITTEN),
    "disk-full-everywhere": Planned("F9", limits.disk_full_everywhere, 100, 30, WRITTEN),
    "database-read-only": Planned("F9", limits.read_only, 200, 30, WRITTEN),
    "connections-exhausted": Planned("F9", limits.no_connections, 60, None, WRITTEN),
    "row-raises": Planned("F7", rows_gone_wrong.raises, 1_000, 100, f"{NONE_LOST}; all set aside"),
    "row-changed": Planned("F7", rows_gone_wrong.changed_before, 600, None, NONE_LOST),
    "row-done-meanwhile": Planned(
        "F7", rows_gone_wrong.changed_meanwhile, 3_000, None, f"{NONE_LOST}; none 2 s after it was done"
    ),
}


def named(asked: list[str] | None, *, quick: bool) -> list[str]:
    """Return the runs of these names or faults ("f6"), all of them where none is named.

    Raises KeyError with those that there are not.
    """
    if not asked:
        return [name for name, run in RUNS.items() if run.quick or not quick]
    found, unknown = list[str](), list[str]()
    for word in asked:
        of_the_fault = [name for name, run in RUNS.items() if run.fault == word.upper()]
        found += of_the_fault or [name for name in RUNS if name == word]
        unknown += [word] if word not in RUNS and not of_the_fault else []
    if unknown:
        raise KeyError(", ".join(unknown))
    return found
