"""Disposal: proposed by one person, approved by another, waited for, then carried out by the database."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies import rules as agencies_rules
from agencies.models import Membership, TimeLimit
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from audit import operations as audit
from records.models import Concern, Disposal, Holding, LegalHold
from sharing.operations import parties, retention
from sharing.retention import holders

logger = logging.getLogger(__name__)


class DisposalNotPossible(Refused):
    """It cannot be disposed of now. The sentences say why and what to do."""


def what_stands_in_the_way(holding: Holding, *, at: datetime) -> list[str]:
    """Say why what an agency holds cannot be proposed for disposal: nothing where it can."""
    concern = holding.concern
    return in_the_way(
        holding,
        at=at,
        closed_on=holders.closed_on(concern),
        is_asked_for=holders.asked_for(holding.agency_id, concern).exists(),
        holds=in_force(holding),
    )


def in_the_way(
    holding: Holding,
    *,
    at: datetime,
    closed_on: date | None,
    is_asked_for: bool,
    holds: Sequence[LegalHold],
) -> list[str]:
    """Say the same from what was obtained already.

    `closed_on` is the local day of closing, `is_asked_for` whether a request for it waits for its answer,
    `holds` those in force.
    """
    today = timezone.localdate(at)
    found = []
    if holding.chosen_at is None:
        found.append("Nobody has confirmed how long it is kept. Choose its class first.")
    if closed_on is None:
        found.append("The concern is open. Only one that has been closed can be disposed of.")
    elif holding.review_on is None:
        found.append("Its day of review cannot be counted yet. Look at its class.")
    elif holding.review_on > today:
        found.append(f"It comes up for review on {holding.review_on:%-d %B %Y}, and not before.")
    if is_asked_for:
        found.append("Somebody in it has asked for their record, and has not been answered yet.")
    if holds:
        found.append(f"{_names(holds)} {'is' if len(holds) == 1 else 'are'} in force, and a hold beats all.")
    return found


def in_force(holding: Holding) -> list[LegalHold]:
    """Return the holds of an agency on a concern, or on anybody whom it is about."""
    rows = LegalHold.objects.filter(agency=holding.agency_id, ended_at__isnull=True)
    on_people = rows.filter(person__concerned_in__concern=holding.concern_id)
    return list((rows.filter(concern=holding.concern_id) | on_people).distinct().order_by("number"))


@transaction.atomic
def propose(
    concern: Concern, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Disposal:
    """Propose that what one's agency holds of a concern is destroyed, with the reason.

    The other leads are told. Raises NotAllowed, DisposalNotPossible, OutOfDate.
    """
    holding = retention.lock_holding(concern, by=by, at=at, seen_version=seen_version)
    concern = holding.concern
    if sentences := what_stands_in_the_way(holding, at=at):
        raise DisposalNotPossible(*sentences)
    if not why.strip():
        raise DisposalNotPossible("Say why it can be destroyed. Do not name anybody: the reason is kept.")
    if concern.disposals.filter(agency=by.agency, stopped_at__isnull=True).exists():
        raise DisposalNotPossible("A colleague has proposed this already. Approve or stop theirs.")
    if holding.retention_class_id is None or holding.review_on is None:
        raise DisposalNotPossible("Its day of review cannot be counted yet. Look at its class.")
    row = Disposal.objects.create(
        reference=f"{concern.reference}-R{concern.disposals.count() + 1}",
        agency_id=by.agency_id,
        concern=concern,
        retention_class_id=holding.retention_class_id,
        review_on=holding.review_on,
        why=why,
        proposed_by=by,
        proposed_at=at,
    )
    _write_down("sharing.disposal.proposed", row, by=by, at=at)
    others = [one for one in retention.leads_of(by.agency) if not one.is_same_person(by)]
    _tell(others, row, at=at, what="proposed")
    return row


@transaction.atomic
def approve(disposal: Disposal, *, by: Membership, at: datetime) -> Disposal:
    """Approve a disposal that somebody else proposed. It is carried out after the partnership's waiting time.

    Raises NotAllowed, DisposalNotPossible, NoTimeLimit.
    """
    disposal = lock_disposal(disposal, by=by)
    if disposal.approved_at is not None:
        raise DisposalNotPossible("A colleague has approved this already.")
    if by.is_same_person(disposal.proposed_by):
        raise DisposalNotPossible(
            "You proposed this, so somebody else has to approve it.", "Ask another lead of your agency."
        )
    holding = Holding.objects.select_related("concern").get(
        concern=disposal.concern_id, agency=disposal.agency_id
    )
    if sentences := what_stands_in_the_way(holding, at=at):
        raise DisposalNotPossible(*sentences)
    limit = parties.limit_of(by, TimeLimit.Key.DISPOSAL, at=at)
    disposal.approved_by, disposal.approved_at, disposal.due_at = by, at, limit.at
    disposal.save(update_fields=["approved_by", "approved_at", "due_at"])
    _write_down("sharing.disposal.approved", disposal, by=by, at=at)
    _tell([disposal.proposed_by], disposal, at=at, what="approved")
    return disposal


@transaction.atomic
def stop(disposal: Disposal, *, by: Membership, at: datetime, why: str) -> Disposal:
    """Stop a disposal, with the reason. Any lead may, until it is carried out.

    Raises NotAllowed, DisposalNotPossible.
    """
    disposal = lock_disposal(disposal, by=by)
    if not why.strip():
        raise DisposalNotPossible("Say why it is stopped.")
    disposal.stopped_by, disposal.stopped_at, disposal.stopped_why = by, at, why
    disposal.save(update_fields=["stopped_by", "stopped_at", "stopped_why"])
    _write_down("sharing.disposal.stopped", disposal, by=by, at=at)
    both = [one for one in (disposal.proposed_by, disposal.approved_by) if one is not None]
    _tell([one for one in both if not one.is_same_person(by)], disposal, at=at, what="stopped")
    return disposal


@transaction.atomic
def carry_out(disposal: Disposal, *, by: Membership | None, at: datetime) -> Disposal:
    """Destroy what nobody holds any more, leaving a certificate. `by` is None: the service does it.

    The database looks at all of it again, and does it or refuses it as one. Raises DisposalNotPossible where
    it was stopped or carried out, is not approved, its time has not come or a hold is in force.
    """
    parties.lock_concern(disposal.concern_id)
    rows = Disposal.objects.select_for_update(of=("self",)).select_related(
        "concern__agency", "agency", "retention_class", "proposed_by__user", "approved_by__user"
    )
    disposal = rows.get(pk=disposal.pk)
    _require_open(disposal)
    if disposal.approved_by is None or disposal.due_at is None or disposal.due_at > at:
        raise DisposalNotPossible("This disposal has not been approved, or its time has not come.")
    holding = Holding.objects.select_related("concern").get(
        concern=disposal.concern_id, agency=disposal.agency_id
    )
    if holds := in_force(holding):
        raise DisposalNotPossible(f"{_names(holds)} holds it back.")
    others = [one for one in holders.agencies_holding(disposal.concern) if one.pk != disposal.agency_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_dispose(%s, %s)", [disposal.pk, str(disposal.retention_class)])
    disposal.refresh_from_db()
    own = disposal.concern.agency_id == disposal.agency_id
    audit.record(
        "sharing.disposal.carried_out",
        by=by,
        at=at,
        subject=disposal.concern.reference,
        concern=disposal.concern.reference if own else "",
        also_for=sorted({disposal.agency.reference, *(one.reference for one in others if own)}),
        data={"disposal": disposal.reference},
    )
    _tell([disposal.proposed_by, disposal.approved_by], disposal, at=at, what="carried_out")
    return disposal


def carry_out_due(*, at: datetime, at_most: int = 20) -> int:
    """Carry out what is approved and due. What is held back waits; one that fails does not stop the next."""
    due = Disposal.objects.filter(
        due_at__lte=at, carried_out_at__isnull=True, stopped_at__isnull=True, approved_at__isnull=False
    )
    done = 0
    for row in due.order_by("due_at")[:at_most]:
        try:
            carry_out(row, by=None, at=at)
            done += 1
        except Refused:
            continue
        except DatabaseError as error:
            logger.error("disposal failed", extra={"disposal": row.reference, "error": type(error).__name__})
    return done


def lock_disposal(disposal: Disposal, *, by: Membership) -> Disposal:
    """Lock a disposal of one's agency through its concern. Raises NotAllowed, DisposalNotPossible."""
    agencies_rules.require(by, Permission.DISPOSE)
    parties.lock_concern(disposal.concern_id)
    rows = Disposal.objects.select_for_update(of=("self",)).select_related(
        "concern", "agency", "proposed_by__user", "proposed_by__agency", "approved_by__user"
    )
    locked = rows.get(pk=disposal.pk)
    if locked.agency_id != by.agency_id:
        raise NotAllowed("This disposal is another agency’s.")
    _require_open(locked)
    return locked


def _require_open(disposal: Disposal) -> None:
    if disposal.carried_out_at is not None:
        raise DisposalNotPossible("This has been disposed of already.")
    if disposal.stopped_at is not None:
        raise DisposalNotPossible("This disposal was stopped.")


def _names(holds: Sequence[LegalHold]) -> str:
    numbers = ", ".join(str(one.number) for one in holds)
    return f"Legal hold {numbers}" if len(holds) == 1 else f"Legal holds {numbers}"


def _write_down(verb: str, row: Disposal, *, by: Membership, at: datetime) -> None:
    """Append an event that is one agency's own affair."""
    own = row.concern.reference if row.concern.agency_id == row.agency_id else ""
    audit.record(
        verb,
        by=by,
        at=at,
        subject=row.concern.reference,
        concern=own,
        data={"disposal": row.reference},
    )


def _tell(people: list[Membership], row: Disposal, *, at: datetime, what: str) -> None:
    retention.tell_leads(
        people,
        row.agency,
        reference=row.reference,
        path=f"/retention/disposals/{row.reference}/",
        at=at,
        key=f"disposal:{row.reference}:{what}",
    )
