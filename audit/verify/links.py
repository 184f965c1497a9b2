"""The chain: does each seal follow the one before, and are its leaves those that were sealed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from audit.chain import GENESIS, LINES, Link
from audit.verify.findings import Progress, Report, Where, ask, when

PORTION = 20_000
SEALS_AT_ONCE = 500
# How far clocks may be put back, and how long somebody may take from the leaf to the end of the transaction.
LEEWAY = timedelta(minutes=1)
LATE = timedelta(hours=1)
NONE = (0, "", None, None, None)

FIELDS = """number, method, previous, leaves, last, ids::text, digest, oldest_xid, next_xid,
    under_way::text, is_full, sealed_at, hash"""
SEALS = f"SELECT {FIELDS} FROM audit_seal WHERE number > %s ORDER BY number LIMIT %s"  # noqa: S608  # names of our own
# Its transaction had ended when the seal `{0}` was made, so that seal or an earlier one would hold it.
ENDED = (
    "(l.xid < {0}.oldest_xid OR {0}.method <> 'sha256/1'"
    " AND l.xid < {0}.next_xid AND l.xid <> ALL({0}.under_way))"
)
# What belongs to the leaves of each seal of a portion, in one statement. `p` is the seal before.
SEALED = f"""
    SELECT s.number, count(l.id), sha256(convert_to(coalesce({LINES}, ''), 'UTF8')),
           min(l.id) FILTER (WHERE l.written_by <> ALL(%(roles)s)),
           min(l.id) FILTER (WHERE {ENDED.format("p")} AND s.next_xid >= p.next_xid
                             AND (NOT p.is_full OR l.id <= p.last)),
           min(l.id) FILTER (WHERE (l.xid >= p.next_xid AND s.next_xid >= p.next_xid
                                    AND l.written_at < p.sealed_at - %(leeway)s)
                             OR l.written_at > s.sealed_at + %(leeway)s)
    FROM audit_seal s LEFT JOIN audit_seal p ON p.number = s.number - 1
    CROSS JOIN LATERAL unnest(s.ids) r
    LEFT JOIN audit_leaf l ON l.id >= lower(r) AND l.id < upper(r)
    WHERE s.number BETWEEN %(first)s AND %(last)s GROUP BY s.number
"""  # noqa: S608  # names of our own


def verify_chain(report: Report, *, roles: list[str], progress: Progress, total: int) -> None:
    """Walk the chain from its beginning. Takes the memory of one portion, however long it is."""
    before: Link | None = None
    before_hash = GENESIS
    for portion in _portions():
        found = _leaves_of(portion[0][0].number, portion[-1][0].number, roles)
        for link, stored in portion:
            _follows(report, link, before, before_hash)
            if _is_itself(report, link, stored):
                _holds(report, link, *found.get(link.number, NONE))
            before, before_hash = link, stored
        progress(report.leaves, total)
    _nothing_beside(report, before)


def verify_seal(report: Report, number: int, *, roles: list[str]) -> None:
    """Look at one seal, its leaves, and whether it follows the one before."""
    rows = [as_link(row) for row in ask(SEALS, [max(number - 2, 0), min(number, 2)])]
    if not rows or rows[-1][0].number != number:
        report.add("seal missing", f"Seal {number} is missing.")
        return
    link, stored = rows[-1]
    before = rows[0] if len(rows) == 2 else None
    if number > 1:
        _follows(report, link, before[0] if before else None, before[1] if before else GENESIS)
    if _is_itself(report, link, stored):
        _holds(report, link, *_leaves_of(number, number, roles).get(number, NONE))


def _leaves_of(first: int, last: int, roles: list[str]) -> dict[int, Any]:
    rows = ask(SEALED, {"first": first, "last": last, "roles": roles, "leeway": LEEWAY})
    return {row[0]: row[1:] for row in rows}


def as_link(row: tuple[Any, ...]) -> tuple[Link, bytes]:
    """Return a row of SEALS as it is hashed, and the hash that it gives."""
    fields: list[Any] = [bytes(field) if isinstance(field, memoryview) else field for field in row]
    stored = fields.pop()
    return Link(*fields), stored


def _is_itself(report: Report, link: Link, stored: bytes) -> bool:
    """Say whether a seal is as it was made. What an altered one says of its leaves means nothing."""
    report.seals, report.leaves = report.seals + 1, report.leaves + link.leaves
    report.head = link.number
    if link.hash == stored:
        return True
    report.add("seal altered", f"Seal {link.number} of {when(link.sealed_at)} was altered.", order=link.first)
    return False


def _portions() -> Iterator[list[tuple[Link, bytes]]]:
    """Give the seals in order, as many at once as hold about a portion of leaves."""
    after, size = 0, 0
    portion: list[tuple[Link, bytes]] = []
    while rows := ask(SEALS, [after, SEALS_AT_ONCE]):
        for link, stored in map(as_link, rows):
            if portion and size + link.leaves > PORTION:
                yield portion
                portion, size = [], 0
            portion.append((link, stored))
            size, after = size + link.leaves, link.number
    if portion:
        yield portion


def _follows(report: Report, link: Link, before: Link | None, before_hash: bytes) -> None:
    expected = before.number + 1 if before else 1
    if link.number != expected:
        text = f"Seal {expected} is missing before seal {link.number} of {when(link.sealed_at)}."
        report.add("seal missing", text, order=link.first)
    elif link.previous != before_hash:
        text = f"Seal {link.number} of {when(link.sealed_at)} does not follow the one before it."
        report.add("chain broken", text, order=link.first)
    if before and link.next_xid < before.next_xid:
        report.notes.append(
            f"Between seal {before.number} and seal {link.number} the record moved to another server."
        )


def _holds(
    report: Report, link: Link, count: int, digest: Any, stranger: Any, put_in: Any, backdated: Any
) -> None:
    """Compare the leaves of a seal with what was sealed."""
    seal = f"seal {link.number} of {when(link.sealed_at)}"
    if count != link.leaves:
        gone = ask(
            "SELECT min(i) FROM audit_seal s, unnest(s.ids) r, generate_series(lower(r), upper(r) - 1) i"
            " WHERE s.number = %s AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.id = i)",
            [link.number],
        )[0][0]
        report.add(
            "leaf missing", f"Leaf {gone} is missing from {seal}, which holds {link.leaves}.", order=gone or 0
        )
    elif bytes(digest) != link.digest:
        report.add(
            "leaf altered",
            f"A leaf of {seal} was altered, put in or moved: one of {link.ids}.",
            order=link.first,
        )
    if stranger:
        where, role = (
            Where.of_leaf(stranger),
            ask("SELECT written_by FROM audit_leaf WHERE id = %s", [stranger]),
        )
        report.add(
            "other role",
            f"{where.thing} was written on {where.written} as {role[0][0]}, which is not the application.",
            order=stranger,
        )
    if put_in:
        where = Where.of_leaf(put_in)
        report.add(
            "put in",
            f"{where.thing} was put in after the seal of its time: it says {where.written} and is in {seal}.",
            order=put_in,
        )
    elif backdated:
        where = Where.of_leaf(backdated)
        report.add(
            "backdated",
            f"{where.thing} says that it was written on {where.written}, which cannot be: it is in {seal}.",
            order=backdated,
        )


def _nothing_beside(report: Report, head: Link | None) -> None:
    """Look for leaves that no seal holds although their time is over."""
    last = head.last if head else 0
    beside = ask("SELECT count(*) FROM audit_leaf WHERE id <= %s", [last])[0][0] - report.leaves
    if beside > 0 and not {f.kind for f in report.findings} & {"seal missing", "seal altered"}:
        held = "SELECT coalesce(range_agg(r), '{}'::int8multirange) FROM audit_seal s, unnest(s.ids) r"
        rows = ask(
            "SELECT l.id FROM audit_leaf l, audit_seal k WHERE l.id <= %s AND k.number = %s"  # noqa: S608  # names of our own
            f" AND NOT l.id <@ ({held}) AND ({ENDED.format('k')} OR l.written_at < k.sealed_at - %s)"
            " ORDER BY l.id LIMIT 20",
            [last, report.head, LATE],
        )
        for (leaf,) in rows:
            where = Where.of_leaf(leaf)
            text = f"{where.thing} was put in: its leaf of {where.written} is in no seal."
            report.add("put in", text, order=leaf)
    waits = ask("SELECT count(*), min(written_at), min(id), now() FROM audit_leaf WHERE id > %s", [last])[0]
    report.waiting = waits[0]
    if waits[0] and waits[3] - waits[1] > LATE:
        report.add(
            "not sealed",
            f"{waits[0]} leaves wait since {when(waits[1])}: sealing stands still, or seals were removed.",
            order=waits[2],
        )
