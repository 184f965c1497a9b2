"""What a lead does from the list of their agency's work: chase somebody now, or name who acts for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from agencies import operations as agencies
from agencies import rules as agencies_rules
from agencies.models import Deputy, Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from audit import operations as audit
from notifications.models import Message
from sharing.models import Chase, Obligation
from sharing.operations import parties
from sharing.querysets import people
from sharing.rules import AlreadyDone
from sharing.waiting.waits import OWN_AFFAIR

CHASED = "sharing.obligation.chased"
COVERED = "sharing.obligation.covered"
BETWEEN_CHASES = timedelta(hours=1)


class ChasedAlready(Refused):
    """Somebody chased it within the hour."""


class CoveredAlready(Refused):
    """Somebody acts for them already on all of these days."""


@transaction.atomic
def chase(obligation: Obligation, *, by: Membership, at: datetime) -> Chase:
    """Send whoever it waits for an urgent notice now, besides the reminders that go by themselves.

    It goes to them and, while they are away, to their deputies; at most once an hour, whoever presses.
    Whoever waits for it, or their deputy, may once it is late. Raises NotAllowed for anybody else but a lead
    of one of the two sides, AlreadyDone, ChasedAlready, and NobodyToNotify.
    """
    row = _still_open(Obligation.objects.select_for_update(of=("self",)), obligation)
    if not _waits_for(row, by, at=at):
        agencies_rules.require(by, Permission.OVERSEE)
    if by.agency_id not in _sides(row):
        raise NotAllowed("Only a lead of the agency that has to act, or of the one that waits, chases it.")
    last = row.chases.select_related("by__user").order_by("-at").first()
    if last is not None and at - last.at < BETWEEN_CHASES:
        again = timezone.localtime(last.at + BETWEEN_CHASES)
        raise ChasedAlready(
            f"{last.by.full_name} chased this at {timezone.localtime(last.at):%H:%M}.",
            f"It can be chased again from {again:%H:%M}. If it cannot wait, telephone.",
        )
    made = Chase.objects.create(obligation=row, by=by, at=at)
    agencies.notify(
        row.owner,
        Message.Kind.LATE if row.due_at < at else Message.Kind.REMINDER,
        reference=row.reference,
        sender=by.agency,
        path=row.path,
        at=at,
        dedupe_key=f"chase:{made.pk}",
        respond_by=row.due_at,
        urgent=True,
        obligation=(row.pk, row.version),
    )
    Obligation.objects.filter(pk=row.pk).update(unreachable_at=None)
    _write_down(CHASED, row, by=by, at=at, due_at=row.due_at.isoformat())
    return made


@transaction.atomic
def take_over(
    obligation: Obligation, *, by: Membership, at: datetime, deputy: Membership, ends_on: date
) -> Deputy:
    """Name who acts in the place of whoever something waits for, from today to a day (local, included).

    The deputy may do everything that waits for them, in their own name. What waits keeps its owner and
    its time limit. Raises NotAllowed for anybody but a lead of the owner's agency, AlreadyDone,
    CoveredAlready, and what naming a deputy raises.
    """
    agencies_rules.require(by, Permission.OVERSEE)
    row = _still_open(Obligation.objects.all(), obligation)
    if row.owner.agency_id != by.agency_id:
        raise NotAllowed("Only a lead of their own agency names who acts for somebody.")
    today = timezone.localdate(at)
    if agencies_rules.acts_already(row.owner, deputy, today, ends_on):
        raise CoveredAlready(
            f"{deputy.full_name} acts for {row.owner.full_name} on all of these days already."
        )
    cover = agencies.name_deputy(row.owner, by=by, at=at, deputy=deputy, starts_on=today, ends_on=ends_on)
    _write_down(COVERED, row, by=by, at=at, deputy=str(deputy.pk), to=ends_on.isoformat())
    for person in (row.owner, deputy):
        if person.pk != by.pk:
            _tell(person, row, by=by, at=at, key=f"cover:{cover.pk}:{row.pk}:{person.pk}")
    return cover


def _waits_for(row: Obligation, by: Membership, *, at: datetime) -> bool:
    """Say whether something that is late is late for somebody, or for whom they stand in."""
    is_late = row.due_at < at and row.kind not in OWN_AFFAIR and by.may(Permission.EXCHANGE)
    return is_late and row.other is not None and parties.stands_for(by, row.other, at=at)


def _still_open(rows: models.QuerySet[Obligation], obligation: Obligation) -> Obligation:
    row = rows.select_related(*people("owner", "other"), "concern__agency").get(pk=obligation.pk)
    if row.settled_at is not None:
        raise AlreadyDone("This has been done meanwhile. Nobody has to be chased for it.")
    return row


def _sides(row: Obligation) -> set[int | None]:
    """The agencies whose leads see it: what is the owner's own affair is not the other side's."""
    return {row.owner_agency_id} | (set() if row.kind in OWN_AFFAIR else {row.other_agency_id})


def _tell(person: Membership, row: Obligation, *, by: Membership, at: datetime, key: str) -> None:
    """Tell somebody where there is an address. A missing one does not stand in the way of cover."""
    try:
        agencies.notify(
            person,
            Message.Kind.HANDED_OVER,
            reference=row.reference,
            sender=by.agency,
            path=row.path,
            at=at,
            dedupe_key=key,
            respond_by=row.due_at,
            urgent=row.is_urgent,
        )
    except agencies.NobodyToNotify:
        return


def _write_down(verb: str, row: Obligation, *, by: Membership, at: datetime, **data: str) -> None:
    sides = {row.owner.agency.reference}
    if row.other is not None and row.kind not in OWN_AFFAIR:
        sides.add(row.other.agency.reference)
    audit.record(
        verb,
        by=by,
        at=at,
        subject=row.reference,
        concern=row.concern.reference if row.concern else "",
        also_for=sorted(sides - {by.agency_reference}),
        data={"kind": row.kind, **data},
    )
