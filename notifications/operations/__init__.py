"""Every write to the outbox."""

from notifications.operations.failures import mark_bounced, take_untold_failures, try_again
from notifications.operations.heartbeat import backlog, beat, look
from notifications.operations.holding import held_since, hold, lift_hold
from notifications.operations.mail import written
from notifications.operations.queueing import NobodyToNotify, NotInATransaction, Recipient, queue
from notifications.operations.sending import LEASE, RETRY_AFTER, send_due

__all__ = [
    "LEASE",
    "RETRY_AFTER",
    "NobodyToNotify",
    "NotInATransaction",
    "Recipient",
    "backlog",
    "beat",
    "held_since",
    "hold",
    "lift_hold",
    "look",
    "mark_bounced",
    "queue",
    "send_due",
    "take_untold_failures",
    "try_again",
    "written",
]
