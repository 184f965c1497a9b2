"""Statements whose text is kept are sent without a cursor, and several of them in one round trip.

A cursor of the driver looks at a statement's text, at what it is given and at each column of the answer anew
each time, which takes longer than PostgreSQL's answer to most questions of a page. Here what is known of a
connection is kept with it, and the text comes ready. The first statement of a transaction brings its BEGIN
along. What is sent, in which order, and what an error does to a transaction are as with cursors: where one of
several fails, PostgreSQL does none of those that follow. The driver's own list says what is prepared where.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, generators
from psycopg._preparing import Prepare
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

PLACE = re.compile(r"%[%s]")
KEPT = "check_back_transformer"
FAILED_AT = "check_back_failed_at"
DONE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


# The text of a statement, with %s for each value, and the values; None for a command, which is not prepared.
Statement = tuple[str, Sequence[Any] | None]


class Answer(NamedTuple):
    """The rows that came back, and how many were written by what writes rows."""

    rows: list[tuple[Any, ...]]
    written: int


class _Ready(NamedTuple):
    """A statement as it is sent. The driver's list of prepared statements asks for `query` and `types`."""

    query: bytes
    types: tuple[int, ...]
    params: Sequence[Any] | None
    formats: Any


@lru_cache(maxsize=500)
def _as_sent(text: str) -> bytes:
    """Return a text with $1, $2 and so on in place of each %s, and one % in place of two."""
    numbers = count(1)
    return PLACE.sub(lambda one: f"${next(numbers)}" if one[0] == "%s" else "%", text).encode()


def send(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[Answer]:
    """Send statements together, and return their answers. Raises psycopg.Error for the first that fails."""
    pgconn = connection.pgconn
    with connection.lock:
        transformer = _transformer(connection)
        ready = [_ready(transformer, one) for one in statements]
        begins = not connection.autocommit and pgconn.transaction_status == TransactionStatus.IDLE
        try:
            places, came = _results(connection, ready, begins=begins)
        except BaseException:
            # An answer that nobody waited for would be taken for that to the next statement.
            pgconn.finish()
            raise
        for place, result in zip(places, came, strict=False):
            if result.status not in DONE:
                error = errors.error_from_result(result, encoding=transformer.encoding)
                vars(error)[FAILED_AT] = place
                raise error
        return [_answer(transformer, result) for result in came[-len(ready) :]]


def place_of(error: BaseException | None) -> int | None:
    """Return which of the statements that were sent together an error of `send` is about."""
    place: int | None = getattr(error, FAILED_AT, None)
    return place


def _transformer(connection: psycopg.Connection[Any]) -> Any:
    """Return what makes PostgreSQL's values of Python's and the other way about, made once a connection."""
    kept: Any = connection.__dict__.get(KEPT)
    if kept is None:
        cursor = psycopg.Cursor(connection)
        # Django's own loader of moments is Python's and takes twenty times as long. They are in the time zone
        # of the connection in either case, which Django sets to UTC.
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        kept = connection.__dict__[KEPT] = Transformer(cursor)
    return kept


def _ready(transformer: Any, statement: Statement) -> _Ready:
    text, values = statement
    if values is None:
        return _Ready(text.encode(), (), None, None)
    params = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
    return _Ready(_as_sent(text), tuple(transformer.types or ()), params, transformer.formats)


def _results(
    connection: Any, statements: Sequence[_Ready], *, begins: bool
) -> tuple[Sequence[int], list[Any]]:
    """Return everything that came back, up to the first failure, and which statement each is about."""
    pgconn, prepared = connection.pgconn, connection._prepared  # noqa: SLF001  # the driver's own list
    found = _found(prepared, statements)
    before: list[bytes] = []
    new: list[int] = []
    if len(found) == 1 and not begins and found[0][0] is not Prepare.SHOULD:
        _put(pgconn, statements[0], *found[0])
        places: list[int] = [0]
        came: list[Any] = connection.wait(generators.execute(pgconn))
    else:
        if begins:
            before.append(connection._get_tx_start_command())  # noqa: SLF001  # as a cursor does
        new += [place for place, (how, _) in enumerate(found) if how is Prepare.SHOULD]
        places = [0] * len(before) + new + list(range(len(statements)))
        came = _came(connection, statements, found, before=before, new=new)
    if any(one.status not in DONE for one in came):
        # What was prepared for it stays so, and would be prepared anew each time that this fails.
        for place, result in zip(new, came[len(before) :], strict=False):
            if result.status in DONE:
                prepared.maybe_add_to_cache(statements[place], *found[place])
        failed = next(number for number, one in enumerate(came) if one.status not in DONE)
        if failed >= len(before) + len(new):
            prepared.has_failed(statements[places[failed]], came[failed])
        return places, came
    for one, (how, name), result in zip(statements, found, came[-len(statements) :], strict=True):
        key = None if one.params is None else prepared.maybe_add_to_cache(one, how, name)
        if key is not None:
            prepared.validate(key, how, name, [result])
    if prepared._to_flush:  # noqa: SLF001  # as maintain_gen asks, without waiting for nothing
        connection.wait(prepared.maintain_gen(connection))
    return places, came


def _found(prepared: Any, statements: Sequence[_Ready]) -> list[tuple[Prepare, bytes]]:
    """Return whether each statement is prepared, or is to be, and under which name."""
    found: list[tuple[Prepare, bytes]] = []
    new: dict[Any, bytes] = {}
    for one in statements:
        how, name = (Prepare.NO, b"") if one.params is None else prepared.get(one)
        if how is Prepare.SHOULD:
            # Where one stands there twice, it is prepared for the first.
            how, name = (Prepare.YES, new[key]) if (key := prepared.key(one)) in new else (how, name)
            new[key] = name
        found.append((how, name))
    return found


def _came(
    connection: Any,
    statements: Sequence[_Ready],
    found: Sequence[tuple[Prepare, bytes]],
    *,
    before: list[bytes],
    new: list[int],
) -> list[Any]:
    """Send what comes before, prepare what is not yet, send the statements, and return every answer."""
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    for text in before:
        pgconn.send_query_params(text, None)
    for place in new:
        pgconn.send_prepare(found[place][1], statements[place].query, statements[place].types)
    for one, (how, name) in zip(statements, found, strict=True):
        _put(pgconn, one, how, name)
    pgconn.pipeline_sync()
    came: list[Any] = connection.wait(_each(pgconn, len(before) + len(new) + len(statements)))
    if pgconn.status == ConnStatus.OK:
        pgconn.exit_pipeline_mode()
    return came


def _put(pgconn: Any, one: _Ready, how: Prepare, name: bytes) -> None:
    """Put a statement into what is sent next."""
    if how is Prepare.NO:
        pgconn.send_query_params(one.query, one.params, one.types, one.formats, Format.TEXT)
    else:
        pgconn.send_query_prepared(name, one.params, one.formats, Format.TEXT)


def _each(pgconn: Any, number: int) -> Generator[Any, Any, list[Any]]:
    """Wait for the answer to each of so many statements, and for the end of them all."""
    yield from generators.send(pgconn)
    came: list[Any] = []
    for _ in range(number):
        came += yield from generators.fetch_many(pgconn)
        if pgconn.status != ConnStatus.OK:
            return came
    yield from generators.fetch_many(pgconn)
    return came


def _answer(transformer: Any, result: Any) -> Answer:
    if result.status == ExecStatus.COMMAND_OK:
        return Answer([], result.command_tuples or 0)
    transformer.set_pgresult(result)
    rows = transformer.load_rows(0, result.ntuples, tuple)
    transformer.set_pgresult(None)  # or it would hold the answer until the next
    return Answer(rows, result.command_tuples or 0)


__all__ = ["Answer", "Statement", "send"]
