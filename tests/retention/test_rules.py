"""When a record comes up for review: the pure function, by example and by property."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.retention.rules import Facts, Review, Somebody, Terms, Trigger, age_on, review, years_after
from records.retention.seeds import SUGGESTED

CLOSED = date(2027, 1, 11)
BEGAN = date(2026, 9, 1)
LEO = Somebody(born_on=date(2019, 9, 3))
SCHOOL = Terms(Trigger.BIRTH, 25)
LOOKED_AFTER = Terms(Trigger.BIRTH, 75, after_death=15)
LADO = Terms(Trigger.BIRTH, 100, of_adults=True)


def when(terms: Terms, *people: Somebody, closed: date | None = CLOSED, **more: object) -> date | None:
    facts = Facts(began_on=BEGAN, closed_on=closed, people=people)
    return review(terms, replace(facts, **more)).on  # type: ignore[arg-type]  # the fields of Facts


def test_a_childs_school_record_is_reviewed_on_their_25th_birthday() -> None:
    assert when(SCHOOL, LEO) == date(2044, 9, 3)


def test_somebody_born_on_29_february_is_25_on_1_march() -> None:
    assert when(SCHOOL, Somebody(born_on=date(2020, 2, 29))) == date(2045, 3, 1)
    assert when(Terms(Trigger.BIRTH, 24), Somebody(born_on=date(2020, 2, 29))) == date(2044, 2, 29)


def test_an_unknown_birth_date_counts_as_the_youngest_that_they_can_be() -> None:
    assert when(SCHOOL, Somebody()) == date(2051, 9, 1)
    assert when(LADO, Somebody(is_child=False)) == date(2108, 9, 1)


def test_an_estimated_birth_date_counts_as_the_end_of_its_year() -> None:
    assert when(SCHOOL, replace(LEO, is_estimated=True)) == date(2044, 12, 31)


def test_with_several_people_the_longest_counts() -> None:
    isla = Somebody(born_on=date(2025, 5, 5))
    found = review(SCHOOL, Facts(BEGAN, CLOSED, people=(LEO, isla)))
    assert found.on == date(2050, 5, 5)
    assert found.because[-1] == "It is about several people, so the longest counts."


def test_a_looked_after_child_who_died_is_kept_15_years_from_then() -> None:
    assert when(LOOKED_AFTER, LEO) == date(2094, 9, 3)
    assert when(LOOKED_AFTER, replace(LEO, died_on=date(2026, 12, 1))) == date(2041, 12, 1)


def test_a_death_after_18_shortens_nothing() -> None:
    grown = Somebody(born_on=date(2000, 1, 1), died_on=date(2019, 1, 1))
    assert when(LOOKED_AFTER, grown) == date(2075, 1, 1)


def test_an_allegation_is_kept_100_years_from_the_birth_of_whoever_it_is_about() -> None:
    assert when(LADO, LEO, Somebody(is_child=False, born_on=date(1980, 2, 29))) == date(2080, 2, 29)


def test_a_health_record_is_kept_a_year_longer_where_they_were_17_at_its_end() -> None:
    health = Terms(Trigger.BIRTH, 25, if_seventeen=26)
    assert when(health, Somebody(born_on=date(2009, 6, 1))) == date(2035, 6, 1)
    assert when(health, Somebody(born_on=date(2010, 6, 1))) == date(2035, 6, 1)
    assert when(health, Somebody(born_on=date(2008, 6, 1))) == date(2033, 6, 1)


def test_a_known_allegation_of_sexual_abuse_is_kept_at_least_75_years_whatever_the_class() -> None:
    assert when(SCHOOL, LEO, floor_years=75) == date(2102, 1, 11)
    assert when(SCHOOL, LEO, floor_years=75, closed=None) is None
    assert when(Terms(Trigger.CLOSURE, 100), LEO, floor_years=75) == date(2127, 1, 11)


def test_a_child_in_need_is_21_and_three_years_after_closure() -> None:
    terms = Terms(Trigger.BIRTH, 21, after_closure=3)
    assert when(terms, Somebody(born_on=date(2008, 1, 1))) == date(2030, 1, 11)
    assert when(terms, LEO) == date(2040, 9, 3)


@pytest.mark.parametrize("trigger", [Trigger.ORDER, Trigger.DEATH, Trigger.END_OF_CARE])
def test_what_is_counted_from_a_day_waits_for_it(trigger: Trigger) -> None:
    terms = Terms(trigger, 8)
    assert when(terms, LEO) is None
    assert when(terms, LEO, event_on=date(2028, 2, 29)) == date(2036, 2, 29)


def test_what_is_counted_from_closure_waits_while_it_is_open() -> None:
    found = review(Terms(Trigger.CLOSURE, 35), Facts(BEGAN, people=(LEO,)))
    assert found == Review(None, ("It is counted from when the concern is closed, which it is not yet.",))


def test_nothing_is_reviewed_before_it_was_closed() -> None:
    assert when(SCHOOL, Somebody(is_child=False, born_on=date(1940, 1, 1))) == CLOSED


def test_every_suggested_class_has_a_source_and_terms_that_can_be_read() -> None:
    for one in SUGGESTED:
        terms = Terms(**{**one.terms, "trigger": Trigger(str(one.terms["trigger"]))})  # type: ignore[arg-type]
        assert one.source
        assert when(terms, LEO, event_on=CLOSED) is not None
    marked = {(s.agency_kind, s.record_kind) for s in SUGGESTED if s.to_check}
    assert ("SCHOOL", "CHILD") not in marked
    assert {("HEALTH", "CHILD"), ("ADULTS", "ADULT"), ("", "CHILD")} <= marked


# A busy machine draws slowly, which says nothing about the rule.
slowly = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
years = st.integers(1, 150)
somebody = st.builds(
    Somebody,
    is_child=st.booleans(),
    born_on=st.none() | days,
    is_estimated=st.booleans(),
    died_on=st.none() | days,
)


@slowly
@given(days, years)
def test_so_many_years_later_is_that_age_and_not_a_day_sooner(day: date, count: int) -> None:
    later = years_after(day, count)
    assert age_on(day, later) == count
    assert age_on(day, date.fromordinal(later.toordinal() - 1)) == count - 1


@slowly
@given(
    st.builds(Terms, st.just(Trigger.BIRTH), years),
    st.lists(somebody, min_size=1, max_size=4),
    days,
    somebody,
)
def test_one_more_person_never_brings_the_review_nearer(
    terms: Terms, people: list[Somebody], closed: date, more: Somebody
) -> None:
    before = review(terms, Facts(BEGAN, closed, people=tuple(people))).on
    after = review(terms, Facts(BEGAN, closed, people=(*people, more))).on
    assert before is not None
    assert after is not None
    assert closed <= before <= after


@slowly
@given(st.lists(somebody, min_size=1, max_size=3), days, years, years)
def test_a_floor_never_brings_the_review_nearer(
    people: list[Somebody], closed: date, some: int, floor: int
) -> None:
    facts = Facts(BEGAN, closed, people=tuple(people))
    with_floor = review(Terms(Trigger.BIRTH, some), replace(facts, floor_years=floor)).on
    without = review(Terms(Trigger.BIRTH, some), facts).on
    assert with_floor is not None
    assert without is not None
    assert with_floor == max(without, years_after(closed, floor))
