"""A row is written as Django writes it, with a statement that PostgreSQL keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.utils import timezone

from agencies import drafts
from agencies.models import Draft, Submission
from agencies.prepared import Prepared
from audit.models import Event
from tests.factories import World

pytestmark = pytest.mark.django_db


def kept(beginning: str) -> list[str]:
    """The statements of that beginning that this connection has prepared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", [f"{beginning}%"]
        )
        return [text for (text,) in cursor.fetchall()]


def event(**facts: Any) -> Event:
    return Event.objects.create(**{"verb": "test.was_done", "at": timezone.now(), "data": {}, **facts})


def test_what_is_inserted_is_what_was_given(world: World) -> None:
    now = timezone.now()
    facts = {"actor_id": world.priya.pk, "actor": "Priya ‘%s’", "also_for": ["WF-CARE", "a,b"], "at": now}
    for data in ({"version": 1}, {"version": 40_000, "said": 'a "b"'}, {}):
        made = event(data=data, subject="X", **facts)
        found = Event.objects.get(pk=made.pk)
        assert (found.data, found.actor, found.also_for) == (data, "Priya ‘%s’", ["WF-CARE", "a,b"])
        assert (found.actor_id, found.at) == (world.priya.pk, now)
    assert event(also_for=[]).pk > made.pk


def test_the_server_keeps_one_statement_for_a_table(world: World) -> None:
    before = len(kept('INSERT INTO "audit_event"'))
    for number in (1, 40_000, 3_000_000_000):
        event(data={"version": number})
    assert len(kept('INSERT INTO "audit_event"')) <= before + 1


def test_a_value_that_is_worked_out_is_written_by_django(world: World) -> None:
    for key in ("plain", Upper(Value("worked out")), "plain again"):
        Draft.objects.create(holder=world.priya, key=key, data={}, saved_at=timezone.now())
    assert set(Draft.objects.values_list("key", flat=True)) == {"plain", "WORKED OUT", "plain again"}


def test_one_row_is_changed_and_no_other(world: World) -> None:
    now = timezone.now()
    for key in ("one", "two"):
        drafts.keep(world.priya.pk, key, {"why": "Because."}, at=now)
    later = now + timedelta(hours=1)
    before = len(kept('UPDATE "agencies_draft" SET "saved_at"'))
    for moment in (now, later, later):
        draft = Draft.objects.get(key="one")
        draft.saved_at = moment
        draft.save(update_fields=["saved_at"])
    assert dict(Draft.objects.values_list("key", "saved_at")) == {"one": later, "two": now}
    assert len(kept('UPDATE "agencies_draft" SET "saved_at"')) <= before + 1


def test_a_change_that_is_worked_out_is_django_s(world: World) -> None:
    drafts.keep(world.priya.pk, "one", {}, at=timezone.now())
    draft = Draft.objects.get()
    Draft.objects.filter(pk=draft.pk).update(saved_at=F("saved_at") + timedelta(hours=1))
    draft.key = Upper(F("key"))
    draft.save(update_fields=["key"])
    found = Draft.objects.get()
    assert (found.key, found.saved_at) == ("ONE", draft.saved_at + timedelta(hours=1))


def test_a_row_that_is_gone_is_not_changed(world: World) -> None:
    drafts.keep(world.priya.pk, "one", {}, at=timezone.now())
    draft = Draft.objects.get()
    Draft.objects.all().delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        draft.save(update_fields=["saved_at"])


def test_a_row_that_is_there_already_is_left_as_it_is(world: World) -> None:
    now = timezone.now()
    key = Submission(form_id=world.priya.pk, member=world.priya, result="/first/", at=now)
    again = Submission(form_id=world.priya.pk, member=world.priya, result="/second/", at=now)
    for one in (key, again):
        Submission.objects.bulk_create([one], ignore_conflicts=True)
    assert Submission.objects.get().result == "/first/"


def test_a_moment_comes_back_in_utc_to_the_microsecond_as_from_any_other_question(world: World) -> None:
    moment = datetime(2027, 7, 14, 23, 30, 9, 123_456, tzinfo=UTC)
    made = event(at=moment)
    found = Prepared(lambda *, pk: Event.objects.filter(pk=pk)).one(pk=made.pk).at
    assert found == Event.objects.get(pk=made.pk).at == moment
    assert found.tzinfo is Event.objects.get(pk=made.pk).at.tzinfo is UTC
