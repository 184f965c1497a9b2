"""When agencies are open: how hours are written, what counts on a day, and both clocks of one night."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agencies import access, opening, operations, weeks
from agencies.chase import Step, reminder_times
from agencies.models import Agency, ClosedDay, Membership, OpeningHours, TimeLimit
from agencies.operations.hours import HoursNotPossible, NoStandIn
from agencies.refusals import NotAllowed, OutOfDate
from agencies.rules import chase_limits
from agencies.weeks import Hours, HoursNotUnderstood, Week
from agencies.working_time import Calendar, due, why_closed
from audit.models import Event
from sharing.waiting.limits import limit_of, sent_limit
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

TODAY = date(2027, 1, 11)  # a Monday, the day of the tests' clock
LONG_DAYS = [*5 * ["08:00-18:30"], "09:00-12:00", ""]
SURGERY = Calendar(weeks=(Week(date(2026, 1, 1), tuple(weeks.hours_of(day) for day in LONG_DAYS)),))
DUTY_TEAM = Calendar(weeks=(Week(date(2026, 1, 1), 7 * (None,), always=True),))
DAY_TEAM = Calendar()


def london(text: str) -> datetime:
    return DAY_TEAM.moment(date.fromisoformat(text[:10]), time.fromisoformat(text[11:]))


def calendar(agency: Agency) -> Calendar:
    return access.calendar_of(Agency.objects.get(pk=agency.pk))


def set_hours(world: World, **how: Any) -> OpeningHours:
    start: dict[str, Any] = {"by": world.school.administrator, "at": world.clock(), "effective_from": TODAY}
    return operations.set_opening_hours(world.school.agency, **{**start, "days": LONG_DAYS, **how})


# --- How hours are written ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("09:00 to 17:00", "09:00-17:00"),
        ("9-5.30pm", "09:00-17:30"),
        ("9am-5.30pm", "09:00-17:30"),
        (" 8.30am TO 4pm. ", "08:30-16:00"),
        ("0-23", "00:00-23:00"),
        ("12pm until 11pm", "12:00-23:00"),
        ("closed", ""),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, kept: str) -> None:
    assert weeks.kept(written) == kept


@pytest.mark.parametrize("text", ["17:00 to 09:00", "9 to 9", "25 to 26", "13pm to 14pm", "all day", "9"])
def test_hours_that_make_no_sense_are_refused_with_how_to_write_them(text: str) -> None:
    with pytest.raises(HoursNotUnderstood):
        weeks.kept(text)


def test_a_week_is_told_in_runs_of_days() -> None:
    assert weeks.rows(LONG_DAYS, always=False) == [
        ("Monday to Friday", "08:00 to 18:30"),
        ("Saturday", "09:00 to 12:00"),
        ("Sunday", "Closed"),
    ]
    assert weeks.rows(7 * [""], always=True) == [("Every day", "Open all hours")]


# --- The calendar ------------------------------------------------------------------------------


def test_limits_end_when_the_receiving_agency_closes() -> None:
    friday = london("2027-01-15 18:00")
    assert due(friday, "1 working day", SURGERY).at == london("2027-01-16 12:00"), "Saturday is a day there"
    assert due(friday, "2 working days", SURGERY).at == london("2027-01-18 18:30")
    assert due(friday, "1 working day", DAY_TEAM).at == london("2027-01-19 17:00")


def test_what_comes_after_closing_counts_from_the_next_opening() -> None:
    counted = due(london("2027-01-16 12:00:01"), "1 working day", SURGERY)
    assert counted.counted_from == london("2027-01-18 08:00")
    assert counted.why == (
        "Saturday 16 January 2027 does not count: 12:00 had passed.",
        "Sunday 17 January 2027 does not count: it is a weekend.",
        "It counts as received at 08:00 on Monday 18 January 2027.",
    )


def test_a_weekday_on_which_it_never_opens_says_so() -> None:
    part_time = Calendar(weeks=(Week(TODAY, (Hours(time(9), time(17)), *6 * (None,))),))
    wednesday = date(2027, 1, 13)
    assert why_closed(wednesday, part_time) == (
        "Wednesday 13 January 2027 does not count: the agency does not open on a Wednesday."
    )


def test_hours_count_from_their_day_on() -> None:
    """A limit that runs over the day on which the hours change ends by those of its last day."""
    later = Week(date(2027, 1, 13), tuple(weeks.hours_of(day) for day in LONG_DAYS))
    changing = Calendar(weeks=(later,))
    tuesday = london("2027-01-12 12:00")
    assert due(tuesday, "1 working day", changing).at == london("2027-01-13 18:30")
    assert due(london("2027-01-11 12:00"), "1 working day", changing).at == london("2027-01-12 17:00")


def test_bank_holidays_close_everybody_but_those_open_all_hours() -> None:
    christmas = london("2026-12-25 11:00")
    assert not opening.is_open(christmas, SURGERY)
    assert opening.is_open(christmas, DUTY_TEAM)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-27 17:00:00", None),
        ("2026-11-27 17:00:01", "2026-11-30 09:00"),
        ("2026-11-28 12:00", "2026-11-30 09:00"),
        ("2026-11-30 08:59:59", "2026-11-30 09:00"),
        ("2026-11-30 09:00", None),
        ("2026-12-24 22:10", "2026-12-29 09:00"),
    ],
)
def test_a_day_team_is_open_from_nine_to_five_on_working_days(at: str, opens: str | None) -> None:
    found = opening.opens_next(london(at), DAY_TEAM)
    assert found == (london(opens) if opens else None)


def test_a_sender_is_told_when_a_closed_agency_opens() -> None:
    said = opening.said(london("2026-11-27 22:10"), DAY_TEAM)
    assert said == "Closed now. Opens Monday 30 November 09:00. What you send counts from then."
    assert opening.said(london("2026-11-27 22:10"), DUTY_TEAM) == ""


# --- Both clocks of one night -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "limit", "by_duty_team", "by_day_team"),
    [
        # An ordinary Friday night.
        ("2026-11-27 22:10", "4 hours", "2026-11-28 02:10", "2026-11-30 13:00"),
        ("2026-11-27 22:10", "1 working day", "2026-11-28 22:10", "2026-12-01 17:00"),
        # The clocks go back at 02:00 on Sunday 31 October 2027: four hours pass, the clock shows three.
        ("2027-10-30 22:10", "4 hours", "2027-10-31 01:10", "2027-11-01 13:00"),
        ("2027-10-30 22:10", "1 working day", "2027-10-31 21:10", "2027-11-02 17:00"),
        # They go forward at 01:00 on Easter Sunday 28 March 2027; Monday is a bank holiday.
        ("2027-03-27 22:10", "4 hours", "2027-03-28 03:10", "2027-03-30 13:00"),
        ("2027-03-25 22:10", "1 working day", "2027-03-26 22:10", "2027-03-31 17:00"),
        # Christmas Eve: Friday, the weekend and the substitute day are closed.
        ("2026-12-24 22:10", "4 hours", "2026-12-25 02:10", "2026-12-29 13:00"),
    ],
)
def test_the_same_thing_counts_at_once_for_the_duty_team_and_from_opening_for_the_day_team(
    sent: str, limit: str, by_duty_team: str, by_day_team: str
) -> None:
    at = london(sent)
    # 01:10 comes twice when the clocks go back: the second is an hour later.
    expected = london(by_duty_team)
    if sent.startswith("2027-10-30") and limit == "4 hours":
        expected += timedelta(hours=1)
    if sent.startswith("2027-10-30"):
        assert expected == at + (timedelta(hours=4) if limit == "4 hours" else timedelta(hours=24))
    assert opening.due_when_open(at, limit, DUTY_TEAM).at == expected
    assert opening.due_when_open(at, limit, DAY_TEAM).at == london(by_day_team)


def test_the_limit_says_from_when_it_counts() -> None:
    counted = opening.due_when_open(london("2026-11-27 22:10"), "4 hours", DAY_TEAM)
    assert counted.counted_from == london("2026-11-30 09:00")
    assert counted.why[0] == (
        "It came while the agency was closed: it counts from 09:00 on Monday 30 November 2026."
    )


def test_clock_hours_are_as_ever_where_no_bank_holiday_is_known() -> None:
    far = datetime(2036, 5, 1, 22, tzinfo=UTC)
    assert opening.due_when_open(far, "4 hours", DAY_TEAM).at == far + timedelta(hours=4)


def test_both_clocks_of_people_in_their_agencies(world: World) -> None:
    faye = factories.duty_team(world)
    at = london("2027-01-15 22:10")  # a Friday
    assert sent_limit(faye, "URGENT", at=at).at == at + timedelta(hours=4)
    assert sent_limit(world.tom, "URGENT", at=at).at == london("2027-01-18 13:00")
    assert sent_limit(world.tom, "HIGH", at=at).at == london("2027-01-19 17:00")
    assert sent_limit(faye, "HIGH", at=at).at == at + timedelta(hours=24)


def test_a_duty_teams_lead_is_told_a_day_of_hours_later(world: World) -> None:
    limits = chase_limits(world.partnership, on=TODAY)
    end = london("2027-01-16 22:10")
    times = reminder_times(end - timedelta(hours=24), end, DUTY_TEAM, limits, is_urgent=False)
    assert times[Step.LEAD] == end + timedelta(hours=24)


# --- Saying when an agency is open ---------------------------------------------------------------


@pytest.mark.django_db
class TestOpeningHours:
    def test_they_count_from_their_day_on_and_for_every_limit(self, world: World) -> None:
        set_hours(world, effective_from=date(2027, 1, 18))
        priya = factories.again_with_people(world.priya)
        monday, later = world.clock.moment, london("2027-01-18 18:00")
        assert limit_of(priya, TimeLimit.Key.DECISION, at=monday).at == london("2027-01-12 17:00")
        assert limit_of(priya, TimeLimit.Key.DECISION, at=later).at == london("2027-01-19 18:30")

    def test_counting_again_is_as_it_was_known_then(self, world: World) -> None:
        """A day of closing that is entered later moves no limit that was given before."""
        at = world.clock()
        before = limit_of(factories.again_with_people(world.priya), TimeLimit.Key.ANSWER, at=at)
        admin = world.school.administrator
        operations.close_on(
            world.school.agency, by=admin, at=world.clock(), on=date(2027, 1, 12), why="Flood"
        )
        set_hours(world)
        again = factories.again_with_people(world.priya)
        assert limit_of(again, TimeLimit.Key.ANSWER, at=at) == before
        assert limit_of(again, TimeLimit.Key.ANSWER, at=world.clock()).at == london("2027-01-14 18:30")

    def test_reading_them_costs_no_statement(self, world: World, django_assert_num_queries: Any) -> None:
        set_hours(world)
        agency = Agency.objects.get(pk=world.school.agency.pk)
        with django_assert_num_queries(0):
            assert access.calendar_of(agency).closes_on(TODAY) == time(18, 30)

    def test_the_copy_beside_the_agency_is_kept_by_the_database(self, world: World) -> None:
        set_hours(world)
        operations.close_on(
            world.partnership, by=world.coordinator, at=world.clock(), on=date(2027, 2, 1), why="Proclaimed"
        )
        for agency in Agency.objects.filter(partnership=world.partnership):
            assert date(2027, 2, 1) in access.calendar_of(agency).extra_closed_days
        new = factories.agency("hill", "Hill School", "SCHOOL", within=world.partnership)
        assert date(2027, 2, 1) in calendar(new).extra_closed_days
        assert len(calendar(world.school.agency).weeks) == 1

    def test_hours_from_the_same_day_take_the_place_of_the_others(self, world: World) -> None:
        first, second = set_hours(world), set_hours(world, days=[], always_open=True)
        first.refresh_from_db()
        assert first.withdrawn_at == second.set_at
        assert calendar(world.school.agency).never_closes(TODAY)

    @pytest.mark.parametrize(
        ("how", "says"),
        [
            ({"effective_from": TODAY - timedelta(days=1)}, "from today at the earliest"),
            ({"effective_from": date(2031, 1, 1)}, "too far ahead"),
            ({"days": 7 * [""]}, "open on at least one day"),
        ],
    )
    def test_hours_that_cannot_be_are_refused(self, world: World, how: dict[str, Any], says: str) -> None:
        with nothing_changes(), pytest.raises(HoursNotPossible, match=says):
            set_hours(world, **how)

    def test_the_same_hours_twice_and_an_old_page_are_refused(self, world: World) -> None:
        set_hours(world, seen_version=0)
        with nothing_changes(), pytest.raises(HoursNotPossible, match="already"):
            set_hours(world)
        with nothing_changes(), pytest.raises(OutOfDate):
            set_hours(world, days=7 * ["09:00-10:00"], seen_version=0)

    def test_only_the_agencys_administrator_enters_them(self, world: World) -> None:
        for by in (world.priya, world.school.lead, world.care.administrator, world.coordinator):
            with nothing_changes(), pytest.raises(NotAllowed):
                set_hours(world, by=by)

    def test_they_are_withdrawn_before_their_day_only(self, world: World) -> None:
        admin = world.school.administrator
        coming = set_hours(world, effective_from=TODAY + timedelta(days=3))
        operations.withdraw_opening_hours(coming, by=admin, at=world.clock())
        assert calendar(world.school.agency).weeks == ()
        now = set_hours(world)
        with nothing_changes(), pytest.raises(HoursNotPossible, match="counts already"):
            operations.withdraw_opening_hours(now, by=admin, at=world.clock())

    def test_the_database_keeps_a_row_as_it_was_and_a_week_that_makes_sense(self, world: World) -> None:
        row = set_hours(world)
        table = OpeningHours.objects.filter(pk=row.pk)

        def week(*days: str) -> Callable[[], object]:
            given: dict[str, Any] = {"agency": row.agency, "effective_from": date(2027, 5, 1)}
            return lambda: OpeningHours.objects.create(**given, days=list(days), set_at=row.set_at)

        for write in (
            lambda: table.update(days=7 * ["10:00-11:00"]),
            table.delete,
            week(*7 * ["17:00-09:00"]),
            week(*7 * [""]),
            week("09:00-10:00"),
            lambda: Agency.objects.filter(pk=row.agency_id).update(out_of_hours=row.agency_id),
        ):
            with nothing_changes(), pytest.raises(DatabaseError), transaction.atomic():
                write()


@pytest.mark.django_db
class TestClosedDays:
    def test_a_bank_holiday_proclaimed_late_closes_every_day_team(self, world: World) -> None:
        faye = factories.duty_team(world)
        friday = london("2027-01-15 12:00")
        operations.close_on(
            world.partnership, by=world.coordinator, at=friday, on=date(2027, 1, 18), why="State funeral"
        )
        later = friday + timedelta(minutes=1)
        for member in (world.tom, world.priya):
            counted = limit_of(factories.again_with_people(member), TimeLimit.Key.DECISION, at=later)
            assert counted.at == london("2027-01-19 17:00")
            assert "Monday 18 January 2027 does not count: the agency is closed." in counted.why
        duty = factories.again_with_people(faye)
        assert limit_of(duty, TimeLimit.Key.DECISION, at=later).at == later + timedelta(hours=24)

    def test_an_agencys_own_day_is_its_own(self, world: World) -> None:
        operations.close_on(
            world.school.agency, by=world.school.administrator, at=world.clock(), on=TODAY, why="Flood"
        )
        assert TODAY in calendar(world.school.agency).extra_closed_days
        assert TODAY not in calendar(world.care.agency).extra_closed_days

    @pytest.mark.parametrize(("days", "says"), [(-1, "from today"), (5000, "too far ahead")])
    def test_days_that_cannot_be_are_refused(self, world: World, days: int, says: str) -> None:
        with nothing_changes(), pytest.raises(HoursNotPossible, match=says):
            operations.close_on(
                world.school.agency, by=world.school.administrator, at=world.clock(), why="x",
                on=TODAY + timedelta(days=days),
            )  # fmt: skip

    def test_twice_the_same_day_and_an_agency_open_all_hours_are_refused(self, world: World) -> None:
        team = factories.duty_team(world).agency
        admin = Membership.objects.with_people().get(agency=team, role="administrator")
        with nothing_changes(), pytest.raises(HoursNotPossible, match="closed on no day"):
            operations.close_on(
                team,
                by=Membership.objects.with_people().get(pk=admin.pk),
                at=world.clock(),
                on=TODAY,
                why="x",
            )
        how: dict[str, Any] = {"by": world.coordinator, "on": TODAY, "why": "Proclaimed late"}
        operations.close_on(world.partnership, at=world.clock(), **how)
        with nothing_changes(), pytest.raises(HoursNotPossible, match="entered already"):
            operations.close_on(world.partnership, at=world.clock(), **how)

    def test_only_the_office_closes_everybody(self, world: World) -> None:
        with nothing_changes(), pytest.raises(NotAllowed):
            operations.close_on(
                world.partnership, by=world.school.administrator, at=world.clock(), on=TODAY, why="Snow"
            )

    def test_it_is_withdrawn_before_it_comes_and_stays_in_the_record(self, world: World) -> None:
        day = TODAY + timedelta(days=3)
        row = operations.close_on(
            world.partnership, by=world.coordinator, at=world.clock(), on=day, why="Snow"
        )
        operations.withdraw_closed_day(row, by=world.coordinator, at=world.clock())
        assert day not in calendar(world.care.agency).extra_closed_days
        assert ClosedDay.objects.get().withdrawn_by == world.coordinator
        verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))[-2:]
        assert verbs == ["agencies.closed_day.entered", "agencies.closed_day.withdrawn"]
        with nothing_changes(), pytest.raises(HoursNotPossible, match="withdrawn already"):
            operations.withdraw_closed_day(row, by=world.coordinator, at=world.clock())


@pytest.mark.django_db
class TestOutOfHours:
    def test_only_an_agency_open_all_hours_with_a_checked_inbox_stands_in(self, world: World) -> None:
        admin = world.school.administrator
        team = factories.duty_team(world).agency
        for duty, says in (
            (world.care.agency, "not open all hours"),
            (world.school.agency, "another agency"),
        ):
            with nothing_changes(), pytest.raises(NoStandIn, match=says):
                operations.name_out_of_hours(world.school.agency, by=admin, at=world.clock(), duty=duty)
        team.contact_points.filter(member=None).update(retired_at=world.clock())
        with nothing_changes(), pytest.raises(NoStandIn, match="no checked duty inbox"):
            operations.name_out_of_hours(world.school.agency, by=admin, at=world.clock(), duty=team)

    def test_nobody_is_named_again(self, world: World) -> None:
        factories.duty_team(world)
        operations.name_out_of_hours(
            world.care.agency, by=world.care.administrator, at=world.clock(), duty=None
        )
        assert Agency.objects.get(pk=world.care.agency.pk).out_of_hours is None
