"""How long records are kept, holds and disposal."""

from __future__ import annotations

from datetime import timedelta

from agencies.models import Membership
from records.models import Concern, Disposal
from sharing.models import Stage
from sharing.operations import disposal, retention
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World
from tests.retention.cases import PAST, WHY


def _closed(w: World) -> Concern:
    """Close a concern in the past, with the suggested classes."""
    w.clock.moment = PAST
    retention.suggest_classes(w.partnership, by=None, at=w.clock())
    return factories.concern_at(w, Stage.CLOSED)


def _due(w: World) -> Concern:
    concern, lead = _closed(w), w.school.lead
    retention.add_class(
        lead.agency, by=lead, at=w.clock(), record_kind="CHILD", trigger="BIRTH", years=5,
        source="Our schedule", effective_from=w.clock.moment.date(),
    )  # fmt: skip
    retention.choose_class(concern, by=lead, at=w.clock(), record_kind="CHILD")
    return concern


def _proposed(w: World) -> tuple[Disposal, Membership]:
    concern = _due(w)
    second = factories.member(w.school.agency, "Sam Ferris", "lead")
    return disposal.propose(concern, by=w.school.lead, at=w.clock(), why=WHY), second


@deed(retention.suggest_classes)
def suggest_classes(w: World) -> Deed:
    return do(retention.suggest_classes, w.partnership, by=w.coordinator, w=w)


@deed(retention.add_class)
def add_class(w: World) -> Deed:
    return do(
        retention.add_class, w.school.agency, by=w.school.lead, w=w, record_kind="ADULT", trigger="CLOSURE",
        years=9, source="Our schedule", effective_from=w.clock.moment.date(),
    )  # fmt: skip


@deed(retention.withdraw_class)
def withdraw_class(w: World) -> Deed:
    row = add_class(w)()
    return do(retention.withdraw_class, row, by=w.school.lead, w=w)


@deed(retention.choose_class)
def choose_class(w: World) -> Deed:
    return do(retention.choose_class, _closed(w), by=w.school.lead, w=w, record_kind="CHILD")


@deed(retention.keep_longer)
def keep_longer(w: World) -> Deed:
    until = (PAST + timedelta(days=400)).date()
    return do(retention.keep_longer, _due(w), by=w.school.lead, w=w, until=until, why="A brother asks.")


@deed(retention.place_hold)
def place_hold(w: World) -> Deed:
    return do(
        retention.place_hold, _closed(w), by=w.school.lead, w=w, reason="INQUIRY", reference="IN 4",
        why="They asked us to keep everything.",
    )  # fmt: skip


@deed(retention.end_hold)
def end_hold(w: World) -> Deed:
    hold = place_hold(w)()
    return do(retention.end_hold, hold, by=w.school.lead, w=w, why="The inquiry has reported.")


@deed(disposal.propose)
def propose(w: World) -> Deed:
    concern = _due(w)
    factories.member(w.school.agency, "Sam Ferris", "lead")
    return do(disposal.propose, concern, by=w.school.lead, w=w, why=WHY)


@deed(disposal.approve)
def approve(w: World) -> Deed:
    row, second = _proposed(w)
    return do(disposal.approve, row, by=second, w=w)


@deed(disposal.stop)
def stop(w: World) -> Deed:
    row, second = _proposed(w)
    return do(disposal.stop, row, by=second, w=w, why="It is needed.")


@deed(disposal.carry_out)
def carry_out(w: World) -> Deed:
    approved = approve(w)()
    w.clock.moment += timedelta(days=10)
    return do(disposal.carry_out, approved, by=None, w=w)
