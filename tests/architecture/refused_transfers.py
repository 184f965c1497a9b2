"""What the database refuses about hand-overs between areas and decisions, a function a constraint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sharing.models import DecisionNotAwaited, Transfer, TransferCall, TransferPerson
from sharing.operations import check_back, decisions, transfers
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World
from tests.sharing import deciding, moving


def _waiting(w: World) -> Transfer:
    """From the school to social care, of which nothing has arrived."""
    return moving.proposed(w, factories.exchange_at(w, State.SENT))


def _received(w: World) -> Transfer:
    return moving.received(w, _waiting(w))


def _ready(w: World) -> Transfer:
    return moving.understood(w, _waiting(w))


def _acceptance(w: World, **more: Any) -> dict[str, Any]:
    at = w.clock()
    given = {"accepted_at": at, "accepted_by_id": w.tom.pk, "accepted_words": "We do.",
             "taken_on_by_id": w.tom.pk, "responsible_from": at}  # fmt: skip
    return given | more


def _taken_back(w: World) -> dict[str, Any]:
    at = w.clock()
    return {"reference": "T", "withdrawn_at": at, "withdrawn_by_id": w.priya.pk, "withdrawn_why": "No."}


def _refusal(w: World) -> dict[str, Any]:
    at = w.clock()
    return {"declined_at": at, "declined_by_id": w.tom.pk, "declined_why": "No.", "what_they_want": "It."}


def one_open_transfer_a_concern(w: World) -> None:
    refused("one_open_transfer_a_concern", copy_of(_waiting(w), reference="T"))


def transfer_to_another_agency(w: World) -> None:
    row = _waiting(w)
    changes = {
        "reference": "T",
        "withdrawn_at": w.clock(),
        "withdrawn_by_id": w.priya.pk,
        "withdrawn_why": "No.",
    }
    # The trigger says it first, in other words.
    says = "transfer_to_another_agency|rests on what the other area was sent"
    refused(says, copy_of(row, to_agency_id=w.school.agency.pk, **changes))


def transfer_says_why(w: World) -> None:
    changes = {
        "reference": "T",
        "withdrawn_at": w.clock(),
        "withdrawn_by_id": w.priya.pk,
        "withdrawn_why": "No.",
    }
    refused("transfer_says_why", copy_of(_waiting(w), why="", **changes))


def transfer_received_when_and_by_whom(w: World) -> None:
    row = _waiting(w)
    check_back.open_exchange(row.exchange, by=w.tom, at=w.clock())
    row = moving.proposed(w, factories.exchange_at(w, State.RECEIVED))
    limits = {"answer_due_at": w.clock(), "conference_due_at": w.clock()}
    name = "transfer_received_when_and_by_whom"
    refused(name, set_raw(row, received_at=w.clock(), **limits))
    refused(name, set_raw(row, received_by_id=w.tom.pk))


def transfer_limits_start_on_written_receipt(w: World) -> None:
    row = moving.proposed(w, factories.exchange_at(w, State.RECEIVED))
    name = "transfer_limits_start_on_written_receipt"
    refused(name, set_raw(row, received_at=w.clock(), received_by_id=w.tom.pk))
    refused(name, set_raw(row, conference_due_at=w.clock()))


def transfer_accepted_when_and_by_whom(w: World) -> None:
    row, name = _ready(w), "transfer_accepted_when_and_by_whom"
    given = _acceptance(w)
    refused(name, set_raw(row, **{**given, "accepted_by_id": None}))


def accepted_by_somebody_named_from_a_moment(w: World) -> None:
    row, name = _ready(w), "accepted_by_somebody_named_from_a_moment"
    for left_out in ("taken_on_by_id", "responsible_from"):
        refused(name, set_raw(row, **_acceptance(w, **{left_out: None})))
    refused(name, set_raw(row, **_acceptance(w, accepted_words="")))
    refused(name, set_raw(row, responsible_from=w.clock()))


def nobody_is_responsible_before_accepting(w: World) -> None:
    given = _acceptance(w)
    early = given["accepted_at"] - timedelta(seconds=1)
    refused(
        "nobody_is_responsible_before_accepting", set_raw(_ready(w), **{**given, "responsible_from": early})
    )


def transfer_answered_only_after_written_receipt(w: World) -> None:
    row = moving.proposed(w, factories.exchange_at(w, State.UNDERSTOOD))
    refused("transfer_answered_only_after_written_receipt", set_raw(row, **_acceptance(w)))


def transfer_has_one_end(w: World) -> None:
    row = _ready(w)
    declined = {
        "declined_at": w.clock(),
        "declined_by_id": w.tom.pk,
        "declined_why": "No.",
        "what_they_want": "It.",
    }
    withdrawn = {"withdrawn_at": w.clock(), "withdrawn_by_id": w.priya.pk, "withdrawn_why": "No."}
    for first, second in ((_acceptance(w), declined), (_acceptance(w), withdrawn), (declined, withdrawn)):
        refused("transfer_has_one_end", set_raw(row, **first, **second))


def transfer_declined_when_and_by_whom(w: World) -> None:
    row, name = _received(w), "transfer_declined_when_and_by_whom"
    pairs(
        row,
        "declined_at",
        "declined_by_id",
        name + "|receives answers",
        w,
        declined_why="No.",
        what_they_want="It.",
    )


def declined_transfer_says_why_and_what_instead(w: World) -> None:
    row, name = _received(w), "declined_transfer_says_why_and_what_instead"
    declined = {"declined_at": w.clock(), "declined_by_id": w.tom.pk}
    refused(name, set_raw(row, **declined, declined_why="No."))
    refused(name, set_raw(row, **declined, what_they_want="A lease."))


def transfer_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = _waiting(w), "transfer_withdrawn_when_and_by_whom"
    pairs(row, "withdrawn_at", "withdrawn_by_id", name, w, withdrawn_why="No.")


def withdrawn_transfer_says_why(w: World) -> None:
    refused(
        "withdrawn_transfer_says_why",
        set_raw(_waiting(w), withdrawn_at=w.clock(), withdrawn_by_id=w.priya.pk),
    )


def conference_noted_when_and_by_whom(w: World) -> None:
    row, name = moving.accepted(w, _waiting(w)), "conference_noted_when_and_by_whom"
    held = {"conference_on": w.clock.moment.date()}
    refused(name, set_raw(row, conference_noted_at=w.clock(), **held))


def conference_noted_says_when_it_was(w: World) -> None:
    row = moving.accepted(w, _waiting(w))
    noted = {"conference_noted_at": w.clock(), "conference_noted_by_id": w.tom.pk}
    refused("conference_noted_says_when_it_was", set_raw(row, **noted))


def conference_after_acceptance(w: World) -> None:
    day = w.clock.moment.date()
    noted = {"conference_noted_at": w.clock(), "conference_noted_by_id": w.tom.pk, "conference_on": day}
    refused("conference_after_acceptance", set_raw(_ready(w), **noted))


def transfer_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_waiting(w)))


def transfer_is_frozen(w: World) -> None:
    row = _waiting(w)
    for change in ({"why": "Other."}, {"to_agency_id": w.gp.agency.pk}, {"proposed_by_id": w.tom.pk}):
        refused("Cannot update", set_raw(row, **change))


def transfer_rests_on_writing(w: World) -> None:
    row, says = _waiting(w), "rests on what the other area was sent in writing"
    ended = {
        "withdrawn_at": w.clock(),
        "withdrawn_by_id": w.priya.pk,
        "withdrawn_why": "No.",
        "reference": "T",
    }
    prepared = factories.prepared(w, row.concern, listener=w.care.colleague)
    informed = factories.sent(w, row.concern, listener=w.amara, for_information=True)
    elsewhere = factories.exchange_at(w, State.SENT)
    for exchange in (prepared, informed, elsewhere):
        refused(says, copy_of(row, exchange_id=exchange.pk, **ended))
    refused(says, copy_of(row, from_agency_id=w.gp.agency.pk, **ended))
    refused(says, copy_of(row, to_agency_id=w.gp.agency.pk, **ended))
    refused("asked for before it is received", copy_of(row, **{**ended, **_acceptance(w)}))


def transfer_goes_in_order(w: World) -> None:
    other = factories.exchange_at(w, State.SENT)
    refused("rests on what the other area was sent", set_raw(_waiting(w), exchange_id=other.pk))
    says = "what happened to a hand-over never unhappens"
    row = moving.accepted(w, _waiting(w))
    refused(says, set_raw(row, received_at=w.clock()))
    refused(says, set_raw(row, conference_due_at=w.clock()))
    refused(says, set_raw(row, taken_on_by_id=w.care.colleague.pk))
    refused(says, set_raw(row, accepted_words="Other."))
    transfers.note_conference(row, by=w.tom, at=w.clock(), held_on=w.clock.moment.date())
    refused(says, set_raw(row, conference_noted_at=w.clock()))
    gone = _waiting(w)
    transfers.withdraw(gone, by=w.priya, at=w.clock(), why="They came back.")
    refused(says, set_raw(gone, withdrawn_at=None, withdrawn_by_id=None))


def transfer_clock_starts_on_written_receipt(w: World) -> None:
    row = _waiting(w)
    given = {"received_by_id": w.tom.pk, "answer_due_at": w.clock(), "conference_due_at": w.clock()}
    refused("the clock starts on written receipt", set_raw(row, received_at=w.clock(), **given))
    late = moving.proposed(w, factories.exchange_at(w, State.RECEIVED))
    assert late.exchange.received_at is not None
    refused("was not proposed yet", set_raw(late, received_at=late.exchange.received_at, **given))


def transfer_is_answered_by_who_receives(w: World) -> None:
    refused("accepted only when it was said back", set_raw(_received(w), **_acceptance(w)))
    ready, says = _ready(w), "only the area that receives answers"
    refused(says, set_raw(ready, **_acceptance(w, accepted_by_id=w.priya.pk)))
    refused(says, set_raw(ready, **_acceptance(w, taken_on_by_id=w.priya.pk)))
    declined = {"declined_at": w.clock(), "declined_why": "No.", "what_they_want": "It."}
    refused(says, set_raw(ready, declined_by_id=w.priya.pk, **declined))


def _call(w: World) -> TransferCall:
    return transfers.log_call(
        _waiting(w), by=w.priya, at=w.clock(), called_at=w.clock.moment, with_whom="Tom", what_was_said="Yes."
    )  # fmt: skip


def transfer_call_says_whom_and_what(w: World) -> None:
    row = _call(w)
    for left_out in ("with_whom", "what_was_said"):
        refused("transfer_call_says_whom_and_what", copy_of(row, **{left_out: ""}))


def transfer_call_has_happened(w: World) -> None:
    row = _call(w)
    refused("transfer_call_has_happened", copy_of(row, called_at=row.at + timedelta(seconds=1)))


def transfer_call_append_only(w: World) -> None:
    append_only(_call(w))


def _mover(w: World) -> TransferPerson:
    return _waiting(w).people.get()


def somebody_moves_once_in_a_transfer(w: World) -> None:
    refused("somebody_moves_once_in_a_transfer", copy_of(_mover(w)))


def transfer_person_append_only(w: World) -> None:
    append_only(_mover(w), "person_id")


def transfer_person_is_a_subject(w: World) -> None:
    stranger = factories.child(w, first_name="Zora")
    refused("whom the concern is about", copy_of(_mover(w), person_id=stranger.pk))


# --- Decisions ---------------------------------------------------------------------------------------


def only_an_accountable_disclosure_asks_for_a_decision(w: World) -> None:
    name = "only_an_accountable_disclosure_asks_for_a_decision"
    informed = factories.prepared(w, factories.at_share(w), for_information=True)
    refused(name, set_raw(informed, asks_decision=True))


def one_decision_stands(w: World) -> None:
    row = deciding.decided(w)
    refused("one decision stands", copy_of(row, reference="X"))


def closing_waits_for_answers(w: World) -> None:
    exchange = deciding.understood(w)
    concern = exchange.cycle.concern
    factories.move(w, concern, "to-record")
    factories.finish_record(w, concern)
    close = set_raw(factories.the_cycle(concern), stage="CLOSED", ended_at=w.clock())
    refused("a decision has not come back", close)
    decisions.go_on_without(exchange, by=w.priya, at=w.clock(), why="By phone.")
    transfer = moving.proposed(w, exchange)
    refused("a hand-over to another area waits", close)
    transfers.withdraw(transfer, by=w.priya, at=w.clock(), why="They came back.")
    close()


def _without(w: World) -> DecisionNotAwaited:
    return decisions.go_on_without(deciding.understood(w), by=w.priya, at=w.clock(), why="By phone.")


def going_on_without_says_why(w: World) -> None:
    other = deciding.understood(w)
    refused("going_on_without_says_why", copy_of(_without(w), why="", exchange_id=other.pk))


def decision_not_awaited_append_only(w: World) -> None:
    append_only(_without(w))


def only_what_asks_for_a_decision(w: World) -> None:
    row, says = _without(w), "goes on without it"
    refused(says, copy_of(row, exchange_id=factories.exchange_at(w, State.UNDERSTOOD).pk))
    refused(says, copy_of(row, exchange_id=deciding.understood(w).pk, by_id=w.tom.pk))
