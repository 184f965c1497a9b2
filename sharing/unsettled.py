"""Waiting work that is no check-back: skipped steps, who has not been told, agreement, what went wrong.

Each kind is one statement in the order of its time limit, or of when it arose, and the line it makes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from agencies.models import Membership
from consent.models import SharingDecision
from sharing.models import Disagreement, Exchange, Incident, SkippedStep
from sharing.querysets import people
from sharing.work import Work, acting_for, for_whom, meta


def skipped(member: Membership, at: datetime) -> Any:
    return (
        SkippedStep.objects.filter(owner__in=acting_for(member, at), done_at__isnull=True)
        .select_related("cycle__concern", *people("owner"))
        .order_by("due_at", "pk")
    )


def skipped_work(member: Membership, step: SkippedStep, now: datetime) -> Work:
    reference = step.cycle.concern.reference
    return Work(
        heading=step.get_step_display(),
        reference=reference,
        meta=meta("Skipped for an urgent disclosure", for_whom(member, step.owner)),
        due_at=step.due_at,
        href=reverse("concern", args=[reference]),
        link_text="Open the concern",
        tag=None,
        now=now,
    )


def reviews(member: Membership, at: datetime) -> Any:
    """Latest decisions that left a person uninformed: whether it is safe to tell them is looked at again."""
    later = SharingDecision.objects.filter(
        concern=OuterRef("concern"), person=OuterRef("person"), pk__gt=OuterRef("pk")
    )
    return (
        SharingDecision.objects.filter(decided_by__in=acting_for(member, at), informed="NOT_YET")
        .filter(~Exists(later))
        .select_related("concern", "person", *people("decided_by"))
        .order_by("inform_review_at", "pk")
    )


def review_work(member: Membership, decision: Any, now: datetime) -> Work:
    reference = decision.concern.reference
    return Work(
        heading="Decide again whether it is safe to tell them what was shared",
        reference=reference,
        meta=meta("They have not been informed", for_whom(member, decision.decided_by)),
        due_at=decision.inform_review_at,
        href=reverse("sharing-decision", args=[reference, decision.cycle_number, decision.person.reference]),
        link_text="Decide",
        tag=None,
        now=now,
    )


# --- What is left once it is understood, or reached the wrong person -----------------------------


def agreements(member: Membership, at: datetime) -> Any:
    """What a listener has understood in a cycle that goes on, and not said whether they agree with."""
    return (
        Exchange.objects.filter(
            listener__in=acting_for(member, at),
            kind=Exchange.Kind.DISCLOSURE,
            understood_at__isnull=False,
            agreements__isnull=True,
            cycle__ended_at__isnull=True,
        )
        .select_related(*people("speaker", "listener"))
        .order_by("understood_at", "pk")
    )


def agreement_work(member: Membership, exchange: Any, now: datetime) -> Work:
    speaker = exchange.speaker
    return Work(
        heading="Say whether you agree: understanding is not agreeing",
        reference=exchange.reference,
        meta=meta(
            f"From {speaker.user.full_name}, {speaker.agency.name}", for_whom(member, exchange.listener)
        ),
        due_at=exchange.understood_at,
        href=reverse("agreement", args=[exchange.reference]),
        link_text="Say whether you agree",
        tag=None,
        now=now,
        has_limit=False,
    )


def disagreements(member: Membership, at: datetime) -> Any:
    """Open disagreements: the speaker gives the other side first, then either says how it was settled."""
    acting = acting_for(member, at)
    both_spoke = ~Q(speakers_position="")
    return (
        Disagreement.objects.filter(settled_at__isnull=True)
        .filter(Q(exchange__speaker__in=acting) | Q(exchange__listener__in=acting) & both_spoke)
        .select_related(*people("exchange__speaker", "exchange__listener"))
        .order_by("opened_at", "pk")
    )


def disagreement_work(member: Membership, disagreement: Any, now: datetime) -> Work:
    exchange = disagreement.exchange
    parties = (exchange.speaker, exchange.listener)
    other = exchange.speaker if member.pk == exchange.listener_id else exchange.listener
    answered = bool(disagreement.speakers_position)
    mine = () if member in parties else ("As deputy",)
    return Work(
        heading="Settle a disagreement" if answered else "Give your side of a disagreement",
        reference=exchange.reference,
        meta=meta(
            disagreement.get_about_display(), f"With {other.user.full_name}, {other.agency.name}", *mine
        ),
        due_at=disagreement.opened_at,
        href=reverse("disagreement", args=[exchange.reference]),
        link_text="Say how it was settled" if answered else "Give your side",
        tag={"text": "Disagreed", "colour": "orange"},
        now=now,
        has_limit=False,
    )


def incidents(member: Membership, at: datetime) -> Any:
    """What reached the wrong person, until somebody on the side that sent it says what was done."""
    return (
        Incident.objects.filter(handled_at__isnull=True, exchange__speaker__in=acting_for(member, at))
        .select_related(*people("exchange__speaker", "exchange__listener"))
        .order_by("opened_at", "pk")
    )


def incident_work(member: Membership, incident: Any, now: datetime) -> Work:
    exchange = incident.exchange
    listener = exchange.listener
    return Work(
        heading="It reached the wrong person: say what was done, and tell the right one",
        reference=exchange.reference,
        meta=meta(
            f"Sent to {listener.user.full_name}, {listener.agency.name}", for_whom(member, exchange.speaker)
        ),
        due_at=incident.opened_at,
        href=reverse("incident", args=[exchange.reference]),
        link_text="Record what was done",
        tag={"text": "Not theirs", "colour": "red"},
        now=now,
        has_limit=False,
    )
