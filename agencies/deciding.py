"""A decision to go on despite a warning, in force while one act is done.

Some refusals can be gone past: what was found is shown, and a person decides, with a reason, to do it all the
same. The page that was refused carries the decision back, and it is in force for that one act. The rule
that refused asks for it here, so that every way of sending has it and none can forget to pass it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# What the boxes and buttons are called on every page.
WHY, SEEN, PRESSED = "all_the_same_why", "all_the_same_seen", "all_the_same"
LONGEST = 20_000
BETWEEN = "|"


@dataclass(frozen=True)
class Decision:
    """To do it all the same: why, and what had been shown by then. Only that is gone past."""

    why: str
    seen: frozenset[str]


_in_force: ContextVar[Decision | None] = ContextVar("decision", default=None)


def current() -> Decision | None:
    """Return the decision that is in force, if there is one."""
    return _in_force.get()


@contextmanager
def deciding(decision: Decision | None) -> Iterator[None]:
    """Let a decision be in force for what is done inside."""
    token = _in_force.set(decision)
    try:
        yield
    finally:
        _in_force.reset(token)


def read(posted: Mapping[str, str]) -> Decision | None:
    """Return the decision that a page was sent with: None unless its own button was pressed."""
    if PRESSED not in posted:
        return None
    why = posted.get(WHY, "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")[:LONGEST]
    return Decision(why=why, seen=frozenset(posted.get(SEEN, "").split(BETWEEN)))


def written(seen: Iterable[str]) -> str:
    """Put what was shown into one line of a page."""
    return BETWEEN.join(sorted(one for one in seen if one))
