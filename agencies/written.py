"""What the demo wrote to files instead of sending: e-mails and texts to people without an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.utils import timezone

BETWEEN = "-" * 79  # what Django's file backend writes after each message
WAY_IN = re.compile(r"/l/[A-Za-z0-9_-]+/")
NO_LINK = "the link that you were sent before"


@dataclass(frozen=True)
class Written:
    """One message as it would have arrived. `link` is the path of the way in, where it has one."""

    by: str
    to: str
    subject: str
    body: str
    at: datetime
    link: str = ""


def mails(folder: Path) -> list[Written]:
    """Read the e-mails in a folder that go to people without an account. Broken files are left out."""
    found: list[Written] = []
    for path in sorted(folder.glob("*.log")):
        for text in path.read_text(encoding="utf-8", errors="replace").split(BETWEEN):
            found += _mail(text.strip())
    return found


def _mail(text: str) -> Iterator[Written]:
    message = message_from_string(text)
    raw = message.get_payload(decode=True)
    body = raw.decode("utf-8", errors="replace") if isinstance(raw, bytes) else ""
    link = WAY_IN.search(body)
    if message["Date"] and (link or NO_LINK in body):
        at = parsedate_to_datetime(message["Date"])
        if timezone.is_naive(at):  # Django writes "-0000", which says that the zone is not known; it is UTC
            at = at.replace(tzinfo=UTC)
        yield Written("E-mail", message["To"], message["Subject"], body, at, link[0] if link else "")


def texts(folder: Path) -> list[Written]:
    """Read the text messages in a folder."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        to, _, body = path.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
        found.append(Written("Text message", to.removeprefix("To: "), "Text message", body.strip(), at))
    return found
