"""What happened, and who looked. Rows are only ever appended; triggers refuse the rest.

There are no foreign keys on purpose: the record of an act must survive whatever later
becomes of the thing it was done to.
"""

from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from audit import leaves

LATER = timedelta(minutes=1)


def in_words(code: str) -> str:
    """Turn a verb or an action into words: “agencies.contact_point.checked” is “contact point checked”."""
    parts = code.split(".")
    return " ".join(parts[1:] or parts).replace("_", " ")


def in_short(subject: str) -> str:
    """Shorten “membership:45e29f35-…” to “membership 45e29f35”; a reference stays as it is."""
    kind, _, number = subject.partition(":")
    return f"{kind.replace('-', ' ')} {number[:8]}" if number else subject


class Event(models.Model):
    """One act, written in the transaction of the change it describes.

    `id` is the order of events: it is taken under the lock of the thing that changed, so
    it is right even when two clocks disagree. `at` is when the act happened, `recorded_at`
    when this row was written, by the database's own clock.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    verb = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=300)
    agency = models.CharField(max_length=200)
    acting_for = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=80)
    concern = models.CharField(max_length=20, blank=True)
    also_for = ArrayField(models.CharField(max_length=40), default=list)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["concern", "id"], name="event_by_concern"),
            models.Index(fields=["subject", "id"], name="event_by_subject"),
            models.Index(fields=["agency", "id"], name="event_by_agency"),
        ]
        triggers = [
            pgtrigger.Protect(name="event_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("event_is_sealed", concern="concern", clock="recorded_at"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    @property
    def in_words(self) -> str:
        return in_words(self.verb)

    @property
    def subject_in_short(self) -> str:
        return in_short(self.subject)

    @property
    def written_later(self) -> bool:
        """Say whether it was written down more than a minute after it happened."""
        return self.recorded_at - self.at > LATER


class Access(models.Model):
    """One look: a page, a search, a preview, an export, or an attempt that was refused."""

    class Outcome(models.TextChoices):
        SEEN = "SEEN", "Seen"
        REFUSED = "REFUSED", "Refused"

    append_only = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=300, blank=True)
    agency = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SEEN)
    why = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="access_by_subject"),
            models.Index(fields=["agency", "id"], name="access_by_agency"),
        ]
        triggers = [
            pgtrigger.Protect(name="access_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("access_is_sealed", clock="at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

    @property
    def in_words(self) -> str:
        return in_words(self.action)

    @property
    def subject_in_short(self) -> str:
        return in_short(self.subject)


# Django looks for the tables of an app here.
from audit.seal_models import Leaf, Seal, Shape, Tombstone, Verification  # noqa: E402

__all__ = ["Access", "Event", "Leaf", "Seal", "Shape", "Tombstone", "Verification", "in_short", "in_words"]
