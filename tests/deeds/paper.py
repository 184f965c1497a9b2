"""Copies on paper: one way to do each operation."""

from __future__ import annotations

from sharing.models import PaperCopy
from sharing.operations import paper
from sharing.operations.paper import Of
from sharing.states import State
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


def _of_an_exchange(w: World) -> Of:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    return Of(PaperCopy.Kind.EXCHANGE, exchange.reference, exchange.cycle.concern)


@deed(paper.ask_for_copy)
def _(w: World) -> Deed:
    return do(
        paper.ask_for_copy, _of_an_exchange(w), by=w.priya, w=w, purpose="COURT", for_whom="The family court"
    )


@deed(paper.copy_was_made)
def _(w: World) -> Deed:
    job = paper.ask_for_copy(
        _of_an_exchange(w), by=w.priya, at=w.clock(), purpose="FILE", for_whom="Our own file"
    )
    return do(paper.copy_was_made, job.paper_copy, by=w.priya, w=w, digest="0" * 64)
