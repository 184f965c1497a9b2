"""Two ticks that find the learning figures old at the same moment: one works them out."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
from django.db import connection

from sharing.models import LearningMonth, LearningRefresh
from sharing.operations import learning
from tests import factories
from tests.races.two import at_once
from tests.sharing.learning_cases import Said

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_at_once_leave_one_set_of_figures() -> None:
    world = factories.make_world()
    said, at = Said(world), world.clock()
    for _ in range(6):
        said(at, received=1)
    for _ in range(4):
        LearningRefresh.objects.all().delete()
        outcome = at_once(*[partial(learning.refresh_if_old, at)] * 2, *[partial(learning.refresh, at)] * 2)
        assert not outcome.errors
        assert LearningRefresh.objects.count() == 1
        assert LearningMonth.objects.filter(months=1, from_agency=None, to_agency=None).count() == 1


def test_nobody_waits_for_whoever_is_at_it() -> None:
    world = factories.make_world()
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [learning.LOCK])
        assert not learning.refresh_if_old(world.clock())
        cursor.execute("SELECT pg_advisory_unlock(%s)", [learning.LOCK])
    assert learning.refresh_if_old(world.clock())
