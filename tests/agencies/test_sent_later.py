"""What waits for the next statement is done in its place, and goes with its transaction."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DataError, NotSupportedError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from agencies.prepared import Prepared
from config.postgresql import direct
from tests.conftest import of_the_owner

TOO_LONG = "too long" * 100
ADD = "INSERT INTO auth_group (name) VALUES (%s)"
NAMES = Prepared(lambda *, name: Group.objects.filter(name=name).values_list("name", flat=True))


def later(name: str) -> None:
    known: Any = connection
    known.write_later(ADD, [name])


def names() -> set[str]:
    return set(Group.objects.values_list("name", flat=True))


def prepared(beginning: str = "") -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE starts_with(statement, %s) ORDER BY name",
            [beginning],
        )
        return list(cursor.fetchall())


class Refused(Exception):
    """Somebody changed their mind."""


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The first word of each statement of each round trip."""
    made: list[list[str]] = []
    sent = direct.send

    def send(at: Any, statements: Any) -> Any:
        made.append([text.split()[0] for text, _ in statements])
        return sent(at, statements)

    monkeypatch.setattr(direct, "send", send)
    return made


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_cursor", [True, False])
def test_whoever_asks_next_finds_it(by_cursor: bool) -> None:
    with transaction.atomic():
        later("First")
        assert names() == {"First"} if by_cursor else NAMES.all(name="First") == ["First"]


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_its_transaction_in_one_round_trip(trips: list[list[str]]) -> None:
    for number in range(3):
        trips.clear()
        with transaction.atomic():
            later(f"Row {number}")
            later(f"More {number}")
        assert trips == [["INSERT", "INSERT", "COMMIT"]]
    assert len(names()) == 6


@pytest.mark.django_db(transaction=True)
def test_it_goes_with_the_end_of_the_block_in_which_it_was_said(trips: list[list[str]]) -> None:
    with transaction.atomic():
        later("Before")
        with transaction.atomic():
            later("Within")
        assert trips == [["INSERT", "SAVEPOINT", "INSERT"]]
        with transaction.atomic():
            assert NAMES.all(name="Within") == ["Within"]
    assert trips[1:] == [["RELEASE", "SAVEPOINT", "SELECT"], ["RELEASE", "COMMIT"]]
    assert names() == {"Before", "Within"}


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_in_which_nothing_is_said_costs_nothing(trips: list[list[str]]) -> None:
    with transaction.atomic(), transaction.atomic(), transaction.atomic():
        pass
    assert trips == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [True, False])
def test_what_is_rolled_back_takes_what_waits_with_it_and_nothing_else(asked: bool) -> None:
    with transaction.atomic():
        later("Before")
        with pytest.raises(Refused), transaction.atomic():  # noqa: PT012  # its end is what is tested
            later("Within")
            if asked:
                assert NAMES.all(name="Within") == ["Within"]
                later("Within too")
            raise Refused
        later("After")
    assert names() == {"Before", "After"}
    with pytest.raises(Refused), transaction.atomic():  # noqa: PT012  # its end is what is tested
        later("Never")
        raise Refused
    assert names() == {"Before", "After"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [True, False])
def test_where_it_fails_nothing_of_its_transaction_is_left(asked: bool) -> None:
    with pytest.raises(DataError) as refused, transaction.atomic():  # noqa: PT012  # its end is what is tested
        later("Before")
        later(TOO_LONG)
        if asked:
            NAMES.all(name="Before")
    assert names() == set()
    assert refused.value.__notes__ == ["It is about a statement that waited: INSERT INTO auth_group."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [True, False])
def test_a_block_is_told_of_its_own_rows_and_what_is_around_it_goes_on(asked: bool) -> None:
    with transaction.atomic():
        later("Before")
        with pytest.raises(DataError), transaction.atomic():  # noqa: PT012  # its end is what is tested
            later(TOO_LONG)
            if asked:
                NAMES.all(name="Before")
        later("After")
    assert names() == {"Before", "After"}


@pytest.mark.django_db(transaction=True)
def test_whoever_handles_what_failed_before_their_block_saves_nothing() -> None:
    with pytest.raises(TransactionManagementError), transaction.atomic():  # noqa: PT012  # and its end
        later("Before")
        later(TOO_LONG)
        with pytest.raises(DataError), transaction.atomic():
            Group.objects.create(name="Own")
        Group.objects.create(name="After")
    assert names() == set()


@pytest.mark.django_db(transaction=True)
def test_an_error_of_another_statement_has_no_note_and_takes_nothing_away() -> None:
    with transaction.atomic():
        later("Before")
        with pytest.raises(DataError) as refused:
            NAMES.all(name="never\0sent")
        later("After")
    assert not hasattr(refused.value, "__notes__")
    assert names() == {"Before", "After"}


@pytest.mark.django_db(transaction=True)
def test_the_same_statement_twice_in_one_round_trip_is_prepared_once() -> None:
    for number in range(4):
        with transaction.atomic():
            later(f"Row {number}")
            later(f"More {number}")
    assert len(prepared(ADD[:20])) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_outlives_a_transaction_that_is_refused() -> None:
    for number in range(3):
        with transaction.atomic():
            later(f"Row {number}")
            NAMES.all(name="Row")
    kept = prepared()
    assert len(kept) >= 2
    for savepoint in (True, False):
        with suppress(Refused), transaction.atomic():
            NAMES.all(name="Row")
            with transaction.atomic(savepoint=savepoint):
                later("Never")
                NAMES.all(name="Row")
                raise Refused
        assert prepared() == kept
    with transaction.atomic():
        later("After")
        assert NAMES.all(name="After") == ["After"]
    assert prepared() == kept


@pytest.mark.django_db(transaction=True)
def test_what_fails_again_and_again_leaves_nothing_prepared_behind() -> None:
    known: Any = connection
    new = f"/* Asked by nobody else */ {ADD}"
    known.write(new, ["Row"])
    for _ in range(6):
        with suppress(DataError), transaction.atomic():
            known.write_later(new, [TOO_LONG])
            NAMES.all(name="Row")
    assert NAMES.all(name="Row") == ["Row"]
    assert prepared(new[:20]) == []
    assert names() == {"Row"}


@pytest.mark.django_db(transaction=True)
def test_what_changes_a_table_has_everything_prepared_anew() -> None:
    for _ in range(3):
        NAMES.all(name="Row")
    assert prepared()
    with connection.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    assert NAMES.all(name="Row") == []


def widen(to: int) -> None:
    """Change a column as a new version does, while we have statements about it prepared."""
    owner = connection.copy()
    owner.settings_dict.update(of_the_owner())
    with closing(owner), owner.cursor() as cursor:
        cursor.execute(f"ALTER TABLE auth_group ALTER COLUMN name TYPE varchar({to})")


@pytest.mark.django_db(transaction=True)
def test_what_a_new_version_changed_fails_once_and_not_for_each_statement_about_it() -> None:
    both = (NAMES, Prepared(lambda *, name: Group.objects.filter(name__gt=name).values_list("name")))
    for question in both * 3:
        question.all(name="Row")
    widen(160)
    try:
        with pytest.raises(NotSupportedError):
            NAMES.all(name="Row")
        assert [question.all(name="Row") for question in both * 2] == [[]] * 4
    finally:
        widen(150)


@pytest.mark.django_db(transaction=True)
def test_whoever_looks_at_statements_sees_each_when_it_is_said() -> None:
    with transaction.atomic():
        later("Before")
        with CaptureQueriesContext(connection) as seen:
            later("Seen")
        assert [one["sql"] for one in seen.captured_queries] == [ADD.replace("%s", "'Seen'")]
    assert names() == {"Before", "Seen"}


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_done_at_once(trips: list[list[str]]) -> None:
    later("At once")
    assert trips == [["INSERT"]]
