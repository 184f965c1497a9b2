"""Looking for one protected detail in one text. Each kind of detail is looked for in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from sharing.guard.vocabulary import (
    ENDS_A_STREET,
    FLATS,
    NOT_A_SCHOOL,
    NUMBERS,
    POSTCODE,
    SAINTS,
    SCHOOL_WORDS,
    STREETS,
)
from sharing.guard.words import APOSTROPHES, HYPHENS, Text, Word

Span = tuple[int, int]
"""From which character of a text to which, as it was written."""

# Digits of a telephone number, with what people put between them.
DIGITS = re.compile(r"\d(?:[\s().,\-‐‑‒–—−/·_+]{0,6}\d)*")
LONGEST_GAP = 60


def words_of(value: str, alike: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the words of a protected value as they are compared. O-Neill may be written as two."""
    apart = "".join(" " if char in APOSTROPHES else char for char in value)
    return tuple((alike or {}).get(word.plain, word.plain) for word in Text(apart).words)


def spans(text: Text, kind: str, value: str) -> list[Span]:
    """Return where a protected value of a kind stands in a text, in order, none twice."""
    look = LOOKS.get(kind, _anything)
    kept: list[Span] = []
    for start, end in sorted(set(look(text, value)), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


# --- Words in a row -----------------------------------------------------------------------------------


def _in_a_row(text: Text, wanted: Sequence[str], alike: Mapping[str, str] | None = None) -> Iterator[range]:
    """Find words in a row, whatever stands between them, run together or spelled out letter by letter.

    A word of the text is found whole: “rose” is not in “rosemary”. Between two letters of one wanted word
    only a hyphen may stand, or a space where everything is spelled out; between digits anything may.
    """
    target = "".join(wanted)
    if not target:
        return
    plain = [(alike or {}).get(word.plain, word.plain) for word in text.words]
    if target not in (text.run_together if alike is None else "".join(plain)):
        return
    edges = set(accumulate(map(len, wanted)))
    for first, begins in enumerate(plain):
        if target.startswith(begins) or begins == target:
            last = _matched(text.words, plain, first, target, edges)
            if last:
                yield range(first, last)


def _matched(
    words: Sequence[Word], plain: Sequence[str], first: int, target: str, edges: set[int]
) -> int | None:
    """Return after which word the target ends that begins at a word, or None."""
    at, number, is_split = 0, first, False
    while at < len(target):
        if number >= len(words) or not target.startswith(plain[number], at):
            return None
        gap = words[number].gap
        if at and len(gap) > LONGEST_GAP:
            return None
        if at and at not in edges and not _may_split(words[number - 1], words[number]):
            is_split = True
        at += len(plain[number])
        number += 1
    if is_split and any(len(word.plain) > 1 for word in words[first:number]):
        return None
    return number


def _may_split(before: Word, after: Word) -> bool:
    """Say whether one wanted word may be split here: 0770-0, Ro-se, AmeliaHart."""
    if not after.gap or (before.is_number and after.is_number):
        return True
    marks = "".join(after.gap.split())
    return bool(marks) and all(mark in HYPHENS for mark in marks)


def _span(text: Text, found: range) -> Span:
    return text.words[found[0]].start, text.words[found[-1]].end


def _anything(text: Text, value: str) -> Iterator[Span]:
    for found in _in_a_row(text, words_of(value)):
        yield _span(text, found)


# --- Names --------------------------------------------------------------------------------------------


def _name(text: Text, value: str) -> Iterator[Span]:
    """A name as it is written, surname first, with an initial, or with a middle name put in or left out."""
    wanted = words_of(value)
    if not wanted:
        return
    orders = {wanted}
    if len(wanted) > 1:
        orders |= {(wanted[-1], *wanted[:-1]), (wanted[0], wanted[-1]), (wanted[-1], wanted[0])}
    for order in sorted(orders):
        for found in _in_a_row(text, order):
            yield _span(text, found)
    if len(wanted) > 1:
        yield from _initialled(text, wanted[0], wanted[-1])


def _initialled(text: Text, first: str, last: str) -> Iterator[Span]:
    """A. Hart; Hart, A.; Amelia J. Hart; Amelia Jane Hart."""
    words = text.words
    for number, word in enumerate(words):
        if word.plain != last:
            continue
        before = words[number - 1] if number else None
        if before and _is_initial(before, first) and word.gap.strip() in ("", "."):
            yield before.start, word.end
        after = words[number + 1] if number + 1 < len(words) else None
        if after and _is_initial(after, first) and after.gap.strip() == ",":
            yield word.start, after.end
        if before and number > 1 and words[number - 2].plain == first and _is_between(before, word):
            yield words[number - 2].start, word.end


def _is_initial(word: Word, of: str) -> bool:
    return word.plain == of[0] and word.is_capital


def _is_between(middle: Word, last: Word) -> bool:
    """Say whether a word between first and last name is a middle name or its initial."""
    dots = ("", ".") if len(middle.plain) == 1 else ("",)
    joined = middle.gap.strip() in ("", "-")
    return middle.is_capital and joined and last.gap.strip() in (*dots, "-") and not middle.is_number


# --- Addresses ----------------------------------------------------------------------------------------


def _address(text: Text, value: str) -> Iterator[Span]:
    """The postcode; the street, but with another house number; the name of the house."""
    for outward, inward in POSTCODE.findall(value):
        for found in _in_a_row(text, words_of(f"{outward} {inward}")):
            yield _span(text, found)
    house_numbers, parts = _parts(POSTCODE.sub(" ", value))
    for part in parts:
        for found in _in_a_row(text, part, STREETS):
            number = _number_before(text.words, found[0])
            is_ours = number is not None and number[1] in house_numbers
            if number and is_ours:
                yield _span(text, range(number[0], found[-1] + 1))
            elif len(part) > 1 and not (number and house_numbers and len(number[1]) < 4):
                yield _span(text, found)


@lru_cache(maxsize=2000)
def _parts(value: str) -> tuple[frozenset[str], tuple[tuple[str, ...], ...]]:
    """Return the house numbers of an address and what gives it away: its street and a named house.

    The town does not: it is neither the first line nor what ends like a street, unless a street came before.
    """
    lines = [words_of(line, STREETS) for line in re.split(r"[\n,;]+", value)]
    lines = [tuple(NUMBERS.get(word, word) for word in line) for line in lines if line]
    numbers: set[str] = set()
    parts: list[tuple[str, ...]] = []
    has_street = False
    for place, line in enumerate(lines):
        digits = [word for word in line if word.isdigit()]
        named = _without_number(line)
        numbers.update(digits)
        follows_number = place > 0 and not _without_number(lines[place - 1])
        is_street = len(named) > 1 and named[-1] in ENDS_A_STREET and not has_street
        is_first = place == 0 and len(named) > 1
        if named and (digits or is_first or is_street or follows_number):
            parts.append(named)
            has_street = has_street or is_street or (bool(digits) and named[-1] in ENDS_A_STREET)
    if not parts and lines:
        parts = [tuple(word for line in lines for word in line)]
    return frozenset(numbers), tuple(dict.fromkeys(parts))


def _without_number(line: tuple[str, ...]) -> tuple[str, ...]:
    """Take the number of a house or flat off a line: “flat 2 14a mill ln” becomes “mill ln”."""
    kept = list(line)
    while kept and (kept[0].isdigit() or kept[0] in FLATS or (len(kept[0]) == 1 and len(kept) < len(line))):
        kept.pop(0)
    return tuple(kept)


def _number_before(words: Sequence[Word], first: int) -> tuple[int, str] | None:
    """Return which word before a street is its house number, and the number."""
    for number in (first - 1, first - 2):
        if number < 0 or not _is_beside(words[number + 1].gap):
            return None
        plain = NUMBERS.get(words[number].plain, words[number].plain)
        if plain.isdigit():
            return number, plain
        if len(plain) != 1:
            return None
    return None


def _is_beside(gap: str) -> bool:
    return len(gap) <= LONGEST_GAP and not set(gap) & set(".;:?!\n")


# --- Telephone numbers --------------------------------------------------------------------------------


def _phone(text: Text, value: str) -> Iterator[Span]:
    """The number with +44, 0044 or 0, however its digits are grouped; by itself also without its area."""
    national, is_british = significant(value)
    if len(national) < 5:
        yield from _anything(text, value)
        return
    prefixes = ("00440", "0044", "440", "44", "0", "") if is_british else ("00", "")
    local = _local(national) if is_british else ""
    for run in DIGITS.finditer(text.plain):
        places = [at for at in range(run.start(), run.end()) if text.plain[at].isdigit()]
        digits = "".join(text.plain[at] for at in places)
        found = _number_in(digits, places, national, prefixes)
        if found is None and local and digits == local:
            found = (0, len(digits))
        if found:
            yield text.letters[places[found[0]]].at, text.letters[places[found[1] - 1]].at + 1


def significant(value: str) -> tuple[str, bool]:
    """Return the digits of a telephone number without country code and 0, and whether it is British."""
    text = Text(value).plain.strip()
    digits = "".join(char for char in text if char.isdigit())
    digits = digits.removeprefix("00")
    is_foreign = text.startswith(("+", "00")) and not digits.startswith("44")
    if is_foreign:
        return digits, False
    if digits.startswith("44") and len(digits) >= 11:
        digits = digits[2:]
    return digits.removeprefix("0"), True


def _local(national: str) -> str:
    """Return a number as it is dialled in its own town; nothing for a mobile."""
    if national.startswith("2"):
        return national[2:]
    if national.startswith("1"):
        is_city = national[1] == "1" or national[2] == "1"
        return national[3:] if is_city else national[4:]
    return ""


def _number_in(
    digits: str, places: Sequence[int], national: str, prefixes: Sequence[str]
) -> tuple[int, int] | None:
    """Return where a number stands in a run of digits, from the beginning to the end of groups of them."""
    begins = {0, *(n for n in range(1, len(places)) if places[n] != places[n - 1] + 1), len(places)}
    at = digits.find(national)
    while at >= 0:
        end = at + len(national)
        if end in begins:
            for prefix in prefixes:
                if digits[:at].endswith(prefix) and at - len(prefix) in begins:
                    return at - len(prefix), end
        at = digits.find(national, at + 1)
    return None


# --- Schools ------------------------------------------------------------------------------------------


def _school(text: Text, value: str) -> Iterator[Span]:
    """The school's whole name, or what is its own in it: St Marys, Ashdown School."""
    whole = words_of(value, SAINTS)
    own = tuple(word for word in whole if word not in SCHOOL_WORDS)
    for found in _in_a_row(text, whole, SAINTS):
        yield _span(text, found)
    if not own or own == whole:
        return
    is_telling = len("".join(own)) > 2 and sum(len(word) > 1 for word in own) > 1
    for found in _in_a_row(text, own, SAINTS):
        rest = [word.plain for word in text.words[found[-1] + 1 : found[-1] + 3]]
        after = next((word for word in rest if word != "s"), "")
        if after in NOT_A_SCHOOL and after not in own:
            continue
        if is_telling or after in SCHOOL_WORDS - {"and", "of", "the", "e", "first"}:
            yield _span(text, found)


LOOKS: Mapping[str, Callable[[Text, str], Iterator[Span]]] = {
    "ADDRESS": _address,
    "SCHOOL": _school,
    "PHONE": _phone,
    "NAME": _name,
    "OTHER": _anything,
}
