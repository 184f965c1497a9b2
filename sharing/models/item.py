"""What one exchange says: whom it is about, item by item, and what is held back. Frozen once it is sent."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit import leaves
from records.models import Statement
from sharing.models.exchange import Exchange

FROZEN_ONCE_SENT = """
    IF EXISTS (SELECT 1 FROM sharing_exchange e
               WHERE e.id = COALESCE(NEW.exchange_id, OLD.exchange_id) AND e.sent_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what was sent never changes';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def frozen_once_sent(name: str) -> pgtrigger.Trigger:
    """Refuse to add, change or take away a part of an exchange that has been sent."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=FROZEN_ONCE_SENT,
    )


class ExchangePerson(models.Model):
    """Who the exchange is about, as the listener is told: frozen, and no more than they need."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=320)
    kind = models.CharField(max_length=60)
    born_on = models.DateField(null=True, blank=True)
    communication_needs = models.TextField(blank=True)
    safe_contact_rule = models.TextField(blank=True)
    conditions = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [
            frozen_once_sent("exchange_person_is_frozen"),
            leaves.sealed(
                "exchange_person_is_sealed",
                leaves.frozen_with("exchange", "sent_at"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} person"


class Item(models.Model):
    """A frozen copy of one statement, marked key or not, with the version it came from."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="items"
    )
    kind = models.CharField(max_length=12, choices=Statement.Kind.choices)
    text = models.TextField()
    is_verbatim = models.BooleanField(default=False)
    voice_of = models.CharField(max_length=8, choices=Statement.VoiceOf.choices, blank=True)
    about_name = models.CharField(max_length=320, blank=True)
    source = models.CharField(max_length=300, blank=True)
    # Who wrote it, as they were called then: a source often says "I did".
    written_by = models.CharField(max_length=600, blank=True)
    # The numbers of the items that an opinion rests on; what is held back is not among them.
    rests_on = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    happened_note = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    is_key = models.BooleanField(default=False)
    # The item whose words this one takes the place of, in a correction.
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["exchange", "number"], name="items_are_numbered")]
        triggers = [
            frozen_once_sent("item_is_frozen"),
            leaves.sealed(
                "item_is_sealed",
                leaves.frozen_with("exchange", "sent_at"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} item {self.number}"


class HeldBack(models.Model):
    """A statement that this listener is not told, and why."""

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="held_back")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="held_back")
    why = models.TextField()

    class Meta:
        verbose_name_plural = "held back"
        constraints = [
            models.UniqueConstraint(fields=["exchange", "statement"], name="held_back_once"),
            models.CheckConstraint(condition=~Q(why=""), name="held_back_for_a_reason"),
        ]
        triggers = [
            frozen_once_sent("held_back_is_frozen"),
            leaves.sealed(
                "held_back_is_sealed",
                leaves.frozen_with("exchange", "sent_at"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.statement_id}"
