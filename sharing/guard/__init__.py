"""The guard at sending: whether a protected detail stands in what is about to be told, and where.

Pure: it reads no database and writes nothing. `operations.guarding` gives it what is protected and asks
it before anything is sent. It takes any list of places and texts, so that the names of attachments are
one more place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sharing.guard.search import spans
from sharing.guard.words import Text

__all__ = ["Finding", "Protected", "Readers", "found"]

Place = tuple[str, str]
"""Where a text stands, in words that hold nothing personal, and the text."""


@dataclass(frozen=True)
class Protected:
    """Something that some people must not come to know. What it is appears in no representation of it.

    `agency` keeps it. `from_everybody` is everybody outside that agency; else it is kept from the people
    of `from_agencies` and from `from_people` (memberships and users).
    """

    key: str
    kind: str
    label: str
    value: str = field(repr=False)
    whose: str = field(repr=False)
    agency: Any
    from_everybody: bool = False
    from_agencies: frozenset[Any] = frozenset()
    from_people: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class Readers:
    """Who comes to read what is sent: the recipient's agency, themselves, their deputies and leads."""

    agency: Any
    people: frozenset[Any]

    def must_not_know(self, one: Protected) -> bool:
        """Say whether it is protected from any of them."""
        if one.from_everybody and self.agency != one.agency:
            return True
        return self.agency in one.from_agencies or bool(self.people & one.from_people)


@dataclass(frozen=True)
class Finding:
    """A protected detail in a text: which kind, whose, in which place, in which sentence."""

    key: str
    kind: str
    label: str
    where: str
    whose: str = field(repr=False)
    before: str = field(repr=False)
    match: str = field(repr=False)
    after: str = field(repr=False)
    times: int = 1


def found(protected: Iterable[Protected], texts: Iterable[Place], readers: Readers) -> list[Finding]:
    """Find every protected detail that these readers must not know: each once in a place, the first time.

    Capitals, accents, spaces, punctuation, line breaks, invisible characters, the formats of telephone
    numbers and postcodes make no difference; a part of a word is not found.
    """
    kept_from_them = [one for one in protected if readers.must_not_know(one)]
    if not kept_from_them:
        return []
    findings = []
    for where, written in texts:
        if written.strip():
            findings += _in_one(Text(written), where, kept_from_them)
    return findings


def _in_one(text: Text, where: str, protected: Sequence[Protected]) -> list[Finding]:
    findings = []
    for one in protected:
        places = spans(text, one.kind, one.value)
        if places:
            before, match, after = text.around(*places[0])
            findings.append(
                Finding(one.key, one.kind, one.label, where, one.whose, before, match, after, len(places))
            )
    return findings
