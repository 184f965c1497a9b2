"""What the database refuses of summaries and their answers, and of chasing."""

from __future__ import annotations

from sharing.models import (
    Obligation,
    Summary,
    SummaryAnswer,
)
from sharing.operations import lead, record
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, refused
from tests.factories import World


def _summary(w: World) -> Summary:
    return Summary.objects.get(cycle=factories.summary_sent(w).cycle)


def summaries_are_numbered(w: World) -> None:
    refused("summaries_are_numbered", copy_of(_summary(w)))


def summary_has_a_decision(w: World) -> None:
    refused("summary_has_a_decision", copy_of(_summary(w), version=2, decision=""))


def summary_append_only(w: World) -> None:
    append_only(_summary(w), "decision")


def correction_of_summary_says_what(w: World) -> None:
    exchange = factories.summary_sent(w)
    row = SummaryAnswer(
        exchange=exchange, summary=Summary.objects.get(), answer="CORRECTS", by=w.tom, answered_at=w.clock()
    )
    refused("correction_of_summary_says_what", copy_of(row))


def summary_answer_append_only(w: World) -> None:
    exchange = factories.summary_sent(w)
    append_only(record.answer_summary(exchange, by=w.tom, at=w.clock(), matches=True))


def chase_append_only(w: World) -> None:
    row = Obligation.objects.get(reference=factories.exchange_at(w, State.SENT).reference)
    append_only(lead.chase(row, by=w.school.lead, at=w.clock()))
