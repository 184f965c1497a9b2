"""Entries of a person's history: what is needed, what makes two of them the same, and how they are said."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TypedDict

from django.utils import timezone

from agencies.days import written
from agencies.refusals import Refused
from records.models import ChronologyEntry
from records.models.chronology import ENTERED_LATER

Precision = ChronologyEntry.Precision
LONGEST = 20_000


class NotAnEntry(Refused):
    """Something that every entry has is missing or cannot be true."""


class ThereAlready(Refused):
    """The person's history has this entry already."""


class Words(TypedDict):
    """What an entry says. `happened_at` (UTC) is the first moment of what `precision` names."""

    happened_at: datetime
    precision: str
    kind: str
    text: str
    source: str


def digest_of(words: Words) -> str:
    """Return what two entries of a person have in common where they say the same: letter by letter, but for
    the white space."""
    said = " ".join(words["text"].split()), " ".join(words["source"].split())
    parts = (words["happened_at"].isoformat(), words["precision"], words["kind"], *said)
    return sha256("\x1f".join(parts).encode()).hexdigest()


def require_an_entry(words: Words, *, at: datetime) -> None:
    """Raise NotAnEntry with all that is wrong. `at` is when it is entered (UTC)."""
    wrong = [
        (words["kind"] not in ChronologyEntry.Kind.values, "Say what kind of event it was."),
        (words["precision"] not in Precision.values, "Say how exactly the time is known."),
        (not words["text"].strip(), "Write what happened."),
        (len(words["text"]) > LONGEST, f"Write at most {LONGEST:,} characters about what happened."),
        (not words["source"].strip(), "Say where this is recorded, or who told you."),
        (len(words["source"]) > 300, "Say where this is recorded in at most 300 characters."),
        (words["happened_at"] > at, "What happened cannot be in the future. Check the date."),
    ]
    if sentences := [sentence for is_wrong, sentence in wrong if is_wrong]:
        raise NotAnEntry(*sentences)


def when(happened_at: datetime, precision: str) -> str:
    """Say when something happened, as exactly as it is known."""
    local = timezone.localtime(happened_at)
    if precision == Precision.TIME:
        return written(local, "j F Y, H:i")
    if precision == Precision.DAY:
        return f"{written(local, 'j F Y')}, time not known"
    if precision == Precision.MONTH:
        return f"{written(local, 'F Y')}, day not known"
    return f"{local:%Y}, day and month not known"


def is_entered_later(happened_at: datetime, entered_at: datetime) -> bool:
    """Say whether something was entered more than a day after it happened."""
    return entered_at - happened_at > ENTERED_LATER
