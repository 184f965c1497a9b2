"""The working-time rule beside an independent count of every day: the dates by statute and custom.

The count takes nothing from the module or its package.
"""

from datetime import date, timedelta

import pytest

from agencies.working_time import (
    LAST_YEAR,
    REGIONS,
    Calendar,
    add_working_days,
    is_working_day,
)


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    return date(year, (h + k - 7 * m + 114) // 31, (h + k - 7 * m + 114) % 31 + 1)


def monday(year: int, month: int, *, last: bool = False) -> date:
    days = [date(year, month, day) for day in range(1, 31 + (month in (5, 8)))]
    mondays = [day for day in days if day.weekday() == 0]
    return mondays[-1 if last else 0]


def bank_holidays(region: str, year: int) -> set[date]:
    """Return the weekdays that are bank holidays, each weekend one moved on to the next free weekday."""
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    found = {easter(year) - timedelta(2), monday(year, 5), monday(year, 5, last=True)}
    if region == "SCT":
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        found |= {monday(year, 8)} | ({date(2026, 6, 15)} if year == 2026 else set())
    else:
        found |= {easter(year) + timedelta(1), monday(year, 8, last=True)}
    if region == "NIR":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    for day in sorted(
        fixed, key=lambda each: (each.weekday() > 4, each)
    ):  # those on weekdays keep their place
        while day.weekday() > 4 or day in found:
            day += timedelta(1)
        found.add(day)
    return found


@pytest.mark.parametrize("region", REGIONS)
def test_every_day_from_2024_to_2034_agrees_with_an_independent_count(region: str) -> None:
    closed = set().union(*(bank_holidays(region, year) for year in range(2024, LAST_YEAR + 1)))
    day, last, calendar = date(2024, 1, 1), date(LAST_YEAR, 12, 31), Calendar(region=region)
    working = []
    while day <= last:
        assert is_working_day(day, calendar) == (day.weekday() < 5 and day not in closed), day
        working += [day] if is_working_day(day, calendar) else []
        day += timedelta(1)
    for count in (1, 2, 3, 5, 10, 15, 45):
        for day, expected in zip(working, working[count:], strict=False):
            assert add_working_days(day, count, calendar) == expected
            assert add_working_days(expected, -count, calendar) == day
