"""What few exchanges have beside their words: incidents, links, corrections, attachments, decisions.

PostgreSQL starts every table of a question before it finds that there is nothing in it, and these are thirty.
So the page of an exchange asks whether there is any of it, and for it in a second question where there is.
Whoever reads many exchanges at once asks for everything together (`access.exchanges_seen_by`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from agencies.models import Agency, Membership
from agencies.prepared import Prepared
from sharing import attached, corrected
from sharing.links import facts as link_facts
from sharing.models import (
    Attachment,
    Breach,
    CorrectionTo,
    DecisionNotAwaited,
    Exchange,
    GuardDecision,
    Incident,
    Link,
    MinutesCopy,
    Transfer,
)
from sharing.querysets import people
from sharing.waiting import answered, untold

# Each with what is fetched along with it, as an exchange names it.
FETCHED = {
    "first_speaker": people("first_speaker"),
    "first_listener": people("first_listener"),
    "superseded_by": [],
    "incident": ["incident__handled_by__user", "incident__reported_by"],
    "breach": [],
    "outcome": ["outcome__stage__disagreement"],
    "about": [],
}
# These are rows that name the exchange, and not named by it.
NAMING_IT = ("incident", "breach")
NOTHING: dict[str, Any] = {
    "meeting": None,
    "untold": None,
    "corrected_by": [],
    "decision": None,
    "not_awaited": None,
    "transfer": None,
    "all_the_same": [],
    "link_facts": None,
    "attached_files": [],
}


def with_everything(exchanges: Any, agency: Agency) -> Any:
    """Fetch and annotate with exchanges all that few of them have."""
    parts = MinutesCopy.objects.filter(exchange=OuterRef("pk"))
    decided = _decided_by(agency).order_by("pk")
    name = Coalesce("by__user__full_name", "by__name")
    all_the_same = decided.values(json=JSONObject(name=name, at="at", why="why", found="found"))
    return exchanges.select_related(*FETCHED, *(more for each in FETCHED.values() for more in each)).annotate(
        meeting=Subquery(parts.values("minutes__meeting__reference")[:1]),
        untold=untold.of_reference(),
        corrected_by=corrected.sent_about(),
        **answered.for_its_page(),
        all_the_same=ArraySubquery(all_the_same),
        link_facts=link_facts.of_exchange(),
        attached_files=attached.of_exchange(),
    )


def asked_whether_there_is_any(exchanges: Any, agency: Agency) -> Any:
    """Annotate exchanges with whether there is anything of it that the exchange itself does not name."""

    def is_there(rows: Any) -> Exists:
        return Exists(rows.filter(exchange=OuterRef("pk")))

    return exchanges.annotate(
        has_more=is_there(Incident.objects)
        | is_there(Breach.objects)
        | is_there(Link.objects)
        | is_there(Attachment.objects)
        | is_there(MinutesCopy.objects)
        | is_there(Transfer.objects)
        | is_there(DecisionNotAwaited.objects)
        | Exists(_decided_by(agency))
        | Exists(CorrectionTo.objects.filter(Q(about=OuterRef("pk")) | Q(exchange=OuterRef("pk"))))
        | Exists(Exchange.objects.filter(about=OuterRef("pk")))
        | Exists(untold.under_reference())
    )


def fill(exchange: Any, member: Membership) -> None:
    """Read what an exchange has of it, which `asked_whether_there_is_any` was asked of, into the exchange."""
    more = None
    if exchange.has_more or any(getattr(exchange, f"{name}_id", None) for name in FETCHED):
        more = MORE.one(member=member, exchange=exchange.pk)
    for name in FETCHED:
        kept: Any = Exchange._meta.get_field(name)
        fetched = kept.get_cached_value(more) if more else None
        kept.set_cached_value(exchange, fetched)
        if fetched is not None and name in NAMING_IT:
            fetched.exchange = exchange
    for name, nothing in NOTHING.items():
        setattr(exchange, name, getattr(more, name) if more else nothing)


def _more(*, member: Membership, exchange: int) -> Any:
    return with_everything(Exchange.objects.filter(pk=exchange), member.agency)


MORE = Prepared(_more)


def _decided_by(agency: Agency) -> Any:
    """What an agency sent in an exchange although it holds a protected detail: its own affair."""
    return GuardDecision.objects.filter(exchange=OuterRef("pk"), by__agency=agency)
