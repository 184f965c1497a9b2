"""Messages as rows. Nothing in them is personal: a reference, an agency, a time limit, a link."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Message(models.Model):
    """A notice to one person or duty inbox, with its own small life: queued, sent or set aside.

    `sender_agency` is what the recipient reads; `from_agency` and `to_agency` are the references of
    the two agencies, empty where the service itself writes. The state is read from the timestamps.
    A row is claimed by raising `attempt` and setting `lease_until`; whoever holds the highest
    attempt may mark it sent.
    """

    class Kind(models.TextChoices):
        TO_RECEIVE = "TO_RECEIVE", "You have an item to confirm"
        RECEIVED = "RECEIVED", "Your item has been received"
        RESTATED = "RESTATED", "Your item has been said back to you"
        CORRECTED = "CORRECTED", "You are asked to look again at an item"
        UNDERSTOOD = "UNDERSTOOD", "An item is settled"
        NOT_MINE = "NOT_MINE", "An item reached the wrong person"
        WITHDRAWN = "WITHDRAWN", "An item has been withdrawn"
        ASKED = "ASKED", "You have been asked a question"
        ANSWERED = "ANSWERED", "Your question has an answer"
        ACTION = "ACTION", "An action concerns you"
        DISAGREED = "DISAGREED", "A disagreement has been recorded"
        SUMMARY = "SUMMARY", "A summary waits for you"
        MANAGER = "MANAGER", "Something needs a manager"

    class Priority(models.IntegerChoices):
        URGENT = 0, "Urgent"
        ORDINARY = 5, "Ordinary"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ORDINARY)
    to_member_id = models.UUIDField(null=True)
    to_agency = models.CharField(max_length=40, blank=True)
    to_address = models.EmailField(max_length=254)
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
    last_error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(set_aside_at__isnull=True),
                name="message_sent_or_set_aside_not_both",
            ),
            models.CheckConstraint(condition=~Q(to_address=""), name="message_has_an_address"),
        ]
        indexes = [
            models.Index(
                F("priority"),
                F("next_try_at"),
                name="message_due",
                condition=Q(sent_at__isnull=True, set_aside_at__isnull=True),
            ),
            models.Index(fields=["reference", "queued_at"], name="message_by_reference"),
            models.Index(fields=["to_member_id", "-queued_at"], name="message_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def state(self) -> str:
        """Say where the message is: sent, set aside, trying again or queued."""
        if self.sent_at:
            return "sent"
        if self.set_aside_at:
            return "set aside"
        return "trying again" if self.attempt else "queued"


class Heartbeat(models.Model):
    """When a background process was last seen, and how much it did."""

    name = models.CharField(primary_key=True, max_length=40)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
