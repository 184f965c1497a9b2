"""Compare what the mail server accepted with what should have been sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Accepted:
    """One message that the mail server took. `at` is seconds since 1970."""

    at: float
    id: str
    to: str
    subject: str
    connection: int

    @property
    def about(self) -> str:
        """What it says and to whom: the same for two messages about the same."""
        return f"{self.subject} {self.to}"

    @property
    def number(self) -> str:
        """The message's identifier, without the host that made it."""
        return self.id.strip("<>").partition("@")[0]


def accepted(folder: Path) -> list[Accepted]:
    """Return what the mail server accepted, in order of arrival."""
    path = folder / "accepted"
    if not path.exists():
        return []
    return [Accepted(**json.loads(line)) for line in path.read_text().splitlines()]


def forget(folder: Path) -> None:
    """Empty the mail server's file between two runs."""
    if (folder / "accepted").exists():
        (folder / "accepted").write_text("")


@dataclass
class Result:
    """What came of one run. `wrong` holds the pass lines that were not kept.

    Where something other than messages was counted, `n` says how many of what.
    """

    run: str
    what: str
    messages: int = 0
    n: str = ""
    lost: int = 0
    twice: int = 0
    may_be_twice: int = 0
    late: tuple[float, float] | None = None
    figures: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def require(self, kept: bool, line: str) -> None:
        """Note a pass line: as wrong where it was not kept."""
        if not kept:
            self.wrong.append(line)

    def count(
        self,
        expected: Collection[str],
        got: Iterable[Accepted],
        *,
        may_be_twice: int = 0,
        by_number: Collection[str] = (),
    ) -> None:
        """Count lost and duplicate messages by what each is about, and require none and no more than that.

        What a message is about is its subject and recipient: a reminder that became two messages with
        two identifiers is found out too. Messages of the identifiers `by_number` may share a subject,
        and are counted by identifier.
        """
        got = list(got)
        names = [each.number if each.number in by_number else each.about for each in got]
        seen, everything = Counter(names), set(expected) | set(by_number)
        self.messages = len(everything)
        self.lost = len(everything - set(seen))
        self.twice = seen.total() - len(seen)
        self.may_be_twice = may_be_twice
        example = min(everything - set(seen), default="")
        self.require(self.lost == 0, f"{self.lost} lost ({example})")
        self.require(self.twice <= may_be_twice, f"{self.twice} sent twice, {may_be_twice} allowed")
        unknown = len(set(seen) - everything)
        self.require(unknown == 0, f"{unknown} sent that should not have been")
        ids = dict(zip(names, (each.id for each in got), strict=True))
        differing = sum(each.id != ids[name] for name, each in zip(names, got, strict=True))
        self.require(differing == 0, f"{differing} duplicates with another Message-ID")

    def lateness(self, due: Mapping[str, float], got: Iterable[Accepted]) -> None:
        """Note how late messages were: the 99th percentile and the longest, in seconds."""
        late = sorted(each.at - due[each.about] for each in got if each.about in due)
        if late:
            self.late = (late[min(len(late) - 1, int(len(late) * 0.99))], late[-1])
