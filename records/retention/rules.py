"""When a record comes up for review: pure functions of a class, the people in it and its dates.

Nothing is destroyed by a date. The date says when two people look at the record again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date
from enum import StrEnum

# Somebody whose birth date is not known was at least this old when a record spoke of them as an adult.
ADULT = 18


class Trigger(StrEnum):
    """From when the years of a class are counted."""

    BIRTH = "BIRTH"
    CLOSURE = "CLOSURE"
    DEATH = "DEATH"
    ORDER = "ORDER"
    END_OF_CARE = "END_OF_CARE"


WAITS_FOR = {
    Trigger.CLOSURE: "It is counted from when the concern is closed, which it is not yet.",
    Trigger.DEATH: "It is counted from the day of death. Enter that day.",
    Trigger.ORDER: "It is counted from the day of the order. Enter that day.",
    Trigger.END_OF_CARE: "It is counted from the end of care. Enter that day.",
}


@dataclass(frozen=True)
class Terms:
    """What a class says. `years` are counted from the trigger; with BIRTH they are an age.

    `if_seventeen` is the age instead where somebody was 17 when the record closed; `after_death` the years
    from the death of somebody who died before 18; `after_closure` the least number of years from closure;
    `of_adults` counts the birth dates of adults only, as for an allegation against one.
    """

    trigger: Trigger
    years: int
    if_seventeen: int | None = None
    after_death: int | None = None
    after_closure: int | None = None
    of_adults: bool = False


@dataclass(frozen=True)
class Somebody:
    """One person whom the record is about. An estimated birth date counts as the last day of its year."""

    is_child: bool = True
    born_on: date | None = None
    is_estimated: bool = False
    died_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a record: local dates. `event_on` is the day of the order, death or end of care."""

    began_on: date
    closed_on: date | None = None
    event_on: date | None = None
    people: tuple[Somebody, ...] = ()
    floor_years: int | None = None


@dataclass(frozen=True)
class Review:
    """The day of review, or None while it cannot be counted, and the sentences that say how it was."""

    on: date | None
    because: tuple[str, ...]


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 1 March where there is none."""
    year = min(day.year + years, MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(born: date, day: date) -> int:
    """Return an age in years on a day. Somebody born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def latest_birth(person: Somebody, *, began_on: date) -> date:
    """Return the latest day on which somebody can have been born, so that nothing is reviewed too early."""
    if person.born_on is None:
        return began_on if person.is_child else years_after(began_on, -ADULT)
    return date(person.born_on.year, 12, 31) if person.is_estimated else person.born_on


def review(terms: Terms, facts: Facts) -> Review:
    """Work out when a record comes up for review: the latest day of all that count.

    With several people it is the longest. Where `floor_years` are given (records of known allegations of
    child sexual abuse), it is never less than so many years from closure.
    """
    days: list[date] = []
    because: list[str] = []
    if terms.trigger is Trigger.BIRTH:
        _from_birth(terms, facts, days, because)
    else:
        start = facts.closed_on if terms.trigger is Trigger.CLOSURE else facts.event_on
        if start is None:
            return Review(None, (WAITS_FOR[terms.trigger],))
        days.append(years_after(start, terms.years))
        because.append(f"{_years(terms.years)} from {_in_words(terms.trigger)}, {_written(start)}.")
    for years, why in ((terms.after_closure, "at least"), (facts.floor_years, _FLOOR)):
        if years is None:
            continue
        if facts.closed_on is None:
            return Review(None, (*because, WAITS_FOR[Trigger.CLOSURE]))
        days.append(years_after(facts.closed_on, years))
        because.append(f"{why.capitalize()} {_years(years)} from when it was closed.")
    if facts.closed_on is not None:
        days.append(facts.closed_on)
    return Review(max(days), tuple(because))


_FLOOR = "a known allegation of child sexual abuse is kept at least"


def _from_birth(terms: Terms, facts: Facts, days: list[date], because: list[str]) -> None:
    people = _who_counts(terms, facts.people)
    for person in people:
        born = latest_birth(person, began_on=facts.began_on)
        if terms.after_death is not None and _died_a_child(person, born):
            assert person.died_on is not None  # noqa: S101  # _died_a_child says so
            days.append(years_after(person.died_on, terms.after_death))
            because.append(f"{_years(terms.after_death)} from the death of somebody who died before 18.")
            continue
        age = terms.years
        if terms.if_seventeen is not None and facts.closed_on and age_on(born, facts.closed_on) == 17:
            age = terms.if_seventeen
        days.append(years_after(born, age))
        because.append(_how_old(person, age))
    if len(days) > 1:
        because.append("It is about several people, so the longest counts.")


def _who_counts(terms: Terms, people: Iterable[Somebody]) -> list[Somebody]:
    """Adults only, where the class says so and there is one; somebody unknown where there is nobody."""
    everybody = list(people) or [Somebody(is_child=not terms.of_adults)]
    adults = [one for one in everybody if not one.is_child]
    return adults if terms.of_adults and adults else everybody


def _died_a_child(person: Somebody, born: date) -> bool:
    return person.died_on is not None and age_on(born, person.died_on) < ADULT


def _how_old(person: Somebody, age: int) -> str:
    if person.born_on is None:
        return f"Age {age}. The birth date is not known, so the youngest that they can be is counted."
    if person.is_estimated:
        return f"Age {age}. The birth date is estimated, so the end of that year is counted."
    return f"Age {age}, from {_written(person.born_on)}."


def _years(years: int) -> str:
    return "1 year" if years == 1 else f"{years} years"


def _in_words(trigger: Trigger) -> str:
    return {
        Trigger.CLOSURE: "when it was closed",
        Trigger.DEATH: "the day of death",
        Trigger.ORDER: "the day of the order",
        Trigger.END_OF_CARE: "the end of care",
    }[trigger]


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
