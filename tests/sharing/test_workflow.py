"""Every stage, move, role and agency against a table written by hand, and every gate closed and open.

The table is read from the description of the stages (docs/stages.md says the same), not from the code.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import ROLES, Outside
from audit.models import Event
from records.models import Concern
from sharing import workflow
from sharing.facts import current_cycle
from sharing.models import Cycle, Stage, StageMove
from sharing.operations import cycle as cycles
from sharing.workflow import GateClosed, NoSuchMove, ReasonNeeded
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes, snapshot, taken_back

pytestmark = pytest.mark.django_db

# What somebody of the own agency who works on concerns gets, with a reason given:
#   M the move is made   G the gate is closed   . the move does not lead out of this stage
# One column a move, in this order:
MOVES = [
    "start-at-ask", "start-at-do", "start-at-share", "start-at-record",
    "to-do", "to-share", "not-shared", "to-record", "next-cycle", "close",
    "back-to-ask", "back-to-do", "back-to-share", "reopen",
]  # fmt: skip
TABLE = {
    #                         start      onward       back   reopen
    "logged, not started":   "M M M M   . . . . . .   . . .  .",
    "Ask, nothing supplied": ". . . .   G . . . . .   . . .  .",
    "Ask, all supplied":     ". . . .   M . . . . .   . . .  .",
    "Do, nothing supplied":  ". . . .   . G G . . .   M . .  .",
    "Do, ready to share":    ". . . .   . M G . . .   M . .  .",
    "Do, decided not to":    ". . . .   . G M . . .   M . .  .",
    "Share, not sent":       ". . . .   . . . G . .   . M .  .",
    "Share, understood":     ". . . .   . . . M . .   . M .  .",
    "Record, no summary":    ". . . .   . . . . G G   . . M  .",
    "Record, confirmed":     ". . . .   . . . . M M   . . M  .",
    "Record, action open":   ". . . .   . . . . M G   . . M  .",
    "Closed":                ". . . .   . . . . . .   . . .  M",
}  # fmt: skip
LEADS_TO = {
    "start-at-ask": "ASK", "start-at-do": "DO", "start-at-share": "SHARE", "start-at-record": "RECORD",
    "to-do": "DO", "to-share": "SHARE", "not-shared": "RECORD", "to-record": "RECORD",
    "next-cycle": "ASK", "close": "CLOSED",
    "back-to-ask": "ASK", "back-to-do": "DO", "back-to-share": "SHARE", "reopen": "ASK",
}  # fmt: skip
NEEDS_A_REASON = {
    "start-at-do", "start-at-share", "start-at-record",
    "back-to-ask", "back-to-do", "back-to-share", "reopen",
}  # fmt: skip
STARTS_A_CYCLE = {"start-at-ask", "start-at-do", "start-at-share", "start-at-record", "next-cycle", "reopen"}
# Who may move a concern of their own agency. Nobody moves another agency's, in whichever role.
MAY = {
    "practitioner": True, "lead": True,
    "administrator": False, "auditor": False, "coordinator": False, "outside": False,
}  # fmt: skip


def _ask(world: World) -> Concern:
    concern = factories.concern_at(world, Stage.ASK)
    factories.finish_ask(world, concern)
    return concern


def _do(world: World, outcome: str) -> Concern:
    concern = factories.concern_at(world, Stage.DO)
    factories.decide(world, concern, outcome=outcome)
    if outcome == "SHARE":
        factories.prepared(world, concern)
    return concern


def _understood(world: World) -> Concern:
    concern = factories.at_share(world)
    factories.understood(world, factories.sent(world, concern))
    return concern


def _recorded(world: World, *, action: bool = False) -> Concern:
    concern = factories.concern_at(world, Stage.RECORD)
    if action:
        factories.propose(world, concern.cycles.get().exchanges.get(kind="DISCLOSURE"))
    factories.finish_record(world, concern)
    return concern


BRING: dict[str, Callable[[World], Concern]] = {
    "logged, not started": lambda world: factories.concern_at(world, None),
    "Ask, nothing supplied": lambda world: factories.concern_at(world, Stage.ASK),
    "Ask, all supplied": _ask,
    "Do, nothing supplied": lambda world: factories.concern_at(world, Stage.DO),
    "Do, ready to share": lambda world: _do(world, "SHARE"),
    "Do, decided not to": lambda world: _do(world, "NOT_SHARE"),
    "Share, not sent": lambda world: factories.concern_at(world, Stage.SHARE),
    "Share, understood": _understood,
    "Record, no summary": lambda world: factories.concern_at(world, Stage.RECORD),
    "Record, confirmed": _recorded,
    "Record, action open": lambda world: _recorded(world, action=True),
    "Closed": lambda world: factories.concern_at(world, Stage.CLOSED),
}


def everybody(world: World) -> list[Membership]:
    """One person in each role at the own agency, at another and at the partnership's office; and those whom
    three agencies keep in their directories, who have no account."""
    places = (world.school.agency, world.care.agency, world.coordinator.agency)
    keepers = (world.priya, world.tom, world.amara)
    return [
        factories.member(place, f"{role} of {place.reference}", role, reachable=False)
        for place in places
        for role in ROLES
        if role != Outside.code
    ] + [factories.outside(world, by=by) for by in keepers]


def expected(cell: str, name: str, by: Membership, concern: Concern, *, reason: str) -> type[Refused] | None:
    """Read one cell: None where the move is made, else the refusal."""
    if by.agency_id != concern.agency_id or not MAY[by.role]:
        return NotAllowed
    if cell == ".":
        return NoSuchMove
    if name in NEEDS_A_REASON and not reason.strip():
        return ReasonNeeded
    return GateClosed if cell == "G" else None


@pytest.mark.parametrize("situation", TABLE)
def test_truth_table(world: World, situation: str) -> None:
    concern = BRING[situation](world)
    people = everybody(world)
    cells = TABLE[situation].split()
    assert len(cells) == len(MOVES)
    cycle = current_cycle(concern)
    tried = 0
    for name, cell in zip(MOVES, cells, strict=True):
        before = snapshot()
        for by in people:
            for reason in ("Somebody asked us to.", "", "  \n"):
                said = f"{situation}: {by.label} tries {name} with reason {reason!r}"
                wanted = expected(cell, name, by, concern, reason=reason)
                try:
                    with taken_back():
                        moved = workflow.move(concern, name, by=by, at=world.clock(), reason=reason)
                        _require_made(moved, cycle, name, by, reason)
                    refusal = None
                except Refused as refused:
                    refusal = type(refused) if all(s.strip() for s in refused.sentences) else Refused
                assert refusal is wanted, said
                tried += 1
        assert snapshot() == before, f"{situation}: {name} changed something"
    assert tried == len(MOVES) * len(ROLES) * 3 * 3


def _require_made(moved: Cycle, before: Cycle | None, name: str, by: Membership, reason: str) -> None:
    """The stage, the cycle's number, the move and exactly one event are as the table says."""
    moved.refresh_from_db()
    assert moved.stage == LEADS_TO[name]
    number = before.number if before else 0
    assert moved.number == number + (name in STARTS_A_CYCLE)
    assert (moved.ended_at is not None) == (name == "close")
    assert Cycle.objects.filter(concern=moved.concern, ended_at=None).count() == (name != "close")
    written = StageMove.objects.filter(cycle=moved).latest("id")
    assert (written.move, written.to_stage, written.by_id, written.reason) == (
        name,
        LEADS_TO[name],
        by.pk,
        reason,
    )
    event = Event.objects.latest("id")
    assert (event.verb, event.actor_id, event.data["stage"]) == (
        f"sharing.cycle.{name}",
        by.pk,
        LEADS_TO[name],
    )


def test_the_table_names_every_move_role_and_stage() -> None:
    assert set(MOVES) == set(workflow.MOVES)
    assert set(MAY) == set(ROLES)
    assert set(LEADS_TO) == set(MOVES)
    assert {move.to_stage for move in workflow.MOVES.values()} == set(Stage)
    assert set(TABLE) == set(BRING)


def test_a_move_that_does_not_exist_is_refused(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    with nothing_changes(), pytest.raises(NoSuchMove):
        workflow.move(concern, "straight-to-closed", by=world.priya, at=world.clock())


def test_somebody_who_has_left_moves_nothing(world: World) -> None:
    concern = factories.concern_at(world, None)
    sam = world.school.colleague
    sam.ended_at, sam.ended_by = world.clock(), world.school.administrator
    sam.save()
    with nothing_changes(), pytest.raises(NotAllowed):
        workflow.move(concern, "start-at-ask", by=sam, at=world.clock())


def test_somebody_who_may_not_sign_in_moves_nothing(world: World) -> None:
    concern = factories.concern_at(world, None)
    world.school.colleague.account.is_active = False
    world.school.colleague.account.save()
    with nothing_changes(), pytest.raises(NotAllowed):
        workflow.move(concern, "start-at-ask", by=world.school.colleague, at=world.clock())


def test_a_draft_does_not_start(world: World) -> None:
    """A concern goes round only once it is logged, so that what is shared rests on frozen statements."""
    concern = factories.draft(world)
    for name in ("start-at-ask", "start-at-do", "start-at-share", "start-at-record"):
        with nothing_changes(), pytest.raises(Refused):
            workflow.move(concern, name, by=world.priya, at=world.clock(), reason="In a hurry.")


def test_an_older_page_moves_nothing(world: World) -> None:
    concern = _ask(world)
    cycle = factories.the_cycle(concern)
    with nothing_changes(), pytest.raises(OutOfDate):
        factories.move(world, concern, "to-do", seen_version=cycle.version - 1)
    assert factories.move(world, concern, "to-do", seen_version=cycle.version).stage == Stage.DO


def test_the_cycle_goes_round(world: World) -> None:
    """There is no end point: Record leads to Ask again, under the next number."""
    concern = _recorded(world)
    second = factories.move(world, concern, "next-cycle")
    first = concern.cycles.get(number=1)
    assert (second.number, second.stage, second.ended_at) == (2, Stage.ASK, None)
    assert first.ended_at is not None
    factories.finish_ask(world, concern)
    assert factories.move(world, concern, "to-do").number == 2


def test_stepping_back_keeps_the_cycle_and_says_why(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    cycle = factories.move(world, concern, "back-to-do", reason="The health visitor should be told too.")
    assert (cycle.number, cycle.stage) == (1, Stage.DO)
    assert cycle.moves.latest("id").reason == "The health visitor should be told too."


class TestProceedOnSafetyGrounds:
    """A lead lets a concern go on while a check-back is open. The check-back stays open."""

    def test_lifts_the_gate_of_share_and_leaves_the_check_back_open(self, world: World) -> None:
        concern = factories.at_share(world)
        exchange = factories.sent(world, concern)
        with nothing_changes(), pytest.raises(GateClosed):
            factories.move(world, concern, "to-record")
        cycles.proceed_on_safety_grounds(
            factories.the_cycle(concern),
            by=world.school.lead,
            at=world.clock(),
            reason="He is at risk tonight.",
        )
        assert factories.move(world, concern, "to-record").stage == Stage.RECORD
        exchange = factories.again(exchange)
        assert exchange.understood_at is None
        assert factories.understood(world, exchange).understood_at is not None

    def test_does_not_lift_closing(self, world: World) -> None:
        concern = factories.at_share(world)
        factories.sent(world, concern)
        cycle = factories.the_cycle(concern)
        cycles.proceed_on_safety_grounds(cycle, by=world.school.lead, at=world.clock(), reason="Tonight.")
        factories.move(world, concern, "to-record")
        cycles.proceed_on_safety_grounds(cycle, by=world.school.lead, at=world.clock(), reason="Tonight.")
        factories.finish_record(world, concern)
        with nothing_changes(), pytest.raises(GateClosed, match="has not confirmed receipt"):
            factories.move(world, concern, "close")

    def test_does_not_lift_what_is_no_check_back(self, world: World) -> None:
        concern = factories.concern_at(world, Stage.DO)
        cycle = factories.the_cycle(concern)
        cycles.proceed_on_safety_grounds(cycle, by=world.school.lead, at=world.clock(), reason="Tonight.")
        with nothing_changes(), pytest.raises(GateClosed, match="no sharing decision"):
            factories.move(world, concern, "to-share")

    @pytest.mark.parametrize("who", ["practitioner", "colleague", "administrator", "auditor"])
    def test_is_for_leads_alone(self, world: World, who: str) -> None:
        cycle = factories.the_cycle(factories.concern_at(world, Stage.SHARE))
        with nothing_changes(), pytest.raises(NotAllowed):
            cycles.proceed_on_safety_grounds(
                cycle, by=getattr(world.school, who), at=world.clock(), reason="Tonight."
            )

    def test_is_for_the_own_agency(self, world: World) -> None:
        cycle = factories.the_cycle(factories.concern_at(world, Stage.SHARE))
        with nothing_changes(), pytest.raises(NotAllowed):
            cycles.proceed_on_safety_grounds(cycle, by=world.care.lead, at=world.clock(), reason="Tonight.")

    def test_needs_a_reason_and_is_said_once(self, world: World) -> None:
        cycle = factories.the_cycle(factories.concern_at(world, Stage.SHARE))
        lead = world.school.lead
        with nothing_changes(), pytest.raises(Refused, match="Say why"):
            cycles.proceed_on_safety_grounds(cycle, by=lead, at=world.clock(), reason=" ")
        cycles.proceed_on_safety_grounds(cycle, by=lead, at=world.clock(), reason="Tonight.")
        with nothing_changes(), pytest.raises(Refused, match="already"):
            cycles.proceed_on_safety_grounds(cycle, by=lead, at=world.clock(), reason="Tonight.")
