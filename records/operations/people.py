"""Writing down who people are, how to reach them safely and how they are related."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from agencies.models import Membership
from agencies.refusals import Refused
from audit.operations import record
from records import changes, identifiers, names
from records.models import Person, Relationship
from records.operations.locks import lock_concerns_of, lock_person, require_may_log
from records.operations.references import next_reference
from records.verbs import Verb


class NotAPerson(Refused):
    """What was given cannot be true of one person."""


class KnownAlready(Refused):
    """Another person of the agency has this number."""


class NotRelated(Refused):
    """Two people cannot be related in the way that was said."""


class Details(TypedDict, total=False):
    """What is known of a person. Left out means unchanged, or not known."""

    kind: str
    first_name: str
    last_name: str
    known_as: str
    born_on: date | None
    birth_date_is_estimated: bool
    nhs_number: str
    upn: str
    address: str
    phone: str
    address_is_protected: bool
    communication_needs: str
    safe_contact_rule: str


@transaction.atomic
def record_person(*, by: Membership, at: datetime, **details: Unpack[Details]) -> Person:
    """Add a person to the records of the agency of `by`. Look for similar people first.

    Raises NotAllowed, NotAPerson, KnownAlready.
    """
    require_may_log(by)
    person = Person(agency=by.agency, recorded_by=by, recorded_at=at)
    set_details(person, details, on=at)
    person.reference = next_reference("P-", digits=6)
    save_with_own_numbers(person)
    record(
        Verb.PERSON_RECORDED, by=by, at=at, subject=person.reference, data={"version": 1, "kind": person.kind}
    )
    return person


@transaction.atomic
def change_person(
    person: Person,
    *,
    by: Membership,
    at: datetime,
    seen_version: int | None = None,
    **details: Unpack[Details],
) -> Person:
    """Change what is known of a person; nothing is written where nothing differs.

    Where their address becomes protected, everyone who was told about them is told so in the same
    transaction (settings wire it up), under the locks of their concerns, which are taken first.

    Raises NotAllowed, OutOfDate, NotAPerson, KnownAlready.
    """
    if details.get("address_is_protected"):
        lock_concerns_of(person)
    locked = lock_person(person, by=by)
    changes.require_current(locked, seen_version, by=by)
    before = {name: getattr(locked, name) for name in details}
    set_details(locked, details, on=at)
    changed = sorted(name for name in details if getattr(locked, name) != before[name])
    if not changed:
        return locked
    locked.version += 1
    save_with_own_numbers(locked)
    data = {"version": locked.version, "fields": changed}
    record(Verb.PERSON_CHANGED, by=by, at=at, subject=locked.reference, data=data)
    if "address_is_protected" in changed and locked.address_is_protected:
        import_string(settings.DETAIL_PROTECTED_FOLLOWED_BY)(locked, detail="ADDRESS", by=by, at=at)
    return locked


def set_details(person: Person, details: Details, *, on: datetime) -> None:
    """Put tidied details on a person who is not saved yet. Raises NotAPerson."""
    for name, value in details.items():
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    try:
        person.nhs_number = identifiers.nhs_number(person.nhs_number) if person.nhs_number else ""
        person.upn = identifiers.pupil_number(person.upn) if person.upn else ""
    except identifiers.NotAnIdentifier as error:
        raise NotAPerson(f"{error}.") from error
    if not (person.first_name or person.last_name or person.known_as):
        raise NotAPerson("Give at least one name, or what the person is called.")
    if person.kind not in Person.Kind.values:
        raise NotAPerson("Say whether this is a child, an adult at risk, a parent or carer, or someone else.")
    if person.born_on and person.born_on > timezone.localdate(on) and not person.birth_date_is_estimated:
        raise NotAPerson(
            "The date of birth is in the future. For a baby not born yet, give the expected date and tick "
            "“This date is an estimate”."
        )
    person.search_name = names.plain(person.first_name, person.last_name, person.known_as)
    person.search_words = names.words(person.first_name, person.last_name, person.known_as)
    person.sort_name = names.sorted_as(
        first=person.first_name, last=person.last_name, known_as=person.known_as
    )


def save_with_own_numbers(person: Person) -> None:
    """Save a person. Raises KnownAlready where somebody else of the agency has their NHS number or UPN."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        numbers = {
            "one_person_an_nhs_number": ("nhs_number", "NHS number"),
            "one_person_a_upn": ("upn", "UPN"),
        }
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint not in numbers:
            raise
        field, label = numbers[constraint]
        other = Person.objects.get(agency_id=person.agency_id, **{field: getattr(person, field)})
        raise KnownAlready(
            f"{other.name} ({other.reference}) already has this {label} in your agency’s records. "
            "If it is the same person, use that record. If not, one of the two numbers is wrong."
        ) from None


@transaction.atomic
def relate(
    person: Person, related: Person, *, kind: str, by: Membership, at: datetime, note: str = ""
) -> Relationship:
    """Record who `related` is to `person`: with PARENT, `related` is the parent. Twice is the same as once.

    Raises NotAllowed, NotRelated.
    """
    if person.pk == related.pk:
        raise NotRelated("A person cannot be related to themselves. Choose somebody else.")
    if kind not in Relationship.Kind.values:
        raise NotRelated("Say how the two people are related.")
    # Always in the same order, so that two people relating the same pair never wait for each other.
    first, second = sorted((person, related), key=lambda one: one.pk)
    lock_person(first, by=by)
    lock_person(second, by=by)
    relationship, created = Relationship.objects.get_or_create(
        person=person,
        related=related,
        kind=kind,
        ended_at=None,
        defaults={"note": note, "recorded_by": by, "recorded_at": at},
    )
    if created:
        data = {"other": related.reference, "kind": kind}
        record(Verb.PEOPLE_RELATED, by=by, at=at, subject=person.reference, data=data)
    return relationship


@transaction.atomic
def end_relationship(relationship: Relationship, *, by: Membership, at: datetime) -> Relationship:
    """Say that a relationship has ended or was wrong; it stays in the record. Raises NotAllowed."""
    person = lock_person(relationship.person, by=by)
    locked = Relationship.objects.select_for_update().get(pk=relationship.pk)
    if locked.ended_at is None:
        locked.ended_at, locked.ended_by = at, by
        locked.save(update_fields=["ended_at", "ended_by"])
        data = {"other": relationship.related.reference, "kind": locked.kind}
        record(Verb.RELATIONSHIP_ENDED, by=by, at=at, subject=person.reference, data=data)
    return locked
