"""What the database refuses about subject access requests and holds, a function a constraint or trigger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agencies.operations import files
from sharing.models import AccessCheck, AccessPiece, AccessRequest, DisclosureHold, PieceDecision
from sharing.operations import redaction
from tests import answering
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def _closed(w: World) -> dict[str, Any]:
    return {"closed_at": w.clock(), "closed_by_id": w.priya.pk, "outcome": "WITHDRAWN", "closed_why": "So."}


def _extended(w: World) -> dict[str, Any]:
    day = answering.today(w)
    return {"extended_at": w.clock(), "extended_by_id": w.priya.pk, "extended_why": "So.", "told_on": day}


def _short_of_each(row: Any, given: dict[str, Any], name: str, empty: dict[str, Any]) -> None:
    """Each part left out is refused."""
    for left_out in given:
        refused(name, set_raw(row, **{**given, left_out: empty.get(left_out)}))


def access_identity_checked_how_when_and_by_whom(w: World) -> None:
    row = answering.waiting(w).request
    given = {"identity_how": "So.", "identity_on": answering.today(w), "identity_by_id": w.priya.pk}
    _short_of_each(row, given, "access_identity_checked_how_when_and_by_whom", {"identity_how": ""})


def asking_for_another_needs_authority(w: World) -> None:
    row = answering.asked(w)
    refused("asking_for_another_needs_authority", copy_of(row, reference="SA-X", authority=""))


def access_extended_when_by_whom_why_and_told(w: World) -> None:
    name = "access_extended_when_by_whom_why_and_told"
    _short_of_each(answering.asked(w), _extended(w), name, {"extended_why": ""})


def access_ready_when_by_whom_and_what(w: World) -> None:
    given = {"ready_at": w.clock(), "ready_by_id": w.priya.pk, "ready_digest": "0" * 64}
    name = "access_ready_when_by_whom_and_what"
    _short_of_each(answering.gathered(w), given, name, {"ready_digest": ""})
    refused(name, set_raw(answering.asked(w), **given))


def access_closed_when_by_whom_and_how(w: World) -> None:
    empty = {"outcome": "", "closed_why": ""}
    _short_of_each(answering.asked(w), _closed(w), "access_closed_when_by_whom_and_how", empty)


def access_request_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(answering.asked(w)))


def access_request_is_frozen(w: World) -> None:
    row = answering.asked(w)
    for change in ({"wants": "Other."}, {"received_on": answering.today(w)}, {"authority": "Other."}):
        refused("Cannot update", set_raw(row, **change))


def closed_access_request_is_frozen(w: World) -> None:
    row = answering.asked(w)
    set_raw(row, **_closed(w))()
    refused("Cannot update", set_raw(row, version=9))


def access_is_extended_once(w: World) -> None:
    row = answering.asked(w)
    set_raw(row, **_extended(w))()
    refused("a request is extended once", set_raw(row, extended_why="Another reason."))


def answered_when_a_bundle_was_sent(w: World) -> None:
    given = {**_closed(w), "outcome": "ANSWERED"}
    refused("answered when something was sent", set_raw(answering.asked(w), **given))


# --- What whoever asks was asked ---------------------------------------------------------------------


def one_open_question_to_the_requester(w: World) -> None:
    refused("one_open_question_to_the_requester", copy_of(answering.waiting(w)))


def access_wait_says_for_what(w: World) -> None:
    refused("access_wait_says_for_what", copy_of(answering.waiting(w), about="WANTS", what=""))


def access_wait_answered_when_and_how(w: World) -> None:
    row = answering.waiting(w)
    given = {"answer": "So.", "answered_on": answering.today(w), "answered_by_id": w.priya.pk}
    _short_of_each(row, given, "access_wait_answered_when_and_how", {"answer": ""})


def access_wait_answered_after_asked(w: World) -> None:
    early = answering.today(w) - timedelta(days=2)
    given = {"answer": "So.", "answered_on": early, "answered_by_id": w.priya.pk}
    refused("access_wait_answered_after_asked", set_raw(answering.waiting(w), **given))


def access_wait_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(answering.waiting(w)))


def access_wait_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(answering.waiting(w), what="Other."))


def answered_access_wait_is_frozen(w: World) -> None:
    row = answering.waiting(w)
    set_raw(row, answer="So.", answered_on=answering.today(w), answered_by_id=w.priya.pk)()
    refused("Cannot update", set_raw(row, answer="Other."))


# --- The check and the bundle -------------------------------------------------------------------------


def _check(w: World) -> AccessCheck:
    return answering.checked(w).checks.get()


def access_sent_back_says_why(w: World) -> None:
    refused("access_sent_back_says_why", copy_of(_check(w), is_right=False))


def access_check_append_only(w: World) -> None:
    append_only(_check(w), "note")


def a_second_person_checks(w: World) -> None:
    row, says = _check(w), "a second person of the agency checks"
    refused(says, copy_of(row, by_id=w.school.lead.pk))
    refused(says, copy_of(row, by_id=w.care.lead.pk))
    refused(says, copy_of(row, digest="0" * 64))


def bundles_are_numbered(w: World) -> None:
    made = answering.bundle(w)
    refused("bundles_are_numbered", copy_of(made, file_id=_another_file(w), checked_id=_again(made)))


def _another_file(w: World) -> Any:
    return files.keep([b"another"], at=w.clock()).pk


def _again(made: Any) -> Any:
    """Another check of the same, so that nothing but the number is the same."""
    row = made.checked
    return AccessCheck.objects.create(
        request=row.request, digest=row.digest, is_right=True, by=row.by, at=row.at
    ).pk


def bundle_sent_when_how_and_by_whom(w: World) -> None:
    given = {"sent_on": answering.today(w), "sent_how": "So.", "sent_by_id": w.priya.pk}
    _short_of_each(answering.bundle(w), given, "bundle_sent_when_how_and_by_whom", {"sent_how": ""})


def bundle_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(answering.bundle(w)))


def bundle_is_frozen(w: World) -> None:
    made = answering.bundle(w)
    for change in ({"file_digest": "0" * 64}, {"pieces": 0}, {"made_by_id": w.priya.pk}):
        refused("Cannot update", set_raw(made, **change))


def sent_bundle_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(answering.sent(w), sent_how="Other."))


def no_bundle_past_a_hold(w: World) -> None:
    made = answering.bundle(w)
    concern = made.request.person.concerned_in.first()
    assert concern is not None
    says = {"number": 2, "file_id": _another_file(w)}
    refused(
        "what a second person checked", copy_of(made, **says, checked_id=_again(made), content_digest="0")
    )
    hold = answering.on_hold(w, concern.concern)
    given = {"sent_on": answering.today(w), "sent_how": "So.", "sent_by_id": w.priya.pk}
    refused("not disclosed without a decision", set_raw(made, **given))
    request = AccessRequest.objects.get(pk=made.request_id)
    at, by = w.clock(), w.school.lead
    redaction.decide_hold(request, by=by, at=at, hold=hold, answer="KEEP_BACK", why="Not yet.")
    refused("not disclosed without a decision", set_raw(made, **given))
    redaction.decide_hold(request, by=by, at=w.clock(), hold=hold, answer="RELEASE", why="They agree.")
    set_raw(made, **given)()


# --- The pieces ----------------------------------------------------------------------------------------


def _piece(w: World) -> AccessPiece:
    return answering.piece(answering.gathered(w))


def _decision(w: World) -> PieceDecision:
    return redaction.decide_piece(_piece(w), by=w.school.lead, at=w.clock(), answer="DISCLOSE")


def one_piece_a_key(w: World) -> None:
    refused("one_piece_a_key", copy_of(_piece(w)))


def piece_is_never_deleted(w: World) -> None:
    refused("Cannot delete|permission denied", delete_raw(_piece(w)))


def piece_is_frozen(w: World) -> None:
    piece = _piece(w)
    for column in ("text", "author", "heading"):
        refused("Cannot update", set_raw(piece, **{column: "Other."}))


def replaced_piece_is_frozen(w: World) -> None:
    piece = _piece(w)
    set_raw(piece, replaced_at=w.clock())()
    refused("Cannot update", set_raw(piece, replaced_at=None))


def held_back_on_a_ground_and_for_a_reason(w: World) -> None:
    row, name = _decision(w), "held_back_on_a_ground_and_for_a_reason"
    for wrong in (
        {"answer": "HOLD", "why": "So."},
        {"answer": "HOLD", "ground": "CRIME"},
        {"answer": "PART", "ground": "CRIME", "why": "So."},
        {"ground": "CRIME"},
        {"held": [1]},
    ):
        refused(name, copy_of(row, **wrong))


def piece_decision_append_only(w: World) -> None:
    append_only(_decision(w), "why")


def held_words_once(w: World) -> None:
    refused("held_words_once", copy_of(answering.held_word(w)))


def held_words_for_a_reason(w: World) -> None:
    row = answering.held_word(w)
    refused("held_words_for_a_reason", copy_of(row, words=""))
    refused("held_words_for_a_reason", copy_of(row, words="Another", why=""))


def held_words_taken_back_when_and_by_whom(w: World) -> None:
    row = answering.held_word(w)
    pairs(row, "taken_back_at", "taken_back_by_id", "held_words_taken_back_when_and_by_whom", w)


def held_words_are_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(answering.held_word(w)))


def held_words_are_frozen(w: World) -> None:
    refused("Cannot update", set_raw(answering.held_word(w), words="Other"))


def held_words_taken_back_once(w: World) -> None:
    row = answering.held_word(w)
    set_raw(row, taken_back_at=w.clock(), taken_back_by_id=w.priya.pk)()
    refused("Cannot update", set_raw(row, taken_back_at=None, taken_back_by_id=None))


# --- Holds -----------------------------------------------------------------------------------------------


def _lifted(w: World) -> dict[str, Any]:
    return {"lifted_at": w.clock(), "lifted_by_id": w.priya.pk, "lifted_why": "So."}


def one_hold_a_thing(w: World) -> None:
    refused("one_hold_a_thing", copy_of(answering.on_hold(w)))


def hold_for_a_reason(w: World) -> None:
    refused("hold_for_a_reason", copy_of(answering.on_hold(w), key="exchange:1", why=""))


def hold_lifted_when_by_whom_and_why(w: World) -> None:
    row = answering.on_hold(w)
    _short_of_each(row, _lifted(w), "hold_lifted_when_by_whom_and_why", {"lifted_why": ""})


def hold_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(answering.on_hold(w)))


def hold_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(answering.on_hold(w), why="Other."))


def lifted_hold_is_frozen(w: World) -> None:
    row: DisclosureHold = answering.on_hold(w)
    set_raw(row, **_lifted(w))()
    refused("Cannot update", set_raw(row, lifted_why="Other."))


def _hold_decision(w: World) -> Any:
    request, hold = answering.on_hold_in(w)
    return redaction.decide_hold(
        request, by=w.school.lead, at=w.clock(), hold=hold, answer="RELEASE", why="They agree."
    )


def hold_decided_for_a_reason(w: World) -> None:
    refused("hold_decided_for_a_reason", copy_of(_hold_decision(w), why=""))


def hold_asked_whom_when_and_what_they_said(w: World) -> None:
    refused("hold_asked_whom_when_and_what_they_said", copy_of(_hold_decision(w), whom_asked="DC Webb"))


def hold_decision_append_only(w: World) -> None:
    append_only(_hold_decision(w), "why")


def _view(w: World) -> Any:
    return redaction.record_agency_view(
        answering.heard(w), by=w.care.lead, at=w.clock(), agency=w.school.agency, answer="OBJECTS",
        words="Not the second item.", whom="Lena Hollis", asked_on=answering.today(w),
    )  # fmt: skip


def agency_asked_whom_and_when(w: World) -> None:
    row, name = _view(w), "agency_asked_whom_and_when"
    refused(name, copy_of(row, whom=""))
    refused(name, copy_of(row, asked_on=None))
    refused(name, copy_of(row, answer="NOT_ASKED"))


def agency_view_in_words(w: World) -> None:
    refused("agency_view_in_words", copy_of(_view(w), words=""))


def agency_view_append_only(w: World) -> None:
    append_only(_view(w), "words")
