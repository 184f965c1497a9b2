"""Run manage.py with a clock that is wrong: python -m config.local.faults.shifted SECONDS COMMAND.

time-machine moves the clock that Python reads in this process, and lets it run on. The clock of the
machine, of PostgreSQL and of the other processes stays right.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def run(seconds: float, command: list[str]) -> None:
    """Run one of Django's commands at a moment that many seconds from now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("BACKGROUND", "1")
    from django.core.management import execute_from_command_line

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True):
        execute_from_command_line(["manage.py", *command])


if __name__ == "__main__":
    run(float(sys.argv[1]), sys.argv[2:])
