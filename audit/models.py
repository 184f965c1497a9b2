"""What happened, and who looked. Rows are only ever appended; triggers refuse the rest.

There are no foreign keys on purpose: the record of an act must survive whatever later
becomes of the thing it was done to.
"""

import re
from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Now, Upper

from audit import kinds, leaves
from audit.seal_models import Leaf, Seal, Shape, Tombstone, Verification

LATER = timedelta(minutes=1)


def in_words(code: str) -> str:
    """Turn a verb into words: “agencies.contact_point.checked” is “contact point checked”."""
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


# A concern's reference, at the start of the reference of anything under it: WF-26-0001 of WF-26-0001-X1.
OF_A_CONCERN = r"^[A-Z]{1,4}-[0-9]{2}-[0-9]{4,8}(?![0-9A-Z])"


def concern_of(reference: str) -> str:
    """Return the concern that a reference belongs to, as the column `Access.concern` has it; else nothing."""
    found = re.match(OF_A_CONCERN, reference.upper())
    return found[0] if found else ""


class Access(models.Model):
    """One look: a page, a search, a preview, an export, or an attempt that was refused.

    `subject` is what was looked at, `shown` are the references that a list or a search showed with it: a
    search that finds nobody shows none, and what was typed is never kept. The database reads from `subject`
    under which concern it is, so that no caller can forget it. `break_glass` is the emergency in which a
    closed record was open (its reference; the reason stands there).
    """

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
    shown = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SEEN)
    why = models.TextField(blank=True)
    break_glass = models.CharField(max_length=30, blank=True)
    address = models.GenericIPAddressField(null=True)
    concern = models.GeneratedField(
        expression=Func(Upper("subject"), Value(OF_A_CONCERN), function="substring"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )

    class Meta:
        # Each list walks one of these from its end. Dates are part of each: a week long ago costs a week.
        indexes = [
            models.Index(fields=["subject", "at", "id"], name="access_by_subject"),
            models.Index(fields=["agency", "at", "id"], name="access_by_agency"),
            models.Index(fields=["actor_id", "at", "id"], name="access_by_actor"),
            models.Index(fields=["agency", "action", "at", "id"], name="access_by_action"),
            models.Index(fields=["agency", "role", "at", "id"], name="access_by_role"),
            models.Index(fields=["agency", "address", "at", "id"], name="access_by_address"),
            models.Index(
                fields=["concern", "at", "id"], condition=Q(concern__isnull=False), name="access_by_concern"
            ),
            models.Index(
                fields=["agency", "at", "id"], condition=Q(outcome="REFUSED"), name="access_refused"
            ),
            models.Index(
                fields=["agency", "at", "id"], condition=~Q(break_glass=""), name="access_in_emergency"
            ),
            models.Index(
                fields=["break_glass", "at", "id"], condition=~Q(break_glass=""), name="access_of_emergency"
            ),
            GinIndex(fields=["shown"], name="access_shown"),
        ]
        triggers = [
            pgtrigger.Protect(name="access_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("access_is_sealed", clock="at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

    @property
    def in_words(self) -> str:
        return kinds.in_words(self.action)

    @property
    def subject_in_short(self) -> str:
        return in_short(self.subject)


__all__ = ["Access", "Event", "Leaf", "Seal", "Shape", "Tombstone", "Verification", "in_short", "in_words"]
