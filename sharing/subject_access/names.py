"""Who else is known where somebody is: so that their names are found in the text, and suggested to
hold back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from records.models import Concern, Person, Relationship
from sharing.guard.words import Text
from sharing.models import Exchange, ExchangePerson
from sharing.subject_access.parts import found, found_in
from sharing.subject_access.pieces import Found


@dataclass(frozen=True)
class Known:
    """Somebody else: how they are called, and the ways in which a text may name them."""

    name: str
    ways: tuple[str, ...]


def known_beside(person: Person, concerns: Iterable[Concern], heard: Iterable[Exchange]) -> list[Known]:
    """Return everybody else who is recorded in the same concerns, is related, or was named to us with
    them."""
    related = Relationship.objects.filter(Q(person=person) | Q(related=person))
    beside = {pk for pair in related.values_list("person_id", "related_id") for pk in pair}
    rows = Person.objects.filter(
        Q(pk__in=beside) | Q(concerned_in__concern__in=list(concerns)), agency=person.agency_id
    )
    people = [
        Known(one.name, _ways(person, one.first_name, one.last_name, one.known_as))
        for one in rows.exclude(pk=person.pk).distinct().order_by("pk")
    ]
    told = ExchangePerson.objects.filter(exchange__in=list(heard)).values_list("name", flat=True).distinct()
    for name in told.order_by("name"):
        first, _, last = name.partition(" (")[0].rpartition(" ")
        if not found(name, f"{person.first_name} {person.last_name}".strip() or person.known_as):
            people.append(Known(name, _ways(person, first, last, "")))
    return people


def _ways(person: Person, first: str, last: str, known_as: str) -> tuple[str, ...]:
    """A full name, the first name, and the last name where the person does not share it."""
    own = {one.casefold() for one in (person.first_name, person.last_name, person.known_as) if one}
    ways = [f"{first} {last}".strip(), first, known_as, last]
    return tuple(dict.fromkeys(one for one in ways if len(one) > 1 and one.casefold() not in own))


def in_text(known: Iterable[Known], piece: Found) -> list[str]:
    """Return the names of those who are named in a piece."""
    read = Text(f"{piece.heading}\n{piece.text}\n{piece.source}")
    return [one.name for one in known if any(found_in(read, way) for way in one.ways)]
