"""What is refused, by the operations and by the database: one person, a hold, before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.refusals import NotAllowed, OutOfDate
from records.models import Disposal, Holding, LegalHold, Person
from sharing.models import Stage
from sharing.operations import disposal, retention
from sharing.operations.disposal import DisposalNotPossible
from sharing.operations.retention import ClassNotPossible, HoldNotPossible
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, refused, set_raw
from tests.retention import cases
from tests.retention.cases import WHY, Case, approved, carried_out, chosen, due, proposed

pytestmark = pytest.mark.django_db
HOLD = {"reason": "INQUIRY", "reference": "IN 4", "why": "They asked us to keep everything."}


def by_hand(row: Disposal) -> None:
    """Ask the database itself, past every operation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_dispose(%s, '')", [row.pk])


def database_refuses(says: str, row: Disposal) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        by_hand(row)
    assert Disposal.objects.get(pk=row.pk).carried_out_at is None


def wait(case: Case) -> None:
    case.world.clock.moment += timedelta(days=10)


def test_nobody_approves_what_they_proposed(case: Case) -> None:
    row = proposed(case)
    with pytest.raises(DisposalNotPossible, match="somebody else has to approve"):
        disposal.approve(row, by=case.first, at=case.now())
    refused("nobody_approves_their_own_disposal|two people", set_raw(
        row, approved_by_id=case.first.pk, approved_at=case.now(), due_at=case.now()))  # fmt: skip
    database_refuses("needs two people", row)


def test_one_person_with_two_roles_is_one_person(case: Case) -> None:
    row = proposed(case)
    again = factories.member(
        factories.agency("annexe", "The annexe", "SCHOOL"),
        "",
        "lead",
        person=case.first.account,
        reachable=False,
    )
    at = case.now()
    refused("two people", set_raw(row, approved_by_id=again.pk, approved_at=at, due_at=at))


def test_nothing_is_destroyed_before_its_time(case: Case) -> None:
    row = approved(case)
    with pytest.raises(DisposalNotPossible, match="time has not come"):
        disposal.carry_out(row, by=None, at=case.now())


def test_the_database_waits_by_its_own_clock(case: Case) -> None:
    row = proposed(case)
    at = case.now()
    ahead = at + timedelta(days=365 * 60)
    set_raw(row, approved_by_id=case.second.pk, approved_at=at, due_at=ahead)()
    with pytest.raises(DatabaseError, match="waits until its time"), transaction.atomic():
        disposal.carry_out(row, by=None, at=ahead + timedelta(days=1))


def test_a_hold_on_the_concern_beats_a_disposal_at_every_step(case: Case) -> None:
    row = approved(case)
    wait(case)
    hold = retention.place_hold(case.concern, by=case.second, at=case.now(), **HOLD)
    with pytest.raises(DisposalNotPossible, match="Legal hold 1 holds it back"):
        disposal.carry_out(row, by=None, at=case.now())
    database_refuses("a legal hold beats every disposal", row)
    assert disposal.carry_out_due(at=case.now()) == 0
    retention.end_hold(hold, by=case.first, at=case.now(), why="The inquiry has reported.")
    assert disposal.carry_out_due(at=case.now()) == 1


def test_a_hold_on_a_person_holds_every_record_about_them(case: Case) -> None:
    due(case)
    retention.place_hold(case.person, by=case.first, at=case.now(), **HOLD)
    with pytest.raises(DisposalNotPossible, match="a hold beats all"):
        disposal.propose(case.concern, by=case.first, at=case.now(), why=WHY)
    row = copy_of_disposal(case)
    refused("a legal hold beats every disposal", lambda: row.save())


def copy_of_disposal(case: Case) -> Disposal:
    holding = case.holding()
    assert holding.review_on is not None
    return Disposal(
        reference="WF-26-0001-R9", agency=holding.agency, concern=case.concern,
        retention_class=holding.retention_class, review_on=holding.review_on, why=WHY,
        proposed_by=case.first, proposed_at=case.now(),
    )  # fmt: skip


def test_another_agencys_hold_is_about_what_that_agency_holds(case: Case) -> None:
    retention.place_hold(case.concern, by=case.other_first, at=case.now(), **HOLD)
    assert carried_out(case).carried_out_at is not None
    with pytest.raises(DisposalNotPossible, match="hold"):
        proposed(case, case.other_first)


def test_only_what_is_up_for_review_and_confirmed_is_proposed(case: Case) -> None:
    with pytest.raises(DisposalNotPossible, match="Nobody has confirmed"):
        disposal.propose(case.concern, by=case.first, at=case.now(), why=WHY)
    chosen(case)
    with pytest.raises(DisposalNotPossible, match="comes up for review on"):
        disposal.propose(case.concern, by=case.first, at=case.now(), why=WHY)


def test_a_concern_that_was_opened_again_is_not_disposed_of(case: Case) -> None:
    row = approved(case)
    factories.move(case.world, case.concern, "reopen", reason="A new worry.")
    wait(case)
    database_refuses("open is not disposed of", row)
    with pytest.raises(DisposalNotPossible, match="The concern is open"):
        disposal.propose(factories.concern_at(case.world, Stage.ASK), by=case.first, at=case.now(), why=WHY)


def test_it_can_be_stopped_until_it_is_carried_out(case: Case) -> None:
    row = disposal.stop(approved(case), by=case.first, at=case.now(), why="Her brother wrote.")
    wait(case)
    assert disposal.carry_out_due(at=case.now()) == 0
    database_refuses("was stopped", row)
    refused("Cannot update", set_raw(row, stopped_why="Never."))


def test_nobody_but_a_lead_of_the_agency_that_holds_it(case: Case) -> None:
    for member in (case.world.priya, case.world.school.administrator, case.world.stranger.lead):
        with pytest.raises(NotAllowed):
            retention.choose_class(case.concern, by=member, at=case.now(), record_kind="CHILD")
    row = proposed(case)
    with pytest.raises(NotAllowed):
        disposal.approve(row, by=case.other_first, at=case.now())


def test_another_class_than_the_suggested_one_needs_a_reason(case: Case) -> None:
    with pytest.raises(ClassNotPossible, match="Say why"):
        chosen(case, record_kind="ADULT")
    assert chosen(case, record_kind="ADULT", why="It is about his mother.").chosen_at
    with pytest.raises(OutOfDate):
        chosen(case, seen_version=1)


def test_a_hold_is_ended_once_and_with_a_reason(case: Case) -> None:
    hold = retention.place_hold(case.concern, by=case.first, at=case.now(), **HOLD)
    with pytest.raises(HoldNotPossible, match="Say why"):
        retention.end_hold(hold, by=case.second, at=case.now(), why=" ")
    hold = retention.end_hold(hold, by=case.second, at=case.now(), why="It is over.")
    with pytest.raises(HoldNotPossible, match="already"):
        retention.end_hold(hold, by=case.second, at=case.now(), why="It is over.")
    refused("Cannot update", set_raw(hold, ended_why="No."))
    refused("Cannot delete", delete_raw(hold))
    refused("hold_ended_when_by_whom_and_why", copy_of(hold, number=9, ended_why=""))
    refused("hold_on_a_concern_or_a_person", copy_of(hold, number=9, concern_id=None))


def test_what_was_disposed_of_cannot_be_held(case: Case) -> None:
    hold = retention.place_hold(case.concern, by=case.first, at=case.now(), **HOLD)
    retention.end_hold(hold, by=case.first, at=case.now(), why="It is over.")
    kept = LegalHold.objects.get(pk=hold.pk)
    carried_out(case)
    refused("cannot be held", copy_of(kept, number=9, ended_at=None, ended_by_id=None, ended_why=""))


def test_nobody_writes_by_hand_that_something_was_disposed_of(case: Case) -> None:
    row = approved(case)
    at = case.now() + timedelta(days=20)
    only = "only a disposal that two people agreed writes this"
    refused(only, set_raw(row, carried_out_at=at))
    refused(only, set_raw(case.holding(), disposed_at=at))
    refused(only, set_raw(case.concern, disposed_at=at))
    refused(only, set_raw(case.person, disposed_at=at))
    done = carried_out_now(case, row)
    refused(only, copy_of(done.certificate, disposal_id=row.pk))
    append_only(done.certificate, "digest")
    refused("Cannot update", set_raw(done, why="Another."))


def carried_out_now(case: Case, row: Disposal) -> Disposal:
    wait(case)
    return disposal.carry_out(row, by=None, at=case.now())


def test_a_class_is_added_from_a_day_on_and_withdrawn_never_changed(case: Case) -> None:
    due(case)
    row = case.holding().retention_class
    assert row is not None
    assert row.agency == case.world.school.agency
    refused("Cannot update", set_raw(row, years=90))
    refused("Cannot delete", delete_raw(row))
    refused("one_retention_class_from_a_day", copy_of(row))
    retention.withdraw_class(row, by=case.first, at=case.now())
    with pytest.raises(ClassNotPossible, match="already"):
        retention.withdraw_class(row, by=case.first, at=case.now())
    with pytest.raises(NotAllowed):
        retention.withdraw_class(chosen(case).retention_class, by=case.first, at=case.now())  # type: ignore[arg-type]


def test_keeping_it_longer_needs_a_day_to_come_and_a_reason(case: Case) -> None:
    due(case)
    later = (cases.PAST + timedelta(days=700)).date()
    with pytest.raises(ClassNotPossible, match="Say why"):
        retention.keep_longer(case.concern, by=case.first, at=case.now(), until=later, why=" ")
    with pytest.raises(ClassNotPossible, match="after today"):
        retention.keep_longer(case.concern, by=case.first, at=case.now(), until=cases.PAST.date(), why="So.")
    holding = retention.keep_longer(
        case.concern, by=case.first, at=case.now(), until=later, why="His sister asks."
    )
    assert holding.review_on == later
    with pytest.raises(DisposalNotPossible, match="comes up for review"):
        disposal.propose(case.concern, by=case.first, at=case.now(), why=WHY)


def test_closing_counts_the_review_for_everybody_who_holds_it(case: Case) -> None:
    found = {
        h.agency.reference: h for h in Holding.objects.filter(concern=case.concern).select_related("agency")
    }
    assert set(found) == {"st-wulstans", "front-door"}
    born = Person.objects.get(pk=case.person.pk).born_on
    assert born is not None
    assert found["st-wulstans"].review_on == born.replace(year=born.year + 25)
    assert found["front-door"].review_on == cases.PAST.date().replace(year=cases.PAST.year + 35)
