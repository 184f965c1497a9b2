"""The register of breaches as it is read: what is decided of each, what is still to do, and whose it is."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from agencies.access import lead_of
from agencies.models import Membership
from sharing.models import Breach, BreachDecision

About = BreachDecision.About


def with_decisions(rows: QuerySet[Breach]) -> QuerySet[Breach]:
    """Annotate what was decided last: `to_report` and `to_tell`, None while nobody has decided."""
    return rows.annotate(to_report=_latest(About.ICO), to_tell=_latest(About.PERSON))


def _latest(about: About) -> Subquery:
    said = BreachDecision.objects.filter(breach=OuterRef("pk"), about=about).order_by("-id")
    return Subquery(said.values("answer")[:1])


def missing(breach: Any) -> list[str]:
    """Say what is still to do before a breach from `with_decisions` can be closed, a sentence each."""
    if breach.closed_at:
        return []
    sentences = []
    if breach.to_report is None:
        sentences.append("Decide whether to report it to the Information Commissioner, and say why.")
    elif breach.to_report and breach.reported_at is None:
        sentences.append("Report it to the Information Commissioner, and write down the reference.")
    if breach.to_tell is None:
        sentences.append("Decide whether to tell the person concerned, and say why.")
    return sentences


def standing(breach: Any) -> tuple[str, str]:
    """Say where a breach stands, with the colour of its tag."""
    if breach.closed_at:
        return "Closed", ""
    if breach.to_report is None or breach.to_tell is None:
        return "To be decided", "red"
    if breach.to_report and breach.reported_at is None:
        return "To be reported", "red"
    return "To be closed", "orange"


def owner_of(breach: Breach) -> Membership:
    """Return for whom a breach waits: the lead of whoever sent it, else the concern's owner, else them."""
    speaker, concern = breach.exchange.speaker, breach.exchange.cycle.concern
    lead = lead_of(speaker)
    if lead is not None and lead.agency_id == breach.agency_id:
        return lead
    return concern.owner if concern.agency_id == breach.agency_id else speaker
