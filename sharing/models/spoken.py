"""The telephone call after which somebody typed what the other said, and the answer of whoever said it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import ContactPoint, Membership
from audit import leaves
from sharing.models.exchange import Exchange
from sharing.models.round import Round

FITS_ITS_ROUND = """
    IF NOT EXISTS (SELECT 1 FROM sharing_round r
                   WHERE r.id = NEW.round_id AND r.exchange_id = NEW.exchange_id
                     AND r.typed_by_id = NEW.typed_by_id AND r.restated_by_id = NEW.spoken_with_id
                     AND r.outcome = 'SPOKEN') THEN
        RAISE EXCEPTION 'a call is about the words that were typed after it';
    END IF;
    RETURN NEW;
"""
# Whoever typed the words never says for the other that they were theirs, in whichever role; and nobody but
# the one who said them says yes.
BY_WHOEVER_SAID_IT = """
    IF NOT EXISTS (SELECT 1 FROM sharing_spokencall c
                   JOIN agencies_membership typed ON typed.id = c.typed_by_id
                   JOIN agencies_membership says ON says.id = NEW.by_id
                   WHERE c.id = NEW.call_id AND typed.id <> says.id
                     AND (says.user_id IS NULL OR typed.user_id IS DISTINCT FROM says.user_id)
                     AND (NEW.answer <> 'SAID' OR c.spoken_with_id = NEW.by_id)) THEN
        RAISE EXCEPTION 'only whoever said it confirms what was typed for them';
    END IF;
    RETURN NEW;
"""


class SpokenCall(models.Model):
    """One call: who was spoken to, on which number, when, for how long, and what was said.

    The round holds what the other said back, typed by whoever writes the call down. `outcome` and `note`
    are what the speaker said to it on the telephone, and count once the words are confirmed in writing.
    """

    append_only = True

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="calls")
    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="call")
    spoken_with = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60)
    # The checked number of the directory, or else how the number was checked.
    point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    how_checked = models.TextField(blank=True)
    called_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    what_was_said = models.TextField()
    outcome = models.CharField(max_length=10, choices=Round.Outcome.choices)
    note = models.TextField(blank=True)
    typed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(called_at__lte=F("typed_at")), name="called_before_typed"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="call_took_minutes"),
            models.CheckConstraint(
                condition=~Q(number="") & (Q(point__isnull=False) | ~Q(how_checked="")),
                name="called_back_on_a_checked_number",
            ),
            models.CheckConstraint(condition=~Q(what_was_said=""), name="call_says_what_was_said"),
            models.CheckConstraint(
                condition=Q(outcome="CONFIRMED") | (Q(outcome="CORRECTED") & ~Q(note="")),
                name="call_says_how_it_was_heard",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="call_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("call_is_sealed", concern="exchange__cycle__concern__reference"),
            pgtrigger.Trigger(
                name="call_fits_its_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=FITS_ITS_ROUND,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} call of {self.called_at}"


class SpokenAnswer(models.Model):
    """What whoever was spoken to says, in writing, of the words that were typed for them."""

    class Answer(models.TextChoices):
        SAID = "SAID", "Yes, that is what I said"
        DIFFERENT = "DIFFERENT", "No, I said it differently"

    append_only = True

    call = models.OneToOneField(SpokenCall, on_delete=models.PROTECT, related_name="answer")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=["SAID", "DIFFERENT"]), name="spoken_answer_is_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="spoken_answer_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("spoken_answer_is_sealed", concern="call__exchange__cycle__concern__reference"),
            pgtrigger.Trigger(
                name="answered_by_whoever_said_it",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=BY_WHOEVER_SAID_IT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.answer}"
