"""Messages as rows. Nothing in them is personal: a reference, an agency, a time limit, a link."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from notifications import reasons

# Not at an end yet. The database refuses a message that has come to two different ends.
WAITING = Q(sent_at__isnull=True, set_aside_at__isnull=True, dropped_at__isnull=True, bounced_at__isnull=True)
FAILED = Q(set_aside_at__isnull=False) | Q(bounced_at__isnull=False)


class Message(models.Model):
    """A notice to one person or duty inbox, with its own small life: queued, sent or set aside.

    `sender_agency` is what the recipient reads; `from_agency` and `to_agency` are the references of
    the two agencies, empty where the service itself writes. The state is read from the timestamps.
    A row is claimed by raising `attempt` and setting `lease_until`; whoever holds the highest
    attempt may mark it sent. It ends sent, set aside (we gave up), dropped (no longer wanted) or
    bounced (the address refused it, at once or after it was sent).

    `obligation_id` and `obligation_version` say which obligation a reminder is for, and how that
    stood when it was written. A message with `in_digest` waits for an e-mail that lists several;
    `digest_id` is the message (of the kind DIGEST) that carries them.

    `by_link` says that the recipient has no account: they cannot sign in, and get a link or none. What goes
    by text message is the code that such a link asks for; neither link nor code is ever in this table.
    """

    class Kind(models.TextChoices):
        TO_RECEIVE = "TO_RECEIVE", "You have an item to confirm"
        RECEIVED = "RECEIVED", "Your item has been received"
        RESTATED = "RESTATED", "Your item has been said back to you"
        CORRECTED = "CORRECTED", "You are asked to look again at an item"
        SPOKEN = "SPOKEN", "You are asked to confirm a telephone call"
        UNDERSTOOD = "UNDERSTOOD", "An item is settled"
        NOT_MINE = "NOT_MINE", "An item reached the wrong person"
        WITHDRAWN = "WITHDRAWN", "An item has been withdrawn"
        ASKED = "ASKED", "You have been asked a question"
        ANSWERED = "ANSWERED", "Your question has an answer"
        ACTION = "ACTION", "An action concerns you"
        DISAGREED = "DISAGREED", "A disagreement has been recorded"
        SUMMARY = "SUMMARY", "A summary waits for you"
        MANAGER = "MANAGER", "Something needs a manager"
        REMINDER = "REMINDER", "An item is due soon"
        DUE = "DUE", "An item is due now"
        LATE = "LATE", "An item is late"
        ESCALATED = "ESCALATED", "A disagreement has gone to the next stage"
        OUTCOME = "OUTCOME", "A disagreement has an outcome"
        HANDED_OVER = "HANDED_OVER", "Work has been handed over"
        CORRECTION = "CORRECTION", "Something you were told has changed"
        PROPOSED = "PROPOSED", "A correction has been proposed, or answered"
        MEETING = "MEETING", "A meeting concerns you"
        DECISION = "DECISION", "A decision has come back"
        TRANSFER = "TRANSFER", "A hand-over to another area concerns you"
        LINK = "LINK", "A link needs you"
        INFECTED = "INFECTED", "A document has been closed"
        BREAK_GLASS = "BREAK_GLASS", "A closed record was opened in an emergency"
        UNDELIVERED = "UNDELIVERED", "A notice could not be delivered"
        RETENTION = "RETENTION", "How long records are kept needs a lead"
        CODE = "CODE", "Your code"
        DIGEST = "DIGEST", "Several notices wait for you"

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"
        TEXT = "TEXT", "Text message"

    class Priority(models.IntegerChoices):
        URGENT = 0, "Urgent"
        ESCALATION = 1, "Escalation"
        ORDINARY = 5, "Ordinary"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ORDINARY)
    to_member_id = models.UUIDField(null=True)
    to_agency = models.CharField(max_length=40, blank=True)
    to_address = models.CharField(max_length=254)
    reference = models.CharField(max_length=20)
    sender_agency = models.CharField(max_length=200)
    from_agency = models.CharField(max_length=40, blank=True)
    respond_by = models.DateTimeField(null=True)
    path = models.CharField(max_length=200)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    failure_told_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True)
    obligation_id = models.BigIntegerField(null=True)
    obligation_version = models.PositiveIntegerField(null=True)
    in_digest = models.BooleanField(default=False)
    digest_id = models.UUIDField(null=True)
    by_link = models.BooleanField(default=False)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.EMAIL)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True)
                | Q(sent_at__isnull=True, dropped_at__isnull=True, bounced_at__isnull=True),
                name="message_set_aside_is_neither_sent_dropped_nor_bounced",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(sent_at__isnull=True, bounced_at__isnull=True),
                name="message_dropped_is_neither_sent_nor_bounced",
            ),
            models.CheckConstraint(
                condition=Q(failure_told_at__isnull=True) | FAILED,
                name="message_failure_told_only_of_a_failure",
            ),
            models.CheckConstraint(
                condition=Q(obligation_id__isnull=True, obligation_version__isnull=True)
                | Q(obligation_id__isnull=False, obligation_version__isnull=False),
                name="message_obligation_and_its_version",
            ),
            models.CheckConstraint(
                condition=Q(in_digest=False)
                | Q(priority=5) & ~Q(kind="DIGEST"),  # urgent ones and escalations are never held back
                name="message_in_digest_is_ordinary",
            ),
            models.CheckConstraint(
                condition=Q(digest_id__isnull=True) | Q(in_digest=True),
                name="message_digest_only_of_one_in_it",
            ),
            models.CheckConstraint(condition=~Q(to_address=""), name="message_has_an_address"),
            models.CheckConstraint(
                condition=Q(kind="CODE", channel="TEXT", by_link=True, in_digest=False)
                | (~Q(kind="CODE") & Q(channel="EMAIL")),
                name="message_by_text_is_a_code",
            ),
        ]
        indexes = [
            models.Index(
                F("priority"), F("next_try_at"), name="message_due", condition=WAITING & Q(in_digest=False)
            ),
            models.Index(
                fields=["to_member_id", "next_try_at"],
                name="message_for_a_digest",
                condition=WAITING & Q(in_digest=True, digest_id__isnull=True),
            ),
            models.Index(
                fields=["digest_id"], name="message_by_digest", condition=Q(digest_id__isnull=False)
            ),
            models.Index(
                fields=["obligation_id"],
                name="message_waiting_by_obligation",
                condition=WAITING & Q(obligation_id__isnull=False),
            ),
            models.Index(
                fields=["queued_at"],
                name="message_failure_untold",
                condition=FAILED & Q(failure_told_at__isnull=True),
            ),
            models.Index(fields=["-queued_at", "-id"], name="message_failed", condition=FAILED),
            models.Index(fields=["reference", "queued_at"], name="message_by_reference"),
            models.Index(fields=["to_member_id", "-queued_at"], name="message_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def state(self) -> str:
        """Say where the message is: bounced, sent, set aside, dropped, trying again or queued."""
        ends = {
            "bounced": self.bounced_at,
            "sent": self.sent_at,
            "set aside": self.set_aside_at,
            "dropped": self.dropped_at,
        }
        for end, at in ends.items():
            if at:
                return end
        return "trying again" if self.attempt else "queued"

    @property
    def failed_at(self) -> datetime | None:
        """When it was set aside or came back, or None."""
        return self.bounced_at or self.set_aside_at

    @property
    def why_failed(self) -> str:
        """Say why it did not arrive, for somebody who is to put that right."""
        return reasons.why(self.last_error)


class Heartbeat(models.Model):
    """When a background process was last seen, and how much it did."""

    name = models.CharField(primary_key=True, max_length=40)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """Since when nothing goes out, and why: after a restore, until a human has looked at the record."""

    since = models.DateTimeField()
    why = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(lifted_at__isnull=True), name="one_hold_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.why


class Look(models.Model):
    """When somebody last looked at their own notices, so that the page can say which are new."""

    member_id = models.UUIDField(primary_key=True)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.member_id)
