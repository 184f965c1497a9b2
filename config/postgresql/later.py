"""What nobody needs the answer to is sent with the next statement whose answer is needed.

A savepoint, and a row that only has to be there when its block ends, cost a round trip each where they are
sent by themselves. Here they wait for the next statement of the same connection, whichever way that is sent,
and go before it in one round trip. They keep their order, so that every statement finds what it found before.

A row never waits beyond the end of the block in which it was said: it goes when that savepoint ends or
with COMMIT, so that a block that handles what the database refuses is told of its own rows. Where something
that waited is refused, PostgreSQL does nothing that follows, the error says in a note which statement it is
about, and its transaction is rolled back as ever: a savepoint that came after it was never made. A
transaction or savepoint that is rolled back takes what waits with it. Where somebody looks at statements, and
outside a transaction, nothing waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DatabaseError, Error
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

from config.postgresql import direct


class NotWritten(DatabaseError):
    """A statement did not write the rows that it was to write: they are not there, or hidden."""


class Waiting(NamedTuple):
    """A statement that waits, and how many rows it is to write; None where that may be any number.

    Without values it is a command, such as SAVEPOINT.
    """

    text: str
    values: Sequence[Any] | None
    rows: int | None = None


class _Cursor(CursorWrapper):
    """A cursor whose statements come after what waits."""

    db: Any

    def __getattr__(self, name: str) -> Any:
        if name in ("copy", "stream"):
            self.db.catch_up()
        return super().__getattr__(name)

    def callproc(self, *call: Any) -> Any:
        self.db.catch_up()
        return super().callproc(*call)

    def _execute(self, *statement: Any) -> Any:
        self.db.catch_up()
        return super()._execute(*statement)  # type: ignore[misc]  # it is there, and not in the stubs

    def _executemany(self, *statement: Any) -> Any:
        self.db.catch_up()
        return super()._executemany(*statement)  # type: ignore[misc]  # it is there, and not in the stubs


class Later(base.DatabaseWrapper):
    """A connection on which statements can wait for the next."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: list[Waiting] = []

    @property
    def is_looked_at(self) -> bool:
        """Whether somebody looks at each statement, or keeps them from being asked: cursors tell them."""
        return self.queries_logged or bool(self.execute_wrappers)

    def send(self, statements: Sequence[direct.Statement]) -> list[direct.Answer]:
        """Send statements in one round trip, without cursors, and return their answers (direct.py)."""
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        self.close_if_health_check_failed()
        self.ensure_connection()
        waiting, self.waiting = self.waiting, []
        if not waiting:
            with self.wrap_database_errors:
                return direct.send(self.connection, statements)
        try:
            with self.wrap_database_errors:
                answers = direct.send(
                    self.connection, [*((one.text, one.values) for one in waiting), *statements]
                )
        except Error as error:
            place = direct.place_of(error.__cause__)
            if place is None:
                self.waiting = waiting  # nothing was sent: a value cannot be, or the connection has gone
            elif place < len(waiting):
                error.add_note(f"It is about a statement that waited: {_in_short(waiting[place])}.")
                self.needs_rollback = self.in_atomic_block
            raise
        for one, answer in zip(waiting, answers, strict=False):
            if one.rows is not None and answer.written != one.rows:
                self.needs_rollback = self.in_atomic_block
                raise NotWritten(f"{_in_short(one)} wrote {answer.written} rows instead of {one.rows}.")
        return answers[len(waiting) :]

    def later(self, text: str, values: Sequence[Any] | None, *, rows: int | None = None) -> bool:
        """Have a statement wait for the next. Say whether it may: in a transaction that nobody looks at."""
        if self.is_looked_at or not self.in_atomic_block:
            return False
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        self.waiting.append(Waiting(text, values, rows))
        return True

    def catch_up(self) -> None:
        """Send what waits."""
        if self.waiting:
            self.send([])

    def make_cursor(self, cursor: Any) -> Any:
        return _Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> Any:
        self.catch_up()
        return super().make_debug_cursor(cursor)

    def _savepoint(self, sid: str) -> None:
        if not self.later(self.ops.savepoint_create_sql(sid), None):
            super()._savepoint(sid)  # type: ignore[misc]  # it is there, and not in the stubs

    def _savepoint_commit(self, sid: str) -> None:
        begins = self._begins_at(sid)
        has_rows = any(one.values is not None for one in self.waiting[begins or 0 :])
        if begins is not None and not has_rows:
            del self.waiting[begins:]  # nothing was said in it
            return
        if has_rows:
            try:
                self.catch_up()
            except Error:
                self.needs_rollback = False  # the block is rolled back now, which is enough for its own rows
                raise
        if not self.later(self.ops.savepoint_commit_sql(sid), None):
            super()._savepoint_commit(sid)  # type: ignore[misc]  # it is there, and not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        begins = self._begins_at(sid)
        if begins is not None:
            del self.waiting[begins + 1 :]
            return
        self.waiting.clear()
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # it is there, and not in the stubs

    def _begins_at(self, sid: str) -> int | None:
        """Return where in what waits a savepoint is made, or None where that is done."""
        created = Waiting(self.ops.savepoint_create_sql(sid), None)
        return self.waiting.index(created) if created in self.waiting else None

    def _commit(self) -> None:
        if any(one.rows is not None for one in self.waiting):
            self.catch_up()  # nothing may be committed before they are counted
        if self.waiting:
            self.send([("COMMIT", None)])
        super()._commit()  # type: ignore[misc]  # it is there, and not in the stubs

    def _rollback(self) -> None:
        self.waiting.clear()
        super()._rollback()  # type: ignore[misc]  # it is there, and not in the stubs

    def _close(self) -> None:
        self.waiting.clear()
        super()._close()  # type: ignore[misc]  # it is there, and not in the stubs


def _in_short(statement: Waiting) -> str:
    """Return what a statement does to which table, without a condition or a value."""
    return " ".join(statement.text.split()[:3])
