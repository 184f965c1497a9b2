"""One turn of the background work: the Celery task and `manage.py send_due` call the same function."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.utils import timezone

from audit.operations import seals
from notifications import operations as notifications
from sharing.operations import again, disposal, failures, learning, links, reconcile, reminders, retention

logger = logging.getLogger(__name__)

SECONDS = 20
PORTION = 500


@dataclass(frozen=True)
class Done:
    """What one turn did."""

    raised: int
    sent: int
    mended: int


def tick(*, seconds: float = SECONDS) -> Done:
    """Raise due reminders and send due notices, urgent ones first, until nothing is due or time is up.

    A portion of each at a time, so that what is urgent and has just come does not stand behind ten
    thousand reminders. Then, every ten minutes, look for what waits without being chased, remind again of
    what was said by telephone, and every hour work out the learning figures. What is new in the record is
    sealed once a minute.
    """
    until = time.monotonic() + seconds
    raised = sent = 0
    while (left := until - time.monotonic()) > 0:
        new = reminders.raise_due(limit=PORTION)
        gone = notifications.send_due(
            limit=PORTION, seconds=left, still_wanted=reminders.still_wanted, ways_in=links.WaysIn()
        )
        raised, sent = raised + new, sent + gone
        if not new and not gone:
            break
    while failures.tell_failures(at=timezone.now()):
        pass
    links.run_out(at=timezone.now())
    mended = reconcile.reconcile_if_old(at=timezone.now())
    if mended is not None:
        again.remind_again(at=timezone.now())
        _review_what_is_kept()
    _learn()
    _seal()
    return Done(raised, sent, mended or 0)


def _review_what_is_kept() -> None:
    """Carry out the disposals that are due, count reviews again and tell leads of them."""
    try:
        disposal.carry_out_due(at=timezone.now())
        retention.count_again(at=timezone.now())
        retention.tell_of_reviews(at=timezone.now())
    except Exception as error:  # noqa: BLE001  # what waits for somebody today goes out all the same
        logger.error("retention not looked at", extra={"error": type(error).__name__})


def _learn() -> None:
    """Work out the learning figures where they are old. What is due goes out also where they fail."""
    try:
        learning.refresh_if_old(timezone.now())
    except Exception as error:  # noqa: BLE001  # old figures say of when they are; a missing reminder does not
        logger.error("learning figures not worked out", extra={"error": type(error).__name__})


def _seal() -> None:
    """Seal what is new. What is due goes out also where that fails; /health/ says that it stands still."""
    try:
        seals.seal_if_due(at=timezone.now())
    except Exception as error:  # noqa: BLE001  # an unsealed record is seen; a missing reminder is not
        logger.error("record not sealed", extra={"error": type(error).__name__})
