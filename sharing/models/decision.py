"""Where no answer comes back: somebody says why a decision is not waited for any more."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from sharing.models.exchange import Exchange


class DecisionNotAwaited(models.Model):
    """The side that asked goes on without the decision it asked for, and says why. Added, never changed.

    It lifts the rule about closing, and only that: a decision that comes all the same is heard.
    """

    append_only = True

    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="decision_not_awaited")
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="going_on_without_says_why")]
        triggers = [
            pgtrigger.Protect(
                name="decision_not_awaited_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("decision_not_awaited_is_sealed", concern="exchange__cycle__concern__reference"),
            pgtrigger.Trigger(
                name="only_what_asks_for_a_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_exchange e JOIN sharing_cycle c ON c.id = e.cycle_id
                                   JOIN records_concern k ON k.id = c.concern_id
                                   JOIN agencies_membership m ON m.id = NEW.by_id
                                   WHERE e.id = NEW.exchange_id AND e.asks_decision
                                     AND m.agency_id = k.agency_id) THEN
                        RAISE EXCEPTION 'only the agency that asked for a decision goes on without it';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} decision not awaited"
