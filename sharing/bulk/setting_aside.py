"""What is set aside while rows are copied in, and put back in the same transaction, which checks every row.

Each foreign key is checked again as a whole when it comes back, which is much faster than row by row.
Unique and check constraints stay in force all the time. The triggers do not fire for copies of what they
let through; what they would have written (leaves, words of names) is written in sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
                  pg_get_constraintdef(oid))
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conrelid, conname
"""
INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique ORDER BY indexrelid
"""


@contextmanager
def set_aside(cursor: Any, tables: Sequence[str], *, step: Callable[[str], None]) -> Iterator[None]:
    """Take foreign keys, triggers and indexes that order nothing away from tables while the block runs.

    In a transaction: where the block fails, or a row does not fit, everything is as it was.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    found = []
    for query in (INDEXES, KEYS):
        cursor.execute(query, [list(tables)])
        found += cursor.fetchall()
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for away, _ in found:
        cursor.execute(away)
    yield
    for _, back in found:
        step("Putting indexes and keys back, which checks every row")
        cursor.execute(back)
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
