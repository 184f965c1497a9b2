"""Makes the partnership: tells the patterns, copies them, seals the record."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from agencies.models import Agency, Partnership
from agencies.seeds import PARTNERSHIP, load_partnership
from audit.models import Seal
from audit.operations import seals
from records.models import Concern
from sharing.bulk import tales
from sharing.bulk.cast import Company
from sharing.bulk.copies import Copier, write_words
from sharing.bulk.patterns import Reader, Table
from sharing.bulk.plan import lay_out
from sharing.bulk.sealing import shapes_of, write_leaves
from sharing.bulk.setting_aside import set_aside
from sharing.operations import learning

# How many concerns are copied at a time, so that somebody who waits sees that it goes on.
PORTION = 5_000
# So many leaves in a seal, and for so long: nobody else is at work on this database.
BATCH, SEAL_SECONDS = 50_000, 3_600
# Copies, leaves and seals take about so much of the time.
COPIES, LEAVES, SEALED = 0.5, 0.8, 0.97

SOMEBODYS = "There is somebody's data in this database. Use an empty one, or a demo's."
Progress = Callable[[float, str], None]


class NotHere(Exception):
    """This database is not one to fill with invented people."""


def seed(*, concerns: int, seed_of: int, at: datetime, role: str, progress: Progress) -> int:
    """Fill a database with so many invented concerns as of `at` (UTC), and return how many rows that took.

    `role` is the one that the application runs as: its connection tells the patterns. The owner of the
    tables, whom DATABASE_OWNER_URL names, copies them in one transaction: all of it or nothing. Raises
    NotHere where the database has anybody's data but the demo's, or anything is sealed already.
    """
    require_nobody_here()
    if not Partnership.objects.exists():
        progress(0, "Setting up the partnership")
        load_partnership(at)
    progress(0.01, "Telling the concerns that are copied")
    with transaction.atomic():
        patterns = tales.tell(at)
    with the_owner() as owner:
        with _in_one(owner) as cursor:
            rows = _copy(cursor, patterns, concerns=concerns, seed_of=seed_of, role=role, progress=progress)
        progress(LEAVES, "Sealing the record")
        _seal(rows, progress)
        progress(SEALED, "Reading what there is, for the planner")
        with owner.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    learning.refresh(at)
    progress(1, "Done")
    return rows


def require_nobody_here() -> None:
    """Raise NotHere where there is anybody's data but that of the demo, or anything is sealed."""
    if Partnership.objects.exclude(reference=PARTNERSHIP).exists():
        raise NotHere(SOMEBODYS)
    if Agency.objects.filter(reference__startswith="bulk-").exists():
        raise NotHere("A large partnership has been made here already.")
    if Concern.objects.exists() and not settings.DEMO:
        raise NotHere(SOMEBODYS)
    if Seal.objects.exists():
        raise NotHere("The record here is sealed already. Use a database in which nothing has been sealed.")


@contextmanager
def the_owner() -> Iterator[BaseDatabaseWrapper]:
    """Connect as the owner of the tables. Raises NotHere where DATABASE_OWNER_URL names none."""
    named = urlsplit(os.environ.get("DATABASE_OWNER_URL", ""))
    if not named.username:
        raise NotHere("Set DATABASE_OWNER_URL to the owner of the tables, who copies past their triggers.")
    other = connection.copy()
    other.settings_dict.update(
        USER=unquote(named.username),
        PASSWORD=unquote(named.password or ""),
        HOST=unquote(named.hostname or ""),
        PORT=str(named.port or ""),
    )
    with closing(other):
        yield other


@contextmanager
def _in_one(owner: BaseDatabaseWrapper) -> Iterator[Any]:
    """Give a cursor whose statements become valid together, or not at all."""
    owner.set_autocommit(False)
    try:
        with owner.cursor() as cursor:
            yield cursor
        owner.commit()
    except BaseException:
        owner.rollback()
        raise
    finally:
        owner.set_autocommit(True)


def _copy(
    cursor: Any, patterns: list[tales.Pattern], *, concerns: int, seed_of: int, role: str, progress: Progress
) -> int:
    company = Company(cursor, seed=seed_of)
    progress(0.02, "Reading the concerns that are copied")
    tables = Reader(cursor, patterns, company).read()
    progress(0.03, "Hiring people and setting up schools")
    lay_out(cursor, patterns, company.gather(concerns), count=concerns, seed=seed_of)
    names = [table.name for table in tables]
    copier, rows = Copier(cursor, tables, seed=seed_of), 0
    touched = [*names, "records_personword", "records_namekey", "audit_leaf"]
    with set_aside(cursor, touched, step=lambda what: progress(LEAVES - 0.02, what)):
        for share, start, end in _portions(concerns):
            for table in tables:
                rows += copier.copy(table, start=start, end=end)
            progress(0.03 + share * (COPIES - 0.03), "Copying")
        people = next(table for table in tables if table.name == "records_person")
        write_words(cursor, after=people.base)
        rows += _leaves(cursor, tables, concerns, role, progress)
        for table in tables:
            copier.advance(table)
        _count_on(cursor, concerns)
    return rows


def _portions(concerns: int) -> Iterator[tuple[float, int, int]]:
    for start in range(1, concerns + 1, PORTION):
        end = min(start + PORTION - 1, concerns)
        yield end / concerns, start, end


def _leaves(cursor: Any, tables: list[Table], concerns: int, role: str, progress: Progress) -> int:
    """Write the leaves of all copies, in about the order in which a record would have got them."""
    shapes = [(shape, table) for table in tables for shape in shapes_of([table.name])]
    rows = 0
    for share, start, end in _portions(concerns):
        for shape, table in shapes:
            first = table.base + (start - 1) * table.stride + 1
            rows += write_leaves(cursor, shape, role=role, start=first, end=table.base + end * table.stride)
        progress(COPIES + share * (LEAVES - 0.02 - COPIES), "Writing the leaves of the record")
    return rows


def _count_on(cursor: Any, concerns: int) -> None:
    """Let the next reference come after those that were given out."""
    for series, more in (("WF-26-", concerns), ("P-", 2 * concerns)):
        cursor.execute("UPDATE records_counter SET last = last + %s WHERE series = %s", [more, series])


def _seal(rows: int, progress: Progress) -> None:
    done, until = 0, time.monotonic() + SEAL_SECONDS
    while (link := seals.seal_batch(batch=BATCH)) and time.monotonic() < until:
        done += link.leaves
        progress(LEAVES + min(1, 2 * done / max(rows, 1)) * (SEALED - LEAVES), "Sealing the record")
