"""A concern that was closed in the past, of which the school and social care each hold their part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agencies.models import Membership
from records.models import Concern, Disposal, Holding, Person
from sharing.models import Stage
from sharing.operations import disposal, retention
from tests import factories
from tests.factories import World

# The database waits by its own clock, so what is disposed of in a test lies in the past.
PAST = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
A_WHILE = timedelta(days=30)
WHY = "Nobody has asked for it in years, and nothing more is expected."


@dataclass
class Case:
    """The world in the past, the concern, and two leads at each side."""

    world: World
    concern: Concern
    second: Membership
    other_second: Membership

    @property
    def first(self) -> Membership:
        return self.world.school.lead

    @property
    def other_first(self) -> Membership:
        return self.world.care.lead

    @property
    def person(self) -> Person:
        return factories.main_person(self.concern)

    def now(self) -> datetime:
        return self.world.clock()

    def holding(self, by: Membership | None = None) -> Holding:
        """Read what the school holds, or another agency, as it stands."""
        agency = (by or self.first).agency
        return Holding.objects.select_related("concern", "agency", "retention_class").get(
            concern=self.concern, agency=agency
        )


def make_world() -> World:
    """Make the usual world, in the past, with the partnership's suggested classes."""
    world = factories.make_world()
    world.clock.moment = PAST
    retention.suggest_classes(world.partnership, by=None, at=world.clock())
    return world


def make(*, first_name: str = "Zebedee", last_name: str = "Quark") -> Case:
    """Close a concern of the school's, which social care was told of."""
    world = make_world()
    child = factories.child(world, first_name=first_name, last_name=last_name)
    concern = factories.concern_at(world, Stage.CLOSED, about=child)
    return Case(
        world,
        concern,
        factories.member(world.school.agency, "Sam Ferris", "lead", job_title="Deputy head"),
        factories.member(world.care.agency, "Petra Vance", "lead", job_title="Service manager"),
    )


def chosen(case: Case, by: Membership | None = None, **more: object) -> Holding:
    """Confirm the suggested class, as the school's first lead unless told otherwise."""
    return retention.choose_class(
        case.concern,
        by=by or case.first,
        at=case.now(),
        **{"record_kind": "CHILD", **more},  # type: ignore[arg-type]
    )


def due(case: Case, by: Membership | None = None) -> Holding:
    """Bring what is held to its day of review: by a class of the agency's own that ends at the age of 5."""
    by = by or case.first
    retention.add_class(
        by.agency, by=by, at=case.now(), record_kind="CHILD", trigger="BIRTH", years=5,
        source="Our schedule", effective_from=case.world.clock.moment.date(),
    )  # fmt: skip
    return chosen(case, by)


def proposed(case: Case, by: Membership | None = None) -> Disposal:
    """Propose disposal of what is due."""
    by = by or case.first
    due(case, by)
    return disposal.propose(case.concern, by=by, at=case.now(), why=WHY)


def approved(case: Case, by: Membership | None = None, second: Membership | None = None) -> Disposal:
    """Propose and approve it, by two leads."""
    row = proposed(case, by)
    return disposal.approve(row, by=second or case.second, at=case.now())


def carried_out(case: Case, by: Membership | None = None, second: Membership | None = None) -> Disposal:
    """Carry it out, after its waiting time."""
    row = approved(case, by, second)
    case.world.clock.moment += timedelta(days=10)
    return disposal.carry_out(row, by=None, at=case.now())


def another_lead(case: Case) -> Membership:
    """Make a third lead of the school's."""
    return factories.member(case.world.school.agency, "Wren Abbott", "lead", job_title="Assistant head")
