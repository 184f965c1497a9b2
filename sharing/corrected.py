"""Who was given something that changes, read from what was sent: by which exchange, and how far it got."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from agencies.models import Membership
from records.models import Concern, Person, Statement
from sharing.models import (
    Action,
    CorrectionTo,
    Enquiry,
    Exchange,
    ExchangePerson,
    Item,
    ProposedCorrection,
)
from sharing.querysets import people

# In these somebody outside the conversation that they answer learns something from the concern's agency.
TELLING = (Exchange.Kind.DISCLOSURE, Exchange.Kind.MEETING, Exchange.Kind.CORRECTION)
# Something was sent, and its listener may still read it.
GIVEN = Q(
    sent_at__isnull=False, withdrawn_at__isnull=True, not_mine_at__isnull=True, superseded_by__isnull=True
)


def that_carry(concern: Concern, number: int) -> Any:
    """Return the exchanges by which somebody was given a statement of a concern, in any of its versions."""
    items = Item.objects.filter(exchange=OuterRef("pk"), statement__concern=concern, statement__number=number)
    return _given(concern).filter(Exists(items))


def about(concern: Concern, person: Person) -> Any:
    """Return the exchanges of a concern by which somebody was told about a person."""
    named = ExchangePerson.objects.filter(exchange=OuterRef("pk"), person=person)
    return _given(concern).filter(Exists(named), kind__in=TELLING)


def _given(concern: Concern) -> Any:
    rows = Exchange.objects.filter(GIVEN, cycle__concern=concern).with_people().with_state()
    return rows.order_by("pk")


def asked(concern: Concern) -> list[Enquiry]:
    """Return the questions of a concern: others read what they were told in order to answer."""
    rows = Enquiry.objects.filter(cycle__concern=concern).select_related(*people("asked_of", "asked_by"))
    return list(rows.order_by("pk"))


def resting_actions(exchanges: Iterable[int]) -> Any:
    """Return the open actions that rest on some exchanges, with their people."""
    return (
        Action.objects.open().filter(exchange__in=list(exchanges)).with_people().with_state().order_by("pk")
    )


def present_listeners(exchanges: Iterable[Any]) -> list[Membership]:
    """Return whoever answers now for having been told, each once, in the order in which they were told."""
    found: dict[Any, Membership] = {}
    for exchange in exchanges:
        found.setdefault(exchange.listener_id, exchange.listener)
    return list(found.values())


def sent_about() -> ArraySubquery:
    """Annotate an exchange with the corrections of something in it, and the correction that it carries."""
    rows = CorrectionTo.objects.filter(
        Q(about=OuterRef("pk")) | Q(exchange=OuterRef("pk")),
        exchange__withdrawn_at__isnull=True,
        exchange__not_mine_at__isnull=True,
        exchange__superseded_by__isnull=True,
        exchange__isnull=False,
    )
    return ArraySubquery(
        rows.order_by("exchange").values(
            json=JSONObject(
                reference="exchange__reference",
                kind="correction__kind",
                correction="correction__reference",
            )
        )
    )


def items(rows: Any) -> Any:
    """Annotate items with what corrects them (`later`) and what was proposed, and fetch what they correct."""
    # Looked up only where there is a correction: whoever was told has no other use for the number.
    number = Statement.objects.filter(pk=OuterRef(OuterRef("statement"))).values("number")
    later = Item.objects.filter(
        exchange__carries__about=OuterRef("exchange"),
        statement__number=Subquery(number),
        exchange__withdrawn_at__isnull=True,
        exchange__not_mine_at__isnull=True,
    )
    proposals = ProposedCorrection.objects.filter(item=OuterRef("pk"))
    return rows.select_related("corrects__corrects__corrects").annotate(
        later=ArraySubquery(
            later.order_by("pk").values(
                json=JSONObject(
                    text="text",
                    reference="exchange__reference",
                    received_at="exchange__received_at",
                    kind="exchange__carries__correction__kind",
                )
            )
        ),
        proposed=ArraySubquery(proposals.order_by("pk").values(json=JSONObject(answer="answer", at="at"))),
    )
