"""A record is closed, or an emergency ends, while somebody writes in it or reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from records import operations as records
from records.models import BreakGlass, Concern
from records.operations.break_glass import OpenAlready, OverAlready
from records.operations.locks import Closed
from records.operations.restriction import RestrictedAlready
from sharing.models import Obligation, Stage
from tests import factories
from tests.factories import World
from tests.races.two import at_once
from tests.restricting import CLOSED_FOR, WHY, emergency, restricted

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4


def write(world: World, concern: Concern) -> None:
    records.add_statement(
        concern, by=world.school.colleague, at=world.clock.moment, kind="HISTORY", text="Seen before.",
        source="I did", happened_note="in May",
    )  # fmt: skip


def test_a_record_is_closed_while_somebody_saves_it_is_before_or_refused_and_never_after() -> None:
    world = factories.make_world()
    for _ in range(TIMES):
        concern = factories.concern_at(world, Stage.ASK)
        at = world.clock()
        outcome = at_once(
            lambda c=concern, at=at: records.restrict(c, by=world.school.lead, at=at, why=CLOSED_FOR),  # type: ignore[misc]
            lambda c=concern: write(world, c),  # type: ignore[misc]
        )
        assert not outcome.errors, outcome.errors
        assert 0 in outcome.won
        verbs = list(
            Event.objects.filter(concern=concern.reference).order_by("id").values_list("verb", flat=True)
        )
        if 1 in outcome.won:
            assert verbs[-2:] == ["records.statement.added", "records.concern.restricted"]
        else:
            assert isinstance(outcome.refusals[1], Closed)
            assert verbs[-1] == "records.concern.restricted"


def test_two_close_a_record_at_once_and_one_is_told() -> None:
    world = factories.make_world()
    for _ in range(TIMES):
        concern, at = factories.concern_at(world, Stage.ASK), world.clock()
        outcome = at_once(
            *[
                lambda by=by, c=concern, at=at: records.restrict(c, by=by, at=at, why=CLOSED_FOR)
                for by in (world.school.lead, world.priya)
            ]
        )
        assert outcome.one_won_one_was_told
        assert all(isinstance(one, RestrictedAlready) for one in outcome.refusals.values())
        assert concern.restrictions.count() == 1


def test_it_is_opened_once_by_two_presses_and_the_leads_are_asked_once() -> None:
    world = factories.make_world()
    for _ in range(TIMES):
        closed, at = restricted(world).concern, world.clock()
        outcome = at_once(
            *[
                lambda c=closed, at=at: records.break_glass(c, by=world.school.colleague, at=at, why=WHY)
                for _ in range(2)
            ]
        )
        assert outcome.one_won_one_was_told
        assert all(isinstance(one, OpenAlready) for one in outcome.refusals.values())
        assert Obligation.objects.filter(kind="BREAK_GLASS", concern=closed).count() == 1


def test_an_emergency_ends_while_somebody_writes_under_it() -> None:
    world = factories.make_world()
    for _ in range(TIMES):
        opened = emergency(world)
        at = world.clock()
        outcome = at_once(
            lambda o=opened, at=at: records.end_break_glass(o, by=world.school.lead, at=at),  # type: ignore[misc]
            lambda o=opened: write(world, o.concern),  # type: ignore[misc]
        )
        assert not outcome.errors, outcome.errors
        assert 0 in outcome.won
        assert 1 in outcome.won or isinstance(outcome.refusals[1], Closed)


def test_an_emergency_ends_while_somebody_reads_and_the_next_page_is_none() -> None:
    world = factories.make_world()
    world.clock.moment = timezone.now() - timedelta(hours=1)
    opened, colleague = emergency(world), world.school.colleague

    def read() -> None:
        # What is being read is one statement: it is there as a whole, or not at all.
        assert Concern.objects.visible_to(colleague).filter(pk=opened.concern_id).count() in (0, 1)

    outcome = at_once(read, lambda: records.end_break_glass(opened, by=colleague, at=timezone.now()), read)
    assert not outcome.errors, outcome.errors
    assert sorted(outcome.won) == [0, 1, 2]
    assert not Concern.objects.visible_to(colleague).filter(pk=opened.concern_id).exists()


def test_two_leads_end_it_at_once_and_one_is_told() -> None:
    world = factories.make_world()
    second = factories.member(world.school.agency, "Lior Second", "lead")
    opened, at = emergency(world), world.clock()
    outcome = at_once(
        *[lambda by=by: records.end_break_glass(opened, by=by, at=at) for by in (world.school.lead, second)]
    )
    assert outcome.one_won_one_was_told
    assert all(isinstance(one, OverAlready) for one in outcome.refusals.values())
    assert BreakGlass.objects.get().ended_at == at
