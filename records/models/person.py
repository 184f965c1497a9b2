"""The people whom an agency knows, and who they are to each other."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership
from records.querysets import PersonQuerySet
from records.retention.models.triggers import only_by_disposal
from records.search.models import PERSON_TRIGGERS


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
            # Read for each sending: a few of very many.
            models.Index(
                fields=["agency"], name="person_address_kept", condition=Q(address_is_protected=True)
            ),
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
