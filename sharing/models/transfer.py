"""Hand-over to another area: responsibility moves with a family once the other area accepts in writing."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership
from audit import leaves
from records.models import Concern, Person
from sharing.models.cycle import Cycle
from sharing.models.exchange import Exchange, paired
from sharing.querysets import TransferQuerySet

WAITS = Q(accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True)
WRITTEN_DOWN = """
    IF NEW.received_at IS NOT NULL OR NEW.accepted_at IS NOT NULL OR NEW.declined_at IS NOT NULL THEN
        RAISE EXCEPTION 'a hand-over is asked for before it is received or answered';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM sharing_exchange e
        JOIN sharing_cycle c ON c.id = e.cycle_id
        JOIN records_concern k ON k.id = c.concern_id
        JOIN agencies_membership s ON s.id = e.speaker_id
        JOIN agencies_membership l ON l.id = e.listener_id
        WHERE e.id = NEW.exchange_id AND c.concern_id = NEW.concern_id AND k.agency_id = NEW.from_agency_id
          AND s.agency_id = NEW.from_agency_id AND l.agency_id = NEW.to_agency_id
          AND e.kind = 'DISCLOSURE' AND e.sent_at IS NOT NULL AND e.contact_point_id IS NOT NULL
          AND NOT e.for_information AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a hand-over rests on what the other area was sent in writing';
    END IF;
    RETURN NEW;
"""
# What happened never unhappens. What it rests on changes only to the copy that a colleague was sent afresh.
IN_ORDER = """
    IF NEW.exchange_id IS DISTINCT FROM OLD.exchange_id AND NOT EXISTS (
        SELECT 1 FROM sharing_exchange e WHERE e.id = OLD.exchange_id AND e.superseded_by_id = NEW.exchange_id
    ) THEN
        RAISE EXCEPTION 'a hand-over rests on what the other area was sent in writing';
    END IF;
    IF (OLD.received_at IS NOT NULL AND
        ROW(NEW.received_at, NEW.received_by_id, NEW.answer_due_at, NEW.answer_why, NEW.conference_due_at,
            NEW.conference_why)
        IS DISTINCT FROM
        ROW(OLD.received_at, OLD.received_by_id, OLD.answer_due_at, OLD.answer_why, OLD.conference_due_at,
            OLD.conference_why))
       OR (OLD.accepted_at IS NOT NULL AND
        ROW(NEW.accepted_at, NEW.accepted_by_id, NEW.accepted_words, NEW.taken_on_by_id,
            NEW.responsible_from)
        IS DISTINCT FROM
        ROW(OLD.accepted_at, OLD.accepted_by_id, OLD.accepted_words, OLD.taken_on_by_id,
            OLD.responsible_from))
       OR (OLD.conference_noted_at IS NOT NULL AND
        ROW(NEW.conference_on, NEW.conference_noted_at, NEW.conference_noted_by_id)
        IS DISTINCT FROM ROW(OLD.conference_on, OLD.conference_noted_at, OLD.conference_noted_by_id))
       OR OLD.declined_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'what happened to a hand-over never unhappens';
    END IF;
    RETURN NEW;
"""
RECEIVED = """
    IF OLD.received_at IS NOT NULL OR NEW.received_at IS NULL THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT 1 FROM sharing_exchange e WHERE e.id = NEW.exchange_id
                   AND e.received_at IS NOT NULL AND e.received_at <= NEW.received_at) THEN
        RAISE EXCEPTION 'the clock starts on written receipt, and on nothing else';
    END IF;
    IF NEW.received_at < NEW.proposed_at THEN
        RAISE EXCEPTION 'what was not proposed yet is not received';
    END IF;
    RETURN NEW;
"""
ANSWERED = """
    IF NEW.accepted_at IS NOT NULL AND OLD.accepted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM sharing_exchange e WHERE e.id = NEW.exchange_id AND e.understood_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'accepted only when it was said back and confirmed';
    END IF;
    IF EXISTS (
        SELECT 1 FROM agencies_membership m
        WHERE m.id IN (NEW.accepted_by_id, NEW.taken_on_by_id, NEW.declined_by_id, NEW.conference_noted_by_id)
          AND m.agency_id <> NEW.to_agency_id
    ) THEN
        RAISE EXCEPTION 'only the area that receives answers';
    END IF;
    RETURN NEW;
"""
A_SUBJECT = """
    IF NOT EXISTS (SELECT 1 FROM sharing_transfer t JOIN records_subject s ON s.concern_id = t.concern_id
                   WHERE t.id = NEW.transfer_id AND s.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'only people whom the concern is about are handed over';
    END IF;
    RETURN NEW;
"""


class Transfer(models.Model):
    """Responsibility for people on its way to another agency, usually of another area ("hand-over").

    It stays with the origin until the other accepts in writing. The information goes as a disclosure
    (`exchange`) and nothing else carries it; both limits count from `received_at`, the written receipt, never
    from a telephone call. A `Handover` is something else: one colleague's work to another, in one agency.
    """

    reference = models.CharField(max_length=24, unique=True)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="transfers")
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="transfers")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    why = models.TextField()
    # Since when the new address is known. The address itself is in what was sent, or nowhere.
    known_since: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    proposed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answer_why = models.TextField(blank=True)
    conference_due_at = models.DateTimeField(null=True, blank=True)
    conference_why = models.TextField(blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_words = models.TextField(blank=True)
    taken_on_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    responsible_from = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_why = models.TextField(blank=True)
    what_they_want = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.TextField(blank=True)
    conference_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    conference_noted_at = models.DateTimeField(null=True, blank=True)
    conference_noted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["concern"], condition=WAITS, name="one_open_transfer_a_concern"),
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")), name="transfer_to_another_agency"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="transfer_says_why"),
            paired("received_at", "received_by", "transfer_received_when_and_by_whom"),
            paired("accepted_at", "accepted_by", "transfer_accepted_when_and_by_whom"),
            paired("declined_at", "declined_by", "transfer_declined_when_and_by_whom"),
            paired("withdrawn_at", "withdrawn_by", "transfer_withdrawn_when_and_by_whom"),
            paired("conference_noted_at", "conference_noted_by", "conference_noted_when_and_by_whom"),
            paired("conference_noted_at", "conference_on", "conference_noted_says_when_it_was"),
            models.CheckConstraint(
                condition=Q(
                    received_at__isnull=True, answer_due_at__isnull=True, conference_due_at__isnull=True
                )
                | Q(received_at__isnull=False, answer_due_at__isnull=False, conference_due_at__isnull=False),
                name="transfer_limits_start_on_written_receipt",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, taken_on_by__isnull=True, responsible_from__isnull=True)
                | Q(accepted_at__isnull=False, taken_on_by__isnull=False, responsible_from__isnull=False)
                & ~Q(accepted_words=""),
                name="accepted_by_somebody_named_from_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(responsible_from__isnull=True) | Q(responsible_from__gte=F("accepted_at")),
                name="nobody_is_responsible_before_accepting",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True)
                | Q(received_at__isnull=False),
                name="transfer_answered_only_after_written_receipt",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, declined_at__isnull=True)
                | Q(accepted_at__isnull=True, withdrawn_at__isnull=True)
                | Q(declined_at__isnull=True, withdrawn_at__isnull=True),
                name="transfer_has_one_end",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True) | (~Q(declined_why="") & ~Q(what_they_want="")),
                name="declined_transfer_says_why_and_what_instead",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_why=""),
                name="withdrawn_transfer_says_why",
            ),
            models.CheckConstraint(
                condition=Q(conference_noted_at__isnull=True) | Q(accepted_at__isnull=False),
                name="conference_after_acceptance",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="transfer_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="transfer_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "reference", "concern_id", "from_agency_id", "to_agency_id", "why", "known_since",
                    "proposed_at", "proposed_by_id",
                ),
            ),
            pgtrigger.Trigger(
                name="transfer_rests_on_writing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=WRITTEN_DOWN,
            ),
            pgtrigger.Trigger(
                name="transfer_goes_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=IN_ORDER,
            ),
            pgtrigger.Trigger(
                name="transfer_clock_starts_on_written_receipt",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=RECEIVED,
            ),
            pgtrigger.Trigger(
                name="transfer_is_answered_by_who_receives",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=ANSWERED,
            ),
            leaves.sealed(
                "transfer_is_sealed",
                leaves.added(
                    "reference", "concern", "from_agency", "to_agency", "why", "known_since",
                    "proposed_at", "proposed_by",
                ),
                leaves.once(
                    "received_at", "received_by", "answer_due_at", "answer_why", "conference_due_at",
                    "conference_why",
                ),
                leaves.once(
                    "accepted_at", "accepted_by", "accepted_words", "taken_on_by", "responsible_from",
                ),
                leaves.once("declined_at", "declined_by", "declined_why", "what_they_want"),
                leaves.once("withdrawn_at", "withdrawn_by", "withdrawn_why"),
                leaves.once("conference_noted_at", "conference_noted_by", "conference_on"),
                concern="concern__reference",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @property
    def cycle(self) -> Cycle:
        return self.exchange.cycle

    @property
    def speaker(self) -> Membership:
        """Who hands over: the origin's person in what was sent."""
        return self.exchange.speaker

    @property
    def listener(self) -> Membership:
        """Who is asked to take it on."""
        return self.exchange.listener

    @property
    def is_open(self) -> bool:
        """Neither accepted, declined nor taken back: it waits."""
        return not (self.accepted_at or self.declined_at or self.withdrawn_at)


class TransferPerson(models.Model):
    """Somebody who moves, and for whom responsibility moves with the hand-over."""

    append_only = True

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # What they were called when it was asked: the other side reaches no more of them.
    name = models.CharField(max_length=320, db_default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "person"], name="somebody_moves_once_in_a_transfer")
        ]
        triggers = [
            pgtrigger.Protect(
                name="transfer_person_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("transfer_person_is_sealed", concern="transfer__concern__reference"),
            pgtrigger.Trigger(
                name="transfer_person_is_a_subject",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=A_SUBJECT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} person"


class TransferCall(models.Model):
    """A telephone call about a hand-over: with whom, when and what was said. It starts no clock."""

    append_only = True

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="calls")
    called_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    with_whom = models.TextField()
    what_was_said = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["called_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(with_whom="") & ~Q(what_was_said=""), name="transfer_call_says_whom_and_what"
            ),
            models.CheckConstraint(condition=Q(called_at__lte=F("at")), name="transfer_call_has_happened"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="transfer_call_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("transfer_call_is_sealed", concern="transfer__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} call"
