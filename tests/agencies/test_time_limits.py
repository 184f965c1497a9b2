"""The partnership's time limits: what counts on a day, who sets them, and what never changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agencies import chase, operations, time_limits
from agencies.defaults import SOURCE, SUGGESTED
from agencies.models import Membership, TimeLimit
from agencies.operations.time_limits import LimitNotPossible
from agencies.refusals import NotAllowed, OutOfDate
from agencies.roles import Permission
from agencies.rules import NoTimeLimit, chase_limits, time_limit
from agencies.working_time import DurationNotUnderstood
from audit.models import Event
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

Key = TimeLimit.Key
TODAY = date(2027, 1, 11)


def said(world: World, duration: str, **how: Any) -> TimeLimit:
    """Set the limit for answers, from today unless told otherwise."""
    start: dict[str, Any] = {
        "by": world.coordinator,
        "at": how.get("at") or world.clock(),
        "key": "ANSWER",
        "label": "LOCAL",
        "source": "Agreed by the board",
        "effective_from": TODAY,
    }
    return operations.set_time_limit(world.partnership, duration=duration, **{**start, **how})


def take_away(world: World, *keys: str) -> None:
    """Leave the partnership without limits, as if nobody had set them."""
    TimeLimit.objects.filter(partnership=world.partnership, key__in=keys).update(withdrawn_at=world.clock())


def on(world: World, day: date) -> str:
    return time_limit(world.partnership, "ANSWER", on=day).duration


def office_administrator(world: World) -> Membership:
    return factories.member(world.coordinator.agency, "Mary Okell", "administrator")


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
    take_away(world, "REMIND_LEAD", "REMIND_BEFORE")
    with pytest.raises(NoTimeLimit) as refused:
        chase_limits(world.school.agency, on=day)
    assert refused.value.sentences == (
        (
            "The partnership has set no time limit for “Reminder before a limit”, "
            "“Lead told after a limit has passed”."
        ),
        "Ask the partnership office to set them.",
    )


def test_limit_of_the_past_is_known_as_it_was_at_the_time(world: World) -> None:
    at, today = world.clock(), date(2027, 1, 11)
    said(world, "3 working days", at=at, effective_from=today)
    later = world.clock(60)
    said(world, "5 working days", at=later, effective_from=today)
    answers = [
        time_limit(world.partnership, "ANSWER", on=today, known_at=moment).duration
        for moment in (at - timedelta(seconds=1), at, later - timedelta(seconds=1), later)
    ]
    assert answers == ["2 working days", "3 working days", "3 working days", "5 working days"]
    assert time_limit(world.partnership, "ANSWER", on=today).duration == "5 working days"


# --- From a day on ----------------------------------------------------------------------------------


def test_limit_of_a_later_day_leaves_the_present_one_standing_until_then(world: World) -> None:
    said(world, "3 working days", effective_from=date(2027, 2, 1))
    assert [on(world, day) for day in (TODAY, date(2027, 1, 31), date(2027, 2, 1))] == [
        "2 working days",
        "2 working days",
        "3 working days",
    ]


def test_limits_of_later_days_count_each_from_its_own_day_in_whatever_order_they_were_set(
    world: World,
) -> None:
    said(world, "5 working days", effective_from=date(2027, 3, 1))
    said(world, "3 working days", effective_from=date(2027, 2, 1))
    said(world, "1 working day", effective_from=TODAY)
    days = (TODAY, date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 28), date(2027, 3, 1))
    assert [on(world, day).split()[0] for day in days] == ["1", "1", "3", "3", "5"]


def test_limit_set_again_for_the_same_day_takes_the_place_of_the_first(world: World) -> None:
    first = said(world, "3 working days", effective_from=date(2027, 2, 1))
    said(world, "4 working days", effective_from=date(2027, 2, 1))
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert first.withdrawn_by == world.coordinator
    assert on(world, date(2027, 2, 1)) == "4 working days"
    assert on(world, TODAY) == "2 working days"


def test_limit_withdrawn_before_its_day_never_counts(world: World) -> None:
    coming = said(world, "3 working days", effective_from=date(2027, 2, 1))
    operations.withdraw_time_limit(coming, by=world.coordinator, at=world.clock())
    assert on(world, date(2027, 2, 1)) == "2 working days"
    with pytest.raises(LimitNotPossible, match="withdrawn already"):
        operations.withdraw_time_limit(coming, by=world.coordinator, at=world.clock())


def test_limit_that_counts_already_is_not_withdrawn(world: World) -> None:
    for day, at in ((TODAY, world.clock()), (date(2027, 1, 12), datetime.fromisoformat("2027-01-12T00:00Z"))):
        limit = said(world, "3 working days", effective_from=day)
        with nothing_changes(), pytest.raises(LimitNotPossible, match="counts already"):
            operations.withdraw_time_limit(limit, by=world.coordinator, at=at)
        said(world, "2 working days", effective_from=day)


def test_today_is_the_day_in_london_and_not_at_greenwich(world: World) -> None:
    half_past_midnight = datetime.fromisoformat("2027-07-01T23:30:00+00:00")
    said(world, "3 working days", at=half_past_midnight, effective_from=date(2027, 7, 2))
    with pytest.raises(LimitNotPossible, match="from today at the earliest"):
        said(world, "4 working days", at=half_past_midnight, effective_from=date(2027, 7, 1))


def test_limit_given_before_a_change_stays_as_it_was_given(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    given = exchange.respond_by
    for key in ("CHECK_BACK_URGENT", "CHECK_BACK_HIGH", "CHECK_BACK_STANDARD"):
        said(world, "9 working days", key=key, effective_from=world.clock().date())
    exchange.refresh_from_db()
    assert exchange.respond_by == given


# --- What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "sentence"),
    [
        ("0 working days", "between 1 and 9999"),
        ("soon", "Write working days"),
        ("2 days", "Say which kind of days"),
        ("", "Write working days"),
        ("by 12:00 tomorrow", "cannot be a time on one day"),
        ("by 17:00 on 13 January 2027", "cannot be a time on one day"),
        ("251 working days", "at most 250 working days or 8,760 hours"),
        ("9000 hours", "at most 250 working days or 8,760 hours"),
    ],
)
def test_limit_that_cannot_be_is_refused_with_what_to_write(
    world: World, duration: str, sentence: str
) -> None:
    with nothing_changes(), pytest.raises(DurationNotUnderstood, match=sentence):
        said(world, duration)


def test_limit_is_kept_in_the_words_of_the_rule(world: World) -> None:
    assert said(world, " 3 WD. ").duration == "3 working days"
    assert said(world, "30 min").duration == "30 minutes"


def test_day_that_has_passed_or_is_years_ahead_is_refused(world: World) -> None:
    for day, sentence in ((date(2027, 1, 10), "never move"), (date(2030, 1, 1), "after the end of 2029")):
        with nothing_changes(), pytest.raises(LimitNotPossible) as refused:
            said(world, "3 working days", effective_from=day)
        assert sentence in " ".join(refused.value.sentences)


def test_same_limit_again_is_refused_because_it_would_change_nothing(world: World) -> None:
    said(world, "3 working days")
    for day in (TODAY, date(2027, 2, 1)):
        with nothing_changes(), pytest.raises(LimitNotPossible, match="3 working days from that day already"):
            said(world, "3 wd", effective_from=day)
    assert said(world, "3 working days", source="Agreed again").source == "Agreed again"


def test_limit_that_somebody_else_has_changed_since_is_refused_and_says_how(world: World) -> None:
    standing = time_limits.standings(world.partnership, on=TODAY)[Key.ANSWER]
    said(world, "3 working days", by=office_administrator(world), seen_version=standing.version)
    with nothing_changes(), pytest.raises(OutOfDate) as refused:
        said(world, "4 working days", seen_version=standing.version)
    assert refused.value.sentences[0] == "Mary Okell set “3 working days from 11 January 2027” meanwhile."


def test_limit_withdrawn_since_is_out_of_date_too(world: World) -> None:
    coming = said(world, "3 working days", effective_from=date(2027, 2, 1))
    seen = time_limits.standings(world.partnership, on=TODAY)[Key.ANSWER].version
    operations.withdraw_time_limit(coming, by=world.coordinator, at=world.clock())
    with pytest.raises(OutOfDate, match="Cora Marsden withdrew"):
        said(world, "4 working days", seen_version=seen)


# --- Who may ----------------------------------------------------------------------------------------


def test_only_the_partnership_s_own_office_sets_limits(world: World) -> None:
    may = [world.coordinator, office_administrator(world)]
    for member in [*world.everyone, *may]:
        assert member.may(Permission.SET_TIME_LIMITS) == (member in may), member


def test_everybody_else_is_refused(world: World) -> None:
    coming = said(world, "3 working days", effective_from=date(2027, 2, 1))
    elsewhere = factories.partnership("northmoor", "NM")
    office = factories.agency("northmoor-office", "Northmoor Office", "PARTNERSHIP", within=elsewhere)
    foreign = factories.member(office, "Nia Foreign", "coordinator")
    for member in (world.school.administrator, world.school.lead, world.school.auditor, foreign):
        at = world.clock()
        with nothing_changes(), pytest.raises(NotAllowed):
            said(world, "4 working days", by=member)
        with nothing_changes(), pytest.raises(NotAllowed):
            operations.withdraw_time_limit(coming, by=member, at=at)
        with nothing_changes(), pytest.raises(NotAllowed):
            operations.suggest_missing_limits(world.partnership, by=member, at=at)


# --- What is missing --------------------------------------------------------------------------------


def test_suggested_limits_are_set_only_where_something_is_missing(world: World) -> None:
    said(world, "3 working days")
    take_away(world, "LADDER_4", "REMIND_BEFORE_SHORT")
    assert operations.suggest_missing_limits(world.partnership, by=world.coordinator, at=world.clock()) == [
        "LADDER_4",
        "REMIND_BEFORE_SHORT",
    ]
    added = TimeLimit.objects.get(key="REMIND_BEFORE_SHORT", withdrawn_at__isnull=True)
    assert (added.duration, added.label, added.source) == ("30 minutes", "LOCAL", SOURCE)
    assert added.effective_from == TODAY
    assert on(world, TODAY) == "3 working days"
    with nothing_changes(), pytest.raises(LimitNotPossible, match="No time limit is missing"):
        operations.suggest_missing_limits(world.partnership, by=world.coordinator, at=world.clock())


def test_new_partnership_can_take_on_every_suggested_limit(world: World) -> None:
    new = operations.make_partnership(
        by=None, at=world.clock(), reference="new", name="New Safeguarding Partnership", prefix="NW"
    )
    assert all(one.now is None for one in time_limits.standings(new, on=TODAY).values())
    operations.suggest_missing_limits(new, by=None, at=world.clock())
    now = {key: one.now for key, one in time_limits.standings(new, on=TODAY).items()}
    assert {key: one.limit.duration for key, one in now.items() if one} == SUGGESTED


# --- How they are told ------------------------------------------------------------------------------


def test_history_says_from_when_to_when_each_version_counted(world: World) -> None:
    said(world, "3 working days", effective_from=date(2027, 2, 1))
    said(world, "4 working days", effective_from=date(2027, 3, 1))
    said(world, "5 working days", effective_from=date(2027, 3, 1))
    standing = time_limits.standings(world.partnership, on=date(2027, 2, 10))[Key.ANSWER]
    assert standing.now is not None
    assert (standing.now.limit.duration, standing.now.until) == ("3 working days", date(2027, 2, 28))
    assert [(v.limit.duration, v.until) for v in standing.coming] == [("5 working days", None)]
    assert [(v.limit.duration, v.until) for v in standing.past] == [("2 working days", date(2027, 1, 31))]
    assert [limit.duration for limit in standing.withdrawn] == ["4 working days"]


def test_everything_that_has_a_limit_is_on_the_page_and_explained() -> None:
    on_the_page = [key for _, keys in time_limits.GROUPS for key in keys]
    assert sorted(on_the_page) == sorted(Key)
    assert set(time_limits.ABOUT) == set(SUGGESTED) == set(Key)


def test_suggested_limits_are_in_order(world: World) -> None:
    standing = time_limits.standings(world.partnership, on=TODAY)
    assert time_limits.out_of_order(standing, on=TODAY) == []


def test_ladder_that_grows_shorter_is_pointed_out_with_the_day_from_which_it_does(world: World) -> None:
    said(world, "6 working days", key="LADDER_3", effective_from=date(2027, 2, 1))
    said(world, "3 working days", key="LADDER_4", effective_from=date(2027, 2, 1))
    said(world, "5 hours", key="REMIND_BEFORE")
    said(world, "6 hours", key="REMIND_BEFORE_SHORT")
    standing = time_limits.standings(world.partnership, on=TODAY)
    short, ladder = time_limits.out_of_order(standing, on=TODAY)
    assert short == (
        "“Reminder before a limit” (5 hours) is shorter than “Reminder before a short limit” (6 hours)."
    )
    assert ladder == (
        "From 1 February 2027: “Disagreement, stage 4: partners or scrutineer” (3 working days) is shorter "
        "than “Disagreement, stage 3: service managers or designated professionals” (6 working days)."
    )


# --- What never changes -----------------------------------------------------------------------------


def test_each_change_is_in_the_audit_with_codes_and_no_words(world: World) -> None:
    coming = said(world, "3 working days", effective_from=date(2027, 2, 1))
    operations.withdraw_time_limit(coming, by=world.coordinator, at=world.clock())
    events = Event.objects.filter(verb__startswith="agencies.time_limit").order_by("id")
    assert [(event.verb, event.data) for event in events] == [
        (
            "agencies.time_limit.set",
            {"key": "ANSWER", "duration": "3 working days", "label": "LOCAL", "from": "2027-02-01"},
        ),
        (
            "agencies.time_limit.withdrawn",
            {"key": "ANSWER", "duration": "3 working days", "from": "2027-02-01"},
        ),
    ]


def test_database_keeps_what_a_limit_was(world: World) -> None:
    rows = TimeLimit.objects.filter(pk=said(world, "3 working days").pk)
    writes: list[Callable[[], object]] = [
        rows.delete,
        lambda: rows.update(duration="9 working days"),
        lambda: rows.update(effective_from=date(2020, 1, 1)),
        lambda: rows.update(set_by=None),
        lambda: rows.update(withdrawn_by=world.coordinator),
    ]
    for write in writes:
        with nothing_changes(), pytest.raises(DatabaseError), transaction.atomic():
            write()
    rows.update(withdrawn_at=world.clock())
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(withdrawn_at=None)
