"""A personal data breach: what follows when something reached the wrong person, and its 72 hours."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership
from audit import leaves
from sharing.models.differ import Incident
from sharing.models.exchange import Exchange, paired


class Breach(models.Model):
    """One entry in an agency's register of breaches. It holds decisions and moments, never what was sent.

    The clock runs from when somebody became aware of it (`became_aware_at`), in clock hours: the limit of
    the partnership, 72 hours by UK GDPR Article 33(1).
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="breaches")
    number = models.PositiveIntegerField()
    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="breach")
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="breach")
    became_aware_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_why = models.TextField(blank=True)
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    report_reference = models.CharField(max_length=100, blank=True)
    late_why = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    how_told = models.TextField(blank=True)
    what_was_learned = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "breaches"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="breaches_are_numbered"),
            paired("reported_at", "reported_by", "breach_reported_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True, report_reference="", late_why="")
                | (Q(reported_at__isnull=False) & ~Q(report_reference="")),
                name="reported_breach_has_a_reference",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True) | Q(reported_at__lte=F("due_at")) | ~Q(late_why=""),
                name="breach_reported_late_says_why",
            ),
            paired("closed_at", "closed_by", "breach_closed_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(became_aware_at__lte=F("opened_at"), became_aware_at__lt=F("due_at")),
                name="breach_was_known_before_its_limit",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="breach_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="breach_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "agency_id",
                    "number",
                    "exchange_id",
                    "incident_id",
                    "became_aware_at",
                    "due_at",
                    "due_why",
                    "opened_by_id",
                    "opened_at",
                ),
            ),
            pgtrigger.Protect(
                name="closed_breach_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="breach_is_reported_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__reported_at__isnull=False),
                func="""
                    IF ROW(NEW.reported_at, NEW.reported_by_id, NEW.report_reference, NEW.late_why)
                       IS DISTINCT FROM
                       ROW(OLD.reported_at, OLD.reported_by_id, OLD.report_reference, OLD.late_why)
                    THEN RAISE EXCEPTION 'what was reported of a breach never changes'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="breach_closed_when_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__closed_at__isnull=False),
                declare=[("report", "boolean"), ("tell", "boolean")],
                func="""
                    SELECT d.answer INTO report FROM sharing_breachdecision d
                        WHERE d.breach_id = NEW.id AND d.about = 'ICO' ORDER BY d.id DESC LIMIT 1;
                    SELECT d.answer INTO tell FROM sharing_breachdecision d
                        WHERE d.breach_id = NEW.id AND d.about = 'PERSON' ORDER BY d.id DESC LIMIT 1;
                    IF report IS NULL OR tell IS NULL OR (report AND NEW.reported_at IS NULL)
                       OR (tell AND NEW.how_told = '') THEN
                        RAISE EXCEPTION 'a breach is closed when it is decided and what was decided is done';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "breach_is_sealed",
                leaves.added(
                    "agency",
                    "number",
                    "exchange",
                    "incident",
                    "became_aware_at",
                    "due_at",
                    "due_why",
                    "opened_by",
                    "opened_at",
                ),
                leaves.once("reported_at", "reported_by", "report_reference", "late_why"),
                leaves.once("closed_at", "closed_by", "how_told", "what_was_learned"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"Breach {self.number}"


class BreachDecision(models.Model):
    """Whether a breach is reported to the Information Commissioner, or the person told. The latest counts."""

    class About(models.TextChoices):
        ICO = "ICO", "Report it to the Information Commissioner"
        PERSON = "PERSON", "Tell the person concerned"

    append_only = True

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="decisions")
    about = models.CharField(max_length=6, choices=About.choices)
    answer = models.BooleanField()
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="breach_decided_for_a_reason")]
        triggers = [
            pgtrigger.Protect(
                name="breach_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("breach_decision_is_sealed", concern="breach__exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.breach_id} {self.about} {self.answer}"
