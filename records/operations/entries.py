"""Writing a person's history down: what happened before the service, and belongs to no concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Unpack

from django.db import transaction
from django.db.models import Max

from agencies.models import Membership
from audit.operations import record
from records import entries
from records.entries import ThereAlready, Words
from records.models import ChronologyEntry, ChronologyImport, Person
from records.operations.locks import lock_person
from records.verbs import Verb


class Entered(NamedTuple):
    """What came of adding several entries."""

    added: list[ChronologyEntry]
    known: int


@transaction.atomic
def add_entry(person: Person, *, by: Membership, at: datetime, **words: Unpack[Words]) -> ChronologyEntry:
    """Add an entry to a person's history, under the next number.

    Raises NotAllowed, NotAnEntry, and ThereAlready where it says the same as another.
    """
    locked = lock_person(person, by=by)
    entries.require_an_entry(words, at=at)
    there = ChronologyEntry.objects.filter(person=locked, digest=entries.digest_of(words)).first()
    if there is not None:
        raise ThereAlready(
            f"The history of {locked.name} says this already, in {there.label}. "
            "If it happened twice, say what was different."
        )
    (entry,) = _write(locked, [words], by=by, at=at)
    data = {"entry": entry.label, "precision": entry.precision, "kind": entry.kind}
    record(Verb.ENTRY_ADDED, by=by, at=at, subject=locked.reference, data=data)
    return entry


@transaction.atomic
def add_entries(
    person: Person, said: Sequence[Words], *, by: Membership, at: datetime, batch: ChronologyImport
) -> Entered:
    """Add what a file says of one person; what is there already is left out. Adding it again adds nothing.

    Raises NotAllowed, NotAnEntry.
    """
    locked = lock_person(person, by=by)
    for words in said:
        entries.require_an_entry(words, at=at)
    by_digest = {entries.digest_of(words): words for words in said}
    there = ChronologyEntry.objects.filter(person=locked, digest__in=by_digest)
    for digest in there.values_list("digest", flat=True):
        del by_digest[digest]
    added = _write(locked, list(by_digest.values()), by=by, at=at, batch=batch) if by_digest else []
    if added:
        data = {"number": len(added), "from": added[0].label, "to": added[-1].label, "import": str(batch.pk)}
        record(Verb.ENTRIES_IMPORTED, by=by, at=at, subject=locked.reference, data=data)
    return Entered(added, len(said) - len(added))


def _write(
    person: Person,
    said: Sequence[Words],
    *,
    by: Membership,
    at: datetime,
    batch: ChronologyImport | None = None,
) -> list[ChronologyEntry]:
    """Add entries under the next numbers. The caller holds the lock of the person."""
    last = person.chronology.aggregate(last=Max("number"))["last"] or 0
    return ChronologyEntry.objects.bulk_create(
        ChronologyEntry(
            person=person,
            number=number,
            author=by,
            entered_at=at,
            digest=entries.digest_of(words),
            batch=batch,
            **words,
        )
        for number, words in enumerate(said, start=last + 1)
    )
