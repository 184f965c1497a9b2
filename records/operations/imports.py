"""Adding entries of people's histories from a file: kept, read without adding anything, looked at, added.

Rows that are right are added in portions, each a transaction of its own, so that a large file holds no lock
for long and a crash loses nothing: the row that was added says so, and the work goes on from there. Nothing
is added twice, because what a person's history says already is left out, also by a rule of the database. So
a file can be mended and uploaded again as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from agencies.files import content_of
from agencies.jobs import CannotDo, Progress
from agencies.models import Job, Membership
from agencies.operations import files, jobs
from agencies.refusals import Refused
from audit.operations import record
from records import entries
from records.importing import rows, table
from records.importing.table import Line
from records.models import ChronologyEntry, ChronologyImport, ImportRow, Person
from records.operations.entries import add_entries
from records.operations.locks import require_may_log
from records.verbs import Verb

State = ImportRow.State
PORTION = 500
# What was read of a file is working material.
KEPT = timedelta(hours=24)
T = TypeVar("T")


class NotAFile(Refused):
    """There is nothing to read, or too much."""


class NothingToAdd(Refused):
    """A file has not been read, has nothing that is right, or is being added already."""


@transaction.atomic
def start_import(*, data: bytes, by: Membership, at: datetime, back: str, found: str) -> Job:
    """Keep a file, and ask for it to be read: row by row, adding nothing.

    `back` is the page to go back to, `found` the one that shows what was found, with {pk} in it. Raises
    NotAllowed, NotAFile.
    """
    require_may_log(by)
    if not data:
        raise NotAFile("The file is empty. Choose another.")
    if len(data) > table.MOST_BYTES:
        raise NotAFile("The file is larger than 2 MB. Split it, and upload the parts.")
    kept = files.keep([data], at=at)
    batch = ChronologyImport.objects.create(
        agency=by.agency, by=by, asked_at=at, size=kept.size, sha256=kept.sha256, file=kept
    )
    subject = f"chronology-import:{batch.pk}"
    record(Verb.IMPORT_ASKED, by=by, at=at, subject=subject, data={"size": kept.size})
    params = {"import": str(batch.pk), "next": found.format(pk=batch.pk)}
    return jobs.ask("chronology-read", title="Reading your file", by=by, at=at, back=back, params=params)


@transaction.atomic
def begin_adding(batch: ChronologyImport, *, by: Membership, at: datetime, back: str) -> Job:
    """Ask for the rows that are right to be added. Raises NotAllowed, NothingToAdd."""
    require_may_log(by)
    locked = ChronologyImport.objects.select_for_update().get(pk=batch.pk, by=by)
    if locked.read_at is None or locked.forgotten_at is not None:
        raise NothingToAdd("The file has not been read, or was read more than a day ago. Upload it again.")
    if locked.begun_at is not None:
        raise NothingToAdd("These entries are being added, or have been added already.")
    if not locked.rows.filter(state=State.RIGHT).exists():
        raise NothingToAdd("No row of this file can be added. Mend the file, and upload it again.")
    locked.begun_at = at
    locked.save(update_fields=["begun_at"])
    subject = f"chronology-import:{locked.pk}"
    data = {"right": locked.right, "wrong": locked.wrong, "known": locked.known}
    record(Verb.IMPORT_BEGUN, by=by, at=at, subject=subject, data=data)
    params = {"import": str(locked.pk), "next": back}
    return jobs.ask("chronology-add", title="Adding the entries", by=by, at=at, back=back, params=params)


def read_rows(batch: ChronologyImport, *, by: Membership, at: datetime, progress: Progress) -> None:
    """Read every row of a kept file and write down what it would add, or what is wrong with it.

    Raises CannotDo where the file as a whole cannot be understood. Reading again begins anew.
    """
    _forget(at=at)
    if batch.file is None:
        if batch.read_at is None:
            raise CannotDo("The file is no longer here. Upload it again.")
        return
    found = table.read(content_of(batch.file))
    ImportRow.objects.filter(batch=batch).delete()
    seen: dict[tuple[int, str], int] = {}
    done = 0
    for portion in portions(found.lines):
        _keep(batch, portion, seen, width=len(found.columns), columns=found.columns, by=by, at=at)
        done += len(portion)
        progress(done, len(found.lines))
    _was_read(batch, columns=found.columns, at=at)


def add_rows(batch: ChronologyImport, *, by: Membership, at: datetime, progress: Progress) -> None:
    """Add the rows that are right, portion by portion; done again, it goes on where it stopped."""
    waiting = ImportRow.objects.filter(batch=batch, state=State.RIGHT)
    done, total = batch.right - waiting.count(), batch.right
    while portion := list(waiting.select_related("person").order_by("line")[:PORTION]):
        try:
            _add(batch, portion, by=by, at=at)
        except Refused as refused:
            raise CannotDo(" ".join(refused.sentences)) from refused
        done += len(portion)
        progress(done, total)
    ChronologyImport.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=at)
    ImportRow.objects.filter(batch=batch, state=State.ADDED).delete()


def portions(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into portions."""
    for start in range(0, len(things), PORTION):
        yield things[start : start + PORTION]


@transaction.atomic
def _keep(
    batch: ChronologyImport,
    lines: Sequence[Line],
    seen: dict[tuple[int, str], int],
    *,
    width: int,
    columns: Sequence[str],
    by: Membership,
    at: datetime,
) -> None:
    """Write down what a portion of lines comes to. `seen` are the entries of the lines before."""
    known = rows.people_in(lines, by=by)
    checked = [(line, rows.check(line, known, width=width, at=at)) for line in lines]
    digests = {entries.digest_of(one.words) for _, one in checked if one.words}
    people = {one.person for _, one in checked if one.person}
    there = {
        (entry.person_id, entry.digest): entry.label
        for entry in ChronologyEntry.objects.filter(person__in=people, digest__in=digests)
    }
    kept = []
    for line, one in checked:
        row = ImportRow(batch=batch, line=line.number, state=State.WRONG, problems=one.problems)
        row.cells = [line.by_column.get(name, "").replace("\0", "") for name in columns]
        if one.person is not None and one.words is not None:
            _fill(row, one.person, one.words, seen=seen, there=there)
        kept.append(row)
    ImportRow.objects.bulk_create(kept)


def _fill(
    row: ImportRow,
    person: Person,
    words: entries.Words,
    *,
    seen: dict[tuple[int, str], int],
    there: dict[tuple[int, str], str],
) -> None:
    """Put an entry on a row, and say whether it is there already."""
    for name, value in words.items():
        setattr(row, name, value)
    row.person, row.digest = person, entries.digest_of(words)
    key = (person.pk, row.digest)
    row.state = State.RIGHT
    if key in there:
        row.state, row.problems = State.KNOWN, [["", f"It is there already, as {there[key]}"]]
    elif key in seen:
        row.state, row.problems = State.KNOWN, [["", f"It says the same as line {seen[key]}"]]
    else:
        seen[key] = row.line


@transaction.atomic
def _was_read(batch: ChronologyImport, *, columns: Sequence[str], at: datetime) -> None:
    """Say that a file has been read, with how many rows are what, and let go of it."""
    counted = {state: batch.rows.filter(state=state).count() for state in State}
    file = batch.file
    ChronologyImport.objects.filter(pk=batch.pk).update(
        file=None, read_at=at, columns=list(columns), right=counted[State.RIGHT], wrong=counted[State.WRONG],
        known=counted[State.KNOWN],
    )  # fmt: skip
    if file is not None:
        files.remove(file)


@transaction.atomic
def _add(batch: ChronologyImport, portion: Sequence[ImportRow], *, by: Membership, at: datetime) -> None:
    """Add a portion of rows, person by person, always in the same order of people."""
    by_person: dict[Any, list[ImportRow]] = defaultdict(list)
    for row in portion:
        by_person[row.person].append(row)
    added = 0
    for person in sorted(by_person, key=lambda one: one.pk):
        said = [
            entries.Words(
                happened_at=row.happened_at or at, precision=row.precision, kind=row.kind, text=row.text,
                source=row.source,
            )
            for row in by_person[person]
        ]  # fmt: skip
        added += len(add_entries(person, said, by=by, at=at, batch=batch).added)
    ImportRow.objects.filter(pk__in=[row.pk for row in portion]).update(state=State.ADDED)
    ChronologyImport.objects.filter(pk=batch.pk).update(added=F("added") + added)


def _forget(*, at: datetime) -> None:
    """Take away what was read of files more than a day ago."""
    old = ChronologyImport.objects.filter(forgotten_at=None, asked_at__lt=at - KEPT)
    for batch in old.select_related("file")[:100]:
        with transaction.atomic():
            file = batch.file
            batch.rows.all().delete()
            ChronologyImport.objects.filter(pk=batch.pk).update(forgotten_at=at, file=None)
            if file is not None:
                files.remove(file)
