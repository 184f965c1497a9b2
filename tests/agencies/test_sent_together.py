"""Questions that are sent together find what each finds by itself, and fail as statements do."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Membership, User
from agencies.prepared import Prepared, together
from config.postgresql import direct
from tests.factories import World

PEOPLE = Prepared(lambda *, role: Membership.objects.filter(role=role).order_by("pk"))
NAMES = Prepared(lambda *, name: User.objects.filter(full_name=name).values_list("id", flat=True))
AGENCIES = Prepared(lambda *, kind: Agency.objects.filter(kind=kind).values_list("name", "pk"))


class Trips(list[list[str]]):
    """The statements of each round trip."""


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> Trips:
    made, sent = Trips(), direct.send

    def send(at: Any, statements: Any) -> Any:
        made.append([text for text, _ in statements])
        return sent(at, statements)

    monkeypatch.setattr(direct, "send", send)
    return made


@pytest.mark.django_db
def test_together_they_find_what_each_finds_in_one_round_trip(world: World, trips: Trips) -> None:
    kind = world.priya.agency.kind
    alone = [PEOPLE.all(role="lead"), NAMES.all(name="Priya Nair"), AGENCIES.all(kind=kind)]
    for _ in range(4):  # put together, prepared, and then kept
        trips.clear()
        found = together(
            PEOPLE.asking(role="lead"), None, NAMES.asking(name="Priya Nair"), AGENCIES.asking(kind=kind)
        )
        assert found == [alone[0], [], *alone[1:]]
        assert [len(trip) for trip in trips] == [3]
    assert all(alone)


@pytest.mark.django_db
def test_whoever_looks_at_statements_sees_each(world: World, trips: Trips) -> None:
    with CaptureQueriesContext(connection) as seen:
        together(PEOPLE.asking(role="lead"), NAMES.asking(name="Priya Nair"))
    assert len(seen) == 2
    assert trips == []


@pytest.mark.django_db
def test_where_one_fails_none_that_follows_is_done_and_the_next_transaction_works(world: World) -> None:
    text, more = "UPDATE agencies_user SET full_name = %s WHERE id = %s", [world.priya.user_id]
    known: Any = connection
    for _ in range(3):
        with pytest.raises(DataError), transaction.atomic():
            known.send([(text, ["Before", *more]), ("SELECT 1 / 0", []), (text, ["After", *more])])
        assert known.send([("SELECT full_name FROM agencies_user WHERE id = %s", more)])[0].rows == [
            ("Priya Nair",)
        ]
    assert known.send([(text, ["Pria Nair", *more])])[0].written == 1


@pytest.mark.django_db(transaction=True)
def test_the_first_of_a_transaction_begins_it() -> None:
    known: Any = connection
    for first in (["SELECT 1"], ["SELECT 1", "SELECT 2"]):
        with transaction.atomic():
            known.send([(text, []) for text in first])
            known.send([("SELECT set_config('check_back.agency', %s, true)", ["7"])])
            [told] = known.send([("SELECT current_setting('check_back.agency', true), 5 %% 3", [])])
            assert told.rows == [("7", 2)]
        [told] = known.send([("SELECT current_setting('check_back.agency', true)", [])])
        assert told.rows == [("",)]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_does_not_keep_to_its_transaction_is_not_left_half_sent() -> None:
    known: Any = connection
    with pytest.raises(DataError):
        known.send([("SELECT 1 / %s::int", ["0"])])
    assert known.send([("SELECT 1", []), ("SELECT 2", [])])[1].rows == [(2,)]


@pytest.mark.django_db
def test_values_come_back_as_cursors_bring_them(world: World) -> None:
    now = Membership.objects.get(pk=world.priya.pk).started_at
    known: Any = connection
    text = "SELECT started_at, id, agency_id, ended_at, %s::text FROM agencies_membership WHERE id = %s"
    [answer] = known.send([(text, ["50 %", world.priya.pk])])
    assert answer.rows == [(now, world.priya.pk, world.priya.agency_id, None, "50 %")]


@pytest.mark.django_db
def test_a_percent_sign_of_the_text_stays_one_whatever_follows_it(world: World) -> None:
    known: Any = connection
    (answer,) = known.send([("SELECT 'stays 5%%s', %s::text", ["given"])])
    assert answer.rows == [("stays 5%s", "given")]
