"""A prepared change does what the query set's own update and delete do, to those rows and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies import drafts
from agencies.models import Draft
from agencies.prepared import NotPrepared, PreparedChange
from tests.factories import World

pytestmark = pytest.mark.django_db

MOVED = PreparedChange(lambda *, keys, at: (Draft.objects.filter(key__any_of=keys), {"saved_at": at}))


def test_it_changes_those_rows_to_the_values_given(world: World) -> None:
    now = timezone.now()
    for key in ("one", "two", "three"):
        drafts.keep(world.priya.pk, key, {"why": "Because."}, at=now)
    later, latest = now + timedelta(hours=1), now + timedelta(hours=2)
    assert MOVED.do(keys=["one", "two"], at=later) == 2
    assert MOVED.do(keys=["two"], at=latest) == 1
    assert MOVED.do(keys=["four"], at=latest) == 0
    assert dict(Draft.objects.values_list("key", "saved_at")) == {"one": later, "two": latest, "three": now}


def test_it_deletes_those_rows_of_that_person(world: World) -> None:
    now = timezone.now()
    for member in (world.priya, world.tom):
        for key in ("one", "two"):
            drafts.keep(member.pk, key, {"why": "Because."}, at=now)
    drafts.drop(world.priya, "one")
    left = set(Draft.objects.values_list("holder_id", "key"))
    assert left == {(world.priya.pk, "two"), (world.tom.pk, "one"), (world.tom.pk, "two")}


def test_a_moment_that_is_no_value_is_refused(world: World) -> None:
    now = timezone.now()
    change = PreparedChange(lambda *, key: (Draft.objects.filter(key=key), {"saved_at": now}))
    with pytest.raises(NotPrepared):
        change.do(key="one")
