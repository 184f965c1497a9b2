"""What the database refuses of restatements, verdicts and agreement."""

from __future__ import annotations

from sharing.models import (
    Agreement,
    Round,
    Verdict,
)
from sharing.operations import differ
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def _open_round(w: World) -> Round:
    return factories.exchange_at(w, State.RESTATED).rounds.get()


def rounds_are_numbered(w: World) -> None:
    row = factories.exchange_at(w, State.CORRECTED).rounds.get()
    refused("rounds_are_numbered", copy_of(row))


def one_open_round(w: World) -> None:
    refused("one_open_round", copy_of(_open_round(w), number=2))


def understood_once(w: World) -> None:
    row = _open_round(w)
    confirm = {"outcome": "CONFIRMED", "checked_by_id": w.priya.pk, "checked_at": w.clock()}
    set_raw(row, **confirm)()
    refused("understood_once", copy_of(row, number=2, **confirm))


def round_checked_when_and_by_whom(w: World) -> None:
    row, name = _open_round(w), "round_checked_when_and_by_whom"
    refused(name, set_raw(row, outcome="CONFIRMED"))
    pairs(row, "checked_at", "checked_by_id", name, w, outcome="CONFIRMED")
    refused(name, set_raw(row, checked_at=w.clock(), checked_by_id=w.priya.pk))


def nobody_confirms_their_own_restatement(w: World) -> None:
    row, name = _open_round(w), "nobody_confirms_their_own_restatement|nobody confirms their own"
    refused(name, set_raw(row, outcome="CONFIRMED", checked_at=w.clock(), checked_by_id=w.tom.pk))
    refused(name, copy_of(row, number=2, outcome="CONFIRMED", checked_at=w.clock(), checked_by_id=w.tom.pk))


def one_person_is_not_both_sides(w: World) -> None:
    at_school, in_care = w.two_hats
    says = "nobody confirms their own restatement, in whichever role"
    exchange = factories.exchange_at(w, State.RECEIVED, listener=in_care)
    factories.restated(w, exchange)
    row = exchange.rounds.get()
    confirm = {"outcome": "CONFIRMED", "checked_at": w.clock(), "checked_by_id": at_school.pk}
    refused(says, set_raw(row, **confirm))
    refused(says, copy_of(row, number=2, **confirm))
    # Somebody else's restatement, made for the same person, is not theirs to confirm either.
    set_raw(row, outcome="CORRECTED", note="Again.", checked_at=w.clock(), checked_by_id=w.priya.pk)()
    refused(says, copy_of(row, number=2, restated_by_id=w.tom.pk, **confirm))
    # Nor does the speaker say back their own words.
    refused(says, copy_of(row, number=2, restated_by_id=w.priya.pk))


def restated_only_while_open(w: World) -> None:
    over = factories.exchange_at(w, State.UNDERSTOOD)
    row = over.rounds.get()
    fresh = {"number": 2, "outcome": "", "checked_by_id": None, "checked_at": None}
    says = "only what was received and is open is said back"
    refused(says, copy_of(row, **fresh))
    for state in (State.SENT, State.OPENED, State.WITHDRAWN, State.NOT_MINE, State.FOR_INFORMATION):
        exchange = factories.exchange_at(w, state)
        refused(says, copy_of(row, **{**fresh, "exchange_id": exchange.pk}))


def correction_says_what_to_correct(w: World) -> None:
    row = _open_round(w)
    refused(
        "correction_says_what_to_correct",
        set_raw(row, outcome="CORRECTED", checked_at=w.clock(), checked_by_id=w.priya.pk),
    )


def similarity_is_a_percentage(w: World) -> None:
    row = factories.exchange_at(w, State.CORRECTED).rounds.get()
    fresh = {"number": 2, "outcome": "", "checked_by_id": None, "checked_at": None}
    refused("similarity_is_a_percentage", copy_of(row, **fresh, similarity=101))


def restatement_is_frozen(w: World) -> None:
    row = _open_round(w)
    for column in ("what_happened", "what_worries_me", "what_i_will_do"):
        refused("Cannot update", set_raw(row, **{column: "Other."}))
    refused("Cannot update", set_raw(row, restated_by_id=w.care.colleague.pk))
    refused("Cannot update", set_raw(row, restated_at=w.clock()))
    refused("Cannot update", set_raw(row, similarity=1))


def checked_round_is_frozen(w: World) -> None:
    for state in (State.CORRECTED, State.UNDERSTOOD):
        row = factories.exchange_at(w, state).rounds.get()
        refused("Cannot update", set_raw(row, note="Other."))
        refused("Cannot update", set_raw(row, outcome="", checked_at=None, checked_by_id=None))


def round_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_open_round(w)))


def _verdict(w: World) -> Verdict:
    return factories.exchange_at(w, State.UNDERSTOOD).rounds.get().verdicts.earliest("id")


def one_verdict_an_item(w: World) -> None:
    refused("one_verdict_an_item", copy_of(_verdict(w)))


def verdict_append_only(w: World) -> None:
    append_only(_verdict(w), "note")


def _agreement(w: World) -> Agreement:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    differ.answer_agreement(
        exchange, by=w.tom, at=w.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    return exchange.agreements.get(about="RISK")


def not_agreeing_says_why(w: World) -> None:
    refused("not_agreeing_says_why", copy_of(_agreement(w), why=""))


def agreement_append_only(w: World) -> None:
    append_only(_agreement(w))
