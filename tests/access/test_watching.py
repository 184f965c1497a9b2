"""What tells the tests of access that nothing was written notices everything that is."""

from __future__ import annotations

import pytest
from django.db import transaction

from agencies.models import Draft
from audit.operations import log_access
from tests.access.watching import Watch
from tests.factories import World

pytestmark = pytest.mark.django_db


def test_each_way_to_write_is_noticed_and_by_its_table(world: World) -> None:
    watch = Watch()
    with watch.looking():
        draft = Draft.objects.create(holder=world.priya, key="restate:X1", saved_at=world.clock())
    assert watch.written() == {"agencies_draft": 1}
    with watch.looking():
        Draft.objects.filter(pk=draft.pk).update(data={"note": "Seen."})
    assert watch.written() == {"agencies_draft": 1}
    with watch.looking():
        draft.delete()
    assert watch.written() == {"agencies_draft": 1}


def test_what_a_trigger_writes_is_noticed_too(world: World) -> None:
    watch = Watch()
    with watch.looking():
        log_access("tried", by=world.priya, subject="concern")
    assert watch.written().keys() >= {"audit_access", "audit_leaf"}


def test_what_is_taken_back_was_written_all_the_same(world: World) -> None:
    watch = Watch()
    with watch.looking(), transaction.atomic():
        Draft.objects.create(holder=world.priya, key="restate:X1", saved_at=world.clock())
        transaction.set_rollback(True)
    assert watch.written() == {"agencies_draft": 1}


def test_looking_is_not_noticed(world: World) -> None:
    watch = Watch()
    with watch.looking():
        assert list(Draft.objects.all()) == []
    assert watch.written() == {}
