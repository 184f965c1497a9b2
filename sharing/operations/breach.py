"""The register of breaches: opened with its clock, decided, reported and closed, within one's own agency."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from agencies.models import Agency, Membership, TimeLimit
from agencies.refusals import Refused
from agencies.roles import Permission
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from sharing import breaches, rules
from sharing.models import Breach, BreachDecision, Exchange, Incident
from sharing.operations import obligations, parties
from sharing.operations.check_back import lock_exchange

About = BreachDecision.About


class NotDecidedYet(Refused):
    """A breach lacks something without which it cannot be reported or closed."""


def opened(incident: Incident, *, by: Membership, at: datetime) -> Breach:
    """Open an entry for an incident, with the clock from when it was reported. The caller holds the lock.

    Whoever it waits for is told at once.
    """
    exchange = incident.exchange
    agency = Agency.objects.select_for_update(no_key=True).get(pk=exchange.speaker.agency_id)
    limit = parties.limit_of(exchange.speaker, TimeLimit.Key.BREACH, at=incident.opened_at)
    last = Breach.objects.filter(agency=agency).aggregate(last=Max("number"))["last"] or 0
    breach = Breach.objects.create(
        agency=agency,
        number=last + 1,
        exchange=exchange,
        incident=incident,
        became_aware_at=incident.opened_at,
        due_at=limit.at,
        due_why="\n".join(limit.why),
        opened_by=by,
        opened_at=at,
    )
    obligations.follow(breach, at=at)
    event = write_down("sharing.breach.opened", exchange=exchange, by=by, at=at, breach=breach.number)
    owner = breaches.owner_of(breach)
    if not owner.is_same_person(by):
        parties.tell_if_possible(
            owner,
            Message.Kind.MANAGER,
            about=exchange,
            sender=by,
            at=at,
            event=event,
            respond_by=breach.due_at,
            urgent=True,
            path=f"/breaches/{breach.number}/",
        )
    return breach


def write_down(
    verb: str,
    *,
    exchange: Exchange,
    by: Membership,
    at: datetime,
    acting_for: str = "",
    **data: object,
) -> Event:
    """Append an event that is the speaker's agency's own affair: the other side does not see it."""
    concern = exchange.cycle.concern
    return audit.record(
        verb,
        by=by,
        at=at,
        subject=exchange.reference,
        concern=concern.reference if concern.agency_id == by.agency_id else "",
        acting_for=acting_for,
        data={"version": exchange.version, **data},
    )


def lock_breach(
    breach: Breach, *, by: Membership, at: datetime, seen_version: int | None = None
) -> tuple[Breach, str]:
    """Lock a breach through its concern, for whoever decides on it. Returns it, and for whom a deputy acts.

    Those are the leads of the agency, and whoever it waits for where there is no lead, with their deputies.
    Raises NotYourTurn, AlreadyDone once it is closed, OutOfDate.
    """
    rules.require_role(by)
    lock_exchange(breach.exchange)
    rows = breaches.with_decisions(Breach.objects.all()).select_related(
        "exchange__cycle__concern__owner", "exchange__speaker__agency"
    )
    locked = rows.select_for_update(of=("self",)).get(pk=breach.pk)
    owner = breaches.owner_of(locked)
    is_lead = by.may(Permission.OVERSEE) and by.agency_id == locked.agency_id
    if not is_lead and not parties.stands_for(by, owner, at=at):
        raise rules.NotYourTurn(f"Only a lead of your agency can do this. It waits for {owner.full_name}.")
    if locked.closed_at:
        raise rules.AlreadyDone("This breach is closed.")
    rules.require_version(locked, seen_version, "A colleague wrote something down meanwhile.")
    return locked, "" if is_lead or by.pk == owner.pk else owner.label


def _bump(breach: Breach, *fields: str, at: datetime) -> None:
    breach.version += 1
    breach.save(update_fields=[*fields, "version"])
    obligations.follow(breach, at=at)


@transaction.atomic
def decide(
    breach: Breach,
    *,
    by: Membership,
    at: datetime,
    about: str,
    answer: bool,
    why: str,
    seen_version: int | None = None,
) -> BreachDecision:
    """Decide whether a breach is reported to the Information Commissioner, or the person told, and why.

    It can be decided again: the latest counts, and what was decided before stays. Raises Refused without a
    reason, or where it has been reported and is now not to be.
    """
    breach, acting_for = lock_breach(breach, by=by, at=at, seen_version=seen_version)
    if about not in About.values:
        raise Refused("Say what you decide about.")
    if not why.strip():
        raise Refused("Say why. It is what the Information Commissioner would ask.")
    if about == About.ICO and not answer and breach.reported_at:
        raise Refused("It has been reported already, so that cannot be decided otherwise.")
    decision = BreachDecision.objects.create(breach=breach, about=about, answer=answer, why=why, by=by, at=at)
    _bump(breach, at=at)
    write_down(
        "sharing.breach.decided",
        exchange=breach.exchange,
        by=by,
        at=at,
        acting_for=acting_for,
        breach=breach.number,
        about=about,
        answer=answer,
    )
    return decision


@transaction.atomic
def record_report(
    breach: Breach,
    *,
    by: Membership,
    at: datetime,
    reported_at: datetime,
    reference: str,
    late_why: str = "",
    seen_version: int | None = None,
) -> Breach:
    """Write down when a breach was reported to the Information Commissioner, and under which reference.

    `reported_at` (UTC) is when it was reported. After the limit it says why it was late. Raises
    NotDecidedYet, AlreadyDone, Refused.
    """
    breach, acting_for = lock_breach(breach, by=by, at=at, seen_version=seen_version)
    if breach.reported_at:
        raise rules.AlreadyDone("A colleague has written down that it was reported.")
    if not getattr(breach, "to_report", None):
        raise NotDecidedYet("Decide first that it is reported to the Information Commissioner, and say why.")
    if not reference.strip():
        raise Refused("Write down the reference that the Information Commissioner gave.")
    known_at = breach.became_aware_at.replace(second=0, microsecond=0)
    if not known_at <= reported_at <= at:
        raise Refused("It was reported after somebody became aware of it, and not after now. Check the time.")
    if reported_at > breach.due_at and not late_why.strip():
        raise Refused("It was reported after the time limit. Say why, as the report had to.")
    breach.reported_at, breach.reported_by = reported_at, by
    breach.report_reference = reference
    breach.late_why = late_why if reported_at > breach.due_at else ""
    _bump(breach, "reported_at", "reported_by", "report_reference", "late_why", at=at)
    write_down(
        "sharing.breach.reported",
        exchange=breach.exchange,
        by=by,
        at=at,
        acting_for=acting_for,
        breach=breach.number,
        happened_at=reported_at.isoformat(),
    )
    return breach


@transaction.atomic
def close(
    breach: Breach,
    *,
    by: Membership,
    at: datetime,
    how_told: str,
    what_was_learned: str,
    seen_version: int | None = None,
) -> Breach:
    """Close a breach: everything is decided, and what was decided is done. Raises NotDecidedYet, Refused."""
    breach, acting_for = lock_breach(breach, by=by, at=at, seen_version=seen_version)
    missing = breaches.missing(breach)
    if missing:
        raise NotDecidedYet("This breach cannot be closed yet.", *missing)
    if getattr(breach, "to_tell", None) and not how_told.strip():
        raise Refused("You decided to tell the person. Say when and how they were told.")
    if not what_was_learned.strip():
        raise Refused("Say what is done so that it does not happen again.")
    breach.closed_at, breach.closed_by = at, by
    breach.how_told, breach.what_was_learned = how_told, what_was_learned
    _bump(breach, "closed_at", "closed_by", "how_told", "what_was_learned", at=at)
    write_down(
        "sharing.breach.closed",
        exchange=breach.exchange,
        by=by,
        at=at,
        acting_for=acting_for,
        breach=breach.number,
    )
    return breach
