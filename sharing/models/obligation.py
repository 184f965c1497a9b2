"""What waits for one person, by when, and the reminders that chase it. The rows are the truth."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When

from agencies.models import Agency, Membership
from audit import leaves
from records.models import Concern

OPEN = Q(settled_at__isnull=True)
# Where both sides are one agency, it stands in that agency's list once: as its own.
OF_TWO_AGENCIES = ~Q(other_agency=F("owner_agency"))


class Obligation(models.Model):
    """One thing that waits for one person, from when it arose until it is settled.

    `key` says what it comes from ("exchange:12"): one thing waits for one person at a time. The row is
    written in the transaction of the change that causes it, by `operations.obligations`, from what
    `waiting` reads in the record; the reconciler writes what a fault left out. `version` counts the
    times that the owner or the time limit changed: a notice of an older version is not sent.
    """

    class Kind(models.TextChoices):
        OPEN = "OPEN", "Open it and confirm receipt"
        RECEIVE = "RECEIVE", "Confirm receipt"
        SAY_BACK = "SAY_BACK", "Say back what you understood"
        SAY_AGAIN = "SAY_AGAIN", "Say it again: something was missing or different"
        CHECK = "CHECK", "Check what was said back to you"
        SUMMARY = "SUMMARY", "Read the summary: is it what you recorded?"
        ANSWER = "ANSWER", "Answer a question"
        ADVISE = "ADVISE", "Give the advice you were asked for"
        TAKE_ON = "TAKE_ON", "Take on or decline an action"
        DO = "DO", "Do an action, and say what happened"
        CHECK_ACTION = "CHECK_ACTION", "Check that an action was done"
        STEP_ASK = "STEP_ASK", "Ask who else works with them, and test your assumptions"
        STEP_DECISION = "STEP_DECISION", "Record the sharing decision for each person concerned"
        INFORM = "INFORM", "Decide again whether it is safe to tell them what was shared"
        AGREE = "AGREE", "Say whether you agree: understanding is not agreeing"
        POSITION = "POSITION", "Give your side of a disagreement"
        LADDER = "LADDER", "Settle a disagreement"
        CONFIRM_SPOKEN = "CONFIRM_SPOKEN", "Confirm in writing what you said on the telephone"
        DECIDE = "DECIDE", "Send the decision on what was shared"
        TELL_BY_HAND = "TELL_BY_HAND", "Tell somebody of a correction by hand: no notice can reach them"
        CORRECT = "CORRECT", "Correct something that somebody says is wrong, or say why not"
        STILL_RIGHT = "STILL_RIGHT", "Look again at an action: what it rests on was corrected"
        ATTEND = "ATTEND", "Say whether you will come to a meeting"
        MINUTES = "MINUTES", "Send the minutes of a meeting"
        TRANSFER = "TRANSFER", "Say whether your area takes on responsibility"
        CONFERENCE = "CONFERENCE", "Hold the conference after a hand-over, and write down when it was"
        BREACH = "BREACH", "Decide what is done about a personal data breach"
        BREAK_GLASS = "BREAK_GLASS", "Look at why a closed record was opened, and say whether it was right"
        LINK = "LINK", "Send a new link, or reach them another way"
        ACCESS = "ACCESS", "Answer a subject access request"
        ACCESS_WAITS = "ACCESS_WAITS", "Ask again, or close it: a subject access request waits for an answer"
        ACCESS_CHECK = "ACCESS_CHECK", "Check what is held back from a subject access request"
        INCIDENT = "INCIDENT", "It reached the wrong person: say what was done, and tell the right one"

    class Section(models.IntegerChoices):
        """In which part of the leads' list it stands. A column that the database works out by itself."""

        OTHER = 0, "Everything else"
        UNANSWERED = 1, "Not answered"
        DISAGREED = 2, "Disagreed"
        ESCALATED = 3, "Escalated"
        MISDIRECTED = 4, "Reached the wrong person"

    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    reference = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    # None where it belongs to no concern, such as a subject access request: then it is its owner's agency's.
    concern = models.ForeignKey(
        Concern, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations"
    )
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="obligations")
    # Neither agency has an index alone: with old statistics PostgreSQL takes it for the list of a lead.
    owner_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations_watched"
    )
    other_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    what = models.CharField(max_length=60, blank=True)
    stage = models.PositiveSmallIntegerField(default=0)
    is_urgent = models.BooleanField(default=False)
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    due_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    unreachable_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    section = models.GeneratedField(
        expression=Case(
            When(kind="INCIDENT", then=Value(4)),
            When(kind__in=["POSITION", "LADDER"], stage__gte=2, then=Value(3)),
            When(kind__in=["POSITION", "LADDER"], then=Value(2)),
            When(kind__in=["OPEN", "RECEIVE", "ANSWER", "ADVISE"], then=Value(1)),
            default=Value(0),
        ),
        output_field=models.PositiveSmallIntegerField(choices=Section.choices),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=OPEN, name="one_open_obligation_of_a_thing"),
            models.CheckConstraint(
                condition=Q(other__isnull=True, other_agency__isnull=True)
                | Q(other__isnull=False, other_agency__isnull=False),
                name="the_other_side_has_an_agency",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at", "id"], condition=OPEN, name="obligation_mine"),
            models.Index(fields=["other", "due_at", "id"], condition=OPEN, name="obligation_theirs"),
            # The leads' list walks these: one end of an index for each side and section.
            models.Index(
                fields=["owner_agency", "section", "due_at", "id"],
                condition=OPEN,
                name="obligation_of_agency",
            ),
            models.Index(
                fields=["owner_agency", "section", "since", "id"],
                condition=OPEN,
                name="obligation_of_agency_new",
            ),
            models.Index(
                fields=["other_agency", "section", "due_at", "id"],
                condition=OPEN & OF_TWO_AGENCIES,
                name="obligation_to_agency",
            ),
            models.Index(
                fields=["other_agency", "section", "since", "id"],
                condition=OPEN & OF_TWO_AGENCIES,
                name="obligation_to_agency_new",
            ),
            models.Index(
                fields=["owner_agency", "due_at", "id"],
                condition=OPEN & Q(unreachable_at__isnull=False),
                name="obligation_untold",
            ),
            models.Index(
                fields=["other_agency", "due_at", "id"],
                condition=OPEN & Q(unreachable_at__isnull=False),
                name="obligation_untold_theirs",
            ),
            models.Index(fields=["concern"], condition=OPEN, name="obligation_of_concern"),
            models.Index(fields=["reference"], name="obligation_by_reference"),
        ]
        triggers = [
            pgtrigger.Protect(name="obligation_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="settled_obligation_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Reminder(models.Model):
    """One chase of one obligation: before its limit, at it, then to one lead and to the other.

    Raised when it has been turned into notices, dropped when what it was about was done, moved or
    taken back first, set aside when it could not be raised, which is reported and stops nobody.
    """

    class Step(models.TextChoices):
        BEFORE = "BEFORE", "Before the time limit"
        AT = "AT", "At the time limit"
        LEAD = "LEAD", "Late: to their lead"
        OTHER_LEAD = "OTHER_LEAD", "Late: to the lead of the other side"

    class Priority(models.IntegerChoices):
        URGENT = 0, "Urgent"
        ESCALATION = 1, "Escalation"
        ORDINARY = 5, "Ordinary"

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=10, choices=Step.choices)
    version = models.PositiveIntegerField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ORDINARY)
    send_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    raised_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "step", "version"], name="a_step_is_reminded_of_once"
            ),
            models.CheckConstraint(
                condition=Q(raised_at__isnull=True, dropped_at__isnull=True)
                | Q(raised_at__isnull=True, set_aside_at__isnull=True)
                | Q(dropped_at__isnull=True, set_aside_at__isnull=True),
                name="reminder_has_one_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "send_at"],
                condition=Q(raised_at__isnull=True, dropped_at__isnull=True, set_aside_at__isnull=True),
                name="reminder_due",
            )
        ]
        triggers = [pgtrigger.Protect(name="reminder_is_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.step}"

    @property
    def state(self) -> str:
        """Say where it is: waiting, raised, dropped or set aside."""
        ends = (("raised", self.raised_at), ("dropped", self.dropped_at), ("set aside", self.set_aside_at))
        return next((name for name, at in ends if at), "waiting")


class Chase(models.Model):
    """A lead chased somebody, besides the reminders that go by themselves. Added to, never changed."""

    append_only = True

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="chases")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["obligation", "-at"], name="chase_of_obligation")]
        triggers = [
            pgtrigger.Protect(name="chase_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("chase_is_sealed", concern="obligation__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} chased {self.at:%Y-%m-%d %H:%M}"
