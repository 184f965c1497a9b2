"""How long one kind of record is kept."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership, Partnership
from audit import leaves
from records.retention import rules
from records.retention.models.triggers import added_and_ended


class RetentionClass(models.Model):
    """How long one kind of record is kept by one kind of agency, or by one agency, from a day on.

    Rows are added, never changed: what counts on a day is the row with the latest `effective_from` by then,
    an agency's own before the partnership's for its kind, and that before the one for any kind.
    """

    class RecordKind(models.TextChoices):
        CHILD = "CHILD", "Safeguarding or child protection record of a child"
        CHILD_IN_NEED = "CHILD_IN_NEED", "Child in need, never child protection"
        LOOKED_AFTER = "LOOKED_AFTER", "Child looked after"
        ADOPTION = "ADOPTION", "Adoption"
        ALLEGATION = "ALLEGATION", "Allegation against somebody who works with children"
        UNFOUNDED = "UNFOUNDED", "Allegation that was unfounded or malicious"
        ADVICE = "ADVICE", "Advice about an allegation"
        ADULT = "ADULT", "Safeguarding record of an adult"
        SEXUAL_ABUSE = "SEXUAL_ABUSE", "Known allegation of child sexual abuse"

    class Trigger(models.TextChoices):
        BIRTH = rules.Trigger.BIRTH.value, "Birth: the years are an age"
        CLOSURE = rules.Trigger.CLOSURE.value, "When the concern was closed"
        DEATH = rules.Trigger.DEATH.value, "Death"
        ORDER = rules.Trigger.ORDER.value, "The day of an order"
        END_OF_CARE = rules.Trigger.END_OF_CARE.value, "The end of care"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="retention_classes"
    )
    agency_kind = models.CharField(max_length=20, choices=Agency.Kind.choices, blank=True)
    record_kind = models.CharField(max_length=15, choices=RecordKind.choices)
    trigger = models.CharField(max_length=12, choices=Trigger.choices)
    years = models.PositiveSmallIntegerField()
    if_seventeen = models.PositiveSmallIntegerField(null=True, blank=True)
    after_death = models.PositiveSmallIntegerField(null=True, blank=True)
    after_closure = models.PositiveSmallIntegerField(null=True, blank=True)
    of_adults = models.BooleanField(default=False)
    source = models.CharField(max_length=300)
    to_check = models.BooleanField(default=False)
    effective_from: models.DateField[date, date] = models.DateField()
    set_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "retention classes"
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "agency", "agency_kind", "record_kind", "effective_from"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_retention_class_from_a_day",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="retention_class_has_a_source"),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=150), name="kept_for_some_years"),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
                name="retention_class_withdrawn_when",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(agency_kind=""),
                name="retention_class_of_an_agency_or_of_a_kind",
            ),
        ]
        triggers = [
            *added_and_ended("retention_class", "withdrawn_at", "withdrawn_by"),
            leaves.sealed(
                "retention_class_is_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_record_kind_display()}: {self.in_words}"

    @property
    def terms(self) -> rules.Terms:
        return rules.Terms(
            trigger=rules.Trigger(self.trigger),
            years=self.years,
            if_seventeen=self.if_seventeen,
            after_death=self.after_death,
            after_closure=self.after_closure,
            of_adults=self.of_adults,
        )

    @property
    def in_words(self) -> str:
        """How long, as people say it."""
        if self.trigger == self.Trigger.BIRTH:
            said = f"to age {self.years}" + (" of the adult it is about" if self.of_adults else "")
        else:
            start = {
                "CLOSURE": "closure",
                "DEATH": "death",
                "ORDER": "the order",
                "END_OF_CARE": "end of care",
            }
            said = f"{self.years} years from {start[self.trigger]}"
        more = [
            f"{self.if_seventeen} where they were 17 at closure" if self.if_seventeen else "",
            f"{self.after_death} years from death before 18" if self.after_death else "",
            f"at least {self.after_closure} years from closure" if self.after_closure else "",
        ]
        return "; ".join([said, *(one for one in more if one)])
