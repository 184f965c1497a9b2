"""Who could not be told of what waits for them: said at once to whoever waits, and to the leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from agencies.models import ContactPoint, Membership
from agencies.roles import Permission
from sharing.models import Obligation
from sharing.waiting.waits import OWN_AFFAIR


def of_reference() -> Subquery:
    """Annotate a row that has a reference with who could not be told about it, for `said_of`."""
    return Subquery(under_reference().order_by("due_at", "pk").values(json=_facts())[:1])


def under_reference() -> QuerySet[Obligation]:
    """What waits under the reference of a row, and of which its owner could not be told."""
    return _untold().filter(reference=OuterRef("reference"))


def of_concern() -> ArraySubquery:
    """Annotate a row that has a concern with everybody who could not be told in it, for `sentences`."""
    return ArraySubquery(
        _untold().filter(concern=OuterRef("concern")).order_by("due_at", "pk").values(json=_facts())
    )


def sentences(found: Iterable[Mapping[str, Any]], *, to: Membership) -> list[str]:
    """Say of each who could not be told, naming what it is about. Each sentence once."""
    said = [said_of(facts, to=to, about=facts["reference"]) for facts in found]
    return list(dict.fromkeys(sentence for sentence in said if sentence))


def said_of(facts: Mapping[str, Any] | None, *, to: Membership, about: str = "") -> str:
    """Say that somebody could not be told, and how to ring them; nothing to themselves and their colleagues.

    A lead of theirs is told. `about` is the reference, where the page is about more than that.
    """
    if not facts or (facts["agency"] == to.agency_id and not to.may(Permission.OVERSEE)):
        return ""
    what = f"A notice about {about}" if about else "A notice"
    number = (
        f"Ring {facts['phone']}; the number has been checked."
        if facts["phone"]
        else ("No checked phone number is listed: ring through their agency’s switchboard.")
    )
    return f"{what} to {facts['name']} could not be delivered, so nobody may know that it waits. {number}"


def _untold() -> QuerySet[Obligation]:
    rows = Obligation.objects.filter(settled_at__isnull=True, unreachable_at__isnull=False)
    return rows.exclude(kind__in=OWN_AFFAIR)


def _facts() -> JSONObject:
    phones = ContactPoint.objects.checked().filter(kind=ContactPoint.Kind.PHONE, member=OuterRef("owner"))
    return JSONObject(
        reference="reference",
        name=Coalesce("owner__user__full_name", "owner__name"),  # one of them is there
        agency=F("owner_agency"),
        phone=Subquery(phones.order_by("-checked_at").values("address")[:1]),
    )
