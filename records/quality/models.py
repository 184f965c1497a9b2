"""What an agency or a partnership decided about words: to explain one, or to leave one of our own alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject, Lower

from agencies.models import Agency, Membership, Partnership
from agencies.models.hours import added_never_changed
from audit import leaves
from records.quality.words import ABBREVIATION, JARGON, LABEL, Decided

if TYPE_CHECKING:
    from collections.abc import Sequence


class WordQuerySet(models.QuerySet["Word"]):
    """Words."""

    def of(self, member: Membership) -> WordQuerySet:
        """Those of the member's agency and of its partnership, also those withdrawn."""
        agency = member.agency
        return self.filter(Q(agency=agency.pk) | Q(partnership=agency.partnership_id))

    def in_use(self) -> WordQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def decided(self) -> Sequence[Decided]:
        """Return what was decided, the partnership's first, so that an agency's own counts. One statement."""
        return [Decided(*row) for row in self._in_order().values_list(*Decided._fields)]

    def beside(self, agency: str) -> ArraySubquery:
        """The same as a column of another query, in which `agency` is the path to the agency."""
        whose = Q(agency=OuterRef(agency)) | Q(partnership=OuterRef(f"{agency}__partnership"))
        fields = {field: field for field in Decided._fields}
        return ArraySubquery(self._in_order().filter(whose).values(json=JSONObject(**fields)))

    def _in_order(self) -> WordQuerySet:
        return self.in_use().order_by(models.F("agency").asc(nulls_first=True), "term", "id")


class Word(models.Model):
    """A word and what to write instead, at an agency or in a partnership. Added and withdrawn, never changed.

    Where `is_left_alone`, the word of our own list is not remarked on there.
    """

    class Kind(models.TextChoices):
        ABBREVIATION = ABBREVIATION, "Abbreviation"
        JARGON = JARGON, "Word that others may not know"
        LABEL = LABEL, "Word that judges somebody"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="words")
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, null=True, blank=True, related_name="words"
    )
    term = models.CharField(max_length=60)
    plain = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_left_alone = models.BooleanField(default=False)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = WordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=True, partnership__isnull=False)
                | Q(agency__isnull=False, partnership__isnull=True),
                name="word_of_an_agency_or_of_all",
            ),
            models.CheckConstraint(
                condition=~Q(term="") & (Q(is_left_alone=True) | ~Q(plain="")), name="word_has_plain_words"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="word_withdrawn_when_and_by_whom",
            ),
            models.UniqueConstraint(
                "agency", Lower("term"), condition=Q(withdrawn_at__isnull=True), name="a_word_once_an_agency"
            ),
            models.UniqueConstraint(
                "partnership",
                Lower("term"),
                condition=Q(withdrawn_at__isnull=True),
                name="a_word_once_a_partnership",
            ),
        ]
        triggers = [
            *added_never_changed("word"),
            leaves.sealed(
                "word_is_sealed",
                leaves.added(but=("withdrawn_at", "withdrawn_by")),
                leaves.once("withdrawn_at", "withdrawn_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"word {self.pk}"
