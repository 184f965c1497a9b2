"""Handing over: somebody's part in one concern, passed to a colleague who says it back first."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Membership
from audit import leaves
from records.models import Concern
from sharing.models.exchange import Exchange

UNDER_WAY = Q(taken_over_at__isnull=True, ended_at__isnull=True)


class Handover(models.Model):
    """One person's part in one concern on its way to a colleague, the successor.

    It is an exchange like any other: the successor says it back, and whoever hands over (`by`: the
    leaver, or a lead) confirms. Only then is it taken over, and only then does the work move.
    `ended_at` is set where it came to nothing: withdrawn, sent back, or passed to somebody else. A
    concern that has not been started has nothing that could be said back, and moves at once.
    """

    leaver = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="handovers")
    successor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="handovers_to")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="handovers")
    exchange = models.OneToOneField(
        Exchange, on_delete=models.PROTECT, null=True, blank=True, related_name="handover"
    )
    note = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    taken_over_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaver", "concern"], condition=UNDER_WAY, name="one_handover_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(leaver=F("successor")), name="nobody_succeeds_themselves"),
            models.CheckConstraint(condition=~Q(by=F("successor")), name="nobody_hands_over_to_themselves"),
            models.CheckConstraint(
                condition=Q(taken_over_at__isnull=True) | Q(ended_at__isnull=True),
                name="handover_has_one_end",
            ),
        ]
        indexes = [models.Index(fields=["successor"], condition=UNDER_WAY, name="handover_to_me")]
        triggers = [
            pgtrigger.Protect(name="handover_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="handover_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "leaver_id", "successor_id", "concern_id", "exchange_id", "note", "by_id", "at"
                ),
            ),
            pgtrigger.Protect(
                name="handover_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_over_at__isnull=False)
                | pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="handed_over_within_an_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT count(DISTINCT m.agency_id) FROM agencies_membership m
                        WHERE m.id IN (NEW.leaver_id, NEW.successor_id, NEW.by_id)) <> 1 THEN
                        RAISE EXCEPTION 'work is handed over within an agency';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="taken_over_only_when_understood",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__taken_over_at__isnull=False),
                func="""
                    IF NEW.exchange_id IS NULL THEN
                        IF EXISTS (SELECT 1 FROM sharing_cycle c WHERE c.concern_id = NEW.concern_id) THEN
                            RAISE EXCEPTION 'taken over only when it was said back and confirmed';
                        END IF;
                    ELSIF NOT EXISTS (SELECT 1 FROM sharing_exchange e
                                      WHERE e.id = NEW.exchange_id AND e.understood_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'taken over only when it was said back and confirmed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "handover_is_sealed",
                leaves.added("leaver", "successor", "concern", "exchange", "note", "by", "at"),
                leaves.once("taken_over_at"),
                leaves.once("ended_at"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} from {self.leaver_id}"

    @property
    def is_under_way(self) -> bool:
        return self.taken_over_at is None and self.ended_at is None
