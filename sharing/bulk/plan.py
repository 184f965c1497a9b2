"""What each copy is like: of which pattern, how long ago, who is in it and which words it says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from records import names
from sharing.bulk import tales
from sharing.bulk.cast import Cast, Point, copy_in
from sharing.bulk.names import nhs_numbers, people
from sharing.bulk.tales import Pattern

# The demo's people were set up eight months ago. What is open was told within the last two weeks.
WEEKS, OPEN_WEEKS = 30, 2

PERSON = ("first", "last", "search", "words", "sort")
MEMBER = ("id uuid", "label text", "name text", "point uuid", "address text")
COLUMNS = ", ".join(
    [
        "n int, k int, weeks int, age int, nhs text, speaker int, listener int",
        *(f"{which}_{part} text" for which in ("main", "other") for part in PERSON),
        *(f"words_{number} text" for number in range(len(tales.VARIED))),
    ]
)
SPEAKERS = ", ".join(
    [
        "nr int, agency_id bigint, agency_reference text, agency_name text, agency_duty text",
        *(f"{who}_{column}" for who in ("speaker", "lead") for column in MEMBER),
    ]
)
LISTENERS = ", ".join(["nr int", *(f"listener_{column}" for column in MEMBER)])


def kinds_of(patterns: Sequence[Pattern], count: int) -> list[int]:
    """Return of which pattern each copy is, in exact shares; what rounding leaves over is of the first."""
    whole = sum(pattern.of_a_thousand for pattern in patterns)
    counts = [count * pattern.of_a_thousand // whole for pattern in patterns]
    counts[0] += count - sum(counts)
    return [k for k, of_this in enumerate(counts) for _ in range(of_this)]


def lay_out(cursor: Any, patterns: Sequence[Pattern], cast: Cast, *, count: int, seed: int) -> None:
    """Make the temporary table `plan`: a row for each copy, numbered from 1 in the order of time."""
    speakers = [(place, one) for place in cast.places for one in place.speakers]
    home = len(cast.places[0].speakers)
    copy_in(cursor, "bulk_speaker", SPEAKERS, _speakers(speakers))
    copy_in(cursor, "bulk_listener", LISTENERS, ((nr, *one) for nr, one in enumerate(cast.listeners)))
    rows = drawn(patterns, count, seed, home=home, speakers=len(speakers), listeners=len(cast.listeners))
    copy_in(cursor, "bulk_draw", COLUMNS, rows)
    cursor.execute(PLAN)
    cursor.execute("CREATE INDEX ON plan (n); ANALYZE plan")


PLAN = """
    CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
    SELECT d.*, d.weeks * interval '7 days' AS shift, d.weeks * 7 AS days,
           'WF-26-' || to_char(d.n + (SELECT last FROM records_counter WHERE series = 'WF-26-'), 'FM99990000')
               AS reference,
           (SELECT last FROM records_counter WHERE series = 'P-') + (d.n - 1) * 2 AS people,
           s.agency_id, s.agency_reference, s.agency_name, s.agency_duty,
           s.speaker_id, s.speaker_label, s.speaker_name, s.speaker_point, s.speaker_address,
           s.lead_id, s.lead_label, s.lead_name, s.lead_point, s.lead_address,
           l.listener_id, l.listener_label, l.listener_name, l.listener_point, l.listener_address
    FROM bulk_draw d JOIN bulk_speaker s ON s.nr = d.speaker JOIN bulk_listener l ON l.nr = d.listener
    ORDER BY d.n
"""


def _speakers(speakers: list[tuple[Any, Point]]) -> Iterator[tuple[Any, ...]]:
    for nr, (place, one) in enumerate(speakers):
        yield nr, place.id, place.reference, place.name, place.duty, *one, *place.lead


def drawn(
    patterns: Sequence[Pattern], count: int, seed: int, *, home: int, speakers: int, listeners: int
) -> Iterator[tuple[Any, ...]]:
    """Give a row for each copy: its number, its pattern, how long ago, who is in it, what it says."""
    draw = random.Random(seed)  # noqa: S311  # the same every time
    somebody = people(2 * count, seed=seed + 2)
    numbers = nhs_numbers(seed + 3)
    when = [
        (-draw.randint(0, OPEN_WEEKS if patterns[k].is_open else WEEKS), k) for k in kinds_of(patterns, count)
    ]
    draw.shuffle(when)
    when.sort(key=lambda one: one[0])
    for n, (weeks, k) in enumerate(when, start=1):
        # Half of what is told is told by the one large agency, the rest by the schools.
        speaker = draw.randrange(home) if n % 2 else draw.randrange(home, speakers)
        yield (
            *(n, k, weeks, draw.randint(-2500, 2500), next(numbers) if draw.random() < 0.6 else ""),
            *(speaker, draw.randrange(listeners)),
            *_named(*next(somebody)[:2]),
            *_named(*next(somebody)[:2]),
            *(draw.choice(words) for words in tales.VARIED.values()),
        )


def _named(first: str, last: str) -> tuple[str, str, str, str, str]:
    """Return somebody's names and what they are found by, as the operations work them out."""
    words = "{" + ",".join(names.words(first, last, "")) + "}"
    return first, last, names.plain(first, last, ""), words, names.sorted_as(first=first, last=last)


def places_of_words() -> dict[str, str]:
    """Return which column of the plan stands for which words of the patterns."""
    own = {word: f"words_{number}" for number, word in enumerate(tales.VARIED)}
    for which, first, last in (
        ("main", tales.FIRST, tales.LAST),
        ("other", tales.FIRST_OF_RELATIVE, tales.LAST_OF_RELATIVE),
    ):
        found = (first, last, *_named(first, last)[2:])
        own |= {word: f"{which}_{part}" for part, word in zip(PERSON, found, strict=True)}
    return own
