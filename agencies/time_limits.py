"""The partnership's time limits as people read them: what each is for, its versions, what is out of order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from django.http import Http404

from agencies.models import Membership, Partnership, TimeLimit
from agencies.working_time import (
    HOW_TO_SAY_IT,
    Calendar,
    DurationNotUnderstood,
    Unit,
    due,
    parse_duration,
    written,
)

Key = TimeLimit.Key

MOST_WORKING_DAYS = 250  # a year: longer, and the bank holidays of the years ahead would not be known
MOST_HOURS = 24 * 365
IN_WORDS = "Write working days (“2 working days”), hours (“4 hours”) or minutes (“30 minutes”)."

GROUPS = (
    (
        "Check-backs and answers",
        (
            *(Key.CHECK_BACK_URGENT, Key.CHECK_BACK_HIGH, Key.CHECK_BACK_STANDARD),
            *(Key.DECISION, Key.ANSWER, Key.SKIPPED_STEP),
        ),
    ),
    (
        "People without an account, meetings, calls, corrections and areas",
        (
            *(Key.LINK, Key.SPOKEN, Key.MINUTES, Key.STILL_RIGHT),
            *(Key.TRANSFER, Key.CONFERENCE, Key.BREACH),
        ),
    ),
    ("Records", (Key.BREAK_GLASS, Key.DISPOSAL)),
    ("Disagreements", (Key.LADDER_1, Key.LADDER_2, Key.LADDER_3, Key.LADDER_4)),
    (
        "Reminders",
        (
            *(Key.REMIND_BEFORE, Key.REMIND_BEFORE_SHORT),
            *(Key.REMIND_LEAD, Key.REMIND_LEAD_URGENT),
            *(Key.REMIND_OTHER_LEAD, Key.REMIND_OTHER_LEAD_URGENT),
        ),
    ),
)
ABOUT: Mapping[str, str] = MappingProxyType(
    {
        Key.CHECK_BACK_URGENT: (
            "From when something urgent is sent until it is understood. Each later turn has as long again."
        ),
        Key.CHECK_BACK_HIGH: (
            "From when something of high urgency is sent until it is understood. "
            "Each later turn has as long again."
        ),
        Key.CHECK_BACK_STANDARD: (
            "From when something is sent until it is understood, where it is neither urgent nor of high "
            "urgency. Each later turn has as long again."
        ),
        Key.DECISION: (
            "From when something is understood until the listener says whether they agree and, where it was "
            "asked for, sends the decision. Also for taking "
            "an action on, for checking that it was done, for putting right what reached the wrong "
            "person, and for looking at whether a closed record was rightly opened."
        ),
        Key.ANSWER: "From when a question is sent until it is answered.",
        Key.SKIPPED_STEP: "From an urgent disclosure until the step it skipped is made up for.",
        Key.LINK: (
            "How long a link to somebody without an account works, from when it was sent. "
            "Hours of the clock, nights and weekends too."
        ),
        Key.SPOKEN: (
            "From a telephone call until the person who was rung confirms in writing what they said back."
        ),
        Key.MINUTES: "From the end of a meeting until its minutes are sent to each member.",
        Key.STILL_RIGHT: (
            "From when something is corrected until whoever has an action that rests on it says whether the "
            "action still stands."
        ),
        Key.TRANSFER: (
            "From when another area confirms in writing that they got the information until they say whether "
            "they take on responsibility."
        ),
        Key.CONFERENCE: (
            "From when another area confirms in writing that they got the information until their conference."
        ),
        Key.BREACH: (
            "From when somebody knows that information reached the wrong person until it is decided whether "
            "the Information Commissioner is told. Hours of the clock, nights and weekends too."
        ),
        Key.DISPOSAL: (
            "From when a second person approves that a record is destroyed until it is done. "
            "Until then anybody who may approve can stop it."
        ),
        Key.BREAK_GLASS: (
            "How long a record that is closed to somebody stays open to them in an emergency. "
            "Hours of the clock, nights and weekends too."
        ),
        Key.LADDER_1: "From when a disagreement is opened until the two practitioners settle it.",
        Key.LADDER_2: "From when a disagreement reaches the leads until they settle it.",
        Key.LADDER_3: (
            "From when a disagreement reaches service managers or designated professionals "
            "until they settle it."
        ),
        Key.LADDER_4: "From when a disagreement reaches partners or the scrutineer until they settle it.",
        Key.REMIND_BEFORE: "How long before a limit the person is reminded, at the same time of day.",
        Key.REMIND_BEFORE_SHORT: (
            "How long before a limit the person is reminded, where it is too short for the other reminder."
        ),
        Key.REMIND_LEAD: (
            "How long after a limit the person’s own lead is told. Working days end when the agency opens."
        ),
        Key.REMIND_LEAD_URGENT: (
            "How long after the limit of something urgent the person’s own lead is told, at night too."
        ),
        Key.REMIND_OTHER_LEAD: (
            "How long after a limit the lead of the other side is told. "
            "Working days end when the agency opens."
        ),
        Key.REMIND_OTHER_LEAD_URGENT: (
            "How long after the limit of something urgent the lead of the other side is told, at night too."
        ),
    }
)
# Each is expected to be no longer than the next.
IN_ORDER = (
    (Key.CHECK_BACK_URGENT, Key.CHECK_BACK_HIGH, Key.CHECK_BACK_STANDARD),
    (Key.LADDER_1, Key.LADDER_2, Key.LADDER_3, Key.LADDER_4),
    (Key.REMIND_BEFORE_SHORT, Key.REMIND_BEFORE),
    (Key.REMIND_LEAD, Key.REMIND_OTHER_LEAD),
    (Key.REMIND_LEAD_URGENT, Key.REMIND_OTHER_LEAD_URGENT),
)


@dataclass(frozen=True)
class Version:
    """A limit with the last day on which it counts: None while nothing is to follow it."""

    limit: TimeLimit
    until: date | None = None


@dataclass(frozen=True)
class Standing:
    """One thing that has a time limit: what counts today, what is to come and what has been."""

    key: TimeLimit.Key
    now: Version | None
    coming: tuple[Version, ...]
    past: tuple[Version, ...]
    withdrawn: tuple[TimeLimit, ...]
    """Never counted, or not to the end of their day: replaced from the same day, or withdrawn before it."""

    @property
    def label(self) -> str:
        return str(self.key.label)

    @property
    def about(self) -> str:
        return ABOUT[self.key]

    @property
    def slug(self) -> str:
        """The name as it stands in an address."""
        return self.key.value.lower().replace("_", "-")

    @property
    def version(self) -> int:
        """A number that grows with every change, so that a page knows whether it is out of date."""
        live = [*self.coming, *self.past, *([self.now] if self.now else [])]
        return version_of([version.limit for version in live] + list(self.withdrawn))


def version_of(rows: Iterable[TimeLimit]) -> int:
    """Count the changes that led to these rows: one for each row, one more where it was withdrawn."""
    return sum(2 if row.withdrawn_at else 1 for row in rows)


def find_key(slug: str) -> TimeLimit.Key:
    """Return what an address is about. Raises Http404 where there is no such thing."""
    try:
        return Key(slug.upper().replace("-", "_"))
    except ValueError:
        raise Http404 from None


def standings_of(member: Membership, *, on: date) -> dict[TimeLimit.Key, Standing]:
    """Return how each time limit of one's partnership stands on a day, in the order of the page."""
    return standings(member.agency.partnership, on=on)


def standings(partnership: Partnership, *, on: date) -> dict[TimeLimit.Key, Standing]:
    """Return how each time limit of a partnership stands on a day."""
    rows: dict[str, list[TimeLimit]] = {key: [] for key in Key}
    found = TimeLimit.objects.filter(partnership=partnership).select_related(
        "set_by__user", "set_by__agency", "withdrawn_by__user", "withdrawn_by__agency"
    )
    for row in found.order_by("effective_from", "set_at", "pk"):
        rows[row.key].append(row)
    return {key: _standing(key, rows[key], on) for _, keys in GROUPS for key in keys}


def _standing(key: TimeLimit.Key, rows: list[TimeLimit], on: date) -> Standing:
    live = [row for row in rows if row.withdrawn_at is None]
    days = [row.effective_from - timedelta(days=1) for row in live[1:]]
    versions = [Version(row, until) for row, until in zip(live, [*days, None], strict=False)]
    now = next((v for v in reversed(versions) if v.limit.effective_from <= on), None)
    return Standing(
        key=key,
        now=now,
        coming=tuple(v for v in versions if v.limit.effective_from > on),
        past=tuple(v for v in reversed(versions) if v is not now and v.limit.effective_from <= on),
        withdrawn=tuple(row for row in reversed(rows) if row.withdrawn_at is not None),
    )


def out_of_order(standing: Mapping[TimeLimit.Key, Standing], *, on: date) -> list[str]:
    """Say which limits are shorter than one that is meant to be shorter still, from a day on."""
    days = sorted({on, *(v.limit.effective_from for s in standing.values() for v in s.coming)})
    told: dict[str, date] = {}
    for day in days:
        for sentence in _out_of_order_on({key: _on(s, day) for key, s in standing.items()}):
            told.setdefault(sentence, day)
    return [sentence if day == on else f"From {written(day)}: {sentence}" for sentence, day in told.items()]


def _on(standing: Standing, day: date) -> TimeLimit | None:
    live = [*([standing.now] if standing.now else []), *standing.coming]
    return next((v.limit for v in reversed(live) if v.limit.effective_from <= day), None)


def _out_of_order_on(limits: Mapping[TimeLimit.Key, TimeLimit | None]) -> Iterable[str]:
    for keys in IN_ORDER:
        there = [row for key in keys if (row := limits[key]) is not None]
        for one, other in pairwise(there):
            if _length(other.duration) < _length(one.duration):
                yield (
                    f"“{other.get_key_display()}” ({other.duration}) is shorter than "
                    f"“{one.get_key_display()}” ({one.duration})."
                )


def _length(duration: str) -> timedelta:
    """How long a limit is from nine o'clock on an ordinary Monday."""
    monday = datetime(2027, 1, 11, 9, tzinfo=UTC)
    return due(monday, duration, Calendar()).at - monday


def readable(text: str) -> str:
    """Return a limit of a partnership in the words in which it is kept.

    Raises DurationNotUnderstood for what cannot be read, for a time on a day, which would be a limit for that
    day only, and for more than a year.
    """
    try:
        limit = parse_duration(text)
    except DurationNotUnderstood as refusal:
        if refusal.sentences == (HOW_TO_SAY_IT,):  # it names times on a day, which would be refused next
            raise DurationNotUnderstood(IN_WORDS) from None
        raise
    if limit.unit is Unit.AT:
        raise DurationNotUnderstood(
            f"This counts for every day, so it cannot be a time on one day. {IN_WORDS}"
        )
    most = {Unit.WORKING_DAYS: MOST_WORKING_DAYS, Unit.HOURS: MOST_HOURS}.get(limit.unit, limit.amount)
    if limit.amount > most:
        raise DurationNotUnderstood(
            f"A time limit of the partnership is at most {MOST_WORKING_DAYS} working days "
            f"or {MOST_HOURS:,} hours, which is about a year. Give a shorter one."
        )
    return str(limit)
