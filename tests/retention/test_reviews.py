"""What is counted and told in the background: reviews, and what is not filed yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from records.models import Holding, Person
from sharing.operations import retention
from tests import factories
from tests.retention import cases
from tests.retention.cases import Case

pytestmark = pytest.mark.django_db


def test_a_birth_date_that_was_corrected_moves_the_review_within_a_week(case: Case) -> None:
    before = case.holding().review_on
    Person.objects.filter(pk=case.person.pk).update(born_on=case.person.born_on.replace(year=2015))  # type: ignore[union-attr]
    assert retention.count_again(at=case.now()) == 0
    case.world.clock.moment += timedelta(days=8)
    assert retention.count_again(at=case.now()) == 2
    after = case.holding().review_on
    assert before is not None
    assert after is not None
    assert after.year == before.year - 4


def test_a_discarded_draft_is_filed_and_counted(case: Case) -> None:
    from records import operations as records

    draft = factories.draft(case.world)
    records.discard_draft(draft, by=case.world.priya, at=case.now(), why="Written twice.")
    retention.count_again(at=case.now())
    assert Holding.objects.filter(concern=draft, agency=case.first.agency).count() == 1


def test_leads_are_told_once_in_four_weeks_that_records_are_up_for_review(case: Case) -> None:
    cases.due(case)
    assert retention.tell_of_reviews(at=case.now()) == 1
    told = Message.objects.filter(kind="RETENTION")
    assert {one.to_member_id for one in told} == {case.first.pk, case.second.pk}
    assert {one.path for one in told} == {"/retention/"}
    assert retention.tell_of_reviews(at=case.now()) == 0
    case.world.clock.moment += timedelta(days=29)
    assert retention.tell_of_reviews(at=case.now()) == 1


def test_what_is_kept_longer_is_told_of_no_more(case: Case) -> None:
    cases.due(case)
    until = (cases.PAST + timedelta(days=900)).date()
    retention.keep_longer(case.concern, by=case.first, at=case.now(), until=until, why="His sister asks.")
    assert retention.tell_of_reviews(at=case.now()) == 0
