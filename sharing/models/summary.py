"""The Record stage: the summary that writes itself, and what each party says to it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from sharing.models.cycle import Cycle
from sharing.models.exchange import Exchange


class Summary(models.Model):
    """What was shared, understood, decided, disagreed and agreed in one cycle, as its author sent it.

    A correction that the author accepts makes a new version; the old one stays.
    """

    append_only = True

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="summaries")
    version = models.PositiveSmallIntegerField()
    sections = models.JSONField()
    decision = models.TextField()
    what_changed = models.TextField(blank=True)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "summaries"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "version"], name="summaries_are_numbered"),
            models.CheckConstraint(condition=~Q(decision=""), name="summary_has_a_decision"),
        ]
        triggers = [
            pgtrigger.Protect(name="summary_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("summary_is_sealed", concern="cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} summary {self.version}"


class SummaryAnswer(models.Model):
    """One party's answer to a summary: it is what I recorded, or what is different. Or their silence."""

    class Answer(models.TextChoices):
        MATCHES = "MATCHES", "It is what I recorded"
        CORRECTS = "CORRECTS", "Something is different in my record"
        SILENCE = "SILENCE", "No answer by the time limit"

    append_only = True

    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="summary_answer")
    summary = models.ForeignKey(Summary, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=8, choices=Answer.choices)
    correction = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer="CORRECTS") | ~Q(correction=""), name="correction_of_summary_says_what"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="summary_answer_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("summary_answer_is_sealed", concern="exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.answer}"
