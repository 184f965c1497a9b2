"""Partnerships, their agencies, and how fast those answer."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from agencies.models.hours import COPY_TO_A_NEW_AGENCY
from audit import leaves


class Partnership(models.Model):
    """A safeguarding partnership: agencies that agreed how they share and how fast they answer."""

    reference = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=4)

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """An organisation, or the part of one that answers for its own safeguarding work."""

    class Kind(models.TextChoices):
        CHILDREN = "CHILDREN", "Children's social care"
        ADULTS = "ADULTS", "Adult social care"
        POLICE = "POLICE", "Police"
        HEALTH = "HEALTH", "NHS trust or community health"
        GP = "GP", "GP surgery"
        SCHOOL = "SCHOOL", "School or college"
        PROBATION = "PROBATION", "Probation"
        HOUSING = "HOUSING", "Housing provider"
        CHARITY = "CHARITY", "Charity or community group"
        PARTNERSHIP = "PARTNERSHIP", "Partnership office"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agencies")
    reference = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    area = models.CharField(max_length=100, blank=True)
    public_authority = models.BooleanField(default=True)
    zone = models.CharField(max_length=40, default="Europe/London")
    region = models.CharField(max_length=3, default="ENG")
    record_within_hours = models.PositiveSmallIntegerField(default=24)
    second_person_in_do = models.BooleanField(default=False)
    # An organisation outside, whose people have no account: the agency that keeps it in its directory.
    kept_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="organisations_outside"
    )
    # Who takes what cannot wait while this agency is closed: an emergency duty team.
    out_of_hours = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stands_in_for"
    )
    # A copy of its opening hours and closed days, kept by the database from their rows (hours_models.py).
    opening = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.CheckConstraint(
                condition=Q(region__in=["ENG", "WLS", "SCT", "NIR"]), name="agency_region_is_known"
            ),
            models.UniqueConstraint(
                Lower("name"),
                "kept_by",
                condition=Q(kept_by__isnull=False),
                name="an_organisation_outside_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(out_of_hours__isnull=True) | ~Q(out_of_hours=F("id")),
                name="no_agency_stands_in_for_itself",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="opening_of_a_new_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=COPY_TO_A_NEW_AGENCY,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        """Say whether its people have no account, and are reached by links."""
        return self.kept_by_id is not None


class TimeLimit(models.Model):
    """How long something may take in a partnership, from a day on, and where the figure comes from.

    Rows are added, never changed: what counts on a day is the row with the latest `effective_from` by then.
    A row is withdrawn where another takes its place from the same day, or before its day comes. `set_by` and
    `withdrawn_by` are empty where the service itself did it.
    """

    class Key(models.TextChoices):
        CHECK_BACK_URGENT = "CHECK_BACK_URGENT", "Check-back, urgent"
        CHECK_BACK_HIGH = "CHECK_BACK_HIGH", "Check-back, high"
        CHECK_BACK_STANDARD = "CHECK_BACK_STANDARD", "Check-back, standard"
        DECISION = "DECISION", "Decision on what was shared"
        ANSWER = "ANSWER", "Answer to an enquiry"
        SKIPPED_STEP = "SKIPPED_STEP", "Step skipped by an urgent disclosure"
        SPOKEN = "SPOKEN", "Spoken read-back confirmed in writing"
        STILL_RIGHT = "STILL_RIGHT", "Action looked at again after a correction"
        MINUTES = "MINUTES", "Minutes of a meeting"
        TRANSFER = "TRANSFER", "Answer to a hand-over to another area"
        CONFERENCE = "CONFERENCE", "Conference after a hand-over to another area"
        BREACH = "BREACH", "Decision on a personal data breach"
        LINK = "LINK", "Link to a recipient without an account"
        DISPOSAL = "DISPOSAL", "Waiting before a record is disposed of"
        BREAK_GLASS = "BREAK_GLASS", "Closed record opened in an emergency"
        LADDER_1 = "LADDER_1", "Disagreement, stage 1: practitioners"
        LADDER_2 = "LADDER_2", "Disagreement, stage 2: leads"
        LADDER_3 = "LADDER_3", "Disagreement, stage 3: service managers or designated professionals"
        LADDER_4 = "LADDER_4", "Disagreement, stage 4: partners or scrutineer"
        REMIND_BEFORE = "REMIND_BEFORE", "Reminder before a limit"
        REMIND_BEFORE_SHORT = "REMIND_BEFORE_SHORT", "Reminder before a short limit"
        REMIND_LEAD = "REMIND_LEAD", "Lead told after a limit has passed"
        REMIND_LEAD_URGENT = "REMIND_LEAD_URGENT", "Lead told after an urgent limit has passed"
        REMIND_OTHER_LEAD = "REMIND_OTHER_LEAD", "Other side’s lead told after a limit has passed"
        REMIND_OTHER_LEAD_URGENT = (
            "REMIND_OTHER_LEAD_URGENT",
            "Other side’s lead told after an urgent limit has passed",
        )

    class Label(models.TextChoices):
        STATUTORY = "STATUTORY", "Statutory"
        GUIDANCE = "GUIDANCE", "Guidance"
        LOCAL = "LOCAL", "Local policy"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="time_limits")
    key = models.CharField(max_length=30, choices=Key.choices)
    duration = models.CharField(max_length=40)
    label = models.CharField(max_length=10, choices=Label.choices, default=Label.LOCAL)
    source = models.CharField(max_length=300)
    effective_from = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        "Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "key", "effective_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_limit_of_a_kind_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="limit_withdrawn_when",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="limit_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="limit_never_changes", exclude=["withdrawn_at", "withdrawn_by"]),
            pgtrigger.Protect(
                name="limit_is_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            leaves.sealed(
                "limit_is_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.duration}"
