"""What a case of the corpus is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Case(NamedTuple):
    """One file. `expected` is a kind's code, or words of the refusal."""

    file_name: str
    make: Callable[[], bytes]
    expected: str


class Planted(NamedTuple):
    """One file that is let in, and what the copy for others must not have."""

    file_name: str
    make: Callable[[], bytes]
    gone: bytes
