"""A link with everything that was done with it, read in the same statement as its exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import JSONObject

from agencies.models import Membership
from sharing.models import Link, LinkAttempt, LinkToken, LinkVisit, Stranger

MOST = 60  # of the history; there is no end to what scanners do
MOMENTS = ("ends_at", "time_up_at", "locked_at", "revoked_at", "sent_last")


def of_exchange() -> Subquery:
    """Annotate an exchange with its link, as JSON; None where it has none."""
    tried = LinkAttempt.objects.filter(link=OuterRef("pk")).order_by("-at", "-pk")
    left_word = Stranger.objects.filter(link=OuterRef("pk")).order_by("-at", "-pk")
    visits = LinkVisit.objects.filter(link=OuterRef("pk")).order_by("-began_at")
    sent = LinkToken.objects.filter(link=OuterRef("pk"), ended_at__isnull=True).order_by().values("link")
    of_stranger = ("name", "job_title", "organisation", "email", "at")
    found = Link.objects.filter(exchange=OuterRef("pk")).annotate(
        tried=ArraySubquery(
            tried.values(json=JSONObject(what="what", at="at", automated="automated"))[:MOST]
        ),
        left_word=ArraySubquery(
            left_word.values(json=JSONObject(number="pk", **{name: name for name in of_stranger}))[:5]
        ),
        visited=ArraySubquery(visits.values("began_at")[:MOST]),
        sent_last=Subquery(sent.annotate(last=Max("made_at")).values("last")),
    )
    return Subquery(
        found.values(
            json=JSONObject(
                pk="pk",
                code_by="code_by",
                number="code_point__address",
                ends_at="ends_at",
                time_up_at="time_up_at",
                wrong_codes="wrong_codes",
                locked_at="locked_at",
                revoked_at="revoked_at",
                revoked_by="revoked_by__user__full_name",
                revoked_why="revoked_why",
                version="version",
                tried="tried",
                left_word="left_word",
                visited="visited",
                sent_last="sent_last",
            )
        )
    )


@dataclass(frozen=True)
class Seen:
    """A link as its exchange was read with it. Moments are UTC."""

    pk: int
    member: Membership
    code_by: str
    number: str | None
    ends_at: datetime
    time_up_at: datetime | None
    wrong_codes: int
    locked_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_why: str
    version: int
    tried: list[dict[str, Any]]
    left_word: list[dict[str, Any]]
    visited: list[datetime]
    sent_last: datetime | None

    def works(self, *, now: datetime) -> bool:
        """Say whether somebody can come in by it."""
        return self.revoked_at is None and self.locked_at is None and self.ends_at > now


def seen(exchange: Any) -> Seen | None:
    """Read the link of an exchange that came from `access.get_exchange`."""
    facts: dict[str, Any] | None = exchange.link_facts
    if facts is None:
        return None
    moments = {name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in MOMENTS}
    return Seen(
        **{
            **facts,
            **moments,
            "member": exchange.speaker if exchange.speaker.is_outside else exchange.listener,
            "visited": [datetime.fromisoformat(one) for one in facts["visited"]],
        }
    )
