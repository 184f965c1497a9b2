"""Of whom an agency's own records know something that another agency told it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from records.models import Person
from sharing.models.exchange import Exchange

OF_THE_LISTENERS_AGENCY = """
    IF NOT EXISTS (
        SELECT 1 FROM sharing_exchange e
        JOIN agencies_membership l ON l.id = e.listener_id
        JOIN records_person p ON p.agency_id = l.agency_id
        JOIN agencies_membership m ON m.agency_id = l.agency_id
        WHERE e.id = NEW.exchange_id AND p.id = NEW.person_id AND m.id = NEW.linked_by_id
          AND e.received_at IS NOT NULL AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL) THEN
        RAISE EXCEPTION 'what was received is about a person of the agency that received it';
    END IF;
    RETURN NEW;
"""


class AboutOurPerson(models.Model):
    """What an agency received from another is about this person of its own. Added and ended, never changed.

    Each agency keeps people of its own, so the same child has a row in each; only a person can say that two
    of them are one.
    """

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="about_our_people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    linked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "about our people"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "person"],
                condition=Q(ended_at__isnull=True),
                name="received_about_a_person_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="about_a_person_ended_when_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "exchange"],
                condition=Q(ended_at__isnull=True),
                name="what_was_received_about",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="about_a_person_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="about_a_person_never_changes", exclude=["ended_at", "ended_by", "ended_why"]
            ),
            pgtrigger.Protect(
                name="about_a_person_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="received_about_a_person_of_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OF_THE_LISTENERS_AGENCY,
            ),
            leaves.sealed(
                "about_a_person_is_sealed",
                leaves.added(but=("ended_at", "ended_by", "ended_why")),
                leaves.once("ended_at", "ended_by", "ended_why"),
            ),
        ]

    def __str__(self) -> str:
        return f"about our person {self.pk}"
