"""Messages in the outbox, without anybody behind them."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from notifications import operations
from notifications.models import Message
from notifications.operations import Recipient

AT = datetime(2027, 1, 12, 9, 42, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 12, 9, 42, tzinfo=UTC)


def queue(number: int = 1, **changes: object) -> Message:
    details = {
        "to": Recipient(None, "front-door", f"duty{number}@front-door.example"),
        "reference": "WF-27-0001-X1",
        "sender_agency": "St Wulstan’s Primary",
        "path": "/exchanges/WF-27-0001-X1/",
        "at": AT,
        "dedupe_key": f"key-{number}",
        "respond_by": AT + timedelta(hours=4),
        **changes,
    }
    with transaction.atomic():
        return operations.queue(Message.Kind.TO_RECEIVE, **details)  # type: ignore[arg-type]


def now_of(message: Message) -> Message:
    """Return the message as the database has it now."""
    return Message.objects.get(pk=message.pk)
