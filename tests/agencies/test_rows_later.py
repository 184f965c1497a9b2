"""Rows that are written with the next statement are those that Django would write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import F

from agencies.models import Membership, Submission
from audit.models import Event
from config.postgresql.later import NotWritten
from tests.factories import World

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def known() -> Any:
    return connection


def event(verb: str) -> Event:
    return Event(verb=verb, at=AT, actor="Check Back", agency="", subject="A", also_for=["B"], data={"c": 1})


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2])
def test_rows_are_inserted_as_bulk_create_inserts_them(number: int) -> None:
    for _ in range(3):  # put together, prepared, and then kept
        with transaction.atomic():
            known().insert_later([Group(name=f"Later {one}") for one in range(number)])
            assert Group.objects.filter(name__startswith="Later").count() == number
            Group.objects.all().delete()


@pytest.mark.django_db
def test_what_postgresql_fills_in_is_filled_in() -> None:
    for _ in range(3):
        Event.objects.create(**{**vars_of(event("asked")), "verb": "asked"})
        known().insert_later([event("later")])
    first, later = Event.objects.filter(verb="asked"), Event.objects.filter(verb="later")
    assert list(first.values_list("also_for", "data")) == list(later.values_list("also_for", "data"))
    assert abs(first[0].recorded_at - later[2].recorded_at) < timedelta(seconds=10)


def vars_of(row: Event) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("at", "actor", "agency", "subject", "also_for", "data")}


@pytest.mark.django_db
def test_fields_of_a_row_are_saved_and_no_other(world: World) -> None:
    row, job = world.priya, world.priya.job_title
    for days in (1, 2, 3):
        row.started_at, row.job_title = AT + timedelta(days=days), "Not saved"
        known().save_later(row, ["started_at", "manager"])
        now = Membership.objects.get(pk=row.pk)
        assert (now.started_at, now.job_title) == (AT + timedelta(days=days), job)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("nested", [True, False])
def test_a_row_that_is_not_there_is_not_saved_in_silence(asked: bool, nested: bool) -> None:
    gone = Group(pk=1_000_000, name="Gone")

    def save() -> None:
        with transaction.atomic():
            Group.objects.create(name="Beside it")
            known().save_later(gone, ["name"])
            if asked:
                Group.objects.exists()

    if nested:
        with transaction.atomic():
            Group.objects.create(name="Before")
            with pytest.raises(NotWritten):
                save()
            Group.objects.create(name="After")
    else:
        with pytest.raises(NotWritten):
            save()
    assert set(Group.objects.values_list("name", flat=True)) == ({"Before", "After"} if nested else set())


@pytest.mark.django_db
def test_what_is_more_than_a_value_is_not_taken(world: World) -> None:
    row = Submission(member_id=world.priya.pk, result="", at=AT)
    row.result = F("form_id")
    with pytest.raises(ValueError, match="writes values"):
        known().save_later(row, ["result"])
    with pytest.raises(ValueError, match="plain columns"):
        known().save_later(event("never"), ["also_for"])
