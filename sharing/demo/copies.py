"""Copies on paper in the demo: one for a conference, one for a lawyer, each waiting for the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from records.models import Concern
from sharing.demo import steps
from sharing.models import Exchange, PaperCopy
from sharing.operations import paper
from sharing.operations.paper import Of


def priya_takes_copies(now: datetime) -> None:
    """Priya has the whole record made for a conference, and one exchange for the school's lawyer."""
    at, priya = now - timedelta(minutes=20), steps.member("Priya Nair")
    exchange = (
        Exchange.objects.filter(speaker=priya, understood_at__isnull=False, kind=Exchange.Kind.DISCLOSURE)
        .select_related("cycle__concern")
        .earliest("pk")
    )
    concern: Concern = exchange.cycle.concern
    paper.ask_for_copy(
        Of(PaperCopy.Kind.CONCERN, concern.reference, concern),
        by=priya,
        at=at,
        purpose=PaperCopy.Purpose.MEETING,
        for_whom="Helen Croft, chair of the conference",
        back=f"/concerns/{concern.reference}/paper/",
    )
    paper.ask_for_copy(
        Of(PaperCopy.Kind.EXCHANGE, exchange.reference, concern),
        by=priya,
        at=at + timedelta(minutes=2),
        purpose=PaperCopy.Purpose.COURT,
        for_whom="Morley and Grange, solicitors to the school",
        back=f"/exchanges/{exchange.reference}/paper/",
    )
