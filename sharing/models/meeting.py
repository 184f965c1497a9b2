"""Meetings and panels: who was asked and who came, what each brought for whom, one set of decisions, minutes.

Nobody reads a meeting as a whole but the agency whose concern it is. Each member brings and receives only
what is for them; what they receive is an exchange of their own, with a check-back of its own.
"""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from records.models import Statement
from sharing.models.action import Action
from sharing.models.cycle import Cycle, passes_only_by_hand_over
from sharing.models.exchange import Exchange, paired
from sharing.querysets import MeetingQuerySet


def said_why(act: str, name: str) -> models.CheckConstraint:
    """What was done has a moment, a person and a reason, or none of the three."""
    return models.CheckConstraint(
        condition=Q(**{f"{act}_at__isnull": True, f"{act}_by__isnull": True, f"{act}_why": ""})
        | (Q(**{f"{act}_at__isnull": False, f"{act}_by__isnull": False}) & ~Q(**{f"{act}_why": ""})),
        name=name,
    )


def frozen(name: str, *but: str) -> pgtrigger.Trigger:
    """Refuse to change a row but for some columns."""
    return pgtrigger.ReadOnly(name=name, exclude=list(but))


def never_deleted(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


def append_only(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


TAKEN_BACK = ("taken_back_at", "taken_back_by", "taken_back_why")


class Meeting(models.Model):
    """A meeting about one concern, chaired by somebody of the agency whose concern it is.

    Where it stands is read from the timestamps: called, held, minuted, called off. Going on without a
    quorum is the chair's own decision, with a reason, and stays with the meeting.
    """

    class Kind(models.TextChoices):
        STRATEGY = "STRATEGY", "Strategy discussion"
        CONFERENCE = "CONFERENCE", "Conference"
        CORE_GROUP = "CORE_GROUP", "Core group"
        PANEL = "PANEL", "Panel"

    reference = models.CharField(max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.TextField()
    chair = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="meetings_chaired")
    called_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    meets_at = models.DateTimeField()
    where_or_how = models.CharField(max_length=300)
    quorum_agencies = models.PositiveSmallIntegerField(default=0)
    quorum_source = models.CharField(max_length=300, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    went_on_at = models.DateTimeField(null=True, blank=True)
    went_on_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    went_on_why = models.TextField(blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    called_off_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            paired("held_at", "held_by", "meeting_held_when_and_by_whom"),
            said_why("went_on", "meeting_went_on_when_by_whom_and_why"),
            said_why("called_off", "meeting_called_off_when_by_whom_and_why"),
            models.CheckConstraint(
                condition=Q(called_off_at__isnull=True) | Q(held_at__isnull=True),
                name="meeting_called_off_was_not_held",
            ),
            models.CheckConstraint(
                condition=Q(quorum_agencies=0) | ~Q(quorum_source=""), name="quorum_says_where_it_is_from"
            ),
        ]
        triggers = [
            never_deleted("meeting_is_never_deleted"),
            frozen(
                "meeting_is_frozen",
                "chair", "meets_at", "where_or_how", "held_at", "held_by", "went_on_at", "went_on_by",
                "went_on_why", "called_off_at", "called_off_by", "called_off_why", "version",
            ),
            pgtrigger.Trigger(
                name="a_chair_passes_only_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("chair_id"),
                func=passes_only_by_hand_over("chair_id"),
            ),
            leaves.sealed(
                "meeting_is_sealed",
                leaves.added(
                    "reference", "cycle", "kind", "purpose", "called_by", "called_at",
                    "quorum_agencies", "quorum_source",
                ),
                concern="cycle__concern__reference",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class MeetingMember(models.Model):
    """Somebody who is asked to a meeting, with or without an account, and whether they came.

    `is_needed`: no quorum without their agency. `words` are theirs, on whether they come.
    """

    class Attendance(models.TextChoices):
        ASKED = "ASKED", "Has not answered"
        COMING = "COMING", "Will come"
        APOLOGIES = "APOLOGIES", "Sent apologies"
        PRESENT = "PRESENT", "Was there"
        ABSENT = "ABSENT", "Did not come and sent no apologies"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="members")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="meetings")
    why_you = models.TextField(blank=True)
    is_needed = models.BooleanField(default=False)
    instead_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stood_in_by"
    )
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    attendance = models.CharField(max_length=9, choices=Attendance.choices, default=Attendance.ASKED)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_why = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(taken_back_at__isnull=True),
                name="a_member_is_asked_once",
            ),
            paired("answered_at", "answered_by", "member_answered_when_and_by_whom"),
            said_why("taken_back", "member_taken_off_when_by_whom_and_why"),
        ]
        indexes = [models.Index(fields=["member", "meeting"], name="meetings_of_a_member")]
        triggers = [
            never_deleted("member_of_a_meeting_is_never_deleted"),
            frozen(
                "member_of_a_meeting_is_frozen",
                "member", "attendance", "words", "answered_at", "answered_by", *TAKEN_BACK,
            ),
            pgtrigger.Trigger(
                name="a_place_passes_only_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("member_id"),
                func="""
                    IF NEW.member_id IS DISTINCT FROM OLD.member_id AND NOT EXISTS (
                        SELECT 1 FROM sharing_handover h
                        JOIN sharing_cycle c ON c.concern_id = h.concern_id
                        JOIN sharing_meeting t ON t.cycle_id = c.id
                        WHERE t.id = NEW.meeting_id AND h.leaver_id = OLD.member_id
                          AND h.successor_id = NEW.member_id AND h.taken_over_at IS NOT NULL
                    ) THEN RAISE EXCEPTION 'a place in a meeting passes on only by a hand-over'; END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "meeting_member_is_sealed",
                leaves.added("meeting", "why_you", "is_needed", "instead_of", "asked_by", "asked_at"),
                concern="meeting__cycle__concern__reference",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.meeting_id} member {self.pk}"


class Contribution(models.Model):
    """What one member brings: their own words, or a statement of the concern, for those named and no others.

    The chair reads it, because the chair sends it on. For nobody named, it is for the chair alone.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="contributions")
    number = models.PositiveSmallIntegerField()
    brought_by = models.ForeignKey(MeetingMember, on_delete=models.PROTECT, related_name="brought")
    kind = models.CharField(max_length=12, choices=Statement.Kind.choices)
    text = models.TextField()
    source = models.CharField(max_length=300, blank=True)
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    for_whom = models.ManyToManyField(
        MeetingMember, through="ContributionFor", related_name="brought_for_them"
    )
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_why = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="contributions_are_numbered"),
            said_why("taken_back", "contribution_taken_back_when_by_whom_and_why"),
        ]
        triggers = [
            never_deleted("contribution_is_never_deleted"),
            frozen("contribution_is_frozen", *TAKEN_BACK),
            leaves.sealed(
                "contribution_is_sealed",
                leaves.added(but=TAKEN_BACK),
                concern="meeting__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} contribution {self.number}"


class ContributionFor(models.Model):
    """One member whom a contribution is for."""

    append_only = True

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="for_each")
    member = models.ForeignKey(MeetingMember, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "member"], name="brought_for_somebody_once")
        ]
        triggers = [
            append_only("brought_for_append_only"),
            leaves.sealed(
                "brought_for_is_sealed", concern="contribution__meeting__cycle__concern__reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} for {self.member_id}"


class MeetingDecision(models.Model):
    """One of the one set of decisions. It stays as written; later minutes may leave it out."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    what = models.TextField()
    why = models.TextField()
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_why = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="decisions_are_numbered"),
            said_why("taken_back", "decision_taken_back_when_by_whom_and_why"),
        ]
        triggers = [
            never_deleted("decision_of_a_meeting_is_never_deleted"),
            frozen("decision_of_a_meeting_is_frozen", *TAKEN_BACK),
            leaves.sealed(
                "meeting_decision_is_sealed",
                leaves.added(but=TAKEN_BACK),
                concern="meeting__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} decision {self.number}"


class MeetingAction(models.Model):
    """What one member does by when. `action` is the row that is proposed to them when the minutes go out.

    What the chair does is checked by another member, `checked_by`: nobody checks their own work.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(
        MeetingMember, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    checked_by = models.ForeignKey(
        MeetingMember, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_checked"
    )
    what = models.TextField()
    by_when = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    due_why = models.TextField(blank=True)
    contingency = models.TextField()
    action = models.OneToOneField(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="of_meeting"
    )
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_why = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="actions_of_a_meeting_are_numbered"),
            said_why("taken_back", "meeting_action_taken_back_when_by_whom_and_why"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, checked_by__isnull=True)
                | Q(owner__isnull=True, checked_by__isnull=False),
                name="a_member_does_it_or_checks_the_chair",
            ),
        ]
        triggers = [
            never_deleted("action_of_a_meeting_is_never_deleted"),
            frozen("action_of_a_meeting_is_frozen", "action", *TAKEN_BACK),
            leaves.sealed(
                "meeting_action_is_sealed",
                leaves.added(but=("action", *TAKEN_BACK)),
                concern="meeting__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} action {self.number}"

    @property
    def rests_with_id(self) -> int | None:
        """The member in whose part it stands: who does it or, where the chair does, who checks it."""
        return self.owner_id or self.checked_by_id


class Minutes(models.Model):
    """One version of the minutes. The first goes out after the meeting; a later one is an amendment.

    `body` is what everybody's part is taken from, as it stood: who came, the quorum, decisions, actions.
    """

    append_only = True

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField()
    main_risk = models.TextField()
    body = models.JSONField()
    what_changed = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        verbose_name_plural = "minutes"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_are_numbered"),
            models.CheckConstraint(condition=~Q(main_risk=""), name="minutes_name_the_main_risk"),
            models.CheckConstraint(
                condition=Q(number=1, what_changed="") | (Q(number__gt=1) & ~Q(what_changed="")),
                name="amended_minutes_say_what_changed",
            ),
        ]
        triggers = [
            append_only("minutes_append_only"),
            leaves.sealed("minutes_is_sealed", concern="meeting__cycle__concern__reference"),
            pgtrigger.Trigger(
                name="minutes_only_of_what_was_held",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_meeting t
                                   WHERE t.id = NEW.meeting_id AND t.held_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'there are minutes only of a meeting that was held';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} minutes {self.number}"


class MinutesCopy(models.Model):
    """One member's part of one version of the minutes: the exchange that they say back.

    A second one of the same member and version is that of their successor, to whom it was said afresh.
    """

    append_only = True

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="copies")
    member = models.ForeignKey(MeetingMember, on_delete=models.PROTECT, related_name="copies")
    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="minutes_copy")

    class Meta:
        verbose_name_plural = "minutes copies"
        ordering = ["id"]
        triggers = [
            append_only("minutes_copy_append_only"),
            leaves.sealed("minutes_copy_is_sealed", concern="exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} copy {self.pk}"
