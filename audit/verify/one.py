"""What belongs to one concern: its rows, its leaves, and each seal that holds one of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from audit.verify.findings import Progress, Report, ask
from audit.verify.links import verify_seal
from audit.verify.rows import Part, compare, parts

PORTION = 5_000
SEALS_OF = """
    SELECT DISTINCT k.number FROM audit_leaf l JOIN audit_seal k ON k.ids @> l.id
    WHERE l.concern = %s ORDER BY 1
"""


def verify_concern(report: Report, concern: str, *, roles: list[str], progress: Progress) -> None:
    """Compare every row of a concern with its leaf, and look at each seal that holds one, as a whole."""
    seals = [row[0] for row in ask(SEALS_OF, [concern])]
    every = parts()
    total = len(seals) + len(every)
    for done, number in enumerate(seals, start=1):
        verify_seal(report, number, roles=roles)
        progress(done, total)
    for done, part in enumerate(every, start=len(seals) + 1):
        _compare(report, part, concern)
        progress(done, total)
    report.waiting = ask(
        "SELECT count(*) FROM audit_leaf l WHERE l.concern = %s"
        " AND NOT EXISTS (SELECT 1 FROM audit_seal k WHERE k.ids @> l.id)",
        [concern],
    )[0][0]


def _compare(report: Report, part: Part, concern: str) -> None:
    rows = {
        row
        for (row,) in ask(
            "SELECT row_id FROM audit_leaf WHERE concern = %s AND shape_id = ANY(%s)",
            [concern, list(part.shapes)],
        )
    }
    declared = part.declared
    if declared and declared.concern:
        found: QuerySet[Any] = QuerySet(declared.model).filter(**{declared.concern: concern})
        rows |= set(found.values_list("pk", flat=True))
    for some in _portions(sorted(rows)):
        compare(report, part, only=some)


def _portions(rows: list[int]) -> list[list[int]]:
    return [rows[start : start + PORTION] for start in range(0, len(rows), PORTION)]
