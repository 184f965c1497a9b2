"""What the witness says of a variant: was it caught, by which tests, and by an assertion of theirs?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.local.sabotage.variant import Variant

# A failed assertion, and pytest.fail or “did not raise”. A mistake in a name would fail every test.
CATCHES = frozenset({"AssertionError", "Failed"})

Seen = Mapping[str, str]
"""What the witness wrote of one test."""


@dataclass(frozen=True)
class Verdict:
    """Which of the tests that were to notice did."""

    variant: Variant
    caught_by: tuple[str, ...]
    missed_by: tuple[str, ...]
    seconds: float
    why: str = ""

    @property
    def is_caught(self) -> bool:
        """Say whether every test that is said to notice did."""
        return bool(self.caught_by) and not self.missed_by


def is_of(test: str, named: str) -> bool:
    """Say whether a test that ran is one that was named: the same, or one of its cases."""
    return test == named or test.startswith(f"{named}[")


def judge(variant: Variant, seen: Iterable[Seen], *, seconds: float) -> Verdict:
    """Compare what a variant's tests did with what they were to do."""
    seen = list(seen)
    accepted = CATCHES | variant.raises
    failed = [s for s in seen if s["when"] == "call" and s["outcome"] == "failed" and s["error"] in accepted]
    caught = tuple(n for n in variant.caught_by if any(is_of(s["test"], n) for s in failed))
    missed = tuple(n for n in variant.caught_by if n not in caught)
    others = sorted({f"{s['error']} ({s['when']})" for s in seen if s["error"] and s not in failed})
    return Verdict(variant, caught, missed, seconds, ", ".join(others))


def not_passed(named: Iterable[str], seen: Iterable[Seen]) -> list[str]:
    """Return the named tests that did not run and pass in the copy that nobody broke."""
    seen = list(seen)
    wrong = {s["test"] for s in seen if s["outcome"] != "passed"}
    ran = {s["test"] for s in seen} - wrong
    return sorted(n for n in named if any(is_of(t, n) for t in wrong) or not any(is_of(t, n) for t in ran))
