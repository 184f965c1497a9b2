"""The partnership's time limits: what counts on a day, what is missing, and who sets them."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from agencies import chase, operations
from agencies.defaults import SOURCE, SUGGESTED
from agencies.models import TimeLimit
from agencies.rules import NoTimeLimit, chase_limits, time_limit
from tests.factories import World


def test_a_time_limit_is_the_one_of_its_day(world: World) -> None:
    operations.set_time_limit(
        world.partnership,
        by=None,
        at=world.clock(),
        key="CHECK_BACK_URGENT",
        duration="2 hours",
        label="LOCAL",
        source="New policy",
        effective_from=date(2027, 2, 1),
    )
    limit = TimeLimit.Key.CHECK_BACK_URGENT
    assert time_limit(world.school.agency, limit, on=date(2027, 1, 31)).duration == "4 hours"
    assert time_limit(world.partnership, limit, on=date(2027, 2, 1)).duration == "2 hours"
    with pytest.raises(NoTimeLimit, match="“Check-back, urgent”"):
        time_limit(world.partnership, limit, on=date(2025, 2, 1))


def test_each_time_limit_that_is_missing_is_named(world: World) -> None:
    day = date(2027, 2, 1)
    assert set(chase_limits(world.school.agency, on=day)) == set(chase.KEYS)
    gone = (TimeLimit.Key.REMIND_LEAD, TimeLimit.Key.REMIND_BEFORE)
    TimeLimit.objects.filter(key__in=gone).delete()
    with pytest.raises(NoTimeLimit) as refused:
        chase_limits(world.school.agency, on=day)
    assert refused.value.sentences == (
        (
            "The partnership has set no time limit for “Reminder before a limit”, "
            "“Lead told after a limit has passed”."
        ),
        "Ask the partnership office to set them.",
    )


def test_partnership_made_before_gets_the_limits_it_lacks_and_keeps_its_own(world: World) -> None:
    TimeLimit.objects.exclude(key__in=["CHECK_BACK_URGENT", "LADDER_1"]).delete()
    TimeLimit.objects.filter(key="LADDER_1").update(duration="3 working days")
    migration = import_module("agencies.migrations.0003_more_time_limits")
    for _ in range(2):  # the second time there is nothing to do
        migration.suggest_missing_limits(apps, None)
    rows = {limit.key: limit for limit in TimeLimit.objects.filter(partnership=world.partnership)}
    assert len(rows) == 1 + len(migration.SUGGESTED)
    assert rows["LADDER_1"].duration == "3 working days"
    assert rows["REMIND_BEFORE_SHORT"].duration == "30 minutes"
    assert rows["REMIND_BEFORE_SHORT"].source.startswith("Suggested default")
    assert rows["REMIND_BEFORE_SHORT"].label == "LOCAL"
    assert rows["REMIND_BEFORE_SHORT"].effective_from == rows["CHECK_BACK_URGENT"].effective_from
    assert migration.SUGGESTED.items() <= {key.value: d for key, d in SUGGESTED.items()}.items()
    assert migration.SOURCE == SOURCE
