"""Makes every list longer by the real operations: one more of everything that a page can list."""

from __future__ import annotations

from datetime import timedelta

from agencies.models import Absence, Membership
from records import operations as records
from sharing.models import Stage
from sharing.operations import actions, ask
from sharing.states import ActionState
from tests import factories, meeting_cases
from tests.access.scene import Scene
from tests.access.tables.meetings import minuted


def one_more(scene: Scene, number: int) -> None:
    """Add one to each list that has no end: people, concerns, statements, work, staff, notices, events."""
    world, at = scene.world, scene.world.clock
    by = world.priya
    records.record_person(by=by, at=at(), kind="CHILD", first_name="Leo", last_name=f"Number {number}")
    _to_the_draft(scene, number)
    _to_the_meeting(scene, number)
    asking = scene.concern(Stage.ASK)
    cycle = factories.the_cycle(asking)
    ask.list_involvement(
        cycle, by=by, at=at(), name=f"Nurse {number}", agency_name="Clinic", role="Nurse", how_to_reach=""
    )
    ask.name_assumption(cycle, by=by, at=at(), text=f"Assumption {number}.", how_tested="")
    factories.enquiry(world, asking, of=world.tom)
    records.amend_statement(
        asking.statements.current().earliest("number"),
        by=by,
        at=at(),
        why="Closer.",
        text=f"Four marks, seen again, {number}.",
        source="I did",
        happened_at=at() - timedelta(minutes=9),
    )
    factories.sent(world, scene.concern(Stage.SHARE), listener=_newcomer_at_care(scene, number))
    exchange = scene.action(ActionState.PROPOSED).exchange
    actions.propose(
        exchange,
        by=exchange.speaker,
        at=at(),
        what=f"Ring again, {number}.",
        owner=exchange.listener,
        by_when="2 working days",
        contingency="Nobody answers.",
    )
    factories.name_deputy(scene.newcomer, factories.member(world.school.agency, f"Deputy {number}"))
    Absence.objects.create(
        member=scene.newcomer,
        starts_on=at().date() + timedelta(days=90 + number * 2),  # after the absence of the scene
        ends_on=at().date() + timedelta(days=90 + number * 2),
        recorded_by=world.school.administrator,
        recorded_at=at(),
    )


def _to_the_meeting(scene: Scene, number: int) -> None:
    """One more member, something brought, a decision and an action; and one more meeting of the concern."""
    world, meeting = scene.world, minuted(scene)
    meeting_cases.asked(world, meeting, _newcomer_at_care(scene, 1000 + number))
    meeting_cases.brought(world, meeting, world.amara, world.tom, text=f"Seen again, {number}.")
    meeting_cases.decided(world, meeting, what=f"Seen once more, {number}.")
    meeting_cases.action(world, meeting, world.tom, what=f"See her again, {number}.")
    meeting_cases.called(world, meeting.cycle.concern)


def _to_the_draft(scene: Scene, number: int) -> None:
    """One more statement, and one more relative, in the draft."""
    world, at = scene.world, scene.world.clock
    records.add_statement(
        scene.draft,
        by=world.priya,
        at=at(),
        kind="FACT_SEEN",
        text=f"Mark number {number}.",
        source="I did",
        happened_at=at() - timedelta(minutes=5),
    )
    relative = factories.child(world, first_name="Relative", last_name=str(number), born_on=None)
    records.add_subject(scene.draft, person=relative, by=world.priya, at=at(), is_main=False)
    main = factories.main_person(scene.draft)
    records.relate(main, relative, by=world.priya, at=at(), kind="SIBLING")
    records.relate(scene.person, relative, by=world.priya, at=at(), kind="SIBLING")


def _newcomer_at_care(scene: Scene, number: int) -> Membership:
    return factories.member(scene.world.care.agency, f"Worker {number}", manager=scene.world.care.lead)
