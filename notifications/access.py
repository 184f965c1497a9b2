"""Notices, by whose they are. Members and agencies are known here by number and reference only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from notifications.models import FAILED, Look, Message

PAGE = 20


def every_message(*, after: str = "", limit: int = PAGE) -> tuple[list[Message], str]:
    """Return e-mails, the newest first, and where the next page starts. For the demo's outbox page."""
    return _page(Message.objects.filter(digest_id__isnull=True), after=after, limit=limit)


def carried_by(message: Message) -> list[Message]:
    """Return the notices that an e-mail lists, the oldest first; none where it lists none."""
    if message.kind != Message.Kind.DIGEST:
        return []
    return list(Message.objects.filter(digest_id=message.pk).order_by("queued_at", "reference", "pk"))


def messages_to(member_id: UUID, *, after: str = "", limit: int = PAGE) -> tuple[list[Message], str]:
    """Return somebody's own notices, the newest first, and where the next page starts.

    Not those that nobody wants any more, nor the e-mails that list others.
    """
    rows = Message.objects.filter(to_member_id=member_id, dropped_at__isnull=True)
    return _page(rows.exclude(kind=Message.Kind.DIGEST), after=after, limit=limit)


def last_look_of(member_id: UUID) -> datetime | None:
    """Return when somebody last looked at their own notices, or None for never."""
    look = Look.objects.filter(pk=member_id).first()
    return look.looked_at if look else None


def failures_for(agency: str, *, after: str = "", limit: int = PAGE) -> tuple[list[Message], str]:
    """Return notices from or to an agency (by reference) that could not be sent or came back.

    Of a digest, the notices that it carried.
    """
    rows = Message.objects.filter(FAILED, Q(from_agency=agency) | Q(to_agency=agency))
    rows = rows.exclude(kind=Message.Kind.DIGEST)
    return _page(rows, after=after, limit=limit)


def get_message(message_id: UUID, *, agency: str) -> Message:
    """Return a notice from or to an agency (by reference). Raises Http404 for any other, as for none."""
    found = Message.objects.filter(Q(from_agency=agency) | Q(to_agency=agency), pk=message_id).first()
    if found is None:
        raise Http404
    return found


def _page(rows: QuerySet[Message], *, after: str, limit: int) -> tuple[list[Message], str]:
    """Take a page from after the message `after` (its number; anything else starts at the newest)."""
    last = None
    try:
        last = Message.objects.filter(pk=UUID(after)).first() if after else None
    except ValueError:
        last = None
    if last is not None:
        rows = rows.filter(Q(queued_at__lt=last.queued_at) | Q(queued_at=last.queued_at, pk__lt=last.pk))
    found = list(rows.order_by("-queued_at", "-pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""
