"""Rows that cannot be sent."""

from __future__ import annotations

from config.local.faults import rows, tally
from config.local.faults.machine import Machine
from config.local.faults.tally import Result

BROKEN = "bad\n"


def raises(machine: Machine, count: int) -> Result:
    """Every tenth address has a line break in it, which no form lets through and no e-mail can have."""
    result = Result("row-raises", "One in ten has an address with a line break, put there past every check")
    rows.all_up(machine)
    addresses = [f"{BROKEN if n % 10 == 3 else 'well'}-{n}@sink.example" for n in range(count)]
    expected = rows.fill(count, run="raises", addresses=addresses)
    broken = {each for each in expected if "\n" in each}
    rows.until_done(seconds=60)
    got = tally.accepted(machine.mail)
    result.count({k: v for k, v in expected.items() if k not in broken}, got)
    result.lateness(expected, got)
    aside = rows.count_of(set_aside_at__isnull=False)
    result.figures.append(f"{aside} of {len(broken)} set aside")
    result.require(aside == len(broken), f"{aside} of {len(broken)} set aside")
    return result
