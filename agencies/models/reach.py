"""Where people and agencies are reached, and when somebody wants to be told."""

import uuid

from django.db import models
from django.db.models import F, Q

from agencies.models.agency import Agency
from agencies.models.membership import Membership
from agencies.models.user import User
from agencies.querysets import ContactPointQuerySet


class ContactPoint(models.Model):
    """A way to reach a named person or a duty inbox, and when it was last checked to be right."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"
        PHONE = "PHONE", "Phone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="contact_points")
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="contact_points"
    )
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.CharField(max_length=254)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # How whoever checked it knows, for somebody outside whom no administrator of theirs looks after.
    how_checked = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="contact_point_checked_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="contact_point_has_an_address"),
        ]
        indexes = [
            models.Index(fields=["member"], condition=Q(retired_at__isnull=True), name="contact_point_in_use")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_checked(self) -> bool:
        return self.checked_at is not None and self.retired_at is None


class NoticeChoice(models.Model):
    """How somebody wants to be told: in one e-mail a day, and not in their quiet hours.

    Times are local to the agency of the role in which they are told. No digest time means at once.
    Whoever has no row is told of everything at once.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    digest_at = models.TimeField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="notice_choice_quiet_from_and_to",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True) | ~Q(quiet_from=F("quiet_to")),
                name="notice_choice_quiet_hours_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
