"""Minutes: each member's own part of them, what is amended, and who owes them."""

from __future__ import annotations

import pytest

from agencies.models import ContactPoint
from agencies.refusals import OutOfDate, Refused
from sharing import minutes
from sharing.models import Action, Exchange, Meeting, MeetingMember, Obligation
from sharing.operations import actions, check_back, differ, handover, meeting_minutes, meetings, reconcile
from sharing.operations.meetings import Came
from sharing.rules import NotYourTurn
from sharing.rules import meetings as meeting_rules
from sharing.workflow import GateClosed
from tests import factories, meeting_cases
from tests.factories import World
from tests.meeting_cases import waiting

pytestmark = pytest.mark.django_db


# --- What each member is sent -------------------------------------------------------------------------


def test_each_member_is_sent_the_risk_the_decisions_their_own_actions_and_what_is_for_them(
    world: World,
) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.brought(world, meeting, world.tom, world.amara, text="For the doctor alone.")
    meeting_cases.brought(world, meeting, world.amara, world.tom, text="For the social worker alone.")
    meeting_cases.brought(world, meeting, world.amara, text="For the chair alone.")
    meeting = meeting_cases.ready(world, meeting)
    meeting_cases.action(world, meeting, world.amara, what="Look at the notes of last year.")
    meeting_cases.issued(world, meeting_cases.again(meeting))
    tom = meeting_cases.copy_of(meeting, world.tom)
    said = [(item.source, item.is_key) for item in tom.items.all()]
    assert said == [
        (minutes.RISK, True),
        (minutes.DECIDED, False),
        (minutes.YOURS, True),
        ("I did", False),
    ]
    assert tom.items.get(number=4).written_by == "Amara Osei, Doctor, Bridge Street Surgery"
    words = "\n".join(tom.items.values_list("text", flat=True))
    assert "For the social worker alone." in words
    assert "See her at school" in words
    for not_theirs in ("For the doctor alone.", "For the chair alone.", "notes of last year"):
        assert not_theirs not in words
    assert (tom.kind, tom.speaker, tom.listener) == ("MEETING", world.priya, world.tom)
    assert not Exchange.objects.filter(kind="MEETING", listener=world.priya).exists()


def test_apologies_get_a_part_where_they_need_it_and_those_absent_none(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.asked(world, meeting, world.stranger.practitioner)
    meeting_cases.asked(world, meeting, world.gp.colleague)
    away = {world.amara: "Ill.", world.stranger.practitioner: "", world.gp.colleague: "On leave."}
    meeting = meeting_cases.held(world, meeting, away=away)
    meeting_cases.decided(world, meeting)
    meeting_cases.action(world, meeting, world.amara)
    wanted = [meeting_cases.place(meeting, world.gp.colleague).pk]
    meeting_cases.issued(world, meeting_cases.again(meeting), also_tell=wanted)
    told = set(Exchange.objects.filter(kind="MEETING").values_list("listener", flat=True))
    assert told == {world.tom.pk, world.amara.pk, world.gp.colleague.pk}


def test_minutes_need_a_risk_a_decision_and_their_chair(world: World) -> None:
    meeting = meeting_cases.held(world)
    with pytest.raises(Refused) as refused:
        meeting_cases.issued(world, meeting, main_risk=" ")
    said = " ".join(refused.value.sentences)
    assert "Name the main risk" in said
    assert "Write down what was decided" in said
    meeting_cases.decided(world, meeting)
    with pytest.raises(NotYourTurn):
        meeting_minutes.issue_minutes(
            meeting, by=world.school.colleague, at=world.clock(), main_risk=meeting_cases.RISK
        )


def test_a_deputy_of_the_chair_sends_them_in_the_chairs_name(world: World) -> None:
    meeting = meeting_cases.ready(world)
    factories.name_deputy(world.priya, world.school.colleague)
    meeting_minutes.issue_minutes(
        meeting, by=world.school.colleague, at=world.clock(), main_risk=meeting_cases.RISK
    )
    copy = meeting_cases.copy_of(meeting, world.tom)
    assert (copy.speaker, copy.sent_by) == (world.priya, world.school.colleague)


def test_once_the_minutes_are_out_the_chair_owes_none(world: World) -> None:
    meeting = meeting_cases.ready(world)
    assert len(waiting("MINUTES")) == 1
    meeting_cases.issued(world, meeting)
    assert waiting("MINUTES") == []


def test_an_action_is_agreed_only_when_its_own_member_is_understood(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.action(world, meeting, world.amara)
    meeting_cases.issued(world, meeting_cases.again(meeting))
    toms, amaras = (Action.objects.get(owner=one) for one in (world.tom, world.amara))
    factories.understood(world, meeting_cases.copy_of(meeting, world.tom))
    assert actions.accept(toms, by=world.tom, at=world.clock()).accepted_at
    with pytest.raises(Refused, match="has not been understood yet"):
        actions.accept(amaras, by=world.amara, at=world.clock())


def test_each_member_has_their_own_view_and_dissent_stays_in_their_words(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copies = {one: meeting_cases.copy_of(meeting, one) for one in (world.tom, world.amara)}
    for copy in copies.values():
        factories.understood(world, copy)
    assert {one.owner for one in waiting("AGREE")} == {world.tom, world.amara}
    words = "I see it as higher: he has the keys."
    differ.answer_agreement(
        copies[world.tom], by=world.tom, at=world.clock(), risk="DISAGREE", risk_why=words, action="AGREE"
    )
    differ.answer_agreement(
        copies[world.amara], by=world.amara, at=world.clock(), risk="AGREE", action="AGREE"
    )
    assert waiting("AGREE") == []
    assert copies[world.tom].agreements.get(about="RISK").why == words
    assert copies[world.tom].disagreements.count() == 1
    assert copies[world.amara].disagreements.count() == 0


def test_what_the_chair_does_is_checked_by_another_member(world: World) -> None:
    meeting = meeting_cases.ready(world)
    with pytest.raises(Refused, match="checked by another member"):
        meeting_cases.action(world, meeting, world.priya)
    amara = meeting_cases.place(meeting, world.amara).pk
    meeting_cases.action(world, meeting, world.priya, checked_by=amara, what="Ring the family.")
    meeting_cases.issued(world, meeting_cases.again(meeting))
    action = Action.objects.get(owner=world.priya)
    assert action.other_side == world.amara
    assert action.exchange == meeting_cases.copy_of(meeting, world.amara)
    copies = Exchange.objects.filter(kind="MEETING", items__text__contains="Ring the family.")
    assert [one.listener for one in copies] == [world.amara]


def test_the_next_cycle_waits_for_every_member_and_says_whom(world: World) -> None:
    concern = factories.concern_at(world, "RECORD")
    meeting_cases.issued(world, meeting_cases.ready(world, meeting_cases.with_members(world, concern)))
    factories.finish_record(world, concern)
    factories.understood(world, Exchange.objects.get(kind="MEETING", listener=world.tom))
    with pytest.raises(GateClosed) as closed:
        factories.move(world, concern, "next-cycle")
    assert [one.who for one in closed.value.missing] == ["Amara Osei (Bridge Street Surgery)"]
    factories.understood(world, Exchange.objects.get(kind="MEETING", listener=world.amara))
    factories.move(world, concern, "next-cycle")


def test_a_concern_does_not_close_while_a_meeting_has_no_minutes(world: World) -> None:
    concern = factories.concern_at(world, "RECORD")
    factories.finish_record(world, concern)
    meeting = meeting_cases.called(world, concern)
    for move in ("close", "next-cycle"):
        with pytest.raises(GateClosed) as closed:
            factories.move(world, concern, move)
        assert [one.what for one in closed.value.missing] == [f"Meeting {meeting} has no minutes yet."]
    meetings.call_off(meeting, by=world.priya, at=world.clock(), why="It is not needed any more.")
    factories.move(world, concern, "close")


def test_nobody_can_be_told_is_said_before_anything_is_sent(world: World) -> None:
    meeting = meeting_cases.ready(world)
    ContactPoint.objects.filter(agency=world.gp.agency).update(retired_at=world.clock())
    with pytest.raises(Refused, match="Nobody can be told"):
        meeting_cases.issued(world, meeting)
    assert not Exchange.objects.filter(kind="MEETING").exists()


# --- Amendments -------------------------------------------------------------------------------------


def test_an_amendment_is_a_new_version_and_the_old_one_stays_readable(world: World) -> None:
    meeting = meeting_cases.ready(world)
    first = meeting_cases.issued(world, meeting)
    meeting_minutes.take_back(
        meeting, by=world.priya, at=world.clock(), part="decision", number=1, why="It was every other week."
    )
    meeting_cases.decided(world, meeting, what="Every other week.")
    second = meeting_cases.issued(world, meeting_cases.again(meeting), what_changed="How often she is seen.")
    assert (second.number, second.what_changed) == (2, "How often she is seen.")
    first.refresh_from_db()
    assert [one["what"] for one in first.body["decisions"]] == [meeting_cases.DECISION]
    assert [one["what"] for one in second.body["decisions"]] == ["Every other week."]


def test_an_amendment_says_what_changed_and_changes_something(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    with pytest.raises(Refused, match="have not been sent"):
        meeting_cases.issued(world, meeting, main_risk="Another risk.")
    with pytest.raises(meeting_rules.NothingChanged):
        meeting_cases.issued(world, meeting, what_changed="Nothing, really.")


def test_an_amendment_goes_only_to_those_whose_own_part_changed(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    factories.understood(world, meeting_cases.copy_of(meeting, world.amara))
    meeting_cases.action(world, meeting, world.tom, what="Ask the neighbour too.")
    meeting_cases.issued(world, meeting_cases.again(meeting), what_changed="One more action of Tom’s.")
    copies = Exchange.objects.filter(kind="MEETING").order_by("pk")
    assert [one.listener for one in copies] == [world.tom, world.amara, world.tom]


def test_an_amendment_overtakes_what_was_not_understood_and_its_actions_come_along(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    old = meeting_cases.copy_of(meeting, world.tom)
    meeting_cases.issued(world, meeting, main_risk="Another risk.", what_changed="The main risk.")
    new = meeting_cases.copy_of(meeting, world.tom)
    old.refresh_from_db()
    assert old.superseded_by == new
    assert Action.objects.get(owner=world.tom).exchange == new
    factories.understood(world, new)
    assert actions.accept(Action.objects.get(owner=world.tom), by=world.tom, at=world.clock()).accepted_at


def test_an_action_that_was_agreed_stays_agreed_when_something_else_is_amended(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copy = meeting_cases.copy_of(meeting, world.tom)
    factories.understood(world, copy)
    actions.accept(Action.objects.get(owner=world.tom), by=world.tom, at=world.clock())
    meeting_cases.issued(world, meeting, main_risk="Another risk.", what_changed="The main risk.")
    action = Action.objects.get(owner=world.tom)
    assert action.accepted_at
    assert action.exchange == copy


def test_an_action_taken_back_is_withdrawn_by_the_amendment_and_its_owner_told(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    meeting_minutes.take_back(
        meeting, by=world.priya, at=world.clock(), part="action", number=1, why="The nurse does it."
    )
    assert Action.objects.get(owner=world.tom).withdrawn_at is None
    meeting_cases.issued(world, meeting_cases.again(meeting), what_changed="Tom’s action is the nurse’s.")
    assert Action.objects.get(owner=world.tom).withdrawn_why == "The nurse does it."


def test_what_reached_the_wrong_member_is_not_sent_to_them_again(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    check_back.not_mine(meeting_cases.copy_of(meeting, world.amara), by=world.amara, at=world.clock())
    assert not Meeting.objects.visible_to(world.amara).exists()
    meeting_cases.issued(world, meeting, main_risk="Another risk.", what_changed="The main risk.")
    assert Exchange.objects.filter(kind="MEETING", listener=world.amara).count() == 1


def test_a_page_that_is_out_of_date_is_refused_with_what_changed(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.decided(world, meeting, what="Something else too.")
    with pytest.raises(OutOfDate, match="wrote down a decision"):
        meeting_cases.issued(world, meeting, seen_version=meeting.version)


# --- Hand-over, and what the reconciler finds -------------------------------------------------------


def test_a_successor_is_in_the_chair_and_owes_the_minutes(world: World) -> None:
    meeting = meeting_cases.ready(world)
    concern = meeting.cycle.concern
    factories.taken_over(
        world, concern, leaver=world.priya, successor=world.school.colleague, by=world.school.lead
    )
    meeting = meeting_cases.again(meeting)
    assert meeting.chair == world.school.colleague
    assert [one.owner for one in waiting("MINUTES")] == [world.school.colleague]
    meeting_cases.issued(world, meeting)
    assert meeting_cases.copy_of(meeting, world.tom).speaker == world.school.colleague


def test_a_members_successor_is_told_afresh_and_has_their_part(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    handover.hand_over(
        meeting.cycle.concern, leaver=world.tom, successor=world.care.colleague, by=world.tom,
        at=world.clock(), note="",
    )  # fmt: skip
    new = Exchange.objects.get(kind="MEETING", listener=world.care.colleague)
    assert new.minutes_copy.minutes.meeting == meeting
    assert Meeting.objects.visible_to(world.care.colleague).exists()


def test_the_reconciler_finds_minutes_that_nobody_owes(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    assert reconcile.reconcile(at=world.clock()) == 0
    Obligation.objects.filter(kind__in=["MINUTES", "ATTEND"]).update(settled_at=world.clock())
    assert reconcile.reconcile(at=world.clock()) == 3
    assert [one.reference for one in waiting("MINUTES")] == [meeting.reference]
    assert len(waiting("ATTEND")) == 2


def test_attendance_can_be_corrected_by_an_amendment(world: World) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    came = {
        one.pk: Came(MeetingMember.Attendance.PRESENT) for one in meeting.members.exclude(member=world.amara)
    }
    meetings.record_attendance(
        meeting, by=world.priya, at=world.clock(), held_at=meeting.held_at or world.clock(), came=came
    )
    second = meeting_cases.issued(world, meeting_cases.again(meeting), what_changed="Who came.")
    listed = {one["agency"]: one["attendance"] for one in second.body["attendance"]}
    assert listed["Bridge Street Surgery"] == "Did not come and sent no apologies"
