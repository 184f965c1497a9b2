"""A prepared question finds what the question itself finds, and keeps nothing that is wrong tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies import prepared
from agencies.models import Membership, User
from agencies.prepared import NotPrepared, Prepared
from agencies.prepared.marks import ROUNDS
from sharing import access
from sharing.models import Exchange, Obligation
from sharing.states import State
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


def facts_of(row: Any) -> dict[str, Any]:
    """Everything that was read into a row, and into the rows that came with it."""
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    with_it = row._state.fields_cache
    return own | {name: one and facts_of(one) for name, one in with_it.items()}


def test_it_finds_what_the_question_itself_finds(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    for member in (world.priya, exchange.listener, world.school.lead):
        plain = access.exchanges_seen_by(member).filter(reference=exchange.reference).first()
        found = access.exchange_seen_by(member, exchange.reference)
        assert found is not None
        assert facts_of(found) == facts_of(plain) | {"has_more": False}


def test_nobody_finds_what_the_one_who_asked_before_them_could_see(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    stranger = factories.member(exchange.listener.agency, "Nell Okoro")
    for _ in range(8):  # PostgreSQL makes one plan for everybody once it was asked five times
        seen = access.EXCHANGE.first(member=exchange.listener, reference=exchange.reference)
        assert seen is not None
        assert access.EXCHANGE.first(member=stranger, reference=exchange.reference) is None


def test_it_is_put_together_once_and_asked_with_other_values(world: World) -> None:
    asked: list[Any] = []

    def of_role(*, role: str) -> QuerySet[Membership]:
        asked.append(role)
        return Membership.objects.filter(role=role)

    question = Prepared(of_role)
    leads, practitioners = question.all(role="lead"), question.all(role="practitioner")
    assert {one.role for one in leads} == {"lead"}
    assert {one.role for one in practitioners} == {"practitioner"}
    assert len(asked) == ROUNDS
    assert not {"lead", "practitioner"} & set(asked)


def test_what_shapes_a_question_has_a_question_of_its_own(world: World) -> None:
    def ended(*, since: datetime | None) -> QuerySet[Membership]:
        rows = Membership.objects.all()
        return rows.filter(ended_at__gte=since) if since else rows.filter(ended_at__isnull=True)

    question = Prepared(ended)
    assert question.all(since=timezone.now()) == []
    assert len(question.all(since=None)) == Membership.objects.filter(ended_at__isnull=True).count()


@pytest.mark.parametrize("lookup", ["any_of", "any_of_few"])
def test_a_list_is_one_value_however_long_it_is(world: World, lookup: str) -> None:
    question = Prepared(lambda *, ids: Membership.objects.filter(**{f"pk__{lookup}": ids}).order_by("pk"))
    everybody = list(Membership.objects.order_by("pk"))
    for some in (everybody, everybody[:1], []):
        assert question.all(ids=[one.pk for one in some]) == some


def test_the_statement_says_what_was_asked(world: World) -> None:
    question = Prepared(lambda *, role: Membership.objects.filter(role=role))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for _ in range(3):
            question.all(role="lead")
    assert ["agencies_membership" in one["sql"] for one in seen.captured_queries] == [True] * 3


def baked_in(moment: datetime) -> Callable[..., QuerySet[Any]]:
    return lambda *, member: Obligation.objects.filter(owner=member, due_at__lt=moment)


def reads_the_clock(*, member: Membership) -> QuerySet[Any]:
    return Obligation.objects.filter(owner=member, due_at__lt=timezone.now())


def counts_on(*, member: Membership) -> QuerySet[Any]:
    return Exchange.objects.filter(speaker__in=list(Membership.objects.filter(pk=member.pk)))


def reads_the_name(*, member: Membership) -> QuerySet[Any]:
    return User.objects.filter(full_name=member.full_name)


def changes_the_value(*, text: str) -> QuerySet[Any]:
    return User.objects.filter(full_name__icontains=text)


def fetches_more(*, member: Membership) -> QuerySet[Any]:
    return Exchange.objects.filter(speaker=member).prefetch_related("items")


def leaves_a_number_out(*, number: int) -> QuerySet[Any]:
    return Exchange.objects.all()


@pytest.mark.parametrize(
    ("compose", "why"),
    [
        (baked_in(datetime(2026, 1, 1, tzinfo=UTC)), "the same tomorrow"),
        (reads_the_clock, "changed on its way"),
        (counts_on, "asks the database"),
        (reads_the_name, "asks the database"),
        (fetches_more, "questions of their own"),
    ],
)
def test_what_would_be_wrong_the_next_time_is_refused(
    compose: Callable[..., QuerySet[Any]], why: str, world: World
) -> None:
    with pytest.raises(NotPrepared, match=why):
        Prepared(compose).all(member=world.priya)


def test_a_value_that_is_changed_on_its_way_is_refused(db: None) -> None:
    with pytest.raises(NotPrepared, match="changed on its way"):
        Prepared(changes_the_value).all(text="Priya")


def test_a_number_that_nothing_is_done_with_is_refused(db: None) -> None:
    with pytest.raises(NotPrepared, match="does nothing with number"):
        Prepared(leaves_a_number_out).all(number=7)


def test_the_time_is_that_of_asking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    question = Prepared(
        lambda *, agency: Membership.objects.filter(agency=agency, started_at__lt=prepared.now())
    )
    long_ago = factories.LONG_AGO - timedelta(days=1)
    assert question.all(agency=world.priya.agency_id)
    monkeypatch.setattr(timezone, "now", lambda: long_ago)
    assert question.all(agency=world.priya.agency_id) == []


def test_a_new_day_is_a_new_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deputy = world.priya
    question = Prepared(
        lambda *, member: Membership.objects.acting_for(member, on=timezone.localdate()).values_list(
            "pk", flat=True
        )
    )
    tomorrow = timezone.now() + timedelta(days=1)
    before = question.all(member=deputy)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert question.all(member=deputy) == before
    assert question.day == timezone.localdate()


def test_what_is_neither_value_nor_shape_is_refused(db: None) -> None:
    with pytest.raises(NotPrepared, match="neither a value"):
        Prepared(lambda *, many: Membership.objects.filter(pk__in=many)).all(many={uuid4()})
