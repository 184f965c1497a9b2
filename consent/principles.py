"""The seven principles of the briefing for one decision: what the system can see, and what it must ask.

Takes plain facts, so that the floor above can give those it knows (recipients, items held back).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

TITLES = {
    "necessary": "Necessary and proportionate",
    "relevant": "Relevant",
    "adequate": "Adequate",
    "accurate": "Accurate",
    "timely": "Timely",
    "secure": "Secure",
    "recorded": "Recorded",
}


class Principle(NamedTuple):
    """One of the seven. `finding` is the system's own sentence; `answer` is what the person wrote."""

    code: str
    title: str
    question: str
    finding: str
    answer: str

    @property
    def is_asked(self) -> bool:
        """The person answers this one; the others are filled in."""
        return bool(self.question)

    @property
    def text(self) -> str:
        return "\n".join(part for part in (self.finding, self.answer) if part)


@dataclass(frozen=True)
class Seen:
    """What the system can see. None means not known on this floor or not yet. Moments are UTC."""

    decided_at: datetime
    statements: int = 0
    with_time: int = 0
    opinions: int = 0
    opinions_resting_on_statements: int = 0
    last_event_at: datetime | None = None
    logged_at: datetime | None = None
    contact_points_checked: bool | None = None
    items_shared: int | None = None
    items_held_back: int | None = None


def seven_principles(seen: Seen, *, answers: Mapping[str, str] | None = None) -> list[Principle]:
    """Return the seven principles, in the order of the briefing.

    `answers` holds what the person wrote, by code: necessary, relevant, adequate. The source is the
    briefing "Information sharing": necessary and proportionate, relevant, adequate, accurate, timely,
    secure, recorded.
    """
    wrote = answers or {}
    questions = {
        "necessary": "Why is sharing needed, and why this much and no more?",
        "relevant": "Why do the people you tell need to know this?",
        "adequate": "Is it enough for them to understand and act? What is missing?",
    }
    findings = {
        "necessary": _held_back(seen),
        "accurate": _accurate(seen),
        "timely": _timely(seen),
        "secure": _secure(seen),
        "recorded": "This record says what was decided, by whom, when and why.",
    }
    return [
        Principle(code, title, questions.get(code, ""), findings.get(code, ""), wrote.get(code, ""))
        for code, title in TITLES.items()
    ]


def in_words(length: timedelta) -> str:
    """Write a length of time as people say it, in its two largest units: "2 hours 5 minutes"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 1:
        return "less than a minute"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said[:2])


def _held_back(seen: Seen) -> str:
    if seen.items_shared is None or seen.items_held_back is None:
        return ""
    return f"{seen.items_shared} shared, {seen.items_held_back} held back."


def _accurate(seen: Seen) -> str:
    if not seen.statements:
        return "The concern holds no statements yet."
    said = [f"{_each(seen.statements, 'statement')} has a source and says when it happened."]
    if in_words_only := seen.statements - seen.with_time:
        said.append(f"Times told in words only: {in_words_only}.")
    if seen.opinions:
        bare = seen.opinions - seen.opinions_resting_on_statements
        said.append(
            f"{_each(seen.opinions, 'opinion')} names the facts it rests on."
            if not bare
            else f"Opinions without the facts behind them: {bare} of {seen.opinions}."
        )
    return " ".join(said)


def _each(number: int, noun: str) -> str:
    return f"The one {noun}" if number == 1 else f"Each of the {number} {noun}s"


def _timely(seen: Seen) -> str:
    said = []
    if seen.logged_at is not None:
        said.append(f"Decided {in_words(seen.decided_at - seen.logged_at)} after the concern was logged")
    if seen.last_event_at is not None:
        said.append(f"{in_words(seen.decided_at - seen.last_event_at)} after the latest event in it")
    return (" and ".join(said) + ".") if said else "The concern has no times to compare with yet."


def _secure(seen: Seen) -> str:
    if seen.contact_points_checked is None:
        return "It can only be sent inside Check Back, to a contact point that has been checked."
    if seen.contact_points_checked:
        return "Sent inside Check Back, to contact points that have been checked."
    return "A contact point has not been checked. Check it before you send."
