"""Nights on which the clocks change, leap days, wrong clocks: the same instants, and one notice each."""

from __future__ import annotations

import os
import random
import subprocess
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone

from config.local.faults import rows, tally
from config.local.faults.machine import Machine
from config.local.faults.scene import Scene, fill
from config.local.faults.tally import Result
from config.local.layout import ROOT, python

LONDON = ZoneInfo("Europe/London")
CLOSES, OPENS = clock(17), clock(9)
LIMITS = ("24 hours", "72 hours", "30 minutes", "1 working day", "5 working days", "15 working days")
# Clocks that are wrong, in zones that are not ours: what this process believes, and where.
OBSERVERS = ((0, "UTC"), (3600, "America/New_York"), (-3600, "Asia/Kolkata"), (10**8, "Pacific/Apia"))
YEARS = range(2025, 2035)
BANK = holidays.country_holidays("GB", subdiv="ENG", years=range(2024, 2038))


def instants(machine: Machine, scene: Scene, count: int) -> Result:
    """Compare when things are due, around the odd days, with a count of our own; by four wrong clocks."""
    result = Result("clock-instants", "When things are due around clock changes and leap days")
    chance = random.Random(count)
    asked = [(_moment(chance), chance.choice(LIMITS)) for _ in range(count)]
    expected = [reference(moment, limit).isoformat() for moment, limit in asked]
    lines = "".join(f"{moment.isoformat()}|{limit}\n" for moment, limit in asked)
    for shift, zone in OBSERVERS:
        done = subprocess.run(
            python("-m", "config.local.faults.instants", str(shift)),
            cwd=ROOT,
            env={**os.environ, "TZ": zone},
            input=lines,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.splitlines()[-1])
        got = done.stdout.split()
        wrong = [n for n in range(count) if got[n] != expected[n]]
        example = f", such as {lines.splitlines()[wrong[0]]}" if wrong else ""
        result.require(not wrong, f"{len(wrong)} differ {shift} s off in {zone}{example}")
    result.n = f"{count:,} instants, {len(OBSERVERS)} clocks"
    result.figures.append(f"the same as the reference for {count * len(OBSERVERS):,}, but for those named")
    if not result.wrong:
        result.figures[-1] = f"all {count * len(OBSERVERS):,} as the reference says"
    return result


def senders(machine: Machine, scene: Scene, count: int) -> Result:
    """Senders who believe that it is a night on which the clocks change, or a leap day."""
    result = Result("clock-nights", "Senders believe that it is a night of a clock change or a leap day")
    rows.all_up(machine)
    over = max(20.0, count / 50)
    expected = fill(scene, count, run=result.run, over=over)
    not_yet = fill(scene, count // 10, run=f"{result.run}-not-yet", due=timezone.now() + timedelta(hours=2))
    nights = [night for year in (2027, 2028) for night in (*_changes(year), *_leap(year))]
    ends, turn = time.monotonic() + over, 0
    while time.monotonic() < ends or turn < len(nights):
        shift = (nights[turn % len(nights)] - timedelta(seconds=5) - timezone.now()).total_seconds()
        machine.other("shifted", python("-m", "config.local.faults.shifted", str(shift), "send_due"))
        machine.children["shifted"].process.wait(60)
        machine.stop("shifted")
        turn += 1
    rows.until_done(expected, seconds=120)
    got = tally.accepted(machine.mail)
    early = sum(each.about in not_yet for each in got)
    result.require(early == 0, f"{early} sent hours early")
    result.count(expected, [each for each in got if each.about not in not_yet])
    result.lateness(expected, got)
    result.figures.append(f"{turn} such senders at {len(nights)} moments, {early} of {len(not_yet)} early")
    return result


def reference(moment: datetime, limit: str) -> datetime:
    """Work out when something is due by another way than the product's: day by day, in local time."""
    amount, unit = int(limit.split()[0]), limit.split()[1]
    if not unit.startswith("working"):
        return moment.astimezone(UTC) + timedelta(**{f"{unit.rstrip('s')}s": amount})
    local = moment.astimezone(LONDON)
    day = local.date()
    if not _works(day) or local.time() > CLOSES:
        day = _next(day)
    for _ in range(amount):
        day = _next(day)
    return datetime.combine(day, CLOSES, tzinfo=LONDON).astimezone(UTC)


def _works(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK


def _next(day: date) -> date:
    day += timedelta(days=1)
    return day if _works(day) else _next(day)


def _changes(year: int) -> list[datetime]:
    """Return the two moments of a year when the clocks change: the last Sunday's 01:00 UTC."""
    last = [date(year, month, 31) for month in (3, 10)]
    return [datetime.combine(d - timedelta(days=(d.weekday() + 1) % 7), clock(1), tzinfo=UTC) for d in last]


def _leap(year: int) -> list[datetime]:
    """Return the midnights at both ends of a year's leap day."""
    return [datetime(year, 2, 29, tzinfo=UTC), datetime(year, 3, 1, tzinfo=UTC)] if year % 4 == 0 else []


def _moment(chance: random.Random) -> datetime:
    """Return a moment within three weeks of an odd one, mostly within hours of it."""
    year = chance.choice(YEARS)
    odd = chance.choice([*_changes(year), *_leap(year)])
    hours = chance.choice([2, 30, 24 * 21])
    return odd + timedelta(seconds=chance.randrange(-hours * 3600, hours * 3600))
