"""Leaving: a role ends only when somebody is named for every open piece of its work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies import operations as agencies
from agencies.access import deputies_of
from agencies.models import Membership
from agencies.operations.people import lock_staff
from agencies.refusals import OutOfDate, Refused
from sharing import open_work
from sharing.models import Link
from sharing.operations import links, parties


class OpenWork(Refused):
    """The person has open work that nobody is named to take over. The sentences say where."""


class NobodyConfirms(Refused):
    """A hand-over is under way, and nobody is left to confirm it once the person has gone."""


@transaction.atomic
def leave(member: Membership, *, by: Membership, at: datetime) -> Membership:
    """End somebody's role, once each piece of their open work has a successor named.

    Where a hand-over is still under way, a colleague acts as deputy until it has been said back and
    confirmed: a deputy who is named already, else a lead. Locks the concerns in the order of their
    numbers, then the agency, then the role, and looks again under the locks.

    Raises OpenWork, NobodyConfirms, OutOfDate where work came in meanwhile, and what ending a role
    raises (NotAllowed, Ended, LastAdministrator).
    """
    handovers = open_work.under_way_of(member)
    locked = sorted({handover.concern_id for handover in handovers})
    for number in locked:
        parties.lock_concern(number)
    member = lock_staff(member, by=by)
    # Whoever sends this person something holds a share of this row until it is sent, or waits for us.
    Membership.objects.select_for_update().get(pk=member.pk)
    left = open_work.uncovered(member)
    if left:
        raise OpenWork(*_in_words(member, left))
    handovers = open_work.under_way_of(member)
    if not {handover.concern_id for handover in handovers} <= set(locked):
        raise OutOfDate("More work was handed over while you were reading. Look again.")
    if handovers:
        _name_who_confirms(member, {h.successor.user_id for h in handovers}, by=by, at=at)
    return agencies.end_membership(member, by=by, at=at)


@transaction.atomic
def take_out(member: Membership, *, by: Membership, at: datetime) -> Membership:
    """Take somebody without an account out of the directory, and end every link that they have.

    Nobody takes over from them, so nothing may wait for them or from them. Raises OpenWork with where
    something does, and what ending them raises (NotAllowed, Ended).
    """
    rows = Link.objects.filter(member=member, revoked_at__isnull=True).select_related("exchange__cycle")
    for number in sorted({link.exchange.cycle.concern_id for link in rows}):
        parties.lock_concern(number)
    Membership.objects.select_for_update().get(pk=member.pk)
    left = open_work.uncovered(member)
    if left:
        raise OpenWork(
            f"Something waits for {member.full_name}, or for an answer to them, and nobody takes it over.",
            *[f"{reference}: {n} {'thing' if n == 1 else 'things'} open." for reference, n in left.items()][
                :20
            ],
            "Withdraw what you told them and take back their actions, or settle them first.",
        )
    links.end_links_of(member, by=by, at=at, why="They were taken out of the directory.")
    return agencies.end_outside(member, by=by, at=at)


def _in_words(member: Membership, left: dict[str, int]) -> list[str]:
    """Say what is open by reference and number, without a word of what it is about."""
    name = member.full_name
    things = [f"{reference}: {n} {'thing' if n == 1 else 'things'} open." for reference, n in left.items()]
    return [
        f"{name} has open work that nobody is named to take over.",
        *things[:20],
        *([f"And {len(things) - 20} more concerns."] if len(things) > 20 else []),
        f"{name} or a lead hands it over first.",
    ]


def _name_who_confirms(member: Membership, successors: set[UUID], *, by: Membership, at: datetime) -> None:
    """See to it that somebody who is no successor acts for the person until everything is taken over."""
    day = timezone.localdate(at)
    if any(deputy.user_id not in successors for deputy in deputies_of(member, day)):
        return
    leads = Membership.objects.current().with_people().filter(agency_id=member.agency_id, role="lead")
    lead = leads.exclude(pk=member.pk).exclude(user__in=successors).order_by("started_at", "pk").first()
    if lead is None:
        raise NobodyConfirms(
            "Their hand-over is under way, and nobody else could confirm it once they have gone.",
            "Name a deputy who is not the successor, or wait until the hand-over is understood.",
        )
    agencies.name_deputy(member, by=by, at=at, deputy=lead, starts_on=day)
