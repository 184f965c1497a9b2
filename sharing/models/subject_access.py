"""A subject access request: somebody asks for what an agency holds about a person (UK GDPR article 15)."""

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership
from audit import leaves
from records.models import Person


class AccessRequest(models.Model):
    """One request, from the day it came until it is answered or closed. What was asked never changes.

    When it is due is not kept here: it is read from the days it came, waited and was extended
    (subject_access/clock.py). `collected_at` is as of when the pieces were gathered, `ready_at` when they
    were last put to a second person.
    """

    class AskedBy(models.TextChoices):
        PERSON = "PERSON", "The person themselves"
        PARENT = "PARENT", "Somebody with parental responsibility, for their child"
        SOLICITOR = "SOLICITOR", "A solicitor, for the person"
        OTHER = "OTHER", "Somebody else with authority to ask for them"

    class Outcome(models.TextChoices):
        OPEN = "", "Open"
        ANSWERED = "ANSWERED", "Answered"
        WITHDRAWN = "WITHDRAWN", "Withdrawn by whoever asked"
        NOT_HEARD = "NOT_HEARD", "No answer to what we had to ask"
        REFUSED = "REFUSED", "Refused as a whole"

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="access_requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_requests")
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="access_requests")
    asked_by = models.CharField(max_length=10, choices=AskedBy.choices)
    asked_by_name = models.CharField(max_length=200)
    reply_to = models.TextField()
    authority = models.TextField(blank=True)
    wants = models.TextField()
    received_on = models.DateField()
    received_how = models.CharField(max_length=300)
    identity_how = models.TextField(blank=True)
    identity_on = models.DateField(null=True, blank=True)
    identity_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_why = models.TextField(blank=True)
    told_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    collected_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ready_digest = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(identity_on__isnull=True, identity_by__isnull=True, identity_how="")
                | (Q(identity_on__isnull=False, identity_by__isnull=False) & ~Q(identity_how="")),
                name="access_identity_checked_how_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(asked_by="PERSON") | ~Q(authority=""), name="asking_for_another_needs_authority"
            ),
            models.CheckConstraint(
                condition=Q(
                    extended_at__isnull=True, extended_by__isnull=True, extended_why="", told_on__isnull=True
                )
                | (
                    Q(extended_at__isnull=False, extended_by__isnull=False, told_on__isnull=False)
                    & ~Q(extended_why="")
                ),
                name="access_extended_when_by_whom_why_and_told",
            ),
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True, ready_by__isnull=True, ready_digest="")
                | (
                    Q(ready_at__isnull=False, ready_by__isnull=False, collected_at__isnull=False)
                    & ~Q(ready_digest="")
                ),
                name="access_ready_when_by_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="", closed_why="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="") & ~Q(closed_why="")),
                name="access_closed_when_by_whom_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], name="access_request_list"),
            models.Index(fields=["agency"], condition=Q(closed_at__isnull=True), name="access_request_open"),
        ]
        triggers = [
            pgtrigger.Protect(name="access_request_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="access_request_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "reference",
                    "agency_id",
                    "person_id",
                    "asked_by",
                    "asked_by_name",
                    "reply_to",
                    "authority",
                    "wants",
                    "received_on",
                    "received_how",
                    "opened_at",
                    "opened_by_id",
                ),
            ),
            pgtrigger.Protect(
                name="closed_access_request_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="access_is_extended_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__extended_at__isnull=False),
                func="""
                    IF ROW(NEW.extended_at, NEW.extended_by_id, NEW.extended_why, NEW.told_on)
                       IS DISTINCT FROM
                       ROW(OLD.extended_at, OLD.extended_by_id, OLD.extended_why, OLD.told_on)
                    THEN RAISE EXCEPTION 'a request is extended once'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="answered_when_a_bundle_was_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__outcome="ANSWERED"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_accessbundle b
                                   WHERE b.request_id = NEW.id AND b.sent_on IS NOT NULL) THEN
                        RAISE EXCEPTION 'a request is answered when something was sent';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "access_request_is_sealed",
                leaves.added(
                    "reference",
                    "agency",
                    "person",
                    "asked_by",
                    "asked_by_name",
                    "reply_to",
                    "authority",
                    "wants",
                    "received_on",
                    "received_how",
                    "opened_at",
                    "opened_by",
                ),
                leaves.once("extended_at", "extended_by", "extended_why", "told_on"),
                leaves.once("closed_at", "closed_by", "outcome", "closed_why"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class AccessWait(models.Model):
    """Something that whoever asks has to answer first: who they are, or what they want. It stops the
    clock."""

    class About(models.TextChoices):
        IDENTITY = "IDENTITY", "Who they are, or their authority to ask"
        WANTS = "WANTS", "Which information they want"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="waits")
    about = models.CharField(max_length=10, choices=About.choices)
    what = models.TextField()
    asked_on = models.DateField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "about"],
                condition=Q(answered_on__isnull=True),
                name="one_open_question_to_the_requester",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="access_wait_says_for_what"),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="access_wait_answered_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("asked_on")),
                name="access_wait_answered_after_asked",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="access_wait_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="access_wait_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "request_id", "about", "what", "asked_on", "asked_by_id", "asked_at"
                ),
            ),
            pgtrigger.Protect(
                name="answered_access_wait_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_on__isnull=False),
            ),
            leaves.sealed(
                "access_wait_is_sealed",
                leaves.added("request", "about", "what", "asked_on", "asked_by", "asked_at"),
                leaves.once("answered_on", "answer", "answered_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.about}"


class AccessCheck(models.Model):
    """What a second person says of exactly what would go out, named by its digest."""

    append_only = True

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="checks")
    digest = models.CharField(max_length=64)
    is_right = models.BooleanField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_right=True) | ~Q(note=""), name="access_sent_back_says_why"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="access_check_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_second_person_checks",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM sharing_accessrequest r
                        JOIN agencies_membership p ON p.id = r.ready_by_id
                        JOIN agencies_membership c ON c.id = NEW.by_id
                        WHERE r.id = NEW.request_id AND r.ready_digest = NEW.digest AND r.closed_at IS NULL
                          AND c.user_id IS DISTINCT FROM p.user_id AND c.agency_id = r.agency_id
                    ) THEN
                        RAISE EXCEPTION 'a second person of the agency checks what was made ready';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed("access_check_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} checked {self.is_right}"


# What is on hold and not decided, or decided to be kept back and not held back, goes into no bundle
# and out with none.
NOT_PAST_A_HOLD = """
    IF NOT EXISTS (SELECT 1 FROM sharing_accesscheck c
                   WHERE c.id = NEW.checked_id AND c.request_id = NEW.request_id AND c.is_right
                     AND c.digest = NEW.content_digest) THEN
        RAISE EXCEPTION 'a bundle is made of what a second person checked';
    END IF;
    IF EXISTS (
        SELECT 1 FROM sharing_accesspiece p
        JOIN sharing_accessrequest r ON r.id = p.request_id
        JOIN sharing_disclosurehold h ON h.agency_id = r.agency_id AND h.key = ANY(p.carries)
        WHERE p.request_id = NEW.request_id AND p.replaced_at IS NULL AND h.lifted_at IS NULL
          AND COALESCE((SELECT d.answer FROM sharing_piecedecision d WHERE d.piece_id = p.id
                        ORDER BY d.id DESC LIMIT 1), '') <> 'HOLD'
          AND COALESCE((SELECT d.answer FROM sharing_holddecision d
                        WHERE d.request_id = NEW.request_id AND d.hold_id = h.id
                        ORDER BY d.id DESC LIMIT 1), '') <> 'RELEASE'
    ) THEN
        RAISE EXCEPTION 'what is on hold is not disclosed without a decision';
    END IF;
    RETURN NEW;
"""


class AccessBundle(models.Model):
    """What was made to be given to whoever asked, by its digests. Another version takes nothing back."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="bundles")
    number = models.PositiveSmallIntegerField()
    checked = models.OneToOneField(AccessCheck, on_delete=models.PROTECT, related_name="bundle")
    content_digest = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    file = models.OneToOneField("agencies.StoredFile", on_delete=models.PROTECT, related_name="+")
    pieces = models.PositiveIntegerField()
    held_back = models.PositiveIntegerField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    sent_on = models.DateField(null=True, blank=True)
    sent_how = models.TextField(blank=True)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="bundles_are_numbered"),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True, sent_by__isnull=True, sent_how="")
                | (Q(sent_on__isnull=False, sent_by__isnull=False) & ~Q(sent_how="")),
                name="bundle_sent_when_how_and_by_whom",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bundle_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="bundle_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "request_id",
                    "number",
                    "checked_id",
                    "content_digest",
                    "file_digest",
                    "file_id",
                    "pieces",
                    "held_back",
                    "made_by_id",
                    "made_at",
                ),
            ),
            pgtrigger.Protect(
                name="sent_bundle_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_on__isnull=False),
            ),
            pgtrigger.Trigger(
                name="no_bundle_past_a_hold",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NOT_PAST_A_HOLD,
            ),
            leaves.sealed(
                "bundle_is_sealed",
                leaves.added(but=("sent_on", "sent_how", "sent_by")),
                leaves.once("sent_on", "sent_how", "sent_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} bundle {self.number}"
