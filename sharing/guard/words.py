"""A text as the guard reads it: words without capitals, accents, invisible characters and punctuation.

Every word keeps where it stands in the text as it was written, so that what is found can be shown there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

APOSTROPHES = frozenset("'’‘‛ʼʻʹ`´′＇")
HYPHENS = frozenset("-‐‑‒–—−﹣－_/")
# Letters that no accent can be taken off from.
PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
# “McDonald” is one word, “roseHart” two.
PARTICLES = frozenset({"mc", "mac", "o", "d", "de", "di", "du", "la", "le", "van", "von", "fitz"})


@dataclass(frozen=True)
class Word:
    """One word: how it is compared, where it stands, whether it began with a capital, what stood before."""

    plain: str
    start: int
    end: int
    is_capital: bool
    gap: str

    @property
    def is_number(self) -> bool:
        return self.plain.isdigit()


def plainly(char: str) -> str:
    """Return one character as it is compared: none, one or several; a space for what is no word."""
    if char in APOSTROPHES:
        return "'"
    found = []
    for part in unicodedata.normalize("NFKD", char):
        category = unicodedata.category(part)
        if category in ("Mn", "Me", "Cf"):
            continue
        digit = unicodedata.decimal(part, None)
        found.append(str(digit) if digit is not None else part.casefold())
    return "".join(PLAIN.get(one, one) for one in "".join(found))


@dataclass(frozen=True)
class Letter:
    """One plain character and where it stands in the text as it was written."""

    plain: str
    at: int
    is_capital: bool


class Text:
    """A text, read once and looked through for every protected detail."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.letters = [
            Letter(plain, at, char.isupper()) for at, char in enumerate(written) for plain in plainly(char)
        ]
        self.words = self._words()

    @cached_property
    def run_together(self) -> str:
        """All words without anything between them: what is not in here is not in the text."""
        return "".join(word.plain for word in self.words)

    @cached_property
    def plain(self) -> str:
        """The text character by character; each stands at the place of the same number in `letters`."""
        return "".join(letter.plain for letter in self.letters)

    def _words(self) -> list[Word]:
        words: list[Word] = []
        current: list[Letter] = []
        gap = ""

        def finish() -> None:
            nonlocal gap
            if current:
                plain = "".join(letter.plain for letter in current)
                first, last = current[0], current[-1]
                words.append(Word(plain, first.at, last.at + 1, first.is_capital, gap))
                current.clear()
                gap = ""

        for number, letter in enumerate(self.letters):
            if letter.plain == "'" and current and self._is_inside_a_word(number):
                continue
            if not letter.plain.isalnum():
                finish()
                gap += letter.plain
                continue
            if current and _breaks(current, letter):
                finish()
            current.append(letter)
        finish()
        return words

    def _is_inside_a_word(self, number: int) -> bool:
        """Say whether an apostrophe belongs to its word, as in a name from Ireland, and is no possessive."""
        after = [letter.plain for letter in self.letters[number + 1 : number + 3]]
        if not after or not after[0].isalpha():
            return False
        return not (after[0] == "s" and (len(after) == 1 or not after[1].isalnum()))

    def around(self, start: int, end: int, *, most: int = 160) -> tuple[str, str, str]:
        """Return the sentence in which something stands, as written: before it, itself, after it."""
        first = max((self.written.rfind(mark, 0, start) for mark in (". ", "? ", "! ", "\n")), default=-1)
        before = self.written[max(first + 1, start - most) : start].lstrip()
        ends = [at for mark in (". ", "? ", "! ", "\n") if (at := self.written.find(mark, end)) >= 0]
        last = min(ends, default=len(self.written) - 1) + 1
        after = self.written[end : min(last, end + most)].rstrip()
        return before, self.written[start:end], after


def _breaks(current: list[Letter], letter: Letter) -> bool:
    """Say whether a new word begins without anything between: 12Mill, roseHart."""
    before = current[-1]
    if before.plain.isdigit() != letter.plain.isdigit():
        return True
    begins = letter.is_capital and not before.is_capital and before.plain.isalpha() and letter.at != before.at
    return begins and "".join(one.plain for one in current) not in PARTICLES
