"""Days are written as Django would write them, and quicker."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, engines
from django.template.defaultfilters import date as as_django_does
from django.utils import timezone
from django.utils.timesince import timesince

from agencies.days import FOR_MACHINES, WAYS, between, written

MOMENTS = (
    datetime(2027, 1, 4, 0, 5, tzinfo=UTC),
    datetime(2027, 7, 14, 23, 30, 9, tzinfo=UTC),
    # The hour that comes twice, and the one that does not come.
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
)


def shown(value: Any, how: str) -> str:
    template: Any = engines["django"].from_string(f'{{{{ value|date:"{how}" }}}}')
    return str(template.template.render(Context({"value": value})))


@pytest.mark.parametrize("how", [*WAYS, FOR_MACHINES])
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_is_written_in_local_time_as_django_writes_it(how: str, moment: datetime) -> None:
    local = timezone.localtime(moment)
    assert written(local, how) == as_django_does(local, how)
    assert shown(moment, how) == as_django_does(local, how)


@pytest.mark.parametrize("how", [how for how in WAYS if "H" not in how])
def test_a_day_is_written_as_django_writes_it(how: str) -> None:
    day = date(1931, 2, 3)
    assert written(day, how) == shown(day, how) == as_django_does(day, how)


@pytest.mark.parametrize("nothing", [None, "", "not a day"])
def test_what_is_no_day_is_left_out(nothing: Any) -> None:
    assert shown(nothing, "j F Y") == ""


def test_another_way_is_left_to_django() -> None:
    assert shown(date(2027, 1, 4), "jS F") == "4th January"


def test_the_pages_write_days_in_these_ways_alone() -> None:
    asked = {
        how
        for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        for how in re.findall(r'\|date:"([^"]*)"', path.read_text())
    }
    assert asked
    assert asked <= {*WAYS, FOR_MACHINES}


@pytest.mark.parametrize(
    "minutes", [0, 0.9, 1, 119, 1_440, 10_079, 10_080, 38_879, 38_881, 44_640, 108_000, 1_152_000]
)
def test_how_long_it_is_between_two_moments_is_said_as_django_says_it(minutes: float) -> None:
    for moment in MOMENTS:
        later = moment + timedelta(minutes=minutes)
        assert between(moment, later) == timesince(moment, later, depth=1)
