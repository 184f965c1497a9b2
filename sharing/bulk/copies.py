"""Copies of patterns, made in sets: INSERT ... SELECT from the plan and the patterns of a table."""

from __future__ import annotations

from typing import Any

from audit.models import Event
from notifications.models import Message
from records.models import Person, Statement
from records.search.models import KEYS, LATER_PARTS
from sharing.bulk.patterns import MARK, Column, Table
from sharing.models import Reminder

# What the database's clock filled when the pattern was told is as old as what it is about.
CLOCKS = {(Event, "recorded_at"): "at", (Statement, "entered_at"): "written_at"}
WAITS = "t.{0} IS NULL AND t.dropped_at IS NULL AND t.set_aside_at IS NULL"
# What was due by now has gone out, so that nobody gets thousands of notices at the first tick.
DONE = {
    (Message, "sent_at"): f"CASE WHEN {WAITS.format('sent_at')} AND t.bounced_at IS NULL"
    " THEN t.queued_at + p.shift + interval '7 seconds' ELSE t.sent_at + p.shift END",
    (Reminder, "raised_at"): f"CASE WHEN {WAITS.format('raised_at')} AND t.send_at + p.shift < now()"
    " THEN t.send_at + p.shift + interval '3 seconds' ELSE t.raised_at + p.shift END",
    (Person, "nhs_number"): "CASE WHEN t.r = 1 THEN p.nhs ELSE t.nhs_number END",
}


class Copier:
    """Writes the copies of every table, some concerns at a time."""

    def __init__(self, cursor: Any, tables: list[Table], *, seed: int) -> None:
        self.cursor, self.seed = cursor, seed
        self.tables = {table.name: table for table in tables}

    def copy(self, table: Table, *, start: int, end: int) -> int:
        """Write the copies from one number of the plan up to another. Returns how many rows."""
        columns = [f'"{c.name}"' for c in table.columns]
        values = [self._value(table, c) for c in table.columns]
        if table.model._meta.auto_created and not table.has_numbers:
            raise LookupError(table.name)
        columns.insert(0, table.key)
        values.insert(0, self._id(table.name, "t.r") if table.has_numbers else self._uuid(table))
        self.cursor.execute(
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608  # our own
            f" FROM plan p JOIN {table.order} t ON t.k = p.k WHERE p.n BETWEEN %s AND %s ORDER BY p.n, t.r",
            [start, end],
        )
        return int(self.cursor.rowcount)

    def advance(self, table: Table) -> None:
        """Let the next row of the service come after the copies."""
        if table.has_numbers:
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"  # noqa: S608  # our own
            )

    def _id(self, table: str, place: str) -> str:
        of = self.tables[table]
        return f"({of.base} + (p.n - 1)::bigint * {of.stride} + {place})"

    def _uuid(self, table: Table) -> str:
        return f"md5('{self.seed}:{table.name}:' || p.n || ':' || t.r)::uuid"

    def _value(self, table: Table, column: Column) -> str:
        own = f't."{column.name}"'
        if done := DONE.get((table.model, column.name)):
            return done
        if clock := CLOCKS.get((table.model, column.name)):
            return f"t.{clock} + p.shift"
        if column.name == "born_on":
            return f"{own} + p.age"
        match column.way:
            case "row":
                return self._id(column.of, own)
            case "time":
                return f"{own} + p.shift"
            case "day":
                return f"{own} + p.days"
            case "agencies" if column.marks:
                whens = " ".join(f"WHEN '⟦{mark}⟧' THEN p.{mark}" for mark in sorted(column.marks))
                return f"CASE {own} {whens} ELSE {own}::{column.type} END"
            case "agencies":
                return f"{own}::{column.type}"
        if not column.marks:
            return own
        return f"({self._filled(own, column.marks)})::{column.type}"

    def _filled(self, text: str, marks: set[str]) -> str:
        """Return the SQL for a text with what stands for its marks."""
        for mark in sorted(marks):
            found = MARK.fullmatch(mark)
            if found is None:
                raise LookupError(mark)
            is_number, name, place = found[1], found[2], found[3]
            value = f"p.{name}::text"
            if is_number and name == "person":
                value = f"('P-' || to_char(p.people + {place}, 'FM999000000'))"
            elif is_number:
                value = f"{self._id(name, place)}::text"
            text = f"replace({text}, '{mark}', {value})"
        return text


def write_words(cursor: Any, *, after: int) -> None:
    """Write what Find looks in, as the triggers of people and of their words do."""
    cursor.execute(
        "INSERT INTO records_personword (agency_id, person_id, word, sort_name, is_former)"
        " SELECT agency_id, id, unnest(search_words), sort_name, false FROM records_person WHERE id > %s"
        " ORDER BY id",
        [after],
    )
    cursor.execute(
        f"""INSERT INTO records_namekey (agency_id, key, word)
            SELECT d.agency_id, k.key, d.word
            FROM (SELECT DISTINCT w.agency_id, w.word FROM records_personword w WHERE NOT EXISTS (
                      SELECT 1 FROM records_namekey e WHERE e.agency_id = w.agency_id AND e.word = w.word)) d
            CROSS JOIN LATERAL ({(KEYS + LATER_PARTS).replace("{word}", "d.word::text")}) k
            ON CONFLICT DO NOTHING"""  # noqa: S608  # names of our own
    )
