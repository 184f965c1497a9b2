"""The e-mail itself, the connection it goes over, and what a mail server's refusal means."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlparse

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from notifications.models import Message

REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
CLOSING = 421  # "service not available, closing": the connection is gone
FOR_GOOD = range(500, 600)
SECONDS = 10  # for each answer of the mail server


def written(
    message: Message,
    *,
    mail: BaseEmailBackend | None = None,
    lists: Sequence[Message] = (),
    link: str = "",
    link_ends_at: datetime | None = None,
) -> EmailMessage:
    """Write the e-mail: reference, sending agency, time limit and link, and nothing else.

    `lists` are the notices that a digest carries; `link` is the path for a recipient without an account, who
    is told where to get one where there is none. The Message-ID is the same at every attempt, so
    that a copy can be told from another notice.
    """
    if message.kind == Message.Kind.DIGEST:
        lines = [f"{len(lists)} notice{'' if len(lists) == 1 else 's'} for you."]
        for notice in lists:
            lines += ["", *_about(notice)]
        lines += ["", "Sign in to see them:", _whole(message.path)]
        subject = "Check Back: several notices wait for you"
    else:
        lines = [*_about(message), "", *_way_in(message, link, link_ends_at)]
        subject = f"Check Back: {message.get_kind_display().lower()}, reference {message.reference}"
    return EmailMessage(
        subject=subject,
        body="\n".join([*lines, ""]),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to_address],
        headers={"Message-ID": f"<{message.pk}@{host()}>", "Auto-Submitted": "auto-generated"},
        connection=mail,
    )


def _whole(path: str) -> str:
    """Return the whole address of a page."""
    return settings.BASE_URL.rstrip("/") + path


def _way_in(message: Message, link: str, ends_at: datetime | None) -> list[str]:
    """Say how to get to what a notice is about: by signing in, by a link, or by the link sent before."""
    if not message.by_link:
        return ["Sign in to see it:", _whole(message.path)]
    if not link:
        who = message.sender_agency
        return [f"Use the link that you were sent before. If it has ended, ask {who} for a new one."]
    lines = ["Open this link to see it. You then need a code, which reaches you another way:", _whole(link)]
    if ends_at:
        lines.append(
            f"The link is for you alone. It works until {timezone.localtime(ends_at):%H:%M on %-d %B %Y}."
        )
    return lines


def _about(message: Message) -> list[str]:
    """Say in plain lines what a notice is about."""
    lines = [f"{message.get_kind_display()}: {message.reference}.", "", f"From: {message.sender_agency}"]
    if message.respond_by:
        local = timezone.localtime(message.respond_by)
        limit = "Was due by" if message.kind == Message.Kind.LATE else "Respond by"
        lines.append(f"{limit}: {local:%H:%M on %-d %B %Y}")
    return lines


def host() -> str:
    """Return the right-hand side of our Message-IDs."""
    return urlparse(settings.BASE_URL).hostname or "localhost"


def is_refused_for_good(error: Exception) -> bool:
    """Say whether a mail server said that this recipient or this text will never do (RFC 5321, 5yz)."""
    return isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and (
        code_of(error) in FOR_GOOD
    )


def is_still_open(error: Exception) -> bool:
    """Say whether the connection can carry the next message after an error."""
    return isinstance(error, REFUSALS) and code_of(error) != CLOSING


def code_of(error: Exception) -> int:
    """Return the mail server's code, or 0 where it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def named(error: Exception) -> str:
    """Name an error by its class and the mail server's code: its text can quote the address."""
    return " ".join([type(error).__name__, *([str(code)] if (code := code_of(error)) else [])])[:60]


class Line:
    """One connection to the mail server: kept for many messages, and opened again where it broke."""

    def __init__(self) -> None:
        self.mail: BaseEmailBackend = get_connection(timeout=SECONDS)
        self.is_open = False

    def open(self) -> None:
        """Connect, where that is not done. Raises OSError or SMTPException where there is no server."""
        if not self.is_open:
            self.mail.open()
            self.is_open = True

    def hang_up(self) -> None:
        """Close a connection that may be broken already."""
        self.is_open = False
        with suppress(OSError, smtplib.SMTPException):
            self.mail.close()
