"""Protecting a detail of a person from those who must not come to know it, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from agencies.models import Agency, Membership
from agencies.refusals import Refused
from audit.operations import record
from records.models import Person, ProtectedDetail, ProtectedFrom
from records.operations.locks import lock_concerns_of, lock_person
from records.verbs import Verb

SHORTEST = 2
LONGEST = 1000


class NotProtected(Refused):
    """What was given cannot be protected as it was said."""


class EndedAlready(Refused):
    """Somebody has ended the protection of this detail."""


@transaction.atomic
def protect_detail(
    person: Person,
    *,
    by: Membership,
    at: datetime,
    kind: str,
    value: str,
    kept_from: str,
    why: str,
    agencies: Sequence[Agency] = (),
    people: Sequence[Membership] = (),
) -> ProtectedDetail:
    """Protect one thing about a person: from everybody outside, from some agencies, or from some people.

    From now on nothing that holds it is sent to them without a decision. Everyone who was told about the
    person before is asked not to pass it on, in the same transaction (settings wire it up), and is never told
    what it is. Raises NotAllowed, NotProtected.
    """
    lock_concerns_of(person)
    locked = lock_person(person, by=by)
    value, why = value.strip(), why.strip()
    if kind not in ProtectedDetail.Kind.values:
        raise NotProtected(answers={"kind": "Say what kind of detail it is."})
    if sum(char.isalnum() for char in value) < SHORTEST or len(value) > LONGEST:
        raise NotProtected(
            answers={"value": "Write what must not be passed on: at least two letters or digits."}
        )
    if not why:
        raise NotProtected(
            answers={"why": "Say why it must not be passed on, so that a colleague can decide by it."}
        )
    if kept_from not in ProtectedDetail.From.values:
        raise NotProtected(answers={"kept_from": "Say from whom it is to be kept."})
    chosen = _chosen(kept_from, agencies=agencies, people=people, by=by)
    existing = ProtectedDetail.objects.filter(person=locked)
    if kept_from == ProtectedDetail.From.EVERYBODY:
        same = existing.filter(kind=kind, value=value, kept_from=kept_from, ended_at__isnull=True).first()
        if same is not None:
            raise NotProtected(answers={"value": f"This is protected already: see detail {same.number}."})
    import_string(settings.DETAIL_PROTECTED_FOLLOWED_BY)(locked, detail=kind, kept_from=chosen, by=by, at=at)
    last = existing.order_by("-number").values_list("number", flat=True).first() or 0
    detail = ProtectedDetail.objects.create(
        person=locked,
        number=last + 1,
        kind=kind,
        value=value,
        kept_from=kept_from,
        why=why,
        added_by=by,
        added_at=at,
    )
    ProtectedFrom.objects.bulk_create(
        ProtectedFrom(
            detail=detail,
            agency=one if isinstance(one, Agency) else None,
            member=one if isinstance(one, Membership) else None,
        )
        for one in chosen
    )
    data = {"number": detail.number, "kind": kind, "kept_from": kept_from}
    record(Verb.PROTECTION_ADDED, by=by, at=at, subject=locked.reference, data=data)
    return detail


def _chosen(
    kept_from: str, *, agencies: Sequence[Agency], people: Sequence[Membership], by: Membership
) -> Sequence[Agency | Membership]:
    """Return from whom it is kept by name. Raises NotProtected where nobody is, or somebody elsewhere."""
    if kept_from == ProtectedDetail.From.AGENCIES:
        if not agencies:
            raise NotProtected(answers={"agencies": "Choose the agencies from which it is to be kept."})
        if any(one.partnership_id != by.agency.partnership_id for one in agencies):
            raise NotProtected(answers={"agencies": "Choose agencies of your own partnership."})
        if any(one.pk == by.agency_id for one in agencies):
            raise NotProtected(
                answers={
                    "kept_from": "Your own agency keeps this. Name the people from whom it is to be kept."
                }
            )
        return list(agencies)
    if kept_from == ProtectedDetail.From.PEOPLE:
        if not people:
            raise NotProtected(answers={"people": "Name the people from whom it is to be kept."})
        if any(one.agency.partnership_id != by.agency.partnership_id for one in people):
            raise NotProtected(answers={"people": "Name people of your own partnership."})
        return list(people)
    return []


@transaction.atomic
def end_protection(detail: ProtectedDetail, *, by: Membership, at: datetime, why: str) -> ProtectedDetail:
    """End the protection of a detail, with the reason. It stays on the record.

    Raises NotAllowed, EndedAlready, NotProtected without a reason.
    """
    person = lock_person(detail.person, by=by)
    locked = ProtectedDetail.objects.select_for_update().get(pk=detail.pk)
    if locked.ended_at is not None:
        raise EndedAlready("A colleague has ended this already.")
    if not why.strip():
        raise NotProtected("Say why it need not be protected any more.")
    locked.ended_at, locked.ended_by, locked.ended_why = at, by, why
    locked.save(update_fields=["ended_at", "ended_by", "ended_why"])
    data = {"number": locked.number, "kind": locked.kind}
    record(Verb.PROTECTION_ENDED, by=by, at=at, subject=person.reference, data=data)
    return locked
