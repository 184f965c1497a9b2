"""The answer that comes back, and hand-over between areas: one way to do each operation."""

from __future__ import annotations

from typing import Any

from sharing.operations import (
    decisions,
    leaving,
    links,
    transfers,
)
from sharing.states import State
from tests import factories, outside
from tests.deeds.finding import Deed, administrator, deed, do
from tests.factories import World
from tests.sharing import deciding, moving


@deed(decisions.decide)
def _(w: World) -> Deed:
    return do(decisions.decide, deciding.understood(w), by=w.tom, w=w, **deciding.WORDS)


@deed(decisions.go_on_without)
def _(w: World) -> Deed:
    why = "He has moved to his grandmother."
    return do(decisions.go_on_without, deciding.understood(w), by=w.priya, w=w, why=why)


@deed(decisions.take_further)
def _(w: World) -> Deed:
    words = "I have rung twice and written once."
    return do(decisions.take_further, deciding.late(w), by=w.priya, w=w, words=words)


@deed(transfers.propose)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SENT)
    return do(
        transfers.propose, exchange, by=w.priya, w=w, why="They have a lease in the next town.",
        people=[factories.main_person(exchange.cycle.concern)], known_since=w.clock.moment.date(),
        called_at=w.clock.moment, with_whom="Their duty desk, Ms Ash", what_was_said="That they moved in.",
    )  # fmt: skip


def _to_tom(w: World) -> Any:
    """A hand-over to the social worker, of which nothing has arrived."""
    return moving.proposed(w, factories.exchange_at(w, State.SENT))


@deed(transfers.log_call)
def _(w: World) -> Deed:
    return do(
        transfers.log_call, _to_tom(w), by=w.priya, w=w, called_at=w.clock.moment,
        with_whom="Their duty desk, Ms Ash", what_was_said="That they moved in.",
    )  # fmt: skip


@deed(transfers.confirm_receipt)
def _(w: World) -> Deed:
    transfer = moving.proposed(w, factories.exchange_at(w, State.RECEIVED))
    return do(transfers.confirm_receipt, transfer, by=w.tom, w=w)


@deed(transfers.accept)
def _(w: World) -> Deed:
    transfer = moving.understood(w, _to_tom(w))
    return do(
        transfers.accept, transfer, by=w.tom, w=w, words="We see him at home tomorrow.",
        taken_on_by=w.care.colleague,
    )  # fmt: skip


@deed(transfers.decline)
def _(w: World) -> Deed:
    transfer = moving.received(w, _to_tom(w))
    return do(
        transfers.decline, transfer, by=w.tom, w=w, why="The lease is not signed.",
        what_they_want="Tell us when they have the keys.",
    )  # fmt: skip


@deed(transfers.withdraw)
def _(w: World) -> Deed:
    return do(transfers.withdraw, _to_tom(w), by=w.priya, w=w, why="They came back on Sunday.")


@deed(transfers.note_conference)
def _(w: World) -> Deed:
    transfer = moving.accepted(w, _to_tom(w))
    return do(transfers.note_conference, transfer, by=w.tom, w=w, held_on=w.clock.moment.date())


@deed(links.end_links_of)
def _(w: World) -> Deed:
    member = outside.sent(w).listener
    return do(links.end_links_of, member, by=w.school.lead, w=w, why="She has moved on.")


@deed(leaving.take_out)
def _(w: World) -> Deed:
    exchange = outside.sent(w, for_information=True)
    return do(leaving.take_out, exchange.listener, by=w.priya, w=w)


@deed(leaving.leave)
def _(w: World) -> Deed:
    return do(leaving.leave, w.school.auditor, by=administrator(w), w=w)
