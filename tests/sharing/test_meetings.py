"""Meetings: who is asked and who comes, quorum, and what each of them brings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agencies.refusals import NotAllowed, Refused
from notifications.models import Message
from records.operations.protection import protect_detail
from sharing import minutes
from sharing.models import Meeting
from sharing.operations import meeting_minutes, meetings
from sharing.operations.meeting_guard import SaysTooMuch
from sharing.rules import AlreadyDone, AnotherPersonMustCheck, NotYourTurn
from sharing.rules import meetings as meeting_rules
from tests import factories, meeting_cases
from tests.factories import World
from tests.meeting_cases import waiting

pytestmark = pytest.mark.django_db


def places_by_attendance(meeting: Meeting) -> dict[str, str]:
    return {
        there.agency.name: there.attendance
        for there in meeting_rules.agencies_at(minutes.read(meeting).members)
    }


# --- Called, asked, answered -----------------------------------------------------------------------


def test_the_chair_is_the_first_member_and_owes_the_minutes(world: World) -> None:
    meeting = meeting_cases.called(world)
    assert meeting.reference == f"{meeting.cycle.concern.reference}-M1"
    assert [one.member for one in meeting.members.all()] == [world.priya]
    owed = waiting("MINUTES")
    assert [one.owner for one in owed] == [world.priya]
    assert owed[0].due_at > meeting.meets_at


def test_nobody_is_asked_before_it_is_decided_to_share(world: World) -> None:
    concern = factories.logged(world)
    factories.move(world, concern, "start-at-share", reason="By phone already.")
    with pytest.raises(Refused, match="before it is decided to share"):
        meeting_cases.called(world, concern)


def test_the_chair_is_of_the_agency_whose_concern_it_is(world: World) -> None:
    with pytest.raises(Refused, match="at your own agency"):
        meeting_cases.called(world, chair=world.tom)


def test_another_agency_does_not_call_a_meeting_about_our_concern(world: World) -> None:
    cycle = factories.the_cycle(factories.at_share(world))
    with pytest.raises(NotAllowed):
        meetings.call_meeting(
            cycle, by=world.tom, at=world.clock(), kind="PANEL", purpose="P", chair=world.tom,
            meets_at=world.clock(), where_or_how="Here",
        )  # fmt: skip


def test_a_quorum_says_where_it_is_from(world: World) -> None:
    with pytest.raises(Refused, match="where the quorum is from"):
        meeting_cases.called(world, quorum_source=" ")


def test_whoever_is_asked_is_told_and_has_it_on_their_list_until_they_answer(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    assert [one.owner for one in waiting("ATTEND")] == [world.tom, world.amara]
    assert Message.objects.filter(kind="MEETING", to_member_id=world.tom.pk).count() == 1
    meetings.answer_invitation(meeting, by=world.tom, at=world.clock(), is_coming=True)
    meetings.answer_invitation(
        meeting, by=world.amara, at=world.clock(), is_coming=False, words="I am in surgery. Joanne comes."
    )
    assert waiting("ATTEND") == []
    assert meeting_cases.place(meeting, world.amara).words == "I am in surgery. Joanne comes."
    assert Message.objects.filter(kind="MEETING", to_member_id=world.priya.pk).count() == 2


def test_apologies_are_said_in_words(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    with pytest.raises(Refused, match="Write your apologies"):
        meetings.answer_invitation(meeting, by=world.tom, at=world.clock(), is_coming=False, words=" ")


def test_only_whoever_was_asked_or_their_deputy_answers(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    with pytest.raises(NotYourTurn):
        meetings.answer_invitation(meeting, by=world.gp.colleague, at=world.clock(), is_coming=True)
    factories.name_deputy(world.amara, world.gp.colleague)
    row = meetings.answer_invitation(meeting, by=world.gp.colleague, at=world.clock(), is_coming=True)
    assert (row.member, row.answered_by) == (world.amara, world.gp.colleague)


def test_nobody_is_asked_twice_nor_the_chair_in_another_role(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    with pytest.raises(AlreadyDone):
        meeting_cases.asked(world, meeting, world.tom)
    at_school, in_care = world.two_hats
    chaired_by_robin = meeting_cases.called(world, chair=at_school)
    with pytest.raises(AnotherPersonMustCheck):
        meeting_cases.asked(world, chaired_by_robin, in_care)


def test_somebody_is_taken_off_the_list_with_a_reason_and_sees_it_no_longer(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    row = meeting_cases.place(meeting, world.tom)
    assert Meeting.objects.visible_to(world.tom).exists()
    meetings.take_off_the_list(meeting, by=world.priya, at=world.clock(), number=row.pk, why="The wrong Tom.")
    assert not Meeting.objects.visible_to(world.tom).exists()
    assert [one.owner for one in waiting("ATTEND")] == [world.amara]


def test_what_all_members_read_holds_nothing_that_one_of_them_must_not_know(world: World) -> None:
    meeting = meeting_cases.called(world)
    meeting_cases.asked(world, meeting, world.amara)
    protect_detail(
        factories.main_person(meeting.cycle.concern), by=world.priya, at=world.clock(), kind="SCHOOL",
        value="Elmbank Nursery", kept_from="AGENCIES", why="A relative works there.",
        agencies=[world.care.agency],
    )  # fmt: skip
    words = "I meet them at Elmbank nursery at that time."
    meetings.answer_invitation(meeting, by=world.amara, at=world.clock(), is_coming=False, words=words)
    with pytest.raises(SaysTooMuch) as refused:
        meeting_cases.asked(world, meeting, world.tom)
    assert "A protected school: Apologies." in refused.value.sentences
    assert not any("Elmbank" in said for said in refused.value.sentences)
    meetings.answer_invitation(meeting, by=world.amara, at=world.clock(), is_coming=False, words="On leave.")
    meeting_cases.asked(world, meeting, world.tom)
    with pytest.raises(SaysTooMuch):
        meetings.move_meeting(
            meeting, by=world.priya, at=world.clock(), meets_at=meeting.meets_at, where_or_how=words
        )


def test_it_is_moved_and_called_off_and_everybody_is_told(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    later = meeting.meets_at + timedelta(days=1)
    moved = meetings.move_meeting(
        meeting, by=world.priya, at=world.clock(), meets_at=later, where_or_how="At the school"
    )
    assert moved.meets_at == later
    assert waiting("MINUTES")[0].since == later
    meetings.call_off(moved, by=world.priya, at=world.clock(), why="The plan has changed.")
    assert Message.objects.filter(kind="MEETING", to_member_id=world.tom.pk).count() == 3
    assert (waiting("MINUTES"), waiting("ATTEND")) == ([], [])
    with pytest.raises(meeting_rules.CalledOff):
        meeting_cases.asked(world, moved, world.gp.colleague)


# --- Who came, and the quorum -----------------------------------------------------------------------


def test_an_agency_that_neither_came_nor_sent_apologies_is_listed_as_absent(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.asked(world, meeting, world.stranger.practitioner)
    meeting = meeting_cases.held(
        world, meeting, away={world.amara: "In surgery.", world.stranger.practitioner: ""}
    )
    assert places_by_attendance(meeting) == {
        "St Wulstan’s Primary": "PRESENT",
        "Wyrefold Family Front Door": "PRESENT",
        "Bridge Street Surgery": "APOLOGIES",
        "Northmoor Homes": "ABSENT",
    }


def test_somebody_who_comes_instead_stands_for_their_agency(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.asked(
        world, meeting, world.gp.colleague, instead_of=meeting_cases.place(meeting, world.amara)
    )
    meeting = meeting_cases.held(world, meeting, away={world.amara: "In surgery; Joanne comes."})
    assert places_by_attendance(meeting)["Bridge Street Surgery"] == "PRESENT"


def test_a_meeting_is_not_held_before_now_nor_without_its_chair(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    at = world.clock()
    with pytest.raises(Refused, match="after now"):
        meetings.record_attendance(meeting, by=world.priya, at=at, held_at=at + timedelta(minutes=1), came={})
    with pytest.raises(Refused, match="held by its chair"):
        meetings.record_attendance(meeting, by=world.priya, at=at, held_at=at, came={})


def test_nothing_is_decided_before_it_is_written_down_who_came(world: World) -> None:
    with pytest.raises(meeting_rules.NotHeld):
        meeting_cases.decided(world, meeting_cases.with_members(world))


def test_without_a_quorum_nothing_is_decided_and_the_refusal_says_who_is_missing(world: World) -> None:
    meeting = meeting_cases.held(world, away={world.tom: "", world.amara: "Ill."})
    with pytest.raises(meeting_rules.NotQuorate) as refused:
        meeting_cases.decided(world, meeting)
    said = " ".join(refused.value.sentences)
    assert "2 agencies make a quorum, and 1 came" in said
    assert "It needs Wyrefold Family Front Door" in said


def test_an_agency_that_has_to_be_there_is_missed_though_enough_others_came(world: World) -> None:
    meeting = meeting_cases.held(world, away={world.tom: ""})
    quorum = meeting_rules.quorum_of(meeting, minutes.read(meeting).members)
    assert (quorum.is_met, quorum.needed_and_missing) == (False, ("Wyrefold Family Front Door",))


def test_the_chair_alone_goes_on_without_a_quorum_and_only_with_a_reason(world: World) -> None:
    meeting = meeting_cases.held(world, away={world.tom: ""})
    with pytest.raises(NotYourTurn):
        meetings.go_on_without_quorum(meeting, by=world.school.colleague, at=world.clock(), why="Now.")
    with pytest.raises(Refused, match="cannot wait"):
        meetings.go_on_without_quorum(meeting, by=world.priya, at=world.clock(), why=" ")
    meetings.go_on_without_quorum(meeting, by=world.priya, at=world.clock(), why="She goes home tonight.")
    meeting = meeting_cases.again(meeting)
    meeting_cases.decided(world, meeting)
    issued = meeting_cases.issued(world, meeting)
    assert issued.body["quorum"]["went_on_why"] == "She goes home tonight."
    assert issued.body["quorum"]["is_met"] is False


def test_with_a_quorum_there_is_nothing_to_go_on_without(world: World) -> None:
    meeting = meeting_cases.held(world)
    with pytest.raises(Refused, match="This is a quorum"):
        meetings.go_on_without_quorum(meeting, by=world.priya, at=world.clock(), why="Anyway.")


# --- What is brought, and for whom ------------------------------------------------------------------


def test_a_member_brings_their_own_and_the_chair_writes_down_what_others_brought(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    assert meeting_cases.brought(world, meeting, world.tom, world.amara).entered_by == world.tom
    assert meeting_cases.brought(world, meeting, world.amara, by=world.priya).entered_by == world.priya
    with pytest.raises(NotYourTurn):
        meeting_cases.brought(world, meeting, world.tom, by=world.amara)
    with pytest.raises(NotYourTurn):
        meeting_cases.brought(world, meeting, world.tom, by=world.school.colleague)


def test_a_statement_of_the_concern_is_brought_in_its_own_words(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    statement = meeting.cycle.concern.statements.current().earliest("number")
    given: dict[str, Any] = {
        "brought_by": meeting_cases.place(meeting, world.priya).pk,
        "kind": "OPINION",
        "text": "other",
    }
    row = meeting_minutes.bring(meeting, by=world.priya, at=world.clock(), statement=statement, **given)
    assert (row.text, row.kind, row.statement) == (statement.text, "FACT_SEEN", statement)
    given["brought_by"] = meeting_cases.place(meeting, world.tom).pk
    with pytest.raises(Refused, match="a statement of this concern"):
        meeting_minutes.bring(meeting, by=world.tom, at=world.clock(), statement=statement, **given)


def test_what_was_brought_is_taken_back_until_it_has_been_sent(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    row = meeting_cases.brought(world, meeting, world.tom, world.amara)
    take: dict[str, Any] = {"part": "brought", "number": row.number, "why": "It was her sister."}
    with pytest.raises(NotYourTurn):
        meeting_minutes.take_back(meeting, by=world.amara, at=world.clock(), **take)
    meeting_minutes.take_back(meeting, by=world.tom, at=world.clock(), **take)
    meeting_cases.issued(world, meeting_cases.ready(world, meeting_cases.again(meeting)))
    texts = meeting_cases.copy_of(meeting, world.amara).items.values_list("text", flat=True)
    assert not any(row.text in text for text in texts)
    again = meeting_cases.brought(world, meeting, world.tom, world.amara)
    with pytest.raises(Refused, match="have gone out"):
        meeting_minutes.take_back(
            meeting, by=world.tom, at=world.clock(), part="brought", number=again.number, why="No."
        )
