"""What must not be passed on about a person: address, school, phone or name, and from whom it is kept."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5

from agencies.models import Agency, Membership
from audit import leaves


class ProtectedDetail(models.Model):
    """One thing about a person that some people must not come to know. Added and ended, never changed.

    `value` is what the guard looks for in everything that is about to be sent (sharing.guard). It stays
    within the agency, and in no message, event, address or log.
    """

    class Kind(models.TextChoices):
        ADDRESS = "ADDRESS", "Address"
        SCHOOL = "SCHOOL", "School, nursery or college"
        PHONE = "PHONE", "Phone number"
        NAME = "NAME", "Name"
        OTHER = "OTHER", "Something else"

    class From(models.TextChoices):
        EVERYBODY = "EVERYBODY", "Everybody outside our agency"
        AGENCIES = "AGENCIES", "Certain agencies"
        PEOPLE = "PEOPLE", "Certain people, who might pass it on"

    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="protected_details")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.TextField()
    kept_from = models.CharField(max_length=10, choices=From.choices)
    why = models.TextField()
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    class Meta:
        ordering = ["person", "number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="protected_details_are_numbered"),
            models.UniqueConstraint(
                "person",
                "kind",
                MD5("value"),
                condition=Q(ended_at__isnull=True, kept_from="EVERYBODY"),
                name="protected_from_everybody_once",
            ),
            models.CheckConstraint(condition=~Q(value="") & ~Q(why=""), name="protected_what_and_why"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="protection_ended_when_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(ended_at__isnull=True), name="protected_detail_in_force"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="protection_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="protection_never_changes", exclude=["ended_at", "ended_by", "ended_why"]
            ),
            pgtrigger.Protect(
                name="protection_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            leaves.sealed(
                "protected_detail_is_sealed",
                leaves.added(but=("ended_at", "ended_by", "ended_why")),
                leaves.once("ended_at", "ended_by", "ended_why"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} protected {self.number}"


class ProtectedFrom(models.Model):
    """An agency, or a person in a role, from whom a detail is kept. Added with it, never changed."""

    append_only = True

    detail = models.ForeignKey(ProtectedDetail, on_delete=models.PROTECT, related_name="kept_from_rows")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "protected from"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, member__isnull=True)
                | Q(agency__isnull=True, member__isnull=False),
                name="protected_from_an_agency_or_a_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="protected_from_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("protected_from_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.detail_id} from {self.agency_id or self.member_id}"
