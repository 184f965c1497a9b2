"""Work out when things are due: python -m config.local.faults.instants < MOMENTS > INSTANTS, one a line.

Run with a clock that is wrong and in another time zone than ours, it must say the same.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import time_machine

from agencies.working_time import Calendar, due


def run(shift: float) -> None:
    """Answer each line of `moment|limit` with the instant, with a clock that is so many seconds wrong."""
    calendar = Calendar()
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=shift), tick=True):
        for line in sys.stdin:
            moment, limit = line.rstrip("\n").split("|")
            sys.stdout.write(f"{due(datetime.fromisoformat(moment), limit, calendar).at.isoformat()}\n")


if __name__ == "__main__":
    run(float(sys.argv[1]))
