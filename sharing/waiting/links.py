"""When a link needs its speaker: something waits for somebody without an account, and they cannot come in.

* Locked: at once. Ended by its speaker, while something waits: within the limit of a decision.
* Time up, while something waits; or something falls due after the link ends: by the end of the link. For an
  action that was taken on, whoever does it needs the link to say that it is done: by a working day before it
  is due, if that is later.

A new link answers each of them, and so does whatever ends the wait. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from agencies.access import calendar_of
from agencies.addresses import reverse
from agencies.models import Membership, TimeLimit
from agencies.working_time import CalendarNotKnown, add_working_days
from sharing.models import Action, Exchange, Link, Obligation
from sharing.querysets import people
from sharing.waiting.ladder import of_disagreement
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait, of_action, of_exchange

KEYS = ("link:{pk}",)
Kind = Obligation.Kind


def of_link(link: Link) -> list[Wait]:
    """Read whether the side with an account has to send a new link, and by when."""
    exchange = link.exchange
    speaker = exchange.listener if exchange.speaker_id == link.member_id else exchange.speaker
    waits = list(_waits_for(link.member_id, exchange))
    if not waits:
        return []
    since, due_at = _by_when(link, waits, speaker)
    if since is None or due_at is None:
        return []
    return [
        Wait(
            key=f"link:{link.pk}",
            kind=Kind.LINK,
            reference=exchange.reference,
            path=reverse("exchange", args=[exchange.reference]),
            concern=exchange.cycle.concern,
            owner=speaker,
            other=link.member,
            since=since,
            due_at=due_at,
            due_why=_why(link),
            is_urgent=exchange.urgency == "URGENT",
            what=_what(link),
        )
    ]


def _waits_for(member_id: object, exchange: Exchange) -> Iterator[Wait]:
    """What waits for somebody in an exchange and in what rests on it."""
    found = of_exchange(exchange)
    for action in (
        Action.objects.filter(exchange=exchange)
        .open()
        .select_related(*people("owner", "other_side"), "exchange", "cycle__concern")
    ):
        found += of_action(action)
    for disagreement in exchange.disagreements.filter(settled_at__isnull=True):
        found += of_disagreement(disagreement)
    return (wait for wait in found if wait.owner.pk == member_id)


def _by_when(link: Link, waits: list[Wait], speaker: Membership) -> tuple[datetime | None, datetime | None]:
    """Since when and by when a new link is needed; nothing where it is not."""
    if link.locked_at:
        return link.locked_at, link.locked_at
    if link.revoked_at:
        return link.revoked_at, limit_of(speaker, TimeLimit.Key.DECISION, at=link.revoked_at).at
    too_short = waits if link.time_up_at else [wait for wait in waits if wait.due_at > link.ends_at]
    if not too_short:
        return None, None
    first = min(too_short, key=lambda wait: _needed_by(wait, link, speaker))
    return min(first.since, link.ends_at), _needed_by(first, link, speaker)


def _needed_by(wait: Wait, link: Link, speaker: Membership) -> datetime:
    """By when somebody needs a link for what waits for them."""
    if wait.kind != Kind.DO:
        return link.ends_at
    calendar = calendar_of(speaker.agency)
    try:
        local = calendar.local(wait.due_at)
        before = calendar.moment(add_working_days(local.date(), -1, calendar), local.time())
    except CalendarNotKnown:
        before = wait.due_at - timedelta(days=1)
    return max(link.ends_at, before)


def _what(link: Link) -> str:
    if link.locked_at:
        return "Their link is locked"
    if link.revoked_at:
        return "Their link was ended"
    return "The time of their link is up" if link.time_up_at else "Their link ends before they need it"


def _why(link: Link) -> str:
    if link.locked_at:
        return "The link was locked after five wrong codes, and something waits for them."
    if link.revoked_at:
        return "The link was ended, and something waits for them."
    return "The link ends before what waits for them is done."
