"""Sealing: leaves that no seal holds yet become the next link of the chain. One sealer at a time."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from audit.chain import GENESIS, LINES, METHOD, Link, digest_of
from audit.models import Seal

logger = logging.getLogger(__name__)

BATCH = 10_000
# With few events an hour, a link a minute is enough: an alteration is found within the hour all the same.
EVERY = timedelta(minutes=1)
TOO_LONG = timedelta(minutes=10)
LOCK = 5_325_741

# Up to here every id is settled: sealed, or never to come. Whoever was still under way when a seal was made
# may bring a lower id later. So it is the end of the newest seal such that, when the newest of all was made,
# every transaction of the first one's time had ended; and no further than a seal that left some for the next.
SETTLED = """
    SELECT CASE WHEN m.is_full THEN least(k.last, upper(m.ids) - 1) ELSE k.last END
    FROM (SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1) m,
    LATERAL (SELECT s.last FROM audit_seal s
             WHERE s.next_xid <= m.oldest_xid OR s.next_xid > m.next_xid ORDER BY s.number DESC LIMIT 1) k
"""
# One statement, so that what it sees and the snapshot that it notes are of one moment.
PICK = f"""
    WITH settled AS (SELECT coalesce(({SETTLED}), 0) AS id),
    held AS (SELECT coalesce(range_agg(r), '{{}}'::int8multirange) AS ids
             FROM audit_seal s, unnest(s.ids) r WHERE s.last > (SELECT id FROM settled)),
    l AS (SELECT * FROM audit_leaf
          WHERE id > (SELECT id FROM settled) AND NOT id <@ (SELECT ids FROM held)
          ORDER BY id LIMIT %(batch)s)
    SELECT count(*), max(l.id), range_agg(int8range(l.id, l.id, '[]'))::text, {LINES},
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           (SELECT coalesce(array_agg(x ORDER BY x), '{{}}') FROM
               (SELECT pg_snapshot_xip(pg_current_snapshot())::text::bigint AS x
                UNION SELECT pg_current_xact_id_if_assigned()::text::bigint) u WHERE x IS NOT NULL)::text,
           clock_timestamp()
    FROM l
"""  # noqa: S608  # names of our own

INSERT = """
    INSERT INTO audit_seal
        (number, method, previous, leaves, last, ids, digest, oldest_xid, next_xid, under_way, is_full,
         sealed_at, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class Waiting(NamedTuple):
    """How many leaves no seal holds yet (counted up to a batch), and since when the oldest of them waits."""

    leaves: int
    since: datetime | None


def waiting() -> Waiting:
    """Return what waits to be sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(l.written_at) FROM (SELECT written_at FROM audit_leaf WHERE id >"
            " coalesce((SELECT last FROM audit_seal ORDER BY number DESC LIMIT 1), 0)"
            " ORDER BY id LIMIT %s) l",
            [BATCH],
        )
        return Waiting(*cursor.fetchone())


@transaction.atomic
def seal_batch(*, batch: int = BATCH) -> Link | None:
    """Append one seal over what waits, up to `batch` leaves. Returns it, or None where nothing was.

    The moment is the database's own, because leaves carry that clock. Where another sealer is at it, this one
    leaves it to the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(PICK, {"batch": batch})
        count, top, ids, lines, oldest_xid, next_xid, under_way, now = cursor.fetchone()
        if not count:
            return None
        before = Seal.objects.order_by("-number").first()
        link = Link(
            number=before.number + 1 if before else 1,
            method=METHOD,
            previous=bytes(before.hash) if before else GENESIS,
            leaves=count,
            last=max(top, before.last if before else 0),
            ids=ids,
            digest=digest_of(lines),
            oldest_xid=oldest_xid,
            next_xid=next_xid,
            under_way=under_way,
            is_full=count >= batch,
            sealed_at=now,
        )
        cursor.execute(INSERT, [*vars(link).values(), link.hash])
    # The log is kept elsewhere: what stands in it cannot be rewritten together with the database.
    logger.info("sealed", extra={"seal": link.number, "leaves": link.leaves, "hash": link.hash.hex()})
    return link


def seal_all(*, seconds: float = 600, batch: int = BATCH) -> int:
    """Seal until nothing waits or time is up. Returns how many leaves were sealed."""
    until, sealed = time.monotonic() + seconds, 0
    while link := seal_batch(batch=batch):
        sealed += link.leaves
        if link.leaves < batch or time.monotonic() > until:
            break
    return sealed


def stands_still(waits: Waiting, *, at: datetime) -> bool:
    """Say whether something has waited so long that nobody can be sealing."""
    return waits.since is not None and at - waits.since > TOO_LONG


def seal_if_due(*, at: datetime, seconds: float = 5) -> int:
    """Seal where something has waited for a minute, or a whole batch waits. Returns how many were sealed."""
    left, since = waiting()
    if since is None or (left < BATCH and at - since < EVERY):
        return 0
    return seal_all(seconds=seconds)
