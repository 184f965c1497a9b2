"""Read the notice in which a mail server says that it could not deliver one of our messages (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Email
from typing import NamedTuple
from uuid import UUID

LARGEST = 1_000_000  # bytes; what follows is the returned text, of which the head is enough
OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@[^>]*>", re.IGNORECASE)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


class NotABounce(Exception):
    """What was read is not a delivery-status notice, or not one of a final failure, or not about a notice."""


class Bounce(NamedTuple):
    """Which of our messages came back, and the mail server's code for why ("5.1.1")."""

    message_id: UUID
    code: str


def read(raw: bytes) -> Bounce:
    """Read a delivery-status notice. Raises NotABounce with a sentence that says what it is instead.

    Only "Action: failed" counts. A delay is not a failure: the server that reports it goes on trying.
    """
    email = message_from_bytes(raw[:LARGEST])
    if email.get_content_type() != "multipart/report":
        raise NotABounce("This is not a delivery-status notice.")
    recipients = list(_recipients(email))
    failed = [fields for fields in recipients if _field(fields, "Action").lower() == "failed"]
    if not failed:
        raise NotABounce("This notice reports no final failure, so nothing was marked.")
    for identifier in _returned(email):
        if found := OURS.search(identifier):
            code = STATUS.search(_field(failed[0], "Status"))
            return Bounce(UUID(found[1]), code[0] if code else "")
    raise NotABounce("The message that this notice returns is none of ours.")


def _recipients(email: Email) -> Iterator[Email]:
    """Yield the fields of each recipient; the first block of a notice is about the whole message."""
    for part in email.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (block for block in part.walk() if block is not part and "Action" in block)


def _returned(email: Email) -> Iterator[str]:
    """Yield the Message-ID of the message, or of the head of one, that a notice returns."""
    for part in email.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield _field(message_from_bytes(bytes(part.get_payload(decode=True) or b"")), "Message-ID")
        elif part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            yield from (_field(inner, "Message-ID") for inner in part.walk() if inner is not part)


def _field(email: Email, name: str) -> str:
    return str(email.get(name, "")).strip()
