"""What somebody typed into the one box of Find, understood: names, a birth date, a number, a reference.

Pure: nothing here asks the database. Whatever is not a date, a number or a reference is a name.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from django.template.defaultfilters import date as in_words

from records import identifiers, names

MOST_WORDS = 6
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
# Months that are also first names: “April 2016” is somebody called April, “3 April 2016” is a day.
ALSO_NAMES = frozenset({"april", "may", "june", "august"})
JOINING = frozenset({"born", "dob", "and", "the", "of", "nhs", "number", "no", "aged"})

REFERENCE = re.compile(
    r"^(?:P[- ]?\d{1,9}|[A-Z]{1,4}[- ]\d{2}[- ]\d{1,6}(?:[- ][A-Z]{1,2}\d{1,5})?)$", re.IGNORECASE
)
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
MONTH = r"(?P<month>[a-z]{3,9})\.?"
YEAR = r"(?P<year>(?:19|20)\d{2})"
SHORT_YEAR = r"(?P<year>\d{2}|(?:19|20)\d{2})"
WITH_A_DAY = (
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*[/.-]\s*(?P<month>\d{{1,2}})\s*[/.-]\s*{SHORT_YEAR}(?!\d)",
    rf"(?<!\d){YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?!\d)",
    rf"(?<!\d)(?P<day>\d{{1,2}})\s+(?P<month>\d{{1,2}})\s+{YEAR}(?!\d)",
    rf"(?<!\w){DAY}\s+(?:of\s+)?{MONTH},?\s+{YEAR}(?!\w)",
    rf"(?<!\w){MONTH}\s+{DAY},?\s+{YEAR}(?!\w)",
)
ONLY_A_MONTH = (
    rf"(?<!\w){MONTH}\s+{YEAR}(?!\w)",
    rf"(?<!\d)(?P<month>\d{{1,2}})\s*/\s*{YEAR}(?!\d)",
)
ONLY_A_YEAR = (rf"(?<![\w/.-]){YEAR}(?![\w/.-])",)
NHS = re.compile(r"(?<![\w-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])")
UPN = re.compile(r"(?<!\w)[A-Z]\d{11}[\dA-Z](?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Born:
    """Between which two days, both included, somebody was born, and how that was said."""

    first: date
    last: date
    said: str

    @property
    def is_a_day(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True)
class Asked:
    """What was understood. `wrong` are sentences about what could not be right."""

    words: tuple[str, ...] = ()
    born: Born | None = None
    nhs_number: str = ""
    upn: str = ""
    reference: str = ""
    wrong: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.born or self.nhs_number or self.upn or self.reference)

    @property
    def looked_for(self) -> list[str]:
        """Say how the words were understood, so that a wrong guess is seen."""
        said = [f"the reference {self.reference}"] if self.reference else []
        if self.words:
            said.append(f"the name{'s' if len(self.words) > 1 else ''} “{' '.join(self.words)}”")
        if self.born:
            said.append(f"born {self.born.said}")
        if self.nhs_number:
            n = self.nhs_number
            said.append(f"NHS number {n[:3]} {n[3:6]} {n[6:]}")
        if self.upn:
            said.append(f"pupil number {self.upn}")
        return said


def read(text: str, *, today: date) -> Asked:
    """Understand what somebody typed. `today` says in which century 3/4/16 lies."""
    if REFERENCE.match(text.strip()):
        return Asked(reference=reference_in(text))
    asked, rest = _numbers(text)
    born, wrong, rest = born_in(rest, today=today)
    words = [word for word in names.plain(rest).split() if word not in JOINING]
    return replace(
        asked, born=born, wrong=(*asked.wrong, *wrong), words=tuple(dict.fromkeys(words))[:MOST_WORDS]
    )


def reference_in(text: str) -> str:
    """Return a reference as it is written in the product: “wf 26 0001 x1” is WF-26-0001-X1."""
    parts = re.split(r"[- ]", text.strip().upper())
    if re.fullmatch(r"P\d+", parts[0]):
        parts = ["P", parts[0][1:]]
    if parts[0] == "P" and len(parts) == 2:
        return f"P-{parts[1].zfill(6)}"
    parts[2] = parts[2].zfill(4)
    return "-".join(parts)


def born_in(text: str, *, today: date) -> tuple[Born | None, list[str], str]:
    """Return when somebody was born, what cannot be right about it, and the text without it."""
    readings: tuple[tuple[tuple[str, ...], Callable[[re.Match[str], date], Born | str | None]], ...] = (
        (WITH_A_DAY, _day), (ONLY_A_MONTH, _month), (ONLY_A_YEAR, _year),
    )  # fmt: skip
    for patterns, understand in readings:
        for pattern in patterns:
            for match in re.finditer(pattern, text, re.IGNORECASE):
                found = understand(match, today)
                if found is None:
                    continue
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                return (None, [found], rest) if isinstance(found, str) else (found, [], rest)
    return None, [], text


def _numbers(text: str) -> tuple[Asked, str]:
    """Take an NHS number and a pupil number out of a text."""
    asked = Asked()
    match = NHS.search(text)
    if match:
        text = f"{text[: match.start()]} {text[match.end() :]}"
        try:
            asked = replace(asked, nhs_number=identifiers.nhs_number(match[0]))
        except identifiers.NotAnIdentifier as error:
            asked = replace(asked, wrong=(f"{match[0]}: {error}.",))
    match = UPN.search(text)
    if match:
        try:
            asked = replace(asked, upn=identifiers.pupil_number(match[0]))
            text = f"{text[: match.start()]} {text[match.end() :]}"
        except identifiers.NotAnIdentifier:
            pass
    return asked, text


def _day(match: re.Match[str], today: date) -> Born | str | None:
    month = _number_of_month(match["month"])
    if month is None:
        return None
    year = int(match["year"])
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    try:
        day = date(year, month, int(match["day"]))
    except ValueError:
        return f"There is no such date as {match[0].strip()}. Check the day and the month."
    return Born(day, day, f"on {in_words(day, 'j F Y')}")


def _month(match: re.Match[str], today: date) -> Born | None:
    month, year = _number_of_month(match["month"]), int(match["year"])
    if not month or match["month"].lower() in ALSO_NAMES:
        return None
    first = date(year, month, 1)
    return Born(first, first.replace(day=monthrange(year, month)[1]), f"in {in_words(first, 'F Y')}")


def _year(match: re.Match[str], today: date) -> Born | None:
    year = int(match["year"])
    return Born(date(year, 1, 1), date(year, 12, 31), f"in {year}")


def _number_of_month(said: str) -> int | None:
    """Return the month's number; 0 for a number that is no month, None for a word that is none."""
    if said.isdigit():
        return int(said) if 1 <= int(said) <= 12 else 0
    found = [n for n, month in enumerate(MONTHS, start=1) if month.startswith(said.lower())]
    return found[0] if len(found) == 1 and len(said) >= 3 else None
