"""What the database refuses of corrections: one function for each constraint and trigger, by its name.

tests/architecture/test_database_refuses.py runs them.
"""

from __future__ import annotations

from records.models import Statement
from sharing.models import ActionFlag, Correction, CorrectionTo, ProposedCorrection
from sharing.operations import corrections, proposals
from sharing.states import State
from tests import correcting, factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def _correction(w: World) -> Correction:
    return correcting.corrected(w)[1]


def _about_somebody(w: World) -> Correction:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    correction = correcting.withdrawn(w, correcting.concern_of(exchange))
    assert correction is not None
    return correction


def a_correction_is_of_a_statement_or_about_a_person(w: World) -> None:
    name, row = "a_correction_is_of_a_statement_or_about_a_person", _correction(w)
    person = factories.main_person(row.concern)
    refused(name, copy_of(row, reference="C", statement_id=None))
    refused(name, copy_of(row, reference="C", statement_id=None, person_id=person.pk))


def what_somebody_said_is_named_in_a_correction(w: World) -> None:
    name, row = "what_somebody_said_is_named_in_a_correction", _about_somebody(w)
    refused(name, copy_of(row, reference="C", view_id=None))
    refused(
        f"{name}|duplicate key",
        copy_of(row, reference="C", kind=Correction.Kind.PROTECTED_ADDED),
    )


def a_correction_says_what_and_why(w: World) -> None:
    row = _about_somebody(w)
    kind = {"kind": Correction.Kind.PROTECTED_ADDED, "view_id": None, "reference": "C"}
    for empty in ("why", "now", "must_do"):
        refused("a_correction_says_what_and_why", copy_of(row, **{**kind, empty: ""}))


def correction_append_only(w: World) -> None:
    append_only(_correction(w), "why")


def a_correction_is_of_its_own_concern(w: World) -> None:
    row = _correction(w)
    first = Statement.objects.get(concern=row.concern, number=1, version=1)
    foreign = correcting.amend(w, factories.logged(w))
    says = "an amended statement of its own concern"
    refused(says, copy_of(row, reference="C", statement_id=first.pk))
    refused(says, copy_of(row, reference="C", statement_id=foreign.statement_id))


def _to(w: World) -> CorrectionTo:
    return _correction(w).recipients.get()


def an_exchange_is_corrected_once(w: World) -> None:
    refused("an_exchange_is_corrected_once", copy_of(_to(w)))


def _asked(w: World) -> CorrectionTo:
    concern = factories.concern_at(w, "ASK")
    factories.enquiry(w, concern)
    correction = correcting.withdrawn(w, concern)
    assert correction is not None
    return correction.recipients.get()


def a_question_is_corrected_once(w: World) -> None:
    refused("a_question_is_corrected_once", copy_of(_asked(w)))


def given_by_an_exchange_or_a_question(w: World) -> None:
    row, name = _to(w), "given_by_an_exchange_or_a_question"
    refused(name, copy_of(row, about_id=None))
    refused(name, copy_of(_asked(w), about_id=row.about_id))


def told_by_exchange_or_by_hand(w: World) -> None:
    row = _to(w)
    other = factories.sent(w, factories.at_share(w))
    refused("told_by_exchange_or_by_hand", copy_of(row, about_id=other.pk, exchange_id=None))


def told_by_hand_when_and_by_whom(w: World) -> None:
    row, name = correcting.unreachable(w), "told_by_hand_when_and_by_whom"
    refused(name, set_raw(row, by_hand_by_id=w.priya.pk))
    refused(f"{name}|told_by_hand_says_how", set_raw(row, by_hand_at=w.clock(), by_hand_how="I rang."))


def told_by_hand_says_how(w: World) -> None:
    told, name = _to(w), "told_by_hand_says_how"
    row = correcting.unreachable(w)
    when = {"by_hand_at": w.clock(), "by_hand_by_id": w.priya.pk}
    refused(name, set_raw(row, **when))
    refused(name, set_raw(told, **when, by_hand_how="There was no need."))


def correction_to_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_to(w)))


def correction_to_is_frozen(w: World) -> None:
    row = _to(w)
    refused("Cannot update", set_raw(row, by_hand_why="They were not in."))
    refused("Cannot update", set_raw(row, correction_id=_correction(w).pk))


def correction_to_follows_what_is_sent_afresh(w: World) -> None:
    row, other = _to(w), _to(w)
    says = "never changes, but by a hand-over"
    refused(says, set_raw(row, exchange_id=other.exchange_id))
    refused(says, set_raw(row, exchange_id=None))
    refused(says, set_raw(row, about_id=other.about_id))


def told_by_hand_once(w: World) -> None:
    row = correcting.unreachable(w)
    corrections.told_by_hand(row, by=w.priya, at=w.clock(), how="I rang.")
    refused("Cannot update", set_raw(row, by_hand_how="I wrote."))


def _flag(w: World) -> ActionFlag:
    return correcting.flagged(w).flags.get()


def an_action_is_flagged_once(w: World) -> None:
    refused("an_action_is_flagged_once", copy_of(_flag(w)))


def flag_answered_when_by_whom_and_why(w: World) -> None:
    row, name = _flag(w), "flag_answered_when_by_whom_and_why"
    pairs(row, "answered_at", "answered_by_id", name, w, answer="STILL_RIGHT", words="It is.")
    refused(name, set_raw(row, answer="STILL_RIGHT", answered_at=w.clock(), answered_by_id=w.priya.pk))


def flag_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_flag(w)))


def flag_is_frozen(w: World) -> None:
    row = _flag(w)
    refused("Cannot update", set_raw(row, flagged_at=w.clock()))
    refused("Cannot update", set_raw(row, correction_id=_correction(w).pk))


def flag_is_answered_once(w: World) -> None:
    action = correcting.flagged(w)
    correcting.still_right(w, action)
    refused("Cannot update", set_raw(action.flags.get(), words="It was not."))


def _proposal(w: World) -> ProposedCorrection:
    return correcting.proposed(w)


def one_open_proposal_about_an_item(w: World) -> None:
    refused("one_open_proposal_about_an_item", copy_of(_proposal(w)))


def a_proposal_says_what_and_how(w: World) -> None:
    row = _proposal(w)
    other = correcting.proposed(w)
    proposals.keep_as_said(other, by=w.priya, at=w.clock(), why="Two people saw it.")
    for empty in ("words", "how_known"):
        changes = {"item_id": other.item_id, "exchange_id": other.exchange_id, empty: ""}
        refused("a_proposal_says_what_and_how", copy_of(row, **changes))


def proposal_answered_when_and_by_whom(w: World) -> None:
    refused("proposal_answered_when_and_by_whom", set_raw(_proposal(w), answered_by_id=w.priya.pk))


def proposal_corrected_or_kept_for_a_reason(w: World) -> None:
    row, name = _proposal(w), "proposal_corrected_or_kept_for_a_reason"
    answered = {"answered_at": w.clock(), "answered_by_id": w.priya.pk}
    refused(name, set_raw(row, answer="KEPT", **answered))
    refused(name, set_raw(row, answer="CORRECTED", **answered))
    refused(name, set_raw(row, answer="", **answered))


def proposal_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_proposal(w)))


def proposal_is_frozen(w: World) -> None:
    row = _proposal(w)
    refused("Cannot update", set_raw(row, words="Something else."))
    refused("Cannot update", set_raw(row, by_id=w.priya.pk))


def proposal_is_answered_once(w: World) -> None:
    row = _proposal(w)
    proposals.keep_as_said(row, by=w.priya, at=w.clock(), why="Two people saw it.")
    refused("Cannot update", set_raw(row, answer_words="Three did."))


def proposed_about_what_was_told(w: World) -> None:
    row, sent = _proposal(w), factories.exchange_at(w, State.OPENED)
    item = sent.items.get(number=1)
    refused(
        "proposed to something that was received",
        copy_of(row, exchange_id=sent.pk, item_id=item.pk),
    )
    refused("proposed to something that was received", copy_of(row, item_id=item.pk))
