"""Closing a concern to all but named people, changing who they are, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from audit.operations import record
from records.models import Concern, Named, Restriction
from records.operations.locks import lock_concern
from records.verbs import Verb

Place = Named.Place


class NotRestricted(Refused):
    """A concern cannot be restricted as it was said, or the restriction cannot be changed so."""


class RestrictedAlready(Refused):
    """A colleague has restricted the concern, or ended that."""


def may_restrict(by: Membership, concern: Concern) -> bool:
    """Say whether somebody may decide who opens a concern: its owner, and the leads of its agency."""
    if by.agency_id != concern.agency_id or not by.may(Permission.LOG_CONCERNS):
        return False
    return by.pk == concern.owner_id or by.may(Permission.OVERSEE)


@transaction.atomic
def restrict(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    why: str,
    let_in: Sequence[Membership] = (),
    kept_out: Sequence[Membership] = (),
) -> Restriction:
    """Close a concern to its agency but for its owner, the leads and those who are let in.

    `kept_out` may not open it even in an emergency, as where it is about one of them. Takes effect at once,
    for whoever has a page of it open too. Raises NotAllowed, RestrictedAlready, NotRestricted.
    """
    locked = _lock(concern, by=by)
    if not why.strip():
        raise NotRestricted("Say why only named people may open this record.")
    if locked.restrictions.filter(ended_at__isnull=True).exists():
        raise RestrictedAlready("A colleague has restricted this record already. Look at who is named.")
    wanted = _wanted(locked, let_in=let_in, kept_out=kept_out)
    made = Restriction.objects.create(concern=locked, why=why, restricted_by=by, restricted_at=at)
    _name(made, wanted, by=by, at=at)
    _write_down(Verb.RESTRICTED, made, by=by, at=at, wanted=wanted)
    return made


@transaction.atomic
def change_named(
    restriction: Restriction,
    *,
    by: Membership,
    at: datetime,
    let_in: Sequence[Membership],
    kept_out: Sequence[Membership],
    seen_version: int | None = None,
) -> Restriction:
    """Put other names in the place of those in a restriction. Who was named, and until when, stays known.

    Raises NotAllowed, RestrictedAlready once it has ended, OutOfDate, NotRestricted.
    """
    locked = _lock_restriction(restriction, by=by)
    if seen_version is not None and seen_version != locked.version:
        raise OutOfDate("A colleague changed who is named while you were writing.", "Look at it again first.")
    wanted = _wanted(locked.concern, let_in=let_in, kept_out=kept_out)
    for one in locked.named.filter(ended_at__isnull=True):
        if wanted.get(one.member_id) == one.place:
            del wanted[one.member_id]
        else:
            one.ended_at, one.ended_by = at, by
            one.save(update_fields=["ended_at", "ended_by"])
    _name(locked, wanted, by=by, at=at)
    locked.version += 1
    locked.save(update_fields=["version"])
    _write_down(Verb.RESTRICTION_CHANGED, locked, by=by, at=at, wanted=wanted)
    return locked


@transaction.atomic
def end_restriction(
    restriction: Restriction, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Restriction:
    """Open a concern to its agency again, with the reason.

    Raises NotAllowed, RestrictedAlready, OutOfDate, NotRestricted.
    """
    locked = _lock_restriction(restriction, by=by)
    if seen_version is not None and seen_version != locked.version:
        raise OutOfDate("A colleague changed who is named while you were writing.", "Look at it again first.")
    if not why.strip():
        raise NotRestricted("Say why everybody of your agency who works with concerns may open it again.")
    locked.ended_at, locked.ended_by, locked.ended_why = at, by, why
    locked.version += 1
    locked.save(update_fields=["ended_at", "ended_by", "ended_why", "version"])
    _write_down(Verb.RESTRICTION_ENDED, locked, by=by, at=at)
    return locked


def _lock(concern: Concern, *, by: Membership) -> Concern:
    locked = lock_concern(concern, by=by)
    if not may_restrict(by, locked):
        raise NotAllowed("The owner of this record and the leads of your agency decide who may open it.")
    return locked


def _lock_restriction(restriction: Restriction, *, by: Membership) -> Restriction:
    concern = _lock(restriction.concern, by=by)
    locked = Restriction.objects.select_for_update(of=("self",)).get(pk=restriction.pk)
    locked.concern = concern
    if locked.ended_at is not None:
        raise RestrictedAlready("A colleague has ended this restriction.")
    return locked


def _wanted(
    concern: Concern, *, let_in: Sequence[Membership], kept_out: Sequence[Membership]
) -> dict[UUID, str]:
    """Return who is to be named with their place. Raises NotRestricted for whom it makes no sense."""
    for one in [*let_in, *kept_out]:
        if one.agency_id != concern.agency_id or not one.may(Permission.LOG_CONCERNS):
            raise NotRestricted(
                f"{one.full_name} is not somebody of your agency who works with concerns, "
                "and does not open its records anyway."
            )
    for one in kept_out:
        if one.pk == concern.owner_id or one.may(Permission.OVERSEE):
            raise NotRestricted(
                f"{one.full_name} cannot be kept out: the owner and the leads always can open this record.",
                "Give the record to another owner first, or ask your administrator to change their role.",
            )
    both = {one.pk for one in let_in} & {one.pk for one in kept_out}
    if both:
        raise NotRestricted("Somebody is named in both lists. Take them out of one.")
    wanted: dict[UUID, str] = {one.pk: Place.KEPT_OUT for one in kept_out}
    return wanted | {one.pk: Place.LET_IN for one in let_in}


def _name(restriction: Restriction, wanted: dict[UUID, str], *, by: Membership, at: datetime) -> None:
    Named.objects.bulk_create(
        Named(restriction=restriction, member_id=pk, place=place, named_by=by, named_at=at)
        for pk, place in wanted.items()
    )


def _write_down(
    verb: Verb,
    restriction: Restriction,
    *,
    by: Membership,
    at: datetime,
    wanted: dict[UUID, str] | None = None,
) -> None:
    reference = restriction.concern.reference
    places = list((wanted or {}).values())
    data = {"let_in": places.count(Place.LET_IN), "kept_out": places.count(Place.KEPT_OUT)}
    record(
        verb,
        by=by,
        at=at,
        subject=reference,
        concern=reference,
        data={"restriction": restriction.pk, **(data if wanted is not None else {})},
    )
