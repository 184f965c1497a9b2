"""What stands in the database, so that a test can say that nothing changed, or what did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.apps import apps
from django.db import connection, transaction

OURS = {"audit", "notifications", "agencies", "records", "consent", "sharing"}
# Who is signed in where is nobody's record, and every sign-in writes it.
NOT_COUNTED = {"agencies_session"}


class Table(NamedTuple):
    """How many rows a table holds, and a digest of everything in them."""

    size: int
    digest: str


Rows = dict[str, Table]
EMPTY = Table(0, "")
REFERENCE = {m._meta.db_table for m in apps.get_models() if getattr(m, "reference_data", False)}


def tables() -> list[str]:
    """Return the names of our tables, the many-to-many ones too. Triggers write the others."""
    models = [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.app_label in OURS
        and m._meta.db_table not in NOT_COUNTED
        and not getattr(m, "written_by_database", False)
    ]
    return sorted(m._meta.db_table for m in models)


def written() -> list[str]:
    """Return the tables of ours that may hold something else than when this transaction began.

    PostgreSQL counts what a transaction writes, also what was taken back since. Digests of more than a
    hundred tables that nobody touched would take most of the time of many tests. Reference data is there
    beforehand, so it is always looked at; outside a transaction everything is.
    """
    if not connection.in_atomic_block:
        return tables()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        touched = {name for (name,) in cursor.fetchall()}
    return [name for name in tables() if name in touched or name in REFERENCE]


def snapshot() -> Rows:
    """Read the count and a digest of every table of ours that was written to, in one statement."""
    quote = connection.ops.quote_name
    parts = [
        f"SELECT '{name}', count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
        f" FROM {quote(name)} t"
        for name in written()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        # One that was written to and is empty again is like one that was not.
        return {name: Table(size, digest) for name, size, digest in cursor.fetchall() if size}


def changed(before: Rows, after: Rows) -> dict[str, int]:
    """Return the tables that differ, each with how many rows it gained (0: a row was changed)."""
    names = before.keys() | after.keys()
    found = {name: (before.get(name, EMPTY), after.get(name, EMPTY)) for name in sorted(names)}
    return {name: new.size - old.size for name, (old, new) in found.items() if new != old}


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fail where the block leaves anything changed in any table of ours."""
    before = snapshot()
    yield
    assert changed(before, snapshot()) == {}


class Taken:
    """What a block wrote, and whether it is to stay after all."""

    def __init__(self) -> None:
        self.back = True

    def keep(self) -> None:
        """Let what the block writes stand."""
        self.back = False


@contextmanager
def taken_back() -> Iterator[Taken]:
    """Undo whatever the block writes, unless it says that this is to be kept."""
    taken = Taken()
    with transaction.atomic():
        yield taken
        if taken.back:
            transaction.set_rollback(True)
