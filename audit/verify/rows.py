"""The rows: is each one that was sealed still there as it was, and has each one that is there been sealed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from audit import leaves
from audit.verify.findings import Progress, Report, Where, ask, model_of, thing

PORTION = 20_000
# How long a transaction may take from its first statement to the row, and how far a clock may be put back.
SLOW, EARLY = timedelta(minutes=15), timedelta(minutes=1)
TIMES = ("timestamp with time zone",)


@dataclass(frozen=True)
class Part:
    """A part of a table as its leaves have it: the columns of each shape that there ever was."""

    table: str
    name: str
    shapes: dict[int, tuple[str, ...]]
    types: dict[str, str]

    @property
    def declared(self) -> leaves.Shape | None:
        """Return what the code says of it, or None where nothing is sealed of it any more."""
        return next((s for s in leaves.shapes() if (s.table, s.part.name) == (self.table, self.name)), None)

    @property
    def gone(self) -> list[str]:
        """Return the columns that are sealed and no longer there."""
        return sorted({c for columns in self.shapes.values() for c in columns} - set(self.types))

    @property
    def hash(self) -> str:
        """Return the SQL for the hash of a row `t` as the shape of its leaf `l` has it."""
        ways = {
            i: leaves.hashed(leaves.canonical("t", {c: self.types[c] for c in columns}))
            for i, columns in self.shapes.items()
        }
        if len(set(ways.values())) == 1:
            return next(iter(ways.values()))
        return f"CASE l.shape_id {' '.join(f'WHEN {i} THEN {way}' for i, way in ways.items())} END"

    @property
    def unfit(self) -> dict[str, str]:
        """Return the SQL of what can be wrong with a leaf `l` and a row `t`, by its kind."""
        declared = self.declared
        final = declared.is_final("t") if declared else "FALSE"
        found = {
            "missing": "t.id IS NULL",
            "altered": f"CASE WHEN l.id IS NOT NULL AND t.id IS NOT NULL THEN l.content <> {self.hash} END",
            "without a leaf": f"CASE WHEN l.id IS NULL THEN {final} END",
        }
        if declared and declared.clock:
            clock = f"t.{leaves.quoted(declared.clock)}"
            found["clock"] = (
                f"{clock} < l.written_at - interval '{SLOW.seconds} s'"
                f" OR {clock} > l.written_at + interval '{EARLY.seconds} s'"
            )
        return found


def parts() -> list[Part]:
    """Return every part of a table that leaves are of, from the database, and what only the code knows."""
    known = ask("SELECT table_name, part, id, columns FROM audit_shape ORDER BY table_name, part, id")
    found = []
    for (table, name), rows in groupby(known, key=lambda row: (row[0], row[1])):
        shapes = {row[2]: tuple(row[3]) for row in rows}
        found.append(Part(table, name, shapes, _types(table)))
    return found


def _types(table: str) -> dict[str, str]:
    rows = ask(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s",
        [table],
    )
    return {name: "time" if kind in TIMES else "bytes" if kind == "bytea" else "" for name, kind in rows}


def verify_rows(report: Report, *, progress: Progress, done: int, total: int) -> None:
    """Compare every part of every table, a portion of rows at a time."""
    for part in parts():
        if part.gone:
            report.add("column gone", f"{part.table} has no column {part.gone[0]} any more, which is sealed.")
            continue
        for start, end in _portions(part):
            done += compare(report, part, start=start, end=end)
            progress(min(done, total), total)


def _portions(part: Part) -> Iterator[tuple[int, int]]:
    """Give where each portion of a table's ids starts and ends. The last one has no end."""
    start = -(2**62)
    while True:
        rows = ask(
            f"SELECT id FROM {leaves.quoted(part.table)} WHERE id >= %s ORDER BY id OFFSET %s LIMIT 1",  # noqa: S608  # names of our own
            [start, PORTION],
        )
        yield start, rows[0][0] if rows else 2**62
        if not rows:
            return
        start = rows[0][0]


def compare(
    report: Report, part: Part, *, start: int = 0, end: int = 0, only: Sequence[int] | None = None
) -> int:
    """Compare rows of a part with their leaves: from one id up to another, or `only` some."""
    within = "= ANY(%(only)s)" if only is not None else "BETWEEN %(start)s AND %(end)s - 1"
    limits = {"shapes": list(part.shapes), "start": start, "end": end, "only": list(only or ())}
    both = f"""
        (SELECT * FROM audit_leaf WHERE shape_id = ANY(%(shapes)s) AND row_id {within}) l
        FULL JOIN (SELECT * FROM {leaves.quoted(part.table)} WHERE id {within}) t ON t.id = l.row_id
    """  # noqa: S608  # names of our own
    unfit = part.unfit
    sums = ", ".join(f"bool_or({test})" for test in unfit.values())
    (leaves_seen, *found), *_ = ask(f"SELECT count(l.id), {sums} FROM {both}", limits)  # noqa: S608  # names of our own
    report.rows += leaves_seen
    for kind, is_so in zip(unfit, found, strict=True):
        if is_so:
            _name(report, part, kind, unfit[kind], both, limits)
    return int(leaves_seen)


def _name(report: Report, part: Part, kind: str, test: str, both: str, limits: dict[str, object]) -> None:
    """Find which rows of a portion are unfit, but for those that a tombstone names."""
    columns = leaves.every_column(model) if (model := model_of(part.table)) else {}
    excused = {
        "missing": "SELECT 1 FROM audit_tombstone s WHERE s.table_name = %(table)s AND s.row_id = l.row_id"
        " AND s.what = 'GONE'",
        "altered": "SELECT 1 FROM audit_tombstone s WHERE s.table_name = %(table)s AND s.row_id = l.row_id"  # noqa: S608  # names of our own
        " AND s.what = 'EMPTIED' AND s.remains = " + _remains(part, columns),
    }
    but = f"AND NOT EXISTS ({excused[kind]})" if kind in excused else ""
    rows = ask(
        f"SELECT l.id, coalesce(l.row_id, t.id) FROM {both} WHERE ({test}) {but} ORDER BY 1, 2 LIMIT 50",  # noqa: S608  # names of our own
        {**limits, "table": part.table},
    )
    if kind in excused:
        every = ask(f"SELECT count(*) FROM {both} WHERE ({test})", limits)[0][0]  # noqa: S608  # names of our own
        report.buried += max(0, every - len(rows))
    for leaf, row in rows:
        report.add(kind, _sentence(part, kind, leaf, row), order=leaf or 2**62)


def _remains(part: Part, columns: dict[str, str]) -> str:
    """Return the SQL for what was left of a row `t` when it was emptied, in the columns of that time."""
    noted = ask(
        "SELECT DISTINCT columns FROM audit_tombstone WHERE table_name = %s AND what = 'EMPTIED'"
        " AND columns IS NOT NULL",
        [part.table],
    )
    ways = {f"s.columns = ARRAY[{', '.join(map(repr, way))}]::varchar[]": way for (way,) in noted if way}
    ways["s.columns IS NULL"] = list(columns)
    cases = " ".join(
        f"WHEN {so} THEN {leaves.hashed(leaves.canonical('t', {c: part.types[c] for c in way}))}"
        for so, way in ways.items()
        if way and set(way) <= set(part.types)
    )
    return f"CASE {cases} END" if cases else "NULL"


def _sentence(part: Part, kind: str, leaf: int | None, row: int) -> str:
    if leaf is None:
        return f"{thing(part.table, row)} was put in past the triggers: it has no leaf ({part.name})."
    where = Where.of_leaf(leaf)
    if kind == "missing":
        return (
            f"{where.thing} has been removed. It was written on {where.written} and is in {where.sealed}; "
            "no tombstone names it."
        )
    if kind == "clock":
        return f"{where.thing} gives another time than {where.written}, when it was written ({where.sealed})."
    text = f"{where.thing} was altered ({part.name})."
    return f"{text} It was written on {where.written} and is in {where.sealed}."
