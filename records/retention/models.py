"""Retention as rows: classes, what an agency holds and until when, legal holds, disposals.

A concern is held by the agency that logged it, and what passed between agencies by each of them under its own
class. One holder's disposal takes nothing from another (sharing/retention).
"""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership, Partnership
from audit import leaves
from records.retention import rules

GONE = Q(disposed_at__isnull=False)

# What only the function `records_dispose` writes (sharing/retention/sql.py): it runs as the tables' owner.
ONLY_BY_DISPOSAL = """
    IF current_user <> (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
        RAISE EXCEPTION 'only a disposal that two people agreed writes this';
    END IF;
    RETURN NEW;
"""
# Whoever places a hold waits for a disposal that runs, and then finds nothing left to hold.
SOMETHING_TO_HOLD = """
    PERFORM 1 FROM records_concern c WHERE c.id = NEW.concern_id FOR KEY SHARE;
    PERFORM 1 FROM records_person p WHERE p.id = NEW.person_id FOR KEY SHARE;
    IF EXISTS (SELECT 1 FROM records_holding h WHERE h.concern_id = NEW.concern_id
               AND h.agency_id = NEW.agency_id AND h.disposed_at IS NOT NULL)
       OR EXISTS (SELECT 1 FROM records_person p
                  WHERE p.id = NEW.person_id AND p.disposed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what was disposed of cannot be held';
    END IF;
    RETURN NEW;
"""
# The same as `held` in sharing/retention/sql.py: on the concern, or on anybody it is about.
NOT_WHILE_HELD = """
    IF EXISTS (
        SELECT 1 FROM records_legalhold h
        WHERE h.ended_at IS NULL AND h.agency_id = NEW.agency_id
          AND (h.concern_id = NEW.concern_id OR h.person_id IN (
               SELECT s.person_id FROM records_subject s WHERE s.concern_id = NEW.concern_id))
    ) THEN
        RAISE EXCEPTION 'a legal hold beats every disposal';
    END IF;
    RETURN NEW;
"""
BY_ANOTHER = """
    IF (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.approved_by_id)
       = (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.proposed_by_id) THEN
        RAISE EXCEPTION 'a disposal needs two people, in whichever role';
    END IF;
    RETURN NEW;
"""


def only_by_disposal(name: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse to change a column to everybody but the function that disposes."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    unchanged = f"IF ROW({new}) IS NOT DISTINCT FROM ROW({old}) THEN RETURN NEW; END IF;"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*columns),
        func=unchanged + ONLY_BY_DISPOSAL,
    )


def paired(at: str, by: str, name: str) -> models.CheckConstraint:
    """When and by whom are both known or both empty."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
    )


def added_and_ended(name: str, *ends: str) -> list[pgtrigger.Trigger]:
    """Refuse to delete a row, or to change anything of it but how it ends, once."""
    return [
        pgtrigger.Protect(name=f"{name}_never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name=f"{name}_never_changes", exclude=list(ends)),
        pgtrigger.Protect(
            name=f"{name}_ends_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(**{f"old__{ends[0]}__isnull": False}),
        ),
    ]


APPROVED = ("approved_at", "approved_by", "due_at")
STOPPED = ("stopped_at", "stopped_by", "stopped_why")


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


class Holding(models.Model):
    """What one agency holds of one concern, under which class, and when it comes up for review.

    It is its own record, or what it was party to in another agency's. `chosen_by` is empty while the class
    is only suggested. `keep_until` is a later day of review that somebody gave a reason for.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holdings")
    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="holdings")
    retention_class = models.ForeignKey(
        RetentionClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_sexual_abuse = models.BooleanField(default=False)
    event_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    died_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    chosen_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    review_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    keep_until: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    counted_on: models.DateField[date, date] = models.DateField()
    told_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "concern"], name="an_agency_holds_a_concern_once"),
            paired("chosen_at", "chosen_by", "retention_chosen_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(chosen_at__isnull=True) | Q(retention_class__isnull=False),
                name="a_chosen_retention_class_is_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "review_on", "id"],
                condition=Q(disposed_at__isnull=True, review_on__isnull=False),
                name="holding_by_review",
            ),
            models.Index(
                fields=["counted_on"], condition=Q(disposed_at__isnull=True), name="holding_counted"
            ),
            models.Index(fields=["concern"], condition=GONE, name="holding_disposed"),
        ]
        triggers = [
            pgtrigger.Protect(name="holding_is_never_deleted", operation=pgtrigger.Delete),
            only_by_disposal("holding_disposed_by_two", "disposed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} holds {self.concern_id}"


class RetentionDecision(models.Model):
    """Which class somebody chose, or until when they said that it is kept longer, and why. Never changed."""

    class Kind(models.TextChoices):
        CLASS = "CLASS", "Class chosen"
        KEEP = "KEEP", "Kept longer"

    append_only = True

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    retention_class = models.ForeignKey(
        RetentionClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="CLASS", retention_class__isnull=False, until__isnull=True)
                | (Q(kind="KEEP", until__isnull=False) & ~Q(why="")),
                name="retention_decided_which_or_until_when_and_why",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="retention_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("retention_decision_is_sealed", concern="holding__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.holding_id} {self.kind}"


class LegalHold(models.Model):
    """Nothing of a concern, or about a person, is disposed of while this stands. It beats every class."""

    class Reason(models.TextChoices):
        INQUIRY = "INQUIRY", "A public inquiry or a review"
        LITIGATION = "LITIGATION", "A claim or proceedings in court"
        POLICE = "POLICE", "A police investigation"
        ACCESS = "ACCESS", "Somebody has asked for their record"
        OTHER = "OTHER", "Another legal reason"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="legal_holds")
    number = models.PositiveIntegerField()
    concern = models.ForeignKey(
        "records.Concern", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    reference = models.CharField(max_length=100)
    why = models.TextField()
    placed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    placed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="legal_holds_are_numbered"),
            models.CheckConstraint(
                condition=Q(concern__isnull=False, person__isnull=True)
                | Q(concern__isnull=True, person__isnull=False),
                name="hold_on_a_concern_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(why="") & ~Q(reference=""), name="hold_has_a_reason_and_a_reference"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="hold_ended_when_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "concern"], condition=Q(ended_at__isnull=True), name="hold_in_force"
            )
        ]
        triggers = [
            *added_and_ended("hold", "ended_at", "ended_by", "ended_why"),
            pgtrigger.Trigger(
                name="hold_on_something_there",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=SOMETHING_TO_HOLD,
            ),
            leaves.sealed(
                "hold_is_sealed",
                leaves.added(but=("ended_at", "ended_by", "ended_why")),
                leaves.once("ended_at", "ended_by", "ended_why"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {self.number}"


class Disposal(models.Model):
    """One holder's record of a concern on its way to being destroyed: proposed, approved, waited for.

    It can be stopped until it is carried out, which only the database does, once everything is right.
    """

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="disposals")
    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="disposals")
    retention_class = models.ForeignKey(RetentionClass, on_delete=models.PROTECT, related_name="+")
    review_on: models.DateField[date, date] = models.DateField()
    why = models.TextField()
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    approved_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.TextField(blank=True)
    carried_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "concern"],
                condition=Q(stopped_at__isnull=True),
                name="one_disposal_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="disposal_has_a_reason"),
            paired("approved_at", "approved_by", "disposal_approved_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, due_at__isnull=True)
                | Q(approved_at__isnull=False, due_at__gte=F("approved_at")),
                name="approved_disposal_waits",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="nobody_approves_their_own_disposal",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True, stopped_why="")
                | (Q(stopped_at__isnull=False, stopped_by__isnull=False) & ~Q(stopped_why="")),
                name="disposal_stopped_when_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at__isnull=True)
                | Q(approved_at__isnull=False, stopped_at__isnull=True, carried_out_at__gte=F("due_at")),
                name="disposed_of_when_approved_and_waited_for",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(carried_out_at__isnull=True, stopped_at__isnull=True, approved_at__isnull=False),
                name="disposal_due",
            ),
            models.Index(fields=["agency", "-id"], name="disposal_by_agency"),
        ]
        triggers = [
            pgtrigger.Protect(name="disposal_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="disposal_never_changes",
                exclude=[*APPROVED, *STOPPED, "carried_out_at"],
            ),
            pgtrigger.Protect(
                name="disposal_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_at__isnull=False)
                | pgtrigger.Q(old__carried_out_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="disposal_is_approved_once",
                operation=pgtrigger.UpdateOf("approved_at", "approved_by_id", "due_at"),
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="disposal_begins_with_a_proposal",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__approved_at__isnull=False)
                | pgtrigger.Q(new__carried_out_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="nothing_held_is_disposed_of",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("approved_at"),
                func=NOT_WHILE_HELD,
            ),
            pgtrigger.Trigger(
                name="two_people_dispose",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__approved_by__isnull=False),
                func=BY_ANOTHER,
            ),
            only_by_disposal("only_the_database_disposes", "carried_out_at"),
            leaves.sealed(
                "disposal_is_sealed",
                leaves.added(but=(*APPROVED, *STOPPED, "carried_out_at")),
                leaves.once(*APPROVED),
                leaves.once(*STOPPED),
                leaves.once("carried_out_at"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.carried_out_at is None


class Certificate(models.Model):
    """What was destroyed: how many of which kind, when and under which class. It names nobody it was about.

    `digest` is a SHA-256 over the SHA-256 of every row that was destroyed, in order of table and number.
    """

    append_only = True

    disposal = models.OneToOneField(Disposal, on_delete=models.PROTECT, related_name="certificate")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="certificates")
    class_was = models.CharField(max_length=400)
    source = models.CharField(max_length=300)
    destroyed = models.JSONField()
    kept_for_others = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="certificate_has_a_digest"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="certificate_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_a_disposal_is_certified",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ONLY_BY_DISPOSAL,
            ),
            leaves.sealed("certificate_is_sealed", concern="disposal__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"Certificate of {self.disposal_id}"
