"""A subject access request from the day it comes to the day it is closed."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from agencies import files
from agencies.refusals import NotAllowed, OutOfDate, Refused
from audit.models import Event
from sharing.models import AccessPiece, AccessRequest, AccessWait, Obligation
from sharing.operations import access_bundles, access_requests, redaction
from sharing.rules import AlreadyDone, AnotherPersonMustCheck
from sharing.subject_access import contents, standing
from sharing.subject_access.standing import Standing
from tests import answering, factories
from tests.factories import World

pytestmark = pytest.mark.django_db


def obligation(request: AccessRequest, key: str = "access") -> Obligation:
    return Obligation.objects.get(key=f"{key}:{request.pk}", settled_at=None)


def test_from_the_letter_to_the_answer(world: World) -> None:
    w = world
    request = answering.asked(w)
    waits = obligation(request)
    assert (waits.owner, waits.kind) == (w.school.lead, "ACCESS")
    assert standing.standing_of(answering.again(request)) == Standing.COLLECT
    request = answering.gathered(w, request)
    assert standing.standing_of(request) == Standing.DECIDE
    request = answering.decided(w, request)
    request = answering.ready(w, request)
    assert standing.standing_of(request) == Standing.CHECK
    request = answering.checked(w, request)
    assert standing.standing_of(request) == Standing.CHECKED
    made = answering.bundle(w, request)
    assert standing.standing_of(answering.again(request)) == Standing.MADE
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(files.content_of(made.file))).pages)
    assert request.reference in text
    assert "Four small round marks" in text
    access_bundles.mark_sent(
        made, by=w.school.lead, at=w.clock(), sent_on=answering.today(w), sent_how="Handed over."
    )
    closed = access_requests.close(
        answering.again(request), by=w.school.lead, at=w.clock(), outcome="ANSWERED", why="She has it."
    )
    assert closed.outcome == "ANSWERED"
    assert not Obligation.objects.filter(reference=request.reference, settled_at=None).exists()
    verbs = list(
        Event.objects.filter(subject=request.reference).order_by("id").values_list("verb", flat=True)
    )
    assert verbs[0] == "sharing.access.opened"
    assert verbs[-3:] == ["sharing.access.bundle_made", "sharing.access.sent", "sharing.access.closed"]


# --- Coming in, and its clock ------------------------------------------------------------------------


def test_whoever_asks_for_another_needs_authority(world: World) -> None:
    with pytest.raises(Refused, match="authority"):
        answering.asked(world, authority=" ")


def test_only_a_lead_of_the_agency_that_recorded_the_person(world: World) -> None:
    w = world
    person = factories.main_person(answering.a_concern(w))
    given = {**answering.ASKED, "received_on": answering.today(w), "identity_how": answering.KNOWN}
    for by in (w.priya, w.care.lead, w.school.administrator):
        with pytest.raises(NotAllowed):
            access_requests.open_request(person, by=by, at=w.clock(), **given)


def test_the_clock_stands_until_they_show_who_they_are(world: World) -> None:
    w = world
    wait = answering.waiting(w)
    request = answering.again(wait.request)
    assert obligation(request).kind == "ACCESS_WAITS"
    assert standing.standing_of(request) == Standing.PAUSED
    w.clock.jump_to(w.clock.moment + timedelta(days=9))
    access_requests.requester_answered(
        wait, by=w.school.lead, at=w.clock(), answer="Her passport.", answered_on=answering.today(w)
    )
    request = answering.again(request)
    assert request.identity_how == "Her passport."
    running = obligation(request)
    assert running.kind == "ACCESS"
    assert running.due_at.date() == standing.limit_of(request).due_on
    with pytest.raises(AlreadyDone):
        access_requests.requester_answered(
            wait, by=w.school.lead, at=w.clock(), answer="Again.", answered_on=answering.today(w)
        )


def test_it_is_extended_once_and_in_the_first_month_only(world: World) -> None:
    w = world
    request = answering.asked(w)
    first = obligation(request).due_at
    late: dict[str, Any] = {"by": w.school.lead, "why": "There are four concerns."}
    w.clock.jump_to(w.clock.moment + timedelta(days=40))
    with pytest.raises(access_requests.NotInTime, match="within the first month"):
        access_requests.extend(request, at=w.clock(), told_on=answering.today(w), **late)
    access_requests.extend(request, at=w.clock(), told_on=request.received_on, **late)
    assert obligation(request).due_at > first + timedelta(days=55)
    with pytest.raises(AlreadyDone):
        access_requests.extend(request, at=w.clock(), told_on=request.received_on, **late)


def test_an_older_page_is_refused(world: World) -> None:
    w = world
    request = answering.asked(w)
    wait: dict[str, Any] = {
        "about": AccessWait.About.WANTS,
        "what": "Which years?",
        "asked_on": answering.today(w),
    }
    access_requests.ask_requester(request, by=w.school.lead, at=w.clock(), seen_version=1, **wait)
    with pytest.raises(OutOfDate):
        access_requests.ask_requester(request, by=w.school.lead, at=w.clock(), seen_version=1, **wait)


def test_it_is_given_to_a_colleague_with_its_limit(world: World) -> None:
    w = world
    request = answering.asked(w)
    due, other = obligation(request).due_at, answering.second_lead(w)
    access_requests.give(request, by=w.school.lead, at=w.clock(), to=other)
    assert (obligation(request).owner, obligation(request).due_at) == (other, due)
    with pytest.raises(Refused, match="cannot answer"):
        access_requests.give(request, by=other, at=w.clock(), to=w.priya)


def test_it_is_not_answered_before_something_was_sent(world: World) -> None:
    w = world
    request = answering.asked(w)
    with pytest.raises(Refused, match="Nothing has been sent"):
        access_requests.close(request, by=w.school.lead, at=w.clock(), outcome="ANSWERED", why="So.")
    access_requests.close(request, by=w.school.lead, at=w.clock(), outcome="WITHDRAWN", why="She rang.")
    with pytest.raises(AlreadyDone):
        redaction.collect(request, by=w.school.lead, at=w.clock())


# --- Deciding ------------------------------------------------------------------------------------------


def test_what_changed_is_decided_again_and_the_rest_stays(world: World) -> None:
    w = world
    request = answering.decided(w)
    before = AccessPiece.objects.filter(request=request).count()
    request = answering.gathered(w, request)
    assert AccessPiece.objects.filter(request=request).count() == before, "nothing has changed"
    assert not contents.of(request).in_the_way
    answering.add_relative(w, request.person, "Dean", "Ashby")
    request = answering.gathered(w, request)
    open_ones = [one for one in contents.of(request).shown if one.decision is None]
    assert [one.piece.others for one in open_ones] == [["Dean Ashby"]]


def test_a_ground_for_others_does_not_fit_whoever_asks_for_themselves(world: World) -> None:
    w = world
    request = answering.gathered(w, answering.asked(w, asked_by="PERSON", authority=""))
    piece = answering.piece(request)
    with pytest.raises(Refused, match="for another person"):
        redaction.decide_piece(
            piece, by=w.school.lead, at=w.clock(), answer="HOLD", ground="CHILD_ABUSE", why="No."
        )


def test_what_is_held_back_has_a_ground_a_reason_and_parts_that_exist(world: World) -> None:
    w = world
    piece = answering.piece(answering.gathered(w))
    for wrong in (
        {"answer": "HOLD", "why": "So."},
        {"answer": "HOLD", "ground": "THIRD_PARTY"},
        {"answer": "PART", "ground": "THIRD_PARTY", "why": "So."},
        {"answer": "PART", "ground": "THIRD_PARTY", "why": "So.", "held": [99]},
        {"answer": "MAYBE"},
    ):
        with pytest.raises(Refused):
            redaction.decide_piece(piece, by=w.school.lead, at=w.clock(), **wrong)


def test_several_are_disclosed_only_where_nothing_asks_to_be_looked_at(world: World) -> None:
    w = world
    request = answering.asked(w)
    answering.add_relative(w, request.person, "Dean", "Ashby")
    request = answering.gathered(w, request)
    named = next(one for one in answering.pieces(request) if one.others)
    with pytest.raises(Refused, match="names somebody else"):
        redaction.disclose_many(request, by=w.school.lead, at=w.clock(), pieces=[named.pk])


# --- A second person -------------------------------------------------------------------------------------


def test_whoever_prepared_it_does_not_check_it(world: World) -> None:
    w = world
    request = answering.ready(w)
    with pytest.raises(AnotherPersonMustCheck):
        access_bundles.check(
            request, by=w.school.lead, at=w.clock(), digest=request.ready_digest, is_right=True
        )


def test_a_check_is_of_exactly_what_was_read(world: World) -> None:
    w = world
    request, other = answering.ready(w), answering.second_lead(w)
    with pytest.raises(OutOfDate):
        access_bundles.check(request, by=other, at=w.clock(), digest="0" * 64, is_right=True)


def test_what_is_sent_back_is_decided_made_ready_and_checked_again(world: World) -> None:
    w = world
    request, other = answering.ready(w), answering.second_lead(w)
    access_bundles.check(
        request, by=other, at=w.clock(), digest=request.ready_digest, is_right=False, note="Isla is named."
    )
    request = answering.again(request)
    assert standing.standing_of(request) == Standing.SENT_BACK
    assert standing.standing_of(answering.checked(w, answering.ready(w, request))) == Standing.CHECKED


def test_a_change_after_the_check_needs_another_check(world: World) -> None:
    w = world
    request = answering.checked(w)
    answering.held_word(w, request, words="Priya Nair")
    with pytest.raises(access_bundles.NotReady):
        access_bundles.ask_for_bundle(request, by=w.school.lead, at=w.clock())


def test_an_amendment_after_sending_is_another_version(world: World) -> None:
    w = world
    first = answering.sent(w)
    request = answering.again(first.request)
    answering.add_relative(w, request.person, "Dean", "Ashby")
    request = answering.checked(w, answering.ready(w, answering.decided(w, answering.gathered(w, request))))
    second = access_bundles.keep_bundle(
        request, by=w.school.lead, at=w.clock(), digest=contents.of(request).digest, pdf=b"%PDF-2"
    )
    assert (first.number, second.number) == (1, 2)
    assert AccessRequest.objects.get(pk=request.pk).bundles.count() == 2
