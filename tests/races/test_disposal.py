"""Two people at once: a hold is placed while a disposal runs, and two workers carry out the same one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError

from records.models import Certificate, Disposal, LegalHold
from sharing.operations import disposal, retention
from tests.races.two import at_once
from tests.retention import cases

pytestmark = pytest.mark.django_db(transaction=True)
HOLD = {"reason": "POLICE", "reference": "OP 7", "why": "They are looking into it."}


def test_a_hold_placed_while_a_disposal_runs_holds_or_comes_too_late() -> None:
    case = cases.make()
    row = cases.approved(case)
    case.world.clock.moment += timedelta(days=10)
    at = case.now()
    outcome = at_once(
        partial(disposal.carry_out, row, by=None, at=at),
        partial(retention.place_hold, case.concern, by=case.second, at=at, **HOLD),
    )
    assert not [error for error in outcome.errors if not isinstance(error, DatabaseError)], outcome.errors
    gone = Disposal.objects.get(pk=row.pk).carried_out_at is not None
    held = LegalHold.objects.exists()
    assert gone != held
    assert Certificate.objects.exists() == gone


def test_two_workers_carry_out_a_disposal_once() -> None:
    case = cases.make()
    row = cases.approved(case)
    case.world.clock.moment += timedelta(days=10)
    act = partial(disposal.carry_out, row, by=None, at=case.now())
    assert at_once(act, act).one_won_one_was_told
    assert Certificate.objects.count() == 1


def test_a_disposal_is_approved_once() -> None:
    case = cases.make()
    row = cases.proposed(case)
    third = cases.another_lead(case)
    at = case.now()
    acts = [partial(disposal.approve, row, by=one, at=at) for one in (case.second, third)]
    assert at_once(*acts).one_won_one_was_told


def test_stopping_and_carrying_out_at_once_end_in_one_of_them() -> None:
    case = cases.make()
    row = cases.approved(case)
    case.world.clock.moment += timedelta(days=10)
    at = case.now()
    outcome = at_once(
        partial(disposal.carry_out, row, by=None, at=at),
        partial(disposal.stop, row, by=case.first, at=at, why="It is needed."),
    )
    assert outcome.one_won_one_was_told
    found = Disposal.objects.get(pk=row.pk)
    assert (found.carried_out_at is None) != (found.stopped_at is None)
