"""What an agency records. It belongs to that agency alone; others get frozen copies of parts of it."""

from datetime import date, datetime, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.models import Agency, Membership
from audit import leaves
from records.chronology_models import (
    ChronologyEntry,
    ChronologyImport,
    ImportRow,
    Strike,
)
from records.documents.models import (
    Document,
    DocumentStrike,
    DocumentVersion,
    ScanResult,
    ScanToDo,
)
from records.protection import ProtectedDetail, ProtectedFrom
from records.quality.models import Word
from records.querysets import ConcernQuerySet, PersonQuerySet, StatementQuerySet
from records.restriction import BreakGlass, BreakGlassReview, Named, Restriction
from records.retention.models import (
    Certificate,
    Disposal,
    Holding,
    LegalHold,
    RetentionClass,
    RetentionDecision,
    only_by_disposal,
)
from records.search.models import PERSON_TRIGGERS, KeptSearch, NameKey, PersonWord


class Counter(models.Model):
    """The last number used in a series of references, taken under its row's lock."""

    series = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.series


class Person(models.Model):
    """A child, adult or carer as one agency knows them."""

    class Kind(models.TextChoices):
        CHILD = "CHILD", "Child or young person"
        ADULT_AT_RISK = "ADULT_AT_RISK", "Adult at risk"
        PARENT_OR_CARER = "PARENT_OR_CARER", "Parent or carer"
        OTHER = "OTHER", "Someone else"

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    known_as = models.CharField(max_length=100, blank=True)
    born_on = models.DateField(null=True, blank=True)
    birth_date_is_estimated = models.BooleanField(default=False)
    nhs_number = models.CharField(max_length=10, blank=True)
    upn = models.CharField(max_length=13, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address_is_protected = models.BooleanField(default=False)
    communication_needs = models.TextField(blank=True)
    safe_contact_rule = models.TextField(blank=True)
    search_name = models.CharField(max_length=320)
    # What Find looks in (records.search): the database spreads them into rows of their own.
    search_words = ArrayField(models.CharField(max_length=60), default=list, editable=False)
    sort_name = models.CharField(max_length=200, db_collation="C", default="", editable=False)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    # An empty row that others still refer to: what was known of them has been destroyed (retention).
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_name="", last_name="", known_as=""), name="person_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(nhs_number="") | Q(nhs_number__regex=r"^[0-9]{10}$"), name="nhs_number_ten_digits"
            ),
            models.UniqueConstraint(
                fields=["agency", "nhs_number"], condition=~Q(nhs_number=""), name="one_person_an_nhs_number"
            ),
            models.UniqueConstraint(fields=["agency", "upn"], condition=~Q(upn=""), name="one_person_a_upn"),
        ]
        indexes = [
            GinIndex(fields=["search_name"], name="person_name_search", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["agency", "born_on"], name="person_by_birth_date"),
            models.Index(fields=["agency", "last_name", "first_name", "id"], name="person_list"),
            models.Index(fields=["agency", "sort_name", "id"], name="person_by_sort_name"),
        ]
        triggers = [*PERSON_TRIGGERS, only_by_disposal("person_disposed_of_by_two", "disposed_at")]

    def __str__(self) -> str:
        return self.reference

    @property
    def name(self) -> str:
        """First and last name, and what the person is called where that differs."""
        full = f"{self.first_name} {self.last_name}".strip()
        if not full:
            return self.known_as
        return f"{full} (known as {self.known_as})" if self.known_as else full

    def age_on(self, day: date) -> int | None:
        """Return the age in years on a day; someone born on 29 February is a year older on 1 March."""
        if self.born_on is None:
            return None
        before = (day.month, day.day) < (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - before


class Relationship(models.Model):
    """Who `related` is to `person`: for a PARENT, `related` is the parent. Both are one agency's."""

    class Kind(models.TextChoices):
        PARENT = "PARENT", "Parent"
        PARENTS_PARTNER = "PARENTS_PARTNER", "Parent's partner"
        CHILD = "CHILD", "Child"
        SIBLING = "SIBLING", "Brother or sister"
        PARTNER = "PARTNER", "Partner"
        GRANDPARENT = "GRANDPARENT", "Grandparent"
        CARER = "CARER", "Carer"
        CARED_FOR = "CARED_FOR", "Cared for by this person"
        HOUSEHOLD = "HOUSEHOLD", "Lives in the same home"
        OTHER = "OTHER", "Other"

    SEEN_FROM_THE_OTHER_SIDE = {
        Kind.PARENT: "Child",
        Kind.PARENTS_PARTNER: "Partner’s child",
        Kind.CHILD: "Parent",
        Kind.SIBLING: "Brother or sister",
        Kind.PARTNER: "Partner",
        Kind.GRANDPARENT: "Grandchild",
        Kind.CARER: "Cared for by this person",
        Kind.CARED_FOR: "Carer",
        Kind.HOUSEHOLD: "Lives in the same home",
        Kind.OTHER: "Other",
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relationships")
    related = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="related_to")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="relationship_ended_when_and_by_whom",
            ),
            models.UniqueConstraint(
                fields=["person", "related", "kind"],
                condition=Q(ended_at__isnull=True),
                name="one_relationship_of_a_kind",
            ),
            models.CheckConstraint(condition=~Q(person=F("related")), name="nobody_is_their_own_relative"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.related_id}"


class Concern(models.Model):
    """What worries one agency about one or more people. A draft until it is logged.

    `written_late_at` is when something came onto the record last that had been written down later after it
    happened than the agency's policy allowed then.
    """

    class Urgency(models.TextChoices):
        URGENT = "URGENT", "Urgent: someone may be harmed today"
        HIGH = "HIGH", "High: within a working day"
        STANDARD = "STANDARD", "Standard: within two working days"

    class VoiceStatus(models.TextChoices):
        OBTAINED = "OBTAINED", "Yes, their own words, wishes or feelings are recorded"
        NOT_OBTAINED = "NOT_OBTAINED", "Not yet"

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="concerns")
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="concerns_started")
    started_at = models.DateTimeField()
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="concerns_owned")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.STANDARD)
    voice_status = models.CharField(max_length=15, choices=VoiceStatus.choices, blank=True)
    voice_not_obtained_why = models.TextField(blank=True)
    voice_plan = models.TextField(blank=True)
    think_family = models.TextField(blank=True)
    late_why = models.TextField(blank=True)
    written_late_at = models.DateTimeField(null=True, blank=True)
    logged_at = models.DateTimeField(null=True, blank=True)
    logged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_why = models.TextField(blank=True)
    # Its own agency has destroyed its record of it; the row stays, empty, so that nothing is numbered twice.
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(logged_at__isnull=True, logged_by__isnull=True)
                | Q(logged_at__isnull=False, logged_by__isnull=False),
                name="concern_logged_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True, discarded_by__isnull=True, discarded_why="")
                | (Q(discarded_at__isnull=False, discarded_by__isnull=False) & ~Q(discarded_why="")),
                name="concern_discarded_when_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True) | Q(logged_at__isnull=True),
                name="logged_concern_is_never_discarded",
            ),
            models.CheckConstraint(
                condition=Q(logged_at__isnull=True)
                | Q(voice_status="OBTAINED")
                | (Q(voice_status="NOT_OBTAINED") & ~Q(voice_not_obtained_why="") & ~Q(voice_plan="")),
                name="logged_concern_has_voice_or_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], name="concern_list"),
            models.Index(fields=["owner", "-id"], name="concern_by_owner"),
            models.Index(
                fields=["agency", "-written_late_at", "-id"],
                condition=Q(written_late_at__isnull=False),
                name="concern_written_late",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="concern_is_never_unlogged",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__logged_at__isnull=False, new__logged_at__isnull=True),
            ),
            pgtrigger.Protect(name="concern_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "concern_is_sealed",
                leaves.once("logged_at", "logged_by", "reference", "agency", "started_by", "started_at"),
                concern="reference",
            ),
            only_by_disposal("concern_disposed_of_by_two", "disposed_at"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.logged_at is None and self.discarded_at is None


class Subject(models.Model):
    """One person whom a concern is about, or whom it might touch (Think Family)."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="concerned_in")
    is_main = models.BooleanField(default=True)
    what_it_might_mean = models.TextField(blank=True)
    nothing_seen = models.BooleanField(default=False)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "person"], name="a_person_once_a_concern"),
            models.CheckConstraint(
                condition=Q(nothing_seen=False) | Q(what_it_might_mean=""), name="nothing_seen_or_something"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="subject_of_logged_concern_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM records_concern c
                               WHERE c.id = OLD.concern_id AND c.logged_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'nobody is taken out of a logged concern';
                    END IF;
                    RETURN OLD;
                """,
            ),
            leaves.sealed(
                "subject_is_sealed",
                leaves.frozen_with("concern", "logged_at", "concern", "person", "added_by", "added_at"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id}"

    @property
    def is_answered(self) -> bool:
        """Say whether somebody thought about what the concern might mean for this person."""
        return self.nothing_seen or bool(self.what_it_might_mean.strip())


class Statement(models.Model):
    """One thing that is known, said or thought, with where it comes from and when.

    `happened_at` is when it happened, `written_at` when somebody first wrote it down, as they say it;
    `entered_at` is when it was entered here, by our clock (all UTC). Once the concern is logged its
    words never change: a correction is a new version that names the one it replaces.
    """

    class Kind(models.TextChoices):
        FACT_SEEN = "FACT_SEEN", "Fact, seen"
        FACT_HEARD = "FACT_HEARD", "Fact, heard"
        REPORTED = "REPORTED", "Reported by someone"
        HISTORY = "HISTORY", "History"
        OPINION = "OPINION", "Professional opinion"
        VOICE = "VOICE", "Voice of the child or adult"

    class VoiceOf(models.TextChoices):
        WORDS = "WORDS", "Their words"
        WISHES = "WISHES", "Their wishes and feelings"
        LIVED = "LIVED", "What life is like for them"

    # How the note begins where the day is known and the time is not: `happened_at` is the day's first moment.
    TIME_NOT_KNOWN = "time not known"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    voice_of = models.CharField(max_length=8, choices=VoiceOf.choices, blank=True)
    about = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    is_verbatim = models.BooleanField(default=False)
    source = models.CharField(max_length=300)
    happened_at = models.DateTimeField(null=True, blank=True)
    happened_note = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=Now())
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="statements")
    rests_on = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="supports")
    replaced_why = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["number", "version"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "number", "version"], name="one_statement_a_version"),
            models.CheckConstraint(condition=~Q(text=""), name="statement_says_something"),
            models.CheckConstraint(condition=~Q(source=""), name="statement_has_a_source"),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=False) | ~Q(happened_note=""),
                name="statement_says_when_it_happened",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, replaced_why="")
                | (Q(replaces__isnull=False) & ~Q(replaced_why="")),
                name="statement_replaced_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="statement_removed_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(Q(kind="VOICE") & ~Q(voice_of="")) | (~Q(kind="VOICE") & Q(voice_of="")),
                name="voice_says_what_of",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="logged_statement_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM records_concern c
                               WHERE c.id = OLD.concern_id AND c.logged_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a statement of a logged concern never changes';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "statement_is_sealed",
                leaves.frozen_with("concern", "logged_at"),
                concern="concern__reference",
            ),
            pgtrigger.Trigger(
                name="struck_statement_is_not_corrected",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__replaces__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM records_strike k WHERE k.statement_id = NEW.replaces_id) THEN
                        RAISE EXCEPTION 'what was struck through is not corrected any more';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} statement {self.number}"

    @property
    def label(self) -> str:
        """The name people use for it on every page: S3, or S3 version 2."""
        return f"S{self.number}" if self.version == 1 else f"S{self.number} version {self.version}"

    @property
    def time_is_known(self) -> bool:
        """Say whether `happened_at` is more than a day."""
        return not self.happened_note.startswith(self.TIME_NOT_KNOWN)

    def written_late(self, *, hours: int) -> bool:
        """Say whether it was written down more than `hours` clock hours after it happened."""
        if self.happened_at is None:
            return False
        if not self.time_is_known:
            hours += 24
        return self.written_at - self.happened_at > timedelta(hours=hours)


class Worry(models.Model):
    """How worried somebody was at a moment, and whether that is more or less than before."""

    class Level(models.IntegerChoices):
        A_LITTLE = 1, "A little worried"
        WORRIED = 2, "Worried"
        VERY = 3, "Very worried"
        EXTREMELY = 4, "Extremely worried"

    class Change(models.TextChoices):
        FIRST = "FIRST", "This is the first time I have been asked"
        MORE = "MORE", "More worried than before"
        SAME = "SAME", "As worried as before"
        LESS = "LESS", "Less worried than before"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="worries")
    cycle_number = models.PositiveSmallIntegerField(default=1)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    change = models.CharField(max_length=6, choices=Change.choices)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        verbose_name_plural = "worries"
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="worry_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("worry_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.level}"


__all__ = [
    "BreakGlass",
    "BreakGlassReview",
    "Certificate",
    "ChronologyEntry",
    "ChronologyImport",
    "Concern",
    "Counter",
    "Disposal",
    "Document",
    "DocumentStrike",
    "DocumentVersion",
    "Holding",
    "ImportRow",
    "KeptSearch",
    "LegalHold",
    "NameKey",
    "Named",
    "Person",
    "PersonWord",
    "ProtectedDetail",
    "ProtectedFrom",
    "Relationship",
    "Restriction",
    "RetentionClass",
    "RetentionDecision",
    "ScanResult",
    "ScanToDo",
    "Statement",
    "Strike",
    "Subject",
    "Word",
    "Worry",
]
