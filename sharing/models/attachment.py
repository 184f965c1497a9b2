"""A version of a document that goes with what somebody is told: frozen with it, and who opened it."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from records.models import Document, DocumentVersion
from sharing.models.exchange import Exchange
from sharing.models.item import frozen_once_sent

OF_THE_SAME_CONCERN = """
    IF NOT EXISTS (SELECT 1 FROM sharing_exchange e JOIN sharing_cycle c ON c.id = e.cycle_id
                   JOIN records_document d ON d.concern_id = c.concern_id
                   JOIN records_documentversion v ON v.document_id = d.id
                   WHERE e.id = NEW.exchange_id AND e.kind = 'DISCLOSURE' AND v.id = NEW.version_id) THEN
        RAISE EXCEPTION 'only a document of the same concern goes with a disclosure';
    END IF;
    RETURN NEW;
"""
# Read by its listener's side, once it was sent and opened, and as long as it is theirs to read.
OPENED_WHILE_OPEN = """
    IF NOT EXISTS (SELECT 1 FROM sharing_attachment a JOIN sharing_exchange e ON e.id = a.exchange_id
                   WHERE a.id = NEW.attachment_id AND e.sent_at IS NOT NULL AND e.opened_at IS NOT NULL
                     AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL) THEN
        RAISE EXCEPTION 'only what was sent and is still open is opened';
    END IF;
    RETURN NEW;
"""


class Attachment(models.Model):
    """One version of a document, with what the listener is told of it. Its words are copies, like an item's.

    What the listener is given is `version.for_others`; `size` and `sha256` are of that.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="attachments")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="attachments")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Document.Kind.choices)
    written_by = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    made = models.CharField(max_length=250)
    why_needed = models.TextField()
    content_kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    left_out = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="attachments_are_numbered"),
            models.UniqueConstraint(fields=["exchange", "version"], name="attached_once"),
            models.CheckConstraint(condition=~Q(why_needed=""), name="attached_for_a_reason"),
        ]
        triggers = [
            frozen_once_sent("attachment_is_frozen"),
            pgtrigger.Trigger(
                name="attachment_is_of_the_same_concern",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=OF_THE_SAME_CONCERN,
            ),
            leaves.sealed(
                "attachment_is_sealed",
                leaves.frozen_with("exchange", "sent_at"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} attachment {self.number}"


class AttachmentOpening(models.Model):
    """That somebody on the listener's side opened an attachment for the first time."""

    append_only = True

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="openings")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["attachment", "by"], name="attachment_opened_first_once")
        ]
        triggers = [
            pgtrigger.Protect(
                name="attachment_opening_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="attachment_opened_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OPENED_WHILE_OPEN,
            ),
            leaves.sealed(
                "attachment_opening_is_sealed", concern="attachment__exchange__cycle__concern__reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} opened"
