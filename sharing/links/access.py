"""From an address or a session to the link it leads to, and to the person that the link is for."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from agencies.http import Visit
from sharing.links.secrets import token_hash
from sharing.models import Exchange, Link, LinkToken, LinkVisit
from sharing.querysets import people

VISIT, ASKED = "link_visit", "link_asked"
PEOPLE = (*people("exchange__speaker", "exchange__listener"), "member__agency", "exchange__cycle__concern")


def find_link(token: str, *, at: datetime) -> tuple[Link | None, bool]:
    """Return the link that an address leads to, and whether the address still works: one statement."""
    found = (
        LinkToken.objects.filter(hash=token_hash(token))
        .select_related("link", *(f"link__{name}" for name in PEOPLE))
        .first()
    )
    if found is None:
        return None, False
    return found.link, found.ended_at is None and found.ends_at > at


def link_of(exchange: Exchange) -> Link | None:
    """Return the link of an exchange with somebody without an account."""
    return Link.objects.filter(exchange=exchange).select_related("member", "code_point").first()


def ask(session: SessionBase, link: Link) -> None:
    """Keep in the session that this browser asked for the code of a link, under a new session key.

    The code works in this browser alone, and the token is in no address from here on.
    """
    session.cycle_key()
    session[ASKED] = link.pk


def asked(session: SessionBase) -> Link | None:
    """Return the link whose code this browser asked for."""
    number = session.get(ASKED)
    return Link.objects.select_related(*PEOPLE, "code_point").filter(pk=number).first() if number else None


def begin(session: SessionBase, visit: LinkVisit) -> None:
    """Keep a visit in the session, under a new session key."""
    session.cycle_key()
    session.pop(ASKED, None)
    session[VISIT] = visit.pk


def let_in(request: HttpRequest) -> None:
    """Set who is asking where somebody came by a link, or that their visit is over. One statement."""
    number = request.session.get(VISIT)
    if number is None or request.user.is_authenticated:
        return
    visit = cast(Visit, request)
    found = (
        LinkVisit.objects.filter(pk=number)
        .select_related("link__exchange", "link__member__agency__partnership")
        .first()
    )
    if found is None or found.ended_at or found.ends_at <= timezone.now() or found.link.is_over:
        visit.link_is_over = True
        return
    member = found.link.member
    member.only_exchange = found.link.exchange_id
    visit.membership, visit.link_visit = member, found
