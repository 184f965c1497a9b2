"""Send what is due, outside any transaction.

What is promised: nothing is lost, and nothing goes twice but for one message of a sender process that
dies, or loses its connection, between the mail server's "yes" and our own mark. That copy carries the
same Message-ID. Time is PostgreSQL's, so that a machine whose clock is wrong or steps neither stops the
sending nor repeats it.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q, QuerySet

from notifications.models import WAITING, Message
from notifications.operations import digests, holding, marking
from notifications.operations.clock import now
from notifications.operations.mail import Line, is_refused_for_good, is_still_open, named, written
from notifications.texts import gateway

logger = logging.getLogger(__name__)

StillWanted = Callable[[Message], bool]


class WaysIn(Protocol):
    """Makes, at the moment of sending, what lets somebody without an account in. It is kept nowhere else."""

    def path(self, message: Message) -> tuple[str, datetime | None]:
        """Return the path of a new link for a notice and until when it works (UTC); empty for none."""

    def text(self, message: Message) -> str:
        """Return the words of a text message, with a new code."""


LEASE = timedelta(seconds=60)
RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=1),
    timedelta(hours=1),
)
TRIES = len(RETRY_AFTER) + 1

# One statement outside a transaction, so that a claim is one trip and one commit.
CLAIM = """
  WITH clock AS (SELECT coalesce(%(at)s::timestamptz, clock_timestamp()) AS now)
UPDATE notifications_message
   SET attempt = attempt + 1, lease_until = (SELECT now FROM clock) + %(lease)s
 WHERE id = (
       SELECT id FROM notifications_message
        WHERE sent_at IS NULL AND set_aside_at IS NULL AND dropped_at IS NULL AND bounced_at IS NULL
          AND NOT in_digest
          AND (next_try_at <= (SELECT now FROM clock) OR (attempt = 0 AND next_try_at <= queued_at))
          AND (lease_until IS NULL OR lease_until < (SELECT now FROM clock))
        ORDER BY priority, next_try_at
        LIMIT 1
          FOR UPDATE SKIP LOCKED
       )
RETURNING *
"""


def send_due(
    *,
    at: datetime | None = None,
    still_wanted: StillWanted | None = None,
    ways_in: WaysIn | None = None,
    limit: int = 20_000,
    seconds: float = 15,
) -> int:
    """Send every message that is due: urgent ones, escalations, then the rest. Returns how many e-mails.

    One row is claimed at a time; the mail server is spoken to with no transaction open, over one
    connection that is kept, and opened again where it broke. Before each message goes `still_wanted`
    is asked, and one that is not is dropped. A server that cannot be reached costs no message an
    attempt. `ways_in` makes the links and codes of those who have no account.
    Stops after `limit` rows or `seconds`, whichever comes first; the next tick goes on.
    `at` (UTC) stands for PostgreSQL's clock in tests.
    Nothing goes out after a restore until the hold is lifted (holding.py).
    """
    if holding.held_since():
        return 0
    digests.gather(at=at)
    stop_at = time.monotonic() + seconds
    line = Line()
    sent = 0
    try:
        for _ in range(limit):
            if time.monotonic() > stop_at or not (line.is_open or _is_reached(line, at=at)):
                break
            message = _claim(at=at)
            if message is None:
                break
            sent += _deliver(message, line=line, at=at, still_wanted=still_wanted, ways_in=ways_in)
    finally:
        line.hang_up()
    return sent


def _is_reached(line: Line, *, at: datetime | None) -> bool:
    """Connect to the mail server if something is due, before it is claimed. False where nothing can go."""
    if not _due(at=at).exists():
        return False
    try:
        line.open()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("the mail server cannot be reached", extra={"error": named(error)})
        return False
    return True


def _due(*, at: datetime | None) -> QuerySet[Message]:
    """Find what could be claimed: what is due and held by nobody.

    What was to go at once (its first try is no later than its queuing) is due whatever the clocks say:
    a clock that is put back leaves nothing behind. The rest waits for PostgreSQL's clock.
    """
    rows = Message.objects.filter(WAITING, in_digest=False)
    rows = rows.filter(Q(next_try_at__lte=now(at)) | Q(attempt=0, next_try_at__lte=F("queued_at")))
    return rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now(at)))


def _claim(*, at: datetime | None) -> Message | None:
    """Take the next of what `_due` finds for this sender, or None. Another sender's row is skipped."""
    return next(iter(Message.objects.raw(CLAIM, {"at": at, "lease": LEASE})), None)


def _deliver(
    message: Message,
    *,
    line: Line,
    at: datetime | None,
    still_wanted: StillWanted | None = None,
    ways_in: WaysIn | None = None,
) -> int:
    """Hand one claimed message to the mail server and write down what became of it.

    What a mail server does is tried again, unless it said that the answer will always be no: that one
    has bounced. Anything else is our own failure or a row that cannot be sent, which no second try would
    mend: that row is set aside and reported, and the next one goes.
    """
    if message.attempt > TRIES:
        # Each of its senders died over it, or it would have been set aside.
        _report(message, "GivenUp", level=logging.ERROR)
        marking.ended(message, "set_aside_at", at=at, error="GivenUp")
        return 0
    try:
        carried = _wanted(message, still_wanted, at=at)
        if not carried:
            marking.ended(message, "dropped_at", at=at)
            return 0
        _hand_over(message, carried, line=line, ways_in=ways_in)
    except (OSError, smtplib.SMTPException, SoftTimeLimitExceeded) as error:
        if not is_still_open(error):
            line.hang_up()
        _failed(message, error, at=at)
        if isinstance(error, SoftTimeLimitExceeded):
            raise  # the worker is told to stop
        return 0
    except (OperationalError, InterfaceError):
        raise  # the database is gone, which is no fault of the row: its lease runs out
    except Exception as error:  # noqa: BLE001  # set aside, named and reported: one row stops nobody
        line.hang_up()
        _report(message, named(error), level=logging.ERROR)
        marking.ended(message, "set_aside_at", at=at, error=named(error))
        return 0
    return marking.sent(message, carried=carried, at=at)


def _hand_over(message: Message, carried: list[Message], *, line: Line, ways_in: WaysIn | None) -> None:
    """Give one message to the mail server, or to the gateway of text messages."""
    if message.channel == Message.Channel.TEXT and ways_in is not None:
        gateway().send(to=message.to_address, text=ways_in.text(message), message_id=str(message.pk))
        return
    path, ends_at = ways_in.path(message) if message.by_link and ways_in is not None else ("", None)
    mail = written(message, mail=line.mail, lists=carried, link=path, link_ends_at=ends_at)
    mail.send(fail_silently=False)


def _wanted(message: Message, still_wanted: StillWanted | None, *, at: datetime | None) -> list[Message]:
    """Return the notices that this e-mail carries and that are still wanted; a digest drops the others."""
    carried = digests.carried_by(message)
    if still_wanted is None:
        return carried
    wanted = [notice for notice in carried if still_wanted(notice)]
    if wanted and len(wanted) < len(carried):
        marking.dropped_from(message, [notice for notice in carried if notice not in wanted], at=at)
    return wanted


def _failed(message: Message, error: Exception, *, at: datetime | None) -> None:
    """Try again later, or give up: at once where the server said no for good, else after the last try."""
    code = named(error)
    _report(message, code, level=logging.WARNING)
    if is_refused_for_good(error):
        marking.ended(message, "bounced_at", at=at, error=code)
    elif message.attempt >= TRIES:
        marking.ended(message, "set_aside_at", at=at, error=code)
    else:
        marking.to_be_tried_again(message, after=RETRY_AFTER[message.attempt - 1], at=at, error=code)


def _report(message: Message, error: str, *, level: int) -> None:
    """Log that a message was not sent, by the name of the error: its text can quote the address."""
    logger.log(level, "message not sent", extra={"message_id": str(message.pk), "error": error})
