"""The learning figures against sets small enough to work out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from agencies.models import Membership
from sharing.models import Agreement, LearningKind, LearningMonth, LearningRefresh
from sharing.operations import learning
from sharing.operations import tick as ticking
from tests.factories import World
from tests.sharing.learning_cases import HOUR, Said

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 17, 12, 30, tzinfo=UTC)
IN_MARCH = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
MARCH, FEBRUARY = date(2027, 3, 1), date(2027, 2, 1)


@pytest.fixture
def said(world: World) -> Said:
    return Said(world)


def figures(
    month: date = MARCH, *, months: int = 1, by: Membership | None = None, to: Membership | None = None
) -> LearningMonth:
    learning.refresh(NOW)
    return LearningMonth.objects.get(
        months=months,
        first_month=month,
        from_agency=by.agency if by else None,
        to_agency=to.agency if to else None,
    )


def test_times_are_medians_of_those_that_got_so_far(said: Said) -> None:
    for hours in (1, 2, 3, 4, 100):
        said(IN_MARCH, received=hours, understood=hours + 10, agreed=hours + 20)
    said(IN_MARCH, received=6)  # received: 1 2 3 4 6 100, so the median is 3.5
    row = figures()
    assert row.hours_to_received == Decimal("3.5")
    assert row.hours_to_understood == Decimal("13.0")
    assert row.hours_to_agreed == Decimal("23.0")


def test_counts_are_to_the_nearest_five(said: Said) -> None:
    for number in range(8):
        said(IN_MARCH, received=1, understood=2 if number < 2 else None)
    row = figures()
    assert (row.sent_is, row.sent) == ("SHOWN", 10)
    assert (row.open_is, row.still_open) == ("SHOWN", 5)


def test_first_time_right_and_rounds_are_of_those_understood(said: Said) -> None:
    for rounds in (1, 1, 1, 2, 3):  # three of five in the first round; eight rounds for five
        said(IN_MARCH, received=1, understood=5, rounds=rounds)
    said(IN_MARCH, received=1)
    row = figures()
    assert row.first_time_right == 60
    assert row.mean_rounds == Decimal("1.6")


def test_all_right_is_not_said_of_anybody(said: Said) -> None:
    for _ in range(5):
        said(IN_MARCH, received=1, understood=2)
    assert figures().first_time_right == 95


def test_agreed_is_when_both_latest_answers_agree(said: Said) -> None:
    exchanges = [said(IN_MARCH, received=1, understood=2, agreed=10) for _ in range(5)]
    again = exchanges[0]
    for answer, hours in (("DISAGREE", 20), ("AGREE", 30)):
        Agreement.objects.create(
            exchange=again, about="RISK", answer=answer, why="The aunt is there.", by=again.listener,
            at=IN_MARCH + hours * HOUR,
        )  # fmt: skip
    assert figures().hours_to_agreed == Decimal("10.0")  # 10 10 10 10 30
    Agreement.objects.create(
        exchange=exchanges[1], about="ACTION", answer="PARTLY", why="Not today.", by=again.listener, at=NOW
    )
    assert figures().hours_to_agreed is None  # four agree now


def test_what_is_taken_back_or_sent_astray_is_sent_and_not_open(said: Said, world: World) -> None:
    for _ in range(5):
        said(IN_MARCH, received=1, understood=2)
    for _ in range(5):
        said(IN_MARCH, withdrawn_at=IN_MARCH, withdrawn_by=world.priya, withdrawn_why="Another child.")
    row = figures()
    assert row.sent == 10
    assert row.open_is == "FEW"


@pytest.mark.parametrize("not_counted", [{"kind": "SUMMARY"}, {"for_information": True}])
def test_summaries_and_copies_for_information_are_not_counted(
    said: Said, not_counted: dict[str, Any]
) -> None:
    for _ in range(9):
        said(IN_MARCH, **not_counted)
    learning.refresh(NOW)
    assert not LearningMonth.objects.exists()


def test_a_month_is_a_month_in_london(said: Said) -> None:
    for minute in range(5):
        said(datetime(2026, 7, 31, 23, minute, tzinfo=UTC))  # 1 August, summer time
    learning.refresh(NOW)
    months = LearningMonth.objects.filter(months=1, from_agency=None, to_agency=None)
    assert [row.first_month for row in months] == [date(2026, 8, 1)]


def test_thirteen_months_are_looked_at_and_no_more(said: Said) -> None:
    for _ in range(5):
        said(datetime(2026, 3, 1, 9, tzinfo=UTC))
        said(datetime(2026, 2, 28, 9, tzinfo=UTC))
    row = figures(date(2026, 3, 1), months=13)
    assert row.sent == 5
    assert not LearningMonth.objects.filter(first_month=date(2026, 2, 1)).exists()


def test_each_way_and_each_pair_is_counted_by_itself(said: Said, world: World) -> None:
    for _ in range(10):
        said(IN_MARCH, by=world.priya, to=world.tom, received=2)
    for _ in range(15):
        said(IN_MARCH, by=world.tom, to=world.priya, received=4)
        said(IN_MARCH, by=world.amara, to=world.priya, received=6)
    assert figures(by=world.priya).sent == 10
    assert figures(to=world.priya).sent == 30
    january = date(2027, 1, 1)
    pair = figures(january, months=3, by=world.tom, to=world.priya)
    assert (pair.sent, pair.hours_to_received) == (15, Decimal("4.0"))
    assert not LearningMonth.objects.filter(
        months=1, from_agency__isnull=False, to_agency__isnull=False
    ).exists()


def test_fewer_than_five_are_never_stored(said: Said, world: World) -> None:
    for _ in range(4):
        said(IN_MARCH, received=2, understood=3, items={"OPINION": "WRONG"}, rounds=2)
    row = figures()
    assert (row.sent_is, row.open_is) == ("FEW", "FEW")
    assert [row.sent, row.still_open, row.hours_to_received, row.first_time_right, row.mean_rounds] == [
        None
    ] * 5
    assert not LearningKind.objects.exists()


def test_kinds_count_each_key_item_once_however_often_it_was_corrected(said: Said) -> None:
    for number in range(10):
        verdicts = {"FACT_SEEN": "UNDERSTOOD", "FACT_HEARD": "WRONG", "OPINION": "MISSING"}
        said(IN_MARCH, received=1, understood=9, rounds=3 if number < 4 else 1, items=verdicts)
    learning.refresh(NOW)
    rows = LearningKind.objects.filter(months=3, from_agency=None, to_agency=None)
    found = {row.kind: (row.corrected, row.wrong, row.missing, row.checked) for row in rows}
    assert found == {
        "FACT": (20, 20, 5, "SOME"),  # 4 of 20: seen and heard are both facts
        "OPINION": (40, 5, 40, "FEW"),  # 4 of 10; 5 stands for 5% or less
    }


def test_another_partnership_is_not_mixed_in(said: Said, world: World) -> None:
    for _ in range(5):
        said(IN_MARCH)
    assert figures().partnership == world.partnership
    assert LearningMonth.objects.values("partnership").distinct().count() == 1


def test_they_are_worked_out_again_when_an_hour_old_and_not_before(said: Said) -> None:
    assert learning.refresh_if_old(NOW)
    assert not learning.refresh_if_old(NOW + timedelta(minutes=59))
    assert learning.refresh_if_old(NOW + timedelta(minutes=60))
    assert LearningRefresh.objects.get().done_at == NOW + timedelta(minutes=60)
    assert learning.refresh_if_old(NOW), "a clock that was set back does not stop it"


def test_the_command_works_them_out_now(said: Said) -> None:
    with time_machine.travel(NOW, tick=False):
        call_command("refresh_learning", stdout=StringIO())
    assert LearningRefresh.objects.get().done_at == NOW


def test_the_tick_works_them_out_each_hour(said: Said) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        ticking.tick()
        clock.shift(timedelta(minutes=61))
        ticking.tick()
    assert LearningRefresh.objects.get().done_at == NOW + timedelta(minutes=61)


def test_a_tick_sends_also_where_the_figures_fail(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*months: date) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sharing.operations.learning.queries.measures", fail)
    ticking.tick()
    assert not LearningRefresh.objects.exists()
