"""How often somebody may try: for each link, for each address on the internet, and for each network.

Five wrong codes lock a link (domain.md 7: "code attempts 5"). Three codes an hour and ten in all are
reliability.md L4 and L5. The figures of a place are ours: they leave room for an office behind one address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import connection
from django.db.models import Count, Q

from agencies.refusals import Refused
from sharing.models import Link, LinkAttempt

What = LinkAttempt.What
WRONG_CODES = 5
CODES_AN_HOUR = 3
CODES_IN_ALL = 10
OF_AN_ADDRESS = 30
OF_A_NETWORK = 100
WINDOW = timedelta(hours=1)
WORDS_AN_HOUR = 5  # of people who say that they are somebody else
BAD = (What.CODE_WRONG, What.NOT_KNOWN)


class TooManyTries(Refused):
    """Too many codes were asked for, or too many tries came from one place."""

    status = 429


def network_of(address: str | None) -> str:
    """Return the network of an address: its /24, or its /48 of IPv6. Empty where there is no address."""
    if not address:
        return ""
    bits = 24 if ip_address(address).version == 4 else 48
    return str(ip_network(f"{address}/{bits}", strict=False))


def take_turns(address: str | None) -> None:
    """Let one transaction at a time of a network count its tries, so that many at once are no more tries."""
    if network := network_of(address):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"links {network}"])


def require_not_too_many(*, at: datetime, address: str | None) -> None:
    """Refuse a place from which too many wrong tries came in the last hour. Raises TooManyTries."""
    if not address:
        return
    recent = LinkAttempt.objects.filter(what__in=BAD, at__gt=at - WINDOW)
    network = network_of(address)
    if (
        recent.filter(address=address).count() >= OF_AN_ADDRESS
        or recent.filter(network=network).count() >= OF_A_NETWORK
    ):
        raise TooManyTries(
            "There were too many wrong tries from where you are.",
            "Wait an hour, or telephone the person who sent you the link.",
        )


def require_another_code(link: Link, *, at: datetime) -> None:
    """Refuse a fourth code within an hour, and an eleventh of a link. Raises TooManyTries."""
    sent = LinkAttempt.objects.filter(what=What.CODE_SENT, link=link, at__gte=link.renewed_at)
    counts = sent.aggregate(all=Count("pk"), recent=Count("pk", filter=Q(at__gt=at - WINDOW)))
    if counts["recent"] >= CODES_AN_HOUR:
        raise TooManyTries(
            "Three codes were sent within an hour, so no other is sent now.",
            "Use the last one, wait an hour, or telephone the person who sent you the link.",
        )
    if counts["all"] >= CODES_IN_ALL:
        raise TooManyTries(
            "Ten codes were sent for this link, which is as many as it gives.",
            "Telephone the person who sent it, and ask for a new link.",
        )


def require_another_word(link: Link, *, at: datetime) -> None:
    """Refuse a sixth "I am not them" within an hour. Raises TooManyTries."""
    said = LinkAttempt.objects.filter(what=What.NOT_ME, link=link, at__gt=at - WINDOW)
    if said.count() >= WORDS_AN_HOUR:
        raise TooManyTries("This has been said already.", "The person who sent the link has been told.")
