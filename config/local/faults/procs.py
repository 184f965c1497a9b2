"""Memory and processor time of processes, read from Linux's /proc."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that still run."""
    try:
        return [int(each) for each in (PROC / f"{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def family(pid: int) -> list[int]:
    """Return a process and everything below it."""
    return [pid, *(each for child in children(pid) for each in family(child))]


def megabytes(pid: int) -> float:
    """Return the memory that a process has in use, nought where it is gone."""
    try:
        lines = (PROC / f"{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("VmRSS:")), "0")
    return int(kilobytes) / 1024


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and of those below it, with those that ended."""
    return sum(_own_seconds(each) for each in family(pid))


def _own_seconds(pid: int) -> float:
    try:
        fields = (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(each) for each in fields[11:15]) / TICKS
