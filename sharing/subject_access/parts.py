"""A text cut into parts that can be held back, and the new text that is left. Nothing is ever only covered.

What is held back leaves the text: in its place stands a label, and whatever is made afterwards (the page, the
PDF) is made from the new text alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sharing.guard.search import spans
from sharing.guard.words import Text

END_OF_A_PART = re.compile(r"(?<=[.!?…])[\"'”’)\]]*[ \t]+|\n+")
OPENS, CLOSES = "[held back: ", "]"
# What stands for a part that was ticked, without saying what kind of thing it was.
PART = "part of this"


@dataclass(frozen=True)
class Words:
    """Words that are held back wherever they stand, and what is said in their place."""

    words: str
    instead: str


@dataclass(frozen=True)
class Segment:
    """A stretch of the new text: either words that go out, or the label of what is held back."""

    text: str
    is_held: bool = False


def split(text: str) -> list[str]:
    """Cut a text into sentences and lines. Joined together they are the text again."""
    parts, start = [], 0
    for mark in END_OF_A_PART.finditer(text):
        parts.append(text[start : mark.end()])
        start = mark.end()
    if start < len(text):
        parts.append(text[start:])
    return parts


def found(text: str, words: str) -> list[tuple[int, int]]:
    """Return where words stand in a text: capitals, accents, spaces and punctuation make no difference.

    A name is also found surname first and with initials (sharing.guard.search).
    """
    return found_in(Text(text), words)


def found_in(read: Text, words: str) -> list[tuple[int, int]]:
    """Return where words stand in a text that was read once, for many words."""
    first, _, last = words.strip().rpartition(" ")
    ways = [words, f"{last} {first}"] if first else [words]
    return sorted({place for way in ways for place in spans(read, "NAME", way)})


def _places(text: str, everywhere: Sequence[Words]) -> list[tuple[int, int, str]]:
    """Return where any of the words stand in a text, each with what is said in its place."""
    if not everywhere or not text:
        return []
    read = Text(text)
    return [(start, end, one.instead) for one in everywhere for start, end in found_in(read, one.words)]


def redact(text: str, held_words: Iterable[Words], held: Collection[int] = ()) -> list[Segment]:
    """Return what is left of a text: without the parts of those numbers (from 1) and without the words.

    Words are looked for in the whole text, also across parts, and again in what is left, until none is there.
    """
    everywhere = list(held_words)
    segments = _cut(text, [*_places_of_parts(text, held), *_places(text, everywhere)])
    for _ in range(len(everywhere)):
        again = [one for part in segments for one in _again(part, everywhere)]
        if again == segments:
            break
        segments = again
    return segments


def _places_of_parts(text: str, held: Collection[int]) -> list[tuple[int, int, str]]:
    places, at = [], 0
    for number, part in enumerate(split(text), start=1):
        if number in held:
            # What stands after it stays, so that lines stay lines and words stay apart.
            kept = len(part) - len(part.rstrip())
            places.append((at, at + len(part) - kept, PART))
        at += len(part)
    return places


def _again(segment: Segment, everywhere: Sequence[Words]) -> list[Segment]:
    return [segment] if segment.is_held else _cut(segment.text, _places(segment.text, everywhere))


def _cut(text: str, places: Iterable[tuple[int, int, str]]) -> list[Segment]:
    """Put a label in the place of each stretch. Stretches that meet or overlap become one."""
    merged: list[tuple[int, int, str]] = []
    for start, end, label in sorted(places):
        if merged and start <= merged[-1][1]:
            first, last, said = merged[-1]
            merged[-1] = (first, max(last, end), said if said == label else _wider(said, label))
        elif end > start:
            merged.append((start, end, label))
    segments, at = [], 0
    for start, end, label in merged:
        if start > at:
            segments.append(Segment(text[at:start]))
        segments.append(Segment(f"{OPENS}{label}{CLOSES}", is_held=True))
        at = end
    if at < len(text):
        segments.append(Segment(text[at:]))
    return segments


def _wider(one: str, other: str) -> str:
    return PART if PART in (one, other) else one


def plain(segments: Iterable[Segment]) -> str:
    """Return the new text as one string."""
    return "".join(one.text for one in segments)


def leaks(texts: Iterable[str], held_words: Iterable[Words]) -> bool:
    """Say whether any words that are held back still stand in any of some texts."""
    everywhere = list(held_words)
    return any(_places(text, everywhere) for text in texts)
