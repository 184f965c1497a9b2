"""What the database refuses of exchanges, what they hold and whom they reach."""

from __future__ import annotations

from typing import Any

from sharing.models import (
    ExchangePerson,
    HeldBack,
    Incident,
    Item,
)
from sharing.operations import misdirected
from sharing.states import State
from tests import factories
from tests.architecture.refusing import copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import HANDLED, World


def nobody_speaks_to_themselves(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("nobody_speaks_to_themselves", set_raw(row, listener_id=row.speaker_id))


def exchange_sent_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    pairs(row, "sent_at", "sent_by_id", "exchange_sent_when_and_by_whom", w, respond_by=w.clock())


def exchange_received_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    pairs(row, "received_at", "received_by_id", "exchange_received_when_and_by_whom", w)


def exchange_understood_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.UNDERSTOOD)
    name = "exchange_understood_when_and_by_whom|never unhappens"
    refused(name, set_raw(row, understood_by_id=None))
    refused(name, set_raw(row, understood_at=None))
    with_round = factories.exchange_at(w, State.RECEIVED, listener=w.amara)
    refused("exchange_understood_when_and_by_whom", set_raw(with_round, understood_by_id=w.priya.pk))


def exchange_not_mine_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    pairs(row, "not_mine_at", "not_mine_by_id", "exchange_not_mine_when_and_by_whom", w)


def exchange_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = factories.exchange_at(w, State.SENT), "exchange_withdrawn_when_and_by_whom"
    pairs(row, "withdrawn_at", "withdrawn_by_id", name, w, withdrawn_why="Wrong child.")


def sent_exchange_has_a_limit(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("sent_exchange_has_a_limit", set_raw(row, sent_at=w.clock(), sent_by_id=w.priya.pk))


def received_only_after_sent(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("received_only_after_sent", set_raw(row, received_at=w.clock(), received_by_id=w.tom.pk))


def understood_only_after_received(w: World) -> None:
    """Taken apart for this test alone: a summary is the one exchange that has a round in no other way."""
    row = factories.exchange_at(w, State.SENT)
    refused(
        "understood_only_after_received|understood only after restated",
        set_raw(row, understood_at=w.clock(), understood_by_id=w.priya.pk),
    )


def understood_needs_a_confirmed_round(w: World) -> None:
    for state in (State.RECEIVED, State.RESTATED, State.CORRECTED):
        row = factories.exchange_at(w, state)
        refused(
            "understood only after restated and confirmed",
            set_raw(row, understood_at=w.clock(), understood_by_id=w.priya.pk),
        )
    refused(
        "understood only after restated and confirmed",
        copy_of(row, reference="X", understood_at=w.clock(), understood_by_id=w.priya.pk),
    )


def understood_is_not_withdrawn_or_misdirected(w: World) -> None:
    row, name = factories.exchange_at(w, State.UNDERSTOOD), "understood_is_not_withdrawn_or_misdirected"
    at, by = w.clock(), w.priya.pk
    refused(name, set_raw(row, withdrawn_at=at, withdrawn_by_id=by, withdrawn_why="Wrong."))
    refused(name, set_raw(row, not_mine_at=at, not_mine_by_id=by))
    refused(f"{name}|never changes", set_raw(row, for_information=True))


def withdrawal_has_a_reason(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    refused("withdrawal_has_a_reason", set_raw(row, withdrawn_at=w.clock(), withdrawn_by_id=w.priya.pk))


def exchange_is_never_deleted(w: World) -> None:
    refused("Cannot delete|violates foreign key", delete_raw(factories.exchange_at(w, State.SENT)))


def sent_exchange_is_frozen(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    others: dict[str, Any] = {
        "reference": "X",
        "urgency": "STANDARD",
        "why_you": "Other.",
        "what_i_ask": "Other.",
        "respond_by": w.clock(),
        "sent_at": w.clock(),
        "sent_by_id": w.school.colleague.pk,
        "right_place": "Other.",
        "for_information": True,
        "kind": "ADVICE",
        "stage": "DO",
    }
    for column, value in others.items():
        refused("what was sent never changes", set_raw(row, **{column: value}))
    row = factories.exchange_at(w, State.UNDERSTOOD)
    for column in ("opened_at", "received_at", "understood_at"):
        refused("never unhappens", set_raw(row, **{column: w.clock()}))
    for column in ("received_by_id", "understood_by_id"):
        refused("never unhappens", set_raw(row, **{column: w.school.lead.pk}))
    row = factories.exchange_at(w, State.WITHDRAWN)
    refused("never unhappens", set_raw(row, withdrawn_at=None, withdrawn_by_id=None, withdrawn_why=""))
    refused("never unhappens", set_raw(row, withdrawn_why="Another reason."))
    row = factories.exchange_at(w, State.NOT_MINE)
    refused("never unhappens", set_raw(row, not_mine_at=None, not_mine_by_id=None))
    row = factories.exchange_at(w, State.SUPERSEDED)
    refused("never unhappens", set_raw(row, superseded_by_id=None))


def _frozen(w: World, model: type[Any], column: str) -> None:
    exchange = factories.exchange_at(w, State.SENT)
    row = model.objects.filter(exchange=exchange).earliest("id")
    name = "what was sent never changes"
    refused(name, set_raw(row, **{column: "Something else."}))
    refused(name, delete_raw(row))
    refused(name, copy_of(row, **({"number": 99} if model is Item else {})))


def exchange_person_is_frozen(w: World) -> None:
    _frozen(w, ExchangePerson, "name")


def item_is_frozen(w: World) -> None:
    _frozen(w, Item, "text")


def held_back_is_frozen(w: World) -> None:
    _frozen(w, HeldBack, "why")


def items_are_numbered(w: World) -> None:
    exchange = factories.exchange_at(w, State.PREPARED)
    refused("items_are_numbered", copy_of(exchange.items.get(number=1)))


def held_back_once(w: World) -> None:
    refused("held_back_once", copy_of(factories.exchange_at(w, State.PREPARED).held_back.get()))


def held_back_for_a_reason(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED).held_back.get()
    refused("held_back_for_a_reason", set_raw(row, why=""))


def _incident(w: World) -> Incident:
    return Incident.objects.get(exchange=factories.exchange_at(w, State.NOT_MINE))


def incident_handled_how_when_and_by_whom(w: World) -> None:
    row, name = _incident(w), "incident_handled_how_when_and_by_whom"
    said = {"contained": "YES", "seen": "READ"}
    pairs(row, "handled_at", "handled_by_id", name, w, what_was_done="Told them.", **said)
    refused(name, set_raw(row, handled_at=w.clock(), handled_by_id=w.priya.pk, **said))


def incident_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(_incident(w), note="Other."))


def handled_incident_is_frozen(w: World) -> None:
    row = misdirected.handle_incident(_incident(w), by=w.priya, at=w.clock(), **HANDLED)
    refused("Cannot update", set_raw(row, what_was_done="Nothing."))


def incident_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_incident(w)))


def sent_to_somebody_in_post(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    w.tom.ended_at, w.tom.ended_by = w.clock(), w.care.administrator
    w.tom.save()
    sent = {"sent_at": w.clock(), "sent_by_id": w.priya.pk, "respond_by": w.clock()}
    refused("a role that has ended", set_raw(row, **sent))


def a_part_passes_only_by_hand_over(w: World) -> None:
    row, says = factories.exchange_at(w, State.UNDERSTOOD), "passes on only by a hand-over"
    refused(says, set_raw(row, speaker_id=w.school.colleague.pk, first_speaker_id=w.priya.pk))
    refused(says, set_raw(row, listener_id=w.care.colleague.pk, first_listener_id=w.tom.pk))
    refused("who spoke first never changes", set_raw(row, first_speaker_id=w.school.colleague.pk))
    refused("who listened first never changes", set_raw(row, first_listener_id=w.care.colleague.pk))
    concern = row.cycle.concern
    factories.taken_over(w, concern, leaver=w.tom, successor=w.care.colleague)
    sent = factories.sent(w, concern, listener=w.tom)
    refused(
        "said to the successor afresh",
        set_raw(sent, listener_id=w.care.colleague.pk, first_listener_id=w.tom.pk),
    )
