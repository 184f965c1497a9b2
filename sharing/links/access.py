"""From an address or a session to the link it leads to, and to the person that the link is for."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F, OuterRef, Subquery, Value
from django.http import HttpRequest
from django.utils import timezone

from agencies import scope
from agencies.http import Visit
from sharing.links.secrets import token_hash
from sharing.models import Exchange, Link, LinkToken, LinkVisit
from sharing.querysets import people

VISIT, ASKED = "link_visit", "link_asked"
PEOPLE = (*people("exchange__speaker", "exchange__listener"), "member__agency", "exchange__cycle__concern")


def find_link(token: str, *, at: datetime) -> tuple[Link | None, bool]:
    """Return the link that an address leads to, and whether the address still works.

    From here on PostgreSQL gives what belongs to its exchange, in the caller's transaction.
    """
    rows = LinkToken.objects.filter(hash=token_hash(token))
    with scope.across_agencies("a link is found before anybody is known"):
        found = rows.select_related("link", *(f"link__{name}" for name in PEOPLE)).first()
    if found is None:
        return None, False
    scope.tell_of_a_link(exchange=found.link.exchange_id, member=found.link.member_id)
    return found.link, found.ended_at is None and found.ends_at > at


def link_of(exchange: Exchange) -> Link | None:
    """Return the link of an exchange with somebody without an account."""
    return Link.objects.filter(exchange=exchange).select_related("member", "code_point").first()


def ask(session: SessionBase, link: Link) -> None:
    """Keep in the session that this browser asked for the code of a link, under a new session key.

    The code works in this browser alone, and the token is in no address from here on.
    """
    session.cycle_key()
    session[ASKED] = [link.pk, link.renewed_at.isoformat()]


def asked(session: SessionBase) -> tuple[Link | None, bool]:
    """Return the link whose code this browser asked for, and whether no newer one was sent since."""
    number, renewed_at = session.get(ASKED, (None, ""))
    if number is None:
        return None, False
    with scope.across_agencies("a link is found before anybody is known"):
        link = Link.objects.select_related(*PEOPLE, "code_point").filter(pk=number).first()
    if link is not None:
        scope.tell_of_a_link(exchange=link.exchange_id, member=link.member_id)
    return link, link is not None and link.renewed_at.isoformat() == renewed_at


def begin(session: SessionBase, visit: LinkVisit) -> None:
    """Keep a visit in the session, under a new session key."""
    session.cycle_key()
    session.pop(ASKED, None)
    session[VISIT] = visit.pk


def end(session: SessionBase, visit: LinkVisit) -> None:
    """Forget everything in a session but that its visit is over, so that its next page says how to go on."""
    session.flush()
    session[VISIT] = visit.pk


def let_in(request: HttpRequest) -> None:
    """Set who is asking where somebody came by a link, or that their visit is over. One statement."""
    number = request.session.get(VISIT)
    if number is None or request.user.is_authenticated:
        return
    visit = cast(Visit, request)
    rows = LinkVisit.objects.filter(pk=number).annotate(
        **scope.told_with(agency=Value(""), member=F("link__member_id"), exchange=F("link__exchange_id")),
    )
    # Read in the order in which it stands here: the exchange is theirs once PostgreSQL has been told.
    sent = Exchange.objects.filter(pk=OuterRef("link__exchange_id")).values("reference")
    rows = rows.annotate(sent=Subquery(sent))
    found = rows.select_related("link__member__agency__partnership").first()
    if found is None or not _lives(found, at=timezone.now()):
        visit.link_is_over = True
        scope.tell(None)
        return
    link = found.link
    link.exchange = Exchange.from_db(rows.db, ["id", "reference"], [link.exchange_id, found.sent])
    member = link.member
    member.only_exchange = link.exchange_id
    visit.membership, visit.link_visit = member, found


def _lives(visit: LinkVisit, *, at: datetime) -> bool:
    """Say whether a visit goes on. That others tried wrong codes on the link meanwhile does not end it."""
    link = visit.link
    return (
        visit.ended_at is None and visit.ends_at > at and link.revoked_at is None and link.member.is_current
    )
