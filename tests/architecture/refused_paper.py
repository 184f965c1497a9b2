"""What the database refuses of copies on paper."""

from __future__ import annotations

from agencies.operations import jobs
from sharing.models import PaperCopy
from sharing.operations import paper
from sharing.operations.paper import Of
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, refused
from tests.factories import World


def _copy(w: World) -> PaperCopy:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    of = Of(PaperCopy.Kind.EXCHANGE, exchange.reference, exchange.cycle.concern)
    job = paper.ask_for_copy(of, by=w.priya, at=w.clock(), purpose="FILE", for_whom="Our own file")
    return job.paper_copy


def _another_job(w: World) -> object:
    return jobs.ask("paper", title="A PDF", by=w.priya, at=w.clock()).pk


def paper_copy_append_only(w: World) -> None:
    append_only(_copy(w))


def a_copy_is_of_one_thing(w: World) -> None:
    row, name = _copy(w), "a_copy_is_of_one_thing"
    refused(name, copy_of(row, job_id=_another_job(w), version=1))
    refused(name, copy_of(row, job_id=_another_job(w), kind="MINUTES"))
    refused(name, copy_of(row, job_id=_another_job(w), kind="DECISION", cycle_number=1))


def a_copy_is_for_somebody(w: World) -> None:
    refused("a_copy_is_for_somebody", copy_of(_copy(w), job_id=_another_job(w), for_whom=""))


def another_purpose_is_in_words(w: World) -> None:
    refused("another_purpose_is_in_words", copy_of(_copy(w), job_id=_another_job(w), purpose="OTHER"))
