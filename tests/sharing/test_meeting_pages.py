"""The pages of a meeting, as its chair and its members see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from sharing.models import Exchange, Meeting, MeetingMember, Minutes
from sharing.operations import check_back, differ
from tests import factories, meeting_cases
from tests.factories import World
from tests.sharing.test_action_pages import fill_in
from tests.signing_in import SignedIn


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def of(meeting: Meeting, more: str = "") -> str:
    return f"/meetings/{meeting.reference}/{more}"


def when(at: Any) -> dict[str, Any]:
    local = timezone.localtime(at)
    return {"day_0": local.day, "day_1": local.month, "day_2": local.year, "time": f"{local:%H:%M}"}


def test_a_meeting_is_called_from_the_concern(world: World, signed_in: SignedIn) -> None:
    concern = factories.at_share(world)
    client = signed_in(world.priya)
    assert f"/concerns/{concern.reference}/meetings/call/" in page(client, f"/concerns/{concern.reference}/")
    reply = fill_in(
        client,
        f"/concerns/{concern.reference}/meetings/call/",
        kind="STRATEGY",
        purpose="Whether she is safe tonight.",
        chair=world.priya.pk,
        where_or_how="By telephone",
        quorum_agencies="3",
        quorum_source="Working Together",
        **when(timezone.now() + timedelta(days=1)),
    )
    meeting = Meeting.objects.get()
    assert reply["Location"] == of(meeting)
    assert "Strategy discussion" in page(client, f"/concerns/{concern.reference}/meetings/")


def test_a_quorum_without_its_source_is_asked_for_with_the_text_still_there(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.at_share(world)
    reply = fill_in(
        signed_in(world.priya), f"/concerns/{concern.reference}/meetings/call/",
        kind="PANEL", purpose="Worth keeping.", chair=world.priya.pk, where_or_how="Here",
        quorum_agencies="3", **when(timezone.now()),
    )  # fmt: skip
    assert reply.status_code == 422
    assert "Say where the quorum is from" in reply.content.decode()
    assert "Worth keeping." in reply.content.decode()


def test_somebody_is_found_in_the_directory_and_asked(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.called(world)
    client = signed_in(world.priya)
    found = fill_in(client, of(meeting, "add/"), who="Amara")
    link = f"{of(meeting, 'add/')}?of={world.amara.pk}"
    assert link in found.content.decode()
    fill_in(client, link, why_you="You know the parents.", is_needed="on", instead_of="")
    row = MeetingMember.objects.get(member=world.amara)
    assert (row.is_needed, row.why_you) == (True, "You know the parents.")
    assert "Has to be there" in page(client, of(meeting))


def test_a_member_sees_who_when_and_why_and_nothing_of_what_others_bring(
    world: World, signed_in: SignedIn
) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.brought(world, meeting, world.amara, world.tom, text="Only when it is sent.")
    meeting_cases.brought(world, meeting, world.tom, world.amara, text="I brought this myself.")
    shown = page(signed_in(world.tom), of(meeting))
    for said in ("You visit the family.", "By video call", "Amara Osei", "I brought this myself."):
        assert said in shown
    assert "Only when it is sent." not in shown
    assert "Only when it is sent." in page(signed_in(world.priya), of(meeting))
    assert "Only when it is sent." not in page(signed_in(world.school.colleague), of(meeting))


def test_apologies_are_sent_and_stand_on_the_page(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.with_members(world)
    reply = fill_in(signed_in(world.amara), of(meeting, "coming/"), is_coming="no")
    assert "Write your apologies" in reply.content.decode()
    fill_in(signed_in(world.amara), of(meeting, "coming/"), is_coming="no", apologies="In surgery until one.")
    shown = page(signed_in(world.priya), of(meeting))
    assert "In surgery until one." in shown
    assert "Sent apologies" in shown


def test_no_quorum_is_said_with_who_is_missing_and_the_chair_goes_on_with_a_reason(
    world: World, signed_in: SignedIn
) -> None:
    meeting = meeting_cases.held(world, away={world.tom: ""})
    chair = signed_in(world.priya)
    shown = page(chair, of(meeting))
    assert "This is not a quorum, so nothing can be decided yet" in shown
    assert "It needs Wyrefold Family Front Door, and nobody from there came." in shown
    refused = fill_in(chair, of(meeting, "decision/"), what="Kept word for word.", why="It is right.")
    assert refused.status_code == 409
    assert "Kept word for word." in refused.content.decode()
    colleague = fill_in(signed_in(world.school.colleague), of(meeting, "without-quorum/"), why="Now.")
    assert colleague.status_code == 409
    fill_in(chair, of(meeting, "without-quorum/"), why="She goes home tonight.")
    assert "She goes home tonight." in page(chair, of(meeting))
    assert fill_in(chair, of(meeting, "decision/"), what="Seen today.", why="Tonight.").status_code == 302


def test_who_came_is_written_down_and_whoever_is_left_out_did_not_come(
    world: World, signed_in: SignedIn
) -> None:
    meeting = meeting_cases.with_members(world)
    chair, tom = meeting_cases.place(meeting, world.priya), meeting_cases.place(meeting, world.tom)
    reply = fill_in(
        signed_in(world.priya), of(meeting, "attendance/"),
        **{f"came_{chair.pk}": "PRESENT", f"came_{tom.pk}": "PRESENT"}, **when(timezone.now()),
    )  # fmt: skip
    assert reply.status_code == 302
    assert meeting_cases.place(meeting, world.amara).attendance == "ABSENT"
    assert "Did not come and sent no apologies" in page(signed_in(world.priya), of(meeting))


def test_decisions_actions_and_minutes_by_the_pages(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.held(world)
    chair = signed_in(world.priya)
    assert "Write down what was decided" in page(chair, of(meeting))
    fill_in(chair, of(meeting, "decision/"), what="Seen every week.", why="She talks there.")
    tom = meeting_cases.place(meeting, world.tom)
    fill_in(
        chair, of(meeting, "action/"), what="See her on Monday.", owner=tom.pk, checked_by="",
        by_when="2 working days", contingency="She is not in school.",
    )  # fmt: skip
    reply = fill_in(chair, of(meeting, "minutes/"), main_risk=meeting_cases.RISK)
    assert reply.status_code == 302
    assert Minutes.objects.get().number == 1
    shown = page(chair, of(meeting))
    assert "Waiting until these are understood: Tom Ashdown, Amara Osei" in shown


def test_a_member_says_back_the_risk_and_their_own_actions_and_the_chair_checks_each(
    world: World, signed_in: SignedIn
) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copy = meeting_cases.copy_of(meeting, world.tom)
    tom, here = signed_in(world.tom), f"/exchanges/{copy.reference}/"
    factories.received(world, copy)
    shown = page(tom, here)
    for said in ("Your part of the minutes, from Priya Nair", meeting_cases.RISK, meeting_cases.DECISION):
        assert said in shown
    fill_in(tom, f"{here}restate/", **factories.OWN_WORDS)
    check = page(signed_in(world.priya), f"{here}check/")
    assert f"Key item 1: {meeting_cases.RISK}" in check
    assert "Key item 3: See her at school" in check


def test_dissent_stands_in_its_own_words_for_the_chair_and_its_member_and_nobody_else(
    world: World, signed_in: SignedIn
) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copy = meeting_cases.copy_of(meeting, world.tom)
    factories.understood(world, copy)
    words = "He has the keys, so it is higher than that."
    differ.answer_agreement(
        copy, by=world.tom, at=world.clock(), risk="DISAGREE", risk_why=words, action="AGREE"
    )
    check_back.open_exchange(meeting_cases.copy_of(meeting, world.amara), by=world.amara, at=world.clock())
    for one in (world.priya, world.tom):
        assert words in page(signed_in(one), of(meeting, "minutes/1/"))
    assert words in page(signed_in(world.priya), of(meeting))
    for one in (world.amara, world.school.colleague):
        assert words not in page(signed_in(one), of(meeting, "minutes/1/"))


def test_a_member_prints_their_own_part_once_it_is_open(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.with_members(world)
    meeting_cases.brought(world, meeting, world.amara, world.tom, text="For the social worker alone.")
    meeting = meeting_cases.ready(world, meeting)
    meeting_cases.action(world, meeting, world.amara, what="What the doctor does.")
    meeting_cases.issued(world, meeting_cases.again(meeting))
    tom = signed_in(world.tom)
    assert "Your part is not open" in page(tom, of(meeting, "minutes/1/"))
    factories.received(world, meeting_cases.copy_of(meeting, world.tom))
    shown = page(tom, of(meeting, "minutes/1/"))
    for said in (
        meeting_cases.RISK,
        meeting_cases.DECISION,
        "For the social worker alone.",
        "See her at school",
    ):
        assert said in shown
    assert "What the doctor does." not in shown
    whole = page(signed_in(world.school.colleague), of(meeting, "minutes/1/"))
    assert "What the doctor does." in whole
    assert "For the social worker alone." not in whole


def test_an_amendment_leaves_the_version_before_readable(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    chair = signed_in(world.priya)
    fill_in(chair, of(meeting, "decision/1/take-back/"), why="It was every other week.")
    fill_in(chair, of(meeting, "decision/"), what="Every other week.", why="She asked for that.")
    assert "Something has changed since version 1" in page(chair, of(meeting))
    refused = fill_in(chair, of(meeting, "minutes/"), main_risk=meeting_cases.RISK)
    assert refused.status_code == 409
    fill_in(chair, of(meeting, "minutes/"), main_risk=meeting_cases.RISK, what_changed="How often.")
    first, second = (page(chair, of(meeting, f"minutes/{n}/")) for n in (1, 2))
    assert meeting_cases.DECISION in first
    assert "This is an earlier version" in first
    assert meeting_cases.DECISION not in second
    assert "How often." in second


def test_whoever_says_not_mine_sees_the_meeting_no_longer(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copy = meeting_cases.copy_of(meeting, world.amara)
    check_back.not_mine(copy, by=world.amara, at=world.clock())
    client = signed_in(world.amara)
    assert client.get(of(meeting)).status_code == 404
    assert client.get(of(meeting, "minutes/1/")).status_code == 404


def test_the_home_page_says_what_a_meeting_waits_for(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.with_members(world)
    assert "Say whether you will come to a meeting" in page(signed_in(world.tom), "/")
    shown = page(signed_in(world.priya), "/")
    assert "Send the minutes of a meeting" in shown
    assert "Tom Ashdown has not said whether they come to a meeting" in shown
    assert meeting.reference in shown


def test_the_page_of_a_part_leads_to_its_meeting(world: World, signed_in: SignedIn) -> None:
    meeting = meeting_cases.ready(world)
    meeting_cases.issued(world, meeting)
    copy = Exchange.objects.get(kind="MEETING", listener=world.tom)
    for one in (world.tom, world.priya):
        assert of(meeting) in page(signed_in(one), f"/exchanges/{copy.reference}/")


def test_one_can_put_oneself_on_the_list_and_find_those_without_an_account(
    world: World, signed_in: SignedIn
) -> None:
    nurse = meeting_cases.outside(world)
    meeting = meeting_cases.called(world)
    colleague = signed_in(world.school.colleague)
    shown = page(colleague, of(meeting, "add/"))
    assert "Add yourself" in shown
    assert nurse.full_name in shown
    for one in (world.school.colleague, nurse):
        link = f"{of(meeting, 'add/')}?of={one.pk}"
        assert link in shown
        fill_in(colleague, link, instead_of="")
        assert meeting_cases.place(meeting, one).member == one
    assert "Add yourself" not in page(colleague, of(meeting, "add/"))


def test_somebody_without_an_account_is_asked_by_the_chair_and_has_their_words_written_down(
    world: World, signed_in: SignedIn
) -> None:
    nurse = meeting_cases.outside(world)
    meeting = meeting_cases.with_members(world)
    meeting_cases.asked(world, meeting, nurse)
    chair = signed_in(world.priya)
    assert "No account: ask them yourself" in page(chair, of(meeting))
    place = meeting_cases.place(meeting, nurse).pk
    fill_in(
        chair, of(meeting, "bring/"), brought_by=place, kind="REPORTED", text="He rang her twice.",
        source="By phone", for_whom=[meeting_cases.place(meeting, world.tom).pk], statement="",
    )  # fmt: skip
    meeting_cases.issued(world, meeting_cases.ready(world, meeting_cases.again(meeting)))
    assert meeting_cases.copy_of(meeting, nurse).kind == "MEETING"
    words = meeting_cases.copy_of(meeting, world.tom).items.values_list("text", flat=True)
    assert any("He rang her twice." in one for one in words)
