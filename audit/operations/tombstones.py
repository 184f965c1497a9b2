"""What disposal needs: rows may go, or lose their content, where a tombstone says which and why.

Their leaves stay, so the chain still fits. `manage.py verify_record` accepts a missing row only where a
tombstone names it. In one transaction: `bury` what is about to go, then delete; or empty rows, then
`mark_emptied` them, which seals what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from audit import leaves
from audit.models import Tombstone
from audit.operations import Actor

SERVICE = "Check Back"
PORTION = 1_000


class NotSealed(ValueError):
    """A tombstone was asked for a table of which nothing is sealed."""


@transaction.atomic
def bury(
    model: type[Model],
    ids: Iterable[int],
    *,
    authority: str,
    why: str,
    by: Actor | None,
    at: datetime,
    concern: str = "",
) -> int:
    """Write down that rows of a model are about to be deleted. Returns how many.

    `authority` is the reference of the certificate, `why` a code and never text about anybody. Raises
    NotSealed for a model without leaves: there is nothing that would miss its rows.
    """
    _require_sealed(model)
    made = Tombstone.objects.bulk_create(
        (_stone(model, row, Tombstone.What.GONE, authority, why, by, at, concern) for row in ids),
        batch_size=PORTION,
    )
    return len(made)


@transaction.atomic
def mark_emptied(
    model: type[Model],
    ids: Iterable[int],
    *,
    authority: str,
    why: str,
    by: Actor | None,
    at: datetime,
    concern: str = "",
) -> int:
    """Write down that rows have lost their content, with the hash of what is left. Returns how many.

    Call it after the change. Raises NotSealed for a model without leaves, and LookupError where there is no
    such row.
    """
    _require_sealed(model)
    wanted = sorted(set(ids))
    left = remains_of(model, wanted)
    if missing := [row for row in wanted if row not in left]:
        raise LookupError(f"{model._meta.db_table} has no row {missing[0]}")
    stones = [_stone(model, row, Tombstone.What.EMPTIED, authority, why, by, at, concern) for row in wanted]
    for stone in stones:
        stone.remains, stone.columns = left[stone.row_id], list(leaves.every_column(model))
    return len(Tombstone.objects.bulk_create(stones, batch_size=PORTION))


def remains_of(model: type[Model], ids: Iterable[int]) -> dict[int, bytes]:
    """Return the hash of everything that is sealed of rows of a model, as they are now."""
    table = leaves.quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, {leaves.remains(model, 't')} FROM {table} t WHERE t.id = ANY(%s)",  # noqa: S608  # names of our own
            [list(ids)],
        )
        return {row: bytes(digest) for row, digest in cursor.fetchall()}


def _require_sealed(model: type[Model]) -> None:
    if not leaves.triggers_of(model):
        raise NotSealed(f"Nothing of {model._meta.label} is sealed.")


def _stone(
    model: type[Model],
    row: int,
    what: str,
    authority: str,
    why: str,
    by: Actor | None,
    at: datetime,
    concern: str,
) -> Tombstone:
    return Tombstone(
        table_name=model._meta.db_table,
        row_id=row,
        what=what,
        authority=authority,
        why=why,
        concern=concern,
        by_id=by.pk if by else None,
        by=by.label if by else SERVICE,
        at=at,
    )
