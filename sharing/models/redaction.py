"""What of a piece is disclosed, what is on hold, and what is held back: decisions are added, never
changed."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership
from audit import leaves
from records.models import Concern
from sharing.models.exchange import paired
from sharing.models.subject_access import AccessRequest


class Ground(models.TextChoices):
    """Why something is held back. What each means, and where the law says it: subject_access/grounds.py."""

    NOT_THEIRS = "NOT_THEIRS", "It is not about them"
    THIRD_PARTY = "THIRD_PARTY", "It is about somebody else, who has not agreed"
    SERIOUS_HARM = "SERIOUS_HARM", "Serious harm to somebody’s health"
    CHILD_ABUSE = "CHILD_ABUSE", "Child abuse data, asked for by a parent or a court-appointed person"
    EXPECTED = "EXPECTED", "Told in the expectation that this requester would not learn it"
    PRIVILEGE = "PRIVILEGE", "Legal professional privilege"
    CRIME = "CRIME", "It would prejudice preventing or detecting crime"
    REFERENCE = "REFERENCE", "A confidential reference"
    COURT = "COURT", "A report or evidence given to a court that its rules keep back"
    ADOPTION = "ADOPTION", "Adoption records"


class AccessPiece(models.Model):
    """One thing that the agency held about the person when the pieces were gathered: its words, copied.

    `key` says which row of the record it is ("statement:12"); `carries` names every row whose words are in
    it, so that a hold on one is a hold on it. A later gathering replaces the pieces that have changed.
    """

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="pieces")
    key = models.CharField(max_length=60)
    order = models.PositiveIntegerField()
    section = models.CharField(max_length=120)
    heading = models.CharField(max_length=200)
    dated = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=700, blank=True)
    author = models.CharField(max_length=700, blank=True)
    text = models.TextField()
    others = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    warnings = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    carries = ArrayField(models.CharField(max_length=60), default=list)
    digest = models.CharField(max_length=64)
    collected_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "key"], condition=Q(replaced_at__isnull=True), name="one_piece_a_key"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="piece_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="piece_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "request_id", "key", "section", "heading", "dated", "source", "author", "text", "others",
                    "warnings", "from_agency_id", "carries", "digest", "collected_at",
                ),
            ),
            pgtrigger.Protect(
                name="replaced_piece_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replaced_at__isnull=False),
            ),
            leaves.sealed("piece_is_sealed", leaves.added(but=("order", "replaced_at"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.request_id} {self.key}"


class PieceDecision(models.Model):
    """Whether a piece goes out whole, with parts held back, or not at all. The latest counts.

    `held` are the numbers of the parts (subject_access/parts.py) that are held back.
    """

    class Answer(models.TextChoices):
        DISCLOSE = "DISCLOSE", "Disclose it"
        PART = "PART", "Disclose it with parts held back"
        HOLD = "HOLD", "Hold all of it back"

    append_only = True

    piece = models.ForeignKey(AccessPiece, on_delete=models.PROTECT, related_name="decisions")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    held = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    ground = models.CharField(max_length=14, choices=Ground.choices, blank=True)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="DISCLOSE", ground="", held=[])
                | (Q(answer="PART") & ~Q(ground="") & ~Q(why="") & ~Q(held=[]))
                | (Q(answer="HOLD", held=[]) & ~Q(ground="") & ~Q(why="")),
                name="held_back_on_a_ground_and_for_a_reason",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="piece_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("piece_decision_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.piece_id} {self.answer}"


class HeldWord(models.Model):
    """Words that are held back wherever they stand in what goes out."""

    class Instead(models.TextChoices):
        PERSON = "PERSON", "another person"
        PLACE = "PLACE", "a place"
        NUMBER = "NUMBER", "a number"
        OTHER = "OTHER", "something else"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="held_words")
    words = models.CharField(max_length=200)
    instead = models.CharField(max_length=8, choices=Instead.choices)
    ground = models.CharField(max_length=14, choices=Ground.choices)
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "words"],
                condition=Q(taken_back_at__isnull=True),
                name="held_words_once",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(why=""), name="held_words_for_a_reason"),
            paired("taken_back_at", "taken_back_by", "held_words_taken_back_when_and_by_whom"),
        ]
        triggers = [
            pgtrigger.Protect(name="held_words_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="held_words_are_frozen",
                operation=pgtrigger.UpdateOf(
                    "request_id", "words", "instead", "ground", "why", "by_id", "at"
                ),
            ),
            pgtrigger.Protect(
                name="held_words_taken_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_back_at__isnull=False),
            ),
            leaves.sealed(
                "held_words_are_sealed",
                leaves.added(but=("taken_back_at", "taken_back_by")),
                leaves.once("taken_back_at", "taken_back_by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} held words {self.pk}"


class DisclosureHold(models.Model):
    """A mark on something in the record: do not disclose this without a decision. Lifted, never deleted."""

    class Kind(models.TextChoices):
        CONFIDENCE = "CONFIDENCE", "Given to us in confidence by another agency"
        POLICE = "POLICE", "Part of a police investigation"
        COURT = "COURT", "Before a court"
        SAFETY = "SAFETY", "Somebody would be in danger if it were known"
        OTHER = "OTHER", "Another reason"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="disclosure_holds")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="disclosure_holds")
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    came_from = models.CharField(max_length=300, blank=True)
    why = models.TextField()
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_why = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "key"], condition=Q(lifted_at__isnull=True), name="one_hold_a_thing"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="hold_for_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_why="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_why="")),
                name="hold_lifted_when_by_whom_and_why",
            ),
        ]
        indexes = [models.Index(fields=["concern"], name="hold_of_concern")]
        triggers = [
            pgtrigger.Protect(name="hold_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="hold_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "agency_id", "concern_id", "key", "kind", "came_from", "why", "added_by_id", "added_at"
                ),
            ),
            pgtrigger.Protect(
                name="lifted_hold_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
            leaves.sealed(
                "hold_is_sealed",
                leaves.added(but=("lifted_at", "lifted_by", "lifted_why")),
                leaves.once("lifted_at", "lifted_by", "lifted_why"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"hold on {self.key}"

    @property
    def what(self) -> str:
        """What kind of thing is on hold: “Statement”."""
        return self.key.partition(":")[0].replace("-", " ").capitalize()


class HoldDecision(models.Model):
    """What is decided about a hold for one request. The latest counts.

    `whom_asked`, `asked_on` and `their_view` say what whoever it came from thinks; where nobody was asked,
    `why` says why not.
    """

    class Answer(models.TextChoices):
        RELEASE = "RELEASE", "It may be disclosed in answer to this request"
        KEEP_BACK = "KEEP_BACK", "It is kept back"

    append_only = True

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="hold_decisions")
    hold = models.ForeignKey(DisclosureHold, on_delete=models.PROTECT, related_name="decisions")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    whom_asked = models.CharField(max_length=300, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    their_view = models.TextField(blank=True)
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="hold_decided_for_a_reason"),
            models.CheckConstraint(
                condition=Q(whom_asked="", asked_on__isnull=True, their_view="")
                | (~Q(whom_asked="") & Q(asked_on__isnull=False) & ~Q(their_view="")),
                name="hold_asked_whom_when_and_what_they_said",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="hold_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("hold_decision_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.hold_id} {self.answer}"


class AgencyView(models.Model):
    """What another agency says about disclosing what came from it. It is asked; the decision stays ours."""

    class Answer(models.TextChoices):
        NO_OBJECTION = "NO_OBJECTION", "They do not object"
        OBJECTS = "OBJECTS", "They object to some or all of it"
        NO_ANSWER = "NO_ANSWER", "They have not answered"
        NOT_ASKED = "NOT_ASKED", "They were not asked"

    append_only = True

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="agency_views")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    whom = models.CharField(max_length=300, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    words = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="NOT_ASKED", whom="", asked_on__isnull=True)
                | (~Q(answer="NOT_ASKED") & ~Q(whom="") & Q(asked_on__isnull=False)),
                name="agency_asked_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="agency_view_in_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="agency_view_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("agency_view_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.agency_id} {self.answer}"
