"""Corrections that travel: what changed, everyone who was given it, the actions that rest on it."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from consent.models import View
from records.models import Concern, Person, Statement
from sharing.models.action import Action
from sharing.models.ask import Enquiry
from sharing.models.exchange import Exchange, paired
from sharing.models.item import Item

OF_STATEMENTS = ["STATEMENT_AMENDED", "STATEMENT_STRUCK"]
STATEMENT = Q(kind__in=OF_STATEMENTS, statement__isnull=False, person__isnull=True, view__isnull=True)
PERSON = ~Q(kind__in=OF_STATEMENTS) & Q(statement__isnull=True, person__isnull=False)
SAID = ["CONSENT_WITHDRAWN", "CONDITION_ADDED"]

# What somebody was told passes to a successor as a new exchange, which takes the place of the one before.
FOLLOWS = """
    IF (NEW.about_id IS DISTINCT FROM OLD.about_id AND NOT EXISTS (
            SELECT 1 FROM sharing_exchange e WHERE e.id = OLD.about_id AND e.superseded_by_id = NEW.about_id))
       OR (NEW.exchange_id IS DISTINCT FROM OLD.exchange_id AND NOT EXISTS (
            SELECT 1 FROM sharing_exchange e
            WHERE e.id = OLD.exchange_id AND e.superseded_by_id = NEW.exchange_id))
    THEN RAISE EXCEPTION 'who was told of a correction never changes, but by a hand-over'; END IF;
    RETURN NEW;
"""


class Correction(models.Model):
    """Something that others were given has changed. It is written once, with what was changed.

    For a statement, `statement` is the new version, or the one that was struck through. For a person,
    `now` is the sentence that goes to everyone who was told about them, and `must_do` what is asked of
    them; a protected detail itself is never part of either. `why` goes to them too.
    """

    class Kind(models.TextChoices):
        STATEMENT_AMENDED = "STATEMENT_AMENDED", "A statement was corrected"
        STATEMENT_STRUCK = "STATEMENT_STRUCK", "A statement was struck through"
        CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN", "Agreement to sharing was taken back"
        CONDITION_ADDED = "CONDITION_ADDED", "A condition was added"
        PROTECTED_ADDED = "PROTECTED_ADDED", "A detail is now protected"

    append_only = True

    reference = models.CharField(max_length=20, unique=True)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    view = models.OneToOneField(
        View, on_delete=models.PROTECT, null=True, blank=True, related_name="correction"
    )
    was = models.TextField(blank=True)
    now = models.TextField()
    must_do = models.TextField()
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=STATEMENT | PERSON, name="a_correction_is_of_a_statement_or_about_a_person"
            ),
            models.UniqueConstraint(
                fields=["statement", "kind"], name="a_version_is_corrected_and_struck_through_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SAID, view__isnull=False) | (~Q(kind__in=SAID) & Q(view__isnull=True)),
                name="what_somebody_said_is_named_in_a_correction",
            ),
            models.CheckConstraint(
                condition=~Q(why="") & ~Q(now="") & ~Q(must_do=""), name="a_correction_says_what_and_why"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="correction_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("correction_is_sealed", concern="concern__reference"),
            pgtrigger.Trigger(
                name="a_correction_is_of_its_own_concern",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__statement__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM records_statement s
                        WHERE s.id = NEW.statement_id AND s.concern_id = NEW.concern_id
                          AND (CASE NEW.kind WHEN 'STATEMENT_STRUCK'
                               THEN EXISTS (SELECT 1 FROM records_strike k WHERE k.statement_id = s.id)
                               ELSE s.replaces_id IS NOT NULL END)) THEN
                        RAISE EXCEPTION 'a correction is of an amended statement of its own concern';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CorrectionTo(models.Model):
    """Somebody who had been given what has changed: by which exchange or question, and how they are told.

    They are told by `exchange`. Where that cannot be, or no notice of it can reach them, `by_hand_why`
    says why, and somebody has to tell them by hand and write down how.
    """

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="recipients")
    about = models.ForeignKey(
        Exchange, on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_in"
    )
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exchange = models.ForeignKey(
        Exchange, on_delete=models.PROTECT, null=True, blank=True, related_name="carries"
    )
    by_hand_why = models.TextField(blank=True)
    by_hand_at = models.DateTimeField(null=True, blank=True)
    by_hand_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_hand_how = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["correction", "about"], name="an_exchange_is_corrected_once"),
            models.UniqueConstraint(fields=["correction", "enquiry"], name="a_question_is_corrected_once"),
            models.CheckConstraint(
                condition=Q(about__isnull=False, enquiry__isnull=True)
                | Q(about__isnull=True, enquiry__isnull=False),
                name="given_by_an_exchange_or_a_question",
            ),
            models.CheckConstraint(
                condition=Q(exchange__isnull=False) | ~Q(by_hand_why=""), name="told_by_exchange_or_by_hand"
            ),
            paired("by_hand_at", "by_hand_by", "told_by_hand_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(by_hand_at__isnull=True, by_hand_how="")
                | (Q(by_hand_at__isnull=False) & ~Q(by_hand_how="") & ~Q(by_hand_why="")),
                name="told_by_hand_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["correction"],
                condition=~Q(by_hand_why="") & Q(by_hand_at__isnull=True),
                name="correction_to_tell_by_hand",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="correction_to_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="correction_to_is_frozen",
                operation=pgtrigger.UpdateOf("correction_id", "enquiry_id", "by_hand_why"),
            ),
            pgtrigger.Trigger(
                name="correction_to_follows_what_is_sent_afresh",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("about_id", "exchange_id"),
                func=FOLLOWS,
            ),
            pgtrigger.Protect(
                name="told_by_hand_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__by_hand_at__isnull=False),
            ),
            leaves.sealed(
                "correction_to_is_sealed",
                leaves.added("correction", "enquiry", "by_hand_why"),
                leaves.once("by_hand_at", "by_hand_by", "by_hand_how"),
                concern="correction__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id} to {self.about_id or self.enquiry_id}"

    @property
    def waits_by_hand(self) -> bool:
        """Say whether somebody has still to tell them by hand."""
        return bool(self.by_hand_why) and self.by_hand_at is None


class ActionFlag(models.Model):
    """An open action rests on something that was corrected, until somebody looks at it again."""

    class Answer(models.TextChoices):
        OPEN = "", "Not looked at again yet"
        STILL_RIGHT = "STILL_RIGHT", "Still right"
        CHANGED = "CHANGED", "Taken back"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="flags")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="flags")
    flagged_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=Answer.choices, blank=True, default=Answer.OPEN)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "correction"], name="an_action_is_flagged_once"),
            models.CheckConstraint(
                condition=Q(answer="", words="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & ~Q(words="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="flag_answered_when_by_whom_and_why",
            ),
        ]
        indexes = [models.Index(fields=["action"], condition=Q(answer=""), name="action_to_look_at_again")]
        triggers = [
            pgtrigger.Protect(name="flag_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="flag_is_frozen",
                operation=pgtrigger.UpdateOf("action_id", "correction_id", "flagged_at"),
            ),
            pgtrigger.Protect(
                name="flag_is_answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__answer=""),
            ),
            leaves.sealed(
                "flag_is_sealed",
                leaves.added("action", "correction", "flagged_at"),
                leaves.once("answered_at", "answered_by", "answer", "words"),
                concern="correction__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.correction_id}"


class ProposedCorrection(models.Model):
    """What somebody says is wrong in something they were told. Its speaker corrects it, or says why not."""

    class Answer(models.TextChoices):
        OPEN = "", "Not answered yet"
        CORRECTED = "CORRECTED", "Corrected"
        KEPT = "KEPT", "Not corrected"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="proposed_corrections")
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="proposed_corrections")
    words = models.TextField()
    how_known = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answer_words = models.TextField(blank=True)
    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, blank=True, related_name="proposed"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(answer=""), name="one_open_proposal_about_an_item"
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(how_known=""), name="a_proposal_says_what_and_how"
            ),
            paired("answered_at", "answered_by", "proposal_answered_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answer_words="", correction__isnull=True)
                | Q(answer="CORRECTED", answered_at__isnull=False, correction__isnull=False)
                | (
                    Q(answer="KEPT", answered_at__isnull=False, correction__isnull=True) & ~Q(answer_words="")
                ),
                name="proposal_corrected_or_kept_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="proposal_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="proposal_is_frozen",
                operation=pgtrigger.UpdateOf("item_id", "exchange_id", "words", "how_known", "by_id", "at"),
            ),
            pgtrigger.Protect(
                name="proposal_is_answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__answer=""),
            ),
            pgtrigger.Trigger(
                name="proposed_about_what_was_told",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_item i
                                   JOIN sharing_exchange e ON e.id = i.exchange_id
                                   WHERE i.id = NEW.item_id AND e.id = NEW.exchange_id
                                     AND e.received_at IS NOT NULL AND e.withdrawn_at IS NULL
                                     AND e.not_mine_at IS NULL) THEN
                        RAISE EXCEPTION 'a correction is proposed to something that was received';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "proposal_is_sealed",
                leaves.added("item", "exchange", "words", "how_known", "by", "at"),
                leaves.once("answered_at", "answered_by", "answer", "answer_words", "correction"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} item {self.item_id}"
