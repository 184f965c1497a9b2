"""The check-back of one exchange: each restatement, and what the speaker says of every key item in it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Membership
from audit import leaves
from sharing.models.exchange import Exchange
from sharing.models.item import Item

# Words that were typed for somebody after a call come to something only by their own answer, in writing.
CONFIRMED_IN_WRITING = """
    IF NOT EXISTS (SELECT 1 FROM sharing_spokencall c JOIN sharing_spokenanswer a ON a.call_id = c.id
                   WHERE c.round_id = NEW.id AND (a.answer = 'SAID') = (NEW.outcome <> 'NOT_SAID')) THEN
        RAISE EXCEPTION 'typed words settle nothing before whoever said them has confirmed them';
    END IF;
    RETURN NEW;
"""


class Round(models.Model):
    """One restatement, in the listener's own words, and what the speaker said to it.

    After a telephone call the words are `typed_by` the speaker's side. They are provisional (SPOKEN), and
    settle nothing, until whoever said them has confirmed in writing that they did (spoken.py).
    """

    class Outcome(models.TextChoices):
        OPEN = "", "Waiting to be checked"
        SPOKEN = "SPOKEN", "Not yet confirmed in writing"
        NOT_SAID = "NOT_SAID", "Not what they said"
        CONFIRMED = "CONFIRMED", "Understood as meant"
        CORRECTED = "CORRECTED", "To be said again"

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    what_happened = models.TextField()
    what_worries_me = models.TextField()
    what_i_will_do = models.TextField()
    restated_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="restatements")
    restated_at = models.DateTimeField()
    similarity = models.PositiveSmallIntegerField()
    typed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="typed_restatements"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    note = models.TextField(blank=True)
    checked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="checks"
    )
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="rounds_are_numbered"),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(outcome__in=["", "SPOKEN"]), name="one_open_round"
            ),
            models.UniqueConstraint(
                fields=["exchange"], condition=Q(outcome="CONFIRMED"), name="understood_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(outcome__in=["", "SPOKEN", "NOT_SAID"])
                    & Q(checked_by__isnull=True, checked_at__isnull=True)
                )
                | (
                    Q(outcome__in=["CONFIRMED", "CORRECTED"])
                    & Q(checked_by__isnull=False, checked_at__isnull=False)
                ),
                name="round_checked_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(Q(typed_by__isnull=True) & ~Q(outcome__in=["SPOKEN", "NOT_SAID"]))
                | (Q(typed_by__isnull=False) & ~Q(outcome="")),
                name="typed_words_are_provisional_first",
            ),
            models.CheckConstraint(
                condition=Q(typed_by__isnull=True) | ~Q(typed_by=F("restated_by")),
                name="nobody_types_their_own_words_for_themselves",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("restated_by")),
                name="nobody_confirms_their_own_restatement",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="CORRECTED") | ~Q(note=""), name="correction_says_what_to_correct"
            ),
            models.CheckConstraint(condition=Q(similarity__lte=100), name="similarity_is_a_percentage"),
        ]
        indexes = [models.Index(fields=["exchange"], condition=Q(outcome=""), name="round_to_check")]
        triggers = [
            pgtrigger.Protect(
                name="restatement_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "exchange_id",
                    "number",
                    "what_happened",
                    "what_worries_me",
                    "what_i_will_do",
                    "restated_by_id",
                    "restated_at",
                    "similarity",
                    "typed_by_id",
                ),
            ),
            pgtrigger.Protect(
                name="checked_round_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome="") & ~pgtrigger.Q(old__outcome="SPOKEN"),
            ),
            pgtrigger.Trigger(
                name="typed_words_wait_for_whoever_said_them",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__typed_by__isnull=False) & ~pgtrigger.Q(new__outcome="SPOKEN"),
                func=CONFIRMED_IN_WRITING,
            ),
            pgtrigger.Protect(name="round_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="one_person_is_not_both_sides",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("restated", "uuid"), ("checked", "uuid"), ("speaks", "uuid"), ("listens", "uuid")],
                func="""
                    SELECT m.user_id INTO restated FROM agencies_membership m WHERE m.id = NEW.restated_by_id;
                    SELECT m.user_id INTO checked FROM agencies_membership m WHERE m.id = NEW.checked_by_id;
                    SELECT s.user_id, l.user_id INTO speaks, listens FROM sharing_exchange e
                        JOIN agencies_membership s ON s.id = e.speaker_id
                        JOIN agencies_membership l ON l.id = e.listener_id
                        WHERE e.id = NEW.exchange_id;
                    IF checked = restated OR checked = listens OR restated = speaks THEN
                        RAISE EXCEPTION 'nobody confirms their own restatement, in whichever role';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="restated_only_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM sharing_exchange e
                        WHERE e.id = NEW.exchange_id AND e.received_at IS NOT NULL
                          AND e.understood_at IS NULL AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'only what was received and is open is said back';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "round_is_sealed",
                leaves.added(
                    "exchange",
                    "number",
                    "what_happened",
                    "what_worries_me",
                    "what_i_will_do",
                    "restated_by",
                    "restated_at",
                    "similarity",
                    "typed_by",
                ),
                leaves.once("checked_at", "checked_by", "outcome", "note"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} round {self.number}"


class Verdict(models.Model):
    """What the speaker says of one key item in one restatement."""

    class Answer(models.TextChoices):
        UNDERSTOOD = "UNDERSTOOD", "Understood"
        WRONG = "WRONG", "Not as I meant it"
        MISSING = "MISSING", "Missing"

    append_only = True

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="verdicts")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["item__number"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_verdict_an_item")]
        triggers = [
            pgtrigger.Protect(name="verdict_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("verdict_is_sealed", concern="round__exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.item_id} {self.answer}"
