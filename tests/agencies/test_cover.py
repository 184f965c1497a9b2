"""Cover: who is away, who acts for them, on which days nobody does, and who may arrange it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies import operations
from agencies.access import calendar_of
from agencies.cover_calendar import CoverCalendar, cover_calendar
from agencies.models import Absence, Membership
from agencies.refusals import NotAllowed
from agencies.rules import CoverNotPossible
from agencies.working_time import is_working_day
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 1, 11)


def away(member: Membership, first: date, last: date) -> Absence:
    return Absence.objects.create(
        member=member, starts_on=first, ends_on=last, recorded_by=member, recorded_at=factories.LONG_AGO
    )


def of_the_school(world: World, *, first: date = MONDAY) -> CoverCalendar:
    return cover_calendar(world.school.agency, first=first)


def test_it_shows_six_weeks_from_monday_on(world: World) -> None:
    found = of_the_school(world, first=MONDAY + timedelta(days=2))
    assert [len(week) for week in found.weeks] == [7] * 6
    assert found.weeks[0][0].on == MONDAY


def test_an_absence_without_a_deputy_is_without_cover(world: World) -> None:
    away(world.priya, MONDAY, MONDAY + timedelta(days=4))
    (spell,) = of_the_school(world).without_cover
    assert (spell.member, spell.starts_on, spell.ends_on) == (world.priya, MONDAY, MONDAY + timedelta(days=4))


def test_a_deputy_for_some_days_leaves_the_others_without_cover(world: World) -> None:
    away(world.priya, MONDAY, MONDAY + timedelta(days=4))
    factories.name_deputy(
        world.priya, world.school.colleague, starts_on=MONDAY, ends_on=MONDAY + timedelta(days=2)
    )
    found = of_the_school(world)
    assert [(s.starts_on.day, s.ends_on.day, len(s.deputies)) for s in found.spells] == [
        (11, 13, 1),
        (14, 15, 0),
    ]


def test_a_deputy_who_is_away_too_is_no_cover(world: World) -> None:
    away(world.priya, MONDAY, MONDAY)
    away(world.school.colleague, MONDAY, MONDAY)
    factories.name_deputy(world.priya, world.school.colleague)
    assert {s.member for s in of_the_school(world).without_cover} == {world.priya, world.school.colleague}


def test_days_when_nobody_works_need_no_cover(world: World) -> None:
    away(world.priya, MONDAY + timedelta(days=5), MONDAY + timedelta(days=6))
    found = of_the_school(world)
    assert found.spells == []
    weekend = found.weeks[0][5]
    assert weekend.closed
    assert not is_working_day(weekend.on, calendar_of(world.school.agency))


def test_a_weekend_does_not_split_an_absence(world: World) -> None:
    away(world.priya, MONDAY, MONDAY + timedelta(days=8))
    (spell,) = of_the_school(world).spells
    assert spell.ends_on == MONDAY + timedelta(days=8)


def test_people_of_other_agencies_and_days_long_past_are_left_out(world: World) -> None:
    away(world.tom, MONDAY, MONDAY)
    away(world.priya, MONDAY - timedelta(days=9), MONDAY - timedelta(days=3))
    assert of_the_school(world).spells == []


# --- Who arranges it --------------------------------------------------------------------------------


def test_people_record_their_own_absence_and_name_their_own_deputy(world: World) -> None:
    day = world.clock.moment.date()
    absence = operations.record_absence(
        world.priya, by=world.priya, at=world.clock(), starts_on=day, ends_on=day
    )
    cover = operations.name_deputy(
        world.priya, by=world.priya, at=world.clock(), deputy=world.school.colleague, starts_on=day
    )
    assert (absence.recorded_by, cover.named_by) == (world.priya, world.priya)


def test_a_lead_arranges_cover_for_anybody_of_their_agency(world: World) -> None:
    day = world.clock.moment.date()
    operations.name_deputy(
        world.priya, by=world.school.lead, at=world.clock(), deputy=world.school.colleague, starts_on=day
    )
    with pytest.raises(NotAllowed):
        operations.record_absence(
            world.tom, by=world.school.lead, at=world.clock(), starts_on=day, ends_on=day
        )


def test_a_colleague_arranges_nobody_elses_cover(world: World) -> None:
    day = world.clock.moment.date()
    for by in (world.school.colleague, world.school.auditor, world.tom):
        with pytest.raises(NotAllowed):
            operations.record_absence(world.priya, by=by, at=world.clock(), starts_on=day, ends_on=day)
        with pytest.raises(NotAllowed):
            operations.name_deputy(
                world.priya, by=by, at=world.clock(), deputy=world.school.lead, starts_on=day
            )


def test_a_practitioner_does_not_become_deputy_of_the_administrator(world: World) -> None:
    with pytest.raises(CoverNotPossible):
        operations.name_deputy(
            world.school.administrator,
            by=world.school.administrator,
            at=world.clock(),
            deputy=world.priya,
            starts_on=MONDAY,
        )


def test_a_practitioner_may_deputise_for_a_lead_without_overseeing(world: World) -> None:
    assert operations.name_deputy(
        world.school.lead, by=world.school.lead, at=world.clock(), deputy=world.priya, starts_on=MONDAY
    )


def test_somebody_who_is_back_early_is_away_no_longer(world: World) -> None:
    absence = away(world.priya, MONDAY, MONDAY + timedelta(days=4))
    operations.end_absence(absence, by=world.priya, at=world.clock(), on=MONDAY + timedelta(days=2))
    assert Absence.objects.get(pk=absence.pk).ends_on == MONDAY + timedelta(days=1)
    with pytest.raises(CoverNotPossible):
        operations.end_absence(absence, by=world.priya, at=world.clock(), on=MONDAY + timedelta(days=3))
    operations.end_absence(absence, by=world.priya, at=world.clock(), on=MONDAY)
    assert not Absence.objects.exists()


# --- Days that cannot be ------------------------------------------------------------------------------


def record(world: World, first: date, last: date) -> Absence:
    return operations.record_absence(
        world.priya, by=world.priya, at=world.clock(), starts_on=first, ends_on=last
    )


def test_the_same_absence_is_recorded_once(world: World) -> None:
    record(world, MONDAY, MONDAY + timedelta(days=4))
    with pytest.raises(CoverNotPossible, match="Priya Nair is recorded as away from 11 January 2027 to 15"):
        record(world, MONDAY, MONDAY + timedelta(days=4))
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (4, 9), (1, 1), (-3, 9)])
def test_no_day_is_recorded_twice_as_a_day_away(world: World, first: int, last: int) -> None:
    record(world, MONDAY, MONDAY + timedelta(days=4))
    with pytest.raises(CoverNotPossible, match="already") as refused:
        record(world, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    inside = first >= 0 and last <= 4
    do = "There is nothing more to record" if inside else "Record only the days that are not there yet"
    assert do in str(refused.value.sentences)
    assert Absence.objects.count() == 1


def test_days_before_and_after_an_absence_are_another_absence(world: World) -> None:
    for days in (1, 0, 2):
        record(world, MONDAY + timedelta(days=days), MONDAY + timedelta(days=days))
    assert Absence.objects.count() == 3


def test_two_people_are_away_on_the_same_day(world: World) -> None:
    record(world, MONDAY, MONDAY)
    operations.record_absence(
        world.school.colleague, by=world.school.lead, at=world.clock(), starts_on=MONDAY, ends_on=MONDAY
    )
    assert Absence.objects.count() == 2


def test_the_database_keeps_a_day_from_being_recorded_twice(world: World) -> None:
    away(world.priya, MONDAY, MONDAY + timedelta(days=4))
    with pytest.raises(IntegrityError, match="nobody_is_away_twice_on_a_day"), transaction.atomic():
        away(world.priya, MONDAY + timedelta(days=4), MONDAY + timedelta(days=5))


def test_days_that_are_over_are_no_absence_and_no_cover(world: World) -> None:
    today = world.clock.moment.date()
    yesterday = today - timedelta(days=1)
    with pytest.raises(CoverNotPossible, match="has passed"):
        record(world, yesterday, yesterday)
    with pytest.raises(CoverNotPossible, match="has passed"):
        operations.name_deputy(
            world.priya,
            by=world.priya,
            at=world.clock(),
            deputy=world.school.colleague,
            starts_on=yesterday,
            ends_on=yesterday,
        )
    assert record(world, yesterday, today)


def test_a_deputy_is_named_once_for_the_same_days(world: World) -> None:
    def name(first: date, last: date | None) -> None:
        operations.name_deputy(
            world.priya,
            by=world.priya,
            at=world.clock(),
            deputy=world.school.colleague,
            starts_on=first,
            ends_on=last,
        )

    name(MONDAY, MONDAY + timedelta(days=4))
    for first, last in ((0, 4), (1, 3)):
        with pytest.raises(CoverNotPossible, match="is named already to act for Priya Nair"):
            name(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))
    name(MONDAY, MONDAY + timedelta(days=9))  # longer
    name(MONDAY + timedelta(days=2), None)  # for good
    with pytest.raises(CoverNotPossible):
        name(MONDAY + timedelta(days=30), None)
