"""What the database refuses of handing work over."""

from __future__ import annotations

from sharing.models import (
    Handover,
)
from sharing.operations import check_back
from sharing.states import State
from tests import factories
from tests.architecture.refusing import copy_of, delete_raw, refused, set_raw
from tests.factories import World


def _handover(w: World) -> Handover:
    concern = factories.exchange_at(w, State.SENT).cycle.concern
    return factories.handed_over(w, concern, leaver=w.priya, successor=w.school.colleague)


def one_handover_at_a_time(w: World) -> None:
    refused("one_handover_at_a_time", copy_of(_handover(w), exchange_id=None))


def nobody_succeeds_themselves(w: World) -> None:
    row = _handover(w)
    refused(
        "nobody_succeeds_themselves",
        copy_of(row, exchange_id=None, leaver_id=w.school.colleague.pk),
    )


def nobody_hands_over_to_themselves(w: World) -> None:
    row = _handover(w)
    changes = {"exchange_id": None, "leaver_id": w.school.lead.pk, "by_id": row.successor_id}
    refused("nobody_hands_over_to_themselves", copy_of(row, **changes))


def handover_has_one_end(w: World) -> None:
    row = _handover(w)
    assert row.exchange is not None
    check_back.receive(row.exchange, by=row.successor, at=w.clock())
    check_back.restate(row.exchange, by=row.successor, at=w.clock(), **factories.OWN_WORDS)
    set_raw(row, ended_at=w.clock())()
    done = factories.confirmed(w, row.exchange)
    says = "handover_has_one_end"
    copy = copy_of(
        row, exchange_id=None, concern_id=factories.logged(w).pk, taken_over_at=w.clock(), ended_at=w.clock()
    )
    assert done.understood_at is not None
    refused(says, copy)


def handover_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_handover(w)))


def handover_is_frozen(w: World) -> None:
    row = _handover(w)
    refused("Cannot update", set_raw(row, successor_id=w.school.lead.pk))
    refused("Cannot update", set_raw(row, note="Other."))


def handover_ends_once(w: World) -> None:
    row = _handover(w)
    assert row.exchange is not None
    factories.understood(w, row.exchange)
    refused("Cannot update", set_raw(row, taken_over_at=None))
    refused("Cannot update", set_raw(row, taken_over_at=w.clock()))


def handed_over_within_an_agency(w: World) -> None:
    row = _handover(w)
    refused(
        "handed over within an agency",
        copy_of(row, exchange_id=None, ended_at=w.clock(), successor_id=w.amara.pk),
    )


def taken_over_only_when_understood(w: World) -> None:
    row = _handover(w)
    refused("said back and confirmed", set_raw(row, taken_over_at=w.clock()))
    refused("said back and confirmed", copy_of(row, exchange_id=None, taken_over_at=w.clock()))
