"""The Exchange: one thing said by one person to one accountable person, and how far it has come."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import ContactPoint, Membership
from audit import leaves
from records.models import Concern
from sharing.models.ask import Enquiry
from sharing.models.cycle import TO_SOMEBODY_IN_POST, Cycle, Stage
from sharing.querysets import ExchangeQuerySet

# Who speaks and who listens changes only to a successor who said the hand-over back. A listener's part
# passes only where the words were understood already, or have been sent to the successor afresh.
PASSES_ONLY_BY_HAND_OVER = """
    IF NEW.speaker_id IS DISTINCT FROM OLD.speaker_id THEN
        IF NEW.first_speaker_id IS DISTINCT FROM COALESCE(OLD.first_speaker_id, OLD.speaker_id)
           OR NOT EXISTS (SELECT 1 FROM sharing_handover h JOIN sharing_cycle c ON c.concern_id = h.concern_id
                          WHERE c.id = NEW.cycle_id AND h.leaver_id = OLD.speaker_id
                            AND h.successor_id = NEW.speaker_id AND h.taken_over_at IS NOT NULL) THEN
            RAISE EXCEPTION 'a part in what was sent passes on only by a hand-over';
        END IF;
    ELSIF NEW.first_speaker_id IS DISTINCT FROM OLD.first_speaker_id THEN
        RAISE EXCEPTION 'who spoke first never changes';
    END IF;
    IF NEW.listener_id IS DISTINCT FROM OLD.listener_id THEN
        IF NEW.first_listener_id IS DISTINCT FROM COALESCE(OLD.first_listener_id, OLD.listener_id)
           OR NOT EXISTS (SELECT 1 FROM sharing_handover h JOIN sharing_cycle c ON c.concern_id = h.concern_id
                          WHERE c.id = NEW.cycle_id AND h.leaver_id = OLD.listener_id
                            AND h.successor_id = NEW.listener_id AND h.taken_over_at IS NOT NULL) THEN
            RAISE EXCEPTION 'a part in what was sent passes on only by a hand-over';
        END IF;
        IF OLD.understood_at IS NULL AND OLD.superseded_by_id IS NULL THEN
            RAISE EXCEPTION 'what is not understood is said to the successor afresh';
        END IF;
    ELSIF NEW.first_listener_id IS DISTINCT FROM OLD.first_listener_id THEN
        RAISE EXCEPTION 'who listened first never changes';
    END IF;
    RETURN NEW;
"""


def paired(at: str, by: str, name: str) -> models.CheckConstraint:
    """When and by whom are both known or both empty."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
    )


class Exchange(models.Model):
    """One thing said, in frozen words. Its state is read from the timestamps, which are the truth."""

    class Kind(models.TextChoices):
        ANSWER = "ANSWER", "Answer to an enquiry"
        ADVICE = "ADVICE", "Advice"
        DISCLOSURE = "DISCLOSURE", "Disclosure"
        SUMMARY = "SUMMARY", "Summary"
        HANDOVER = "HANDOVER", "Hand-over"
        OUTCOME = "OUTCOME", "Outcome of a disagreement"
        MEETING = "MEETING", "What a meeting decided"
        CORRECTION = "CORRECTION", "Correction"
        DECISION = "DECISION", "Decision on what was shared"

    reference = models.CharField(max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="exchanges")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    enquiry = models.OneToOneField(
        Enquiry, on_delete=models.PROTECT, null=True, blank=True, related_name="answer"
    )
    outcome = models.ForeignKey(
        "sharing.Outcome", on_delete=models.PROTECT, null=True, blank=True, related_name="exchanges"
    )
    # What a correction corrects, or a decision answers.
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    speaker = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="exchanges_spoken")
    listener = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="exchanges_heard")
    # Who spoke and who heard it then, where somebody else has taken over their part since.
    first_speaker = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_listener = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    right_place = models.TextField(blank=True)
    for_information = models.BooleanField(default=False)
    urgency = models.CharField(max_length=10, choices=Concern.Urgency.choices)
    why_you = models.TextField(blank=True)
    what_i_ask = models.TextField(blank=True)
    emergency_reason = models.TextField(blank=True)
    # Whether whoever is told owes a decision in return (waiting/answers.py).
    asks_decision = models.BooleanField(default=False)
    respond_by = models.DateTimeField(null=True, blank=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    understood_at = models.DateTimeField(null=True, blank=True)
    understood_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    not_mine_at = models.DateTimeField(null=True, blank=True)
    not_mine_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.TextField(blank=True)
    seen_before_withdrawal = models.BooleanField(default=False)
    expired_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    version = models.PositiveIntegerField(default=1)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(speaker=F("listener")), name="nobody_speaks_to_themselves"),
            models.CheckConstraint(
                condition=Q(kind="OUTCOME", outcome__isnull=False)
                | (~Q(kind="OUTCOME") & Q(outcome__isnull=True)),
                name="only_an_outcome_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["CORRECTION", "DECISION"], about__isnull=False)
                | (~Q(kind__in=["CORRECTION", "DECISION"]) & Q(about__isnull=True)),
                name="a_correction_or_decision_is_about_an_exchange",
            ),
            models.CheckConstraint(
                condition=Q(asks_decision=False) | Q(kind="DISCLOSURE", for_information=False),
                name="only_an_accountable_disclosure_asks_for_a_decision",
            ),
            paired("sent_at", "sent_by", "exchange_sent_when_and_by_whom"),
            paired("received_at", "received_by", "exchange_received_when_and_by_whom"),
            paired("understood_at", "understood_by", "exchange_understood_when_and_by_whom"),
            paired("not_mine_at", "not_mine_by", "exchange_not_mine_when_and_by_whom"),
            paired("withdrawn_at", "withdrawn_by", "exchange_withdrawn_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(respond_by__isnull=False),
                name="sent_exchange_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(sent_at__isnull=False),
                name="received_only_after_sent",
            ),
            models.CheckConstraint(
                condition=Q(understood_at__isnull=True) | Q(received_at__isnull=False),
                name="understood_only_after_received",
            ),
            models.CheckConstraint(
                condition=Q(understood_at__isnull=True)
                | Q(withdrawn_at__isnull=True, not_mine_at__isnull=True, for_information=False),
                name="understood_is_not_withdrawn_or_misdirected",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_why=""), name="withdrawal_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["listener", "respond_by"],
                name="exchange_waits_for_listener",
                condition=Q(
                    sent_at__isnull=False,
                    understood_at__isnull=True,
                    withdrawn_at__isnull=True,
                    not_mine_at__isnull=True,
                    superseded_by__isnull=True,
                ),
            ),
            models.Index(
                fields=["speaker", "respond_by"],
                name="exchange_waits_for_speaker",
                condition=Q(
                    sent_at__isnull=False,
                    understood_at__isnull=True,
                    withdrawn_at__isnull=True,
                    not_mine_at__isnull=True,
                    superseded_by__isnull=True,
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="exchange_is_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="sent_exchange_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
                func="""
                    IF ROW(NEW.reference, NEW.cycle_id, NEW.stage, NEW.kind, NEW.enquiry_id, NEW.outcome_id,
                           NEW.about_id,
                           NEW.contact_point_id, NEW.right_place, NEW.for_information,
                           NEW.urgency, NEW.why_you, NEW.what_i_ask, NEW.emergency_reason,
                           NEW.asks_decision, NEW.respond_by,
                           NEW.prepared_at, NEW.prepared_by_id, NEW.sent_at, NEW.sent_by_id)
                       IS DISTINCT FROM
                       ROW(OLD.reference, OLD.cycle_id, OLD.stage, OLD.kind, OLD.enquiry_id, OLD.outcome_id,
                           OLD.about_id,
                           OLD.contact_point_id, OLD.right_place, OLD.for_information,
                           OLD.urgency, OLD.why_you, OLD.what_i_ask, OLD.emergency_reason,
                           OLD.asks_decision, OLD.respond_by,
                           OLD.prepared_at, OLD.prepared_by_id, OLD.sent_at, OLD.sent_by_id)
                    THEN RAISE EXCEPTION 'what was sent never changes'; END IF;
                    IF (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)
                       OR (OLD.received_at IS NOT NULL
                           AND ROW(NEW.received_at, NEW.received_by_id)
                               IS DISTINCT FROM ROW(OLD.received_at, OLD.received_by_id))
                       OR (OLD.understood_at IS NOT NULL
                           AND ROW(NEW.understood_at, NEW.understood_by_id)
                               IS DISTINCT FROM ROW(OLD.understood_at, OLD.understood_by_id))
                       OR (OLD.not_mine_at IS NOT NULL
                           AND ROW(NEW.not_mine_at, NEW.not_mine_by_id)
                               IS DISTINCT FROM ROW(OLD.not_mine_at, OLD.not_mine_by_id))
                       OR (OLD.withdrawn_at IS NOT NULL
                           AND ROW(NEW.withdrawn_at, NEW.withdrawn_by_id, NEW.withdrawn_why,
                                   NEW.seen_before_withdrawal)
                               IS DISTINCT FROM ROW(OLD.withdrawn_at, OLD.withdrawn_by_id, OLD.withdrawn_why,
                                   OLD.seen_before_withdrawal))
                       OR (OLD.superseded_by_id IS NOT NULL
                           AND NEW.superseded_by_id IS DISTINCT FROM OLD.superseded_by_id)
                    THEN RAISE EXCEPTION 'what happened to an exchange never unhappens'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                # At the end of the transaction: the one that takes the place of another is written first.
                name="one_decision_stands",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__kind="DECISION"),
                func="""
                    IF (SELECT count(*) FROM sharing_exchange e
                        WHERE e.about_id = NEW.about_id AND e.kind = 'DECISION' AND e.withdrawn_at IS NULL
                          AND e.not_mine_at IS NULL AND e.superseded_by_id IS NULL) > 1 THEN
                        RAISE EXCEPTION 'one decision stands: a later one takes the place of the one before';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="a_part_passes_only_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
                func=PASSES_ONLY_BY_HAND_OVER,
            ),
            pgtrigger.Trigger(
                name="sent_to_somebody_in_post",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=True, new__sent_at__isnull=False),
                func=TO_SOMEBODY_IN_POST.format(field="listener_id"),
            ),
            pgtrigger.Trigger(
                name="understood_needs_a_confirmed_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__understood_at__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_round r
                                   WHERE r.exchange_id = NEW.id AND r.outcome = 'CONFIRMED') THEN
                        RAISE EXCEPTION 'understood only after restated and confirmed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "exchange_is_sealed",
                leaves.once(
                    "sent_at",
                    "sent_by",
                    "reference",
                    "cycle",
                    "stage",
                    "kind",
                    "enquiry",
                    "outcome",
                    "about",
                    "contact_point",
                    "right_place",
                    "for_information",
                    "urgency",
                    "why_you",
                    "what_i_ask",
                    "emergency_reason",
                    "asks_decision",
                    "respond_by",
                    "prepared_at",
                    "prepared_by",
                ),
                leaves.once("opened_at"),
                leaves.once("received_at", "received_by"),
                leaves.once("understood_at", "understood_by"),
                leaves.once("not_mine_at", "not_mine_by"),
                leaves.once("withdrawn_at", "withdrawn_by", "withdrawn_why", "seen_before_withdrawal"),
                leaves.once("superseded_by"),
                concern="cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def said_by(self) -> Membership:
        """Who said it then; `speaker` is who answers for it now."""
        return self.first_speaker or self.speaker

    @property
    def said_to(self) -> Membership:
        """Who was told then; `listener` is who answers for it now."""
        return self.first_listener or self.listener

    @property
    def is_over(self) -> bool:
        """Nothing more is expected: understood, withdrawn, not the listener's, or overtaken."""
        return bool(self.understood_at or self.withdrawn_at or self.not_mine_at or self.superseded_by_id)
