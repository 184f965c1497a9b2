"""Somebody who owns the database and writes past every trigger, and what the verification says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from audit import chain, leaves
from audit.management.commands.grant_roles import app_role
from audit.models import Event
from audit.operations import record, seals
from audit.verify import Report, verify
from audit.verify.links import SEALS, as_link
from sharing.models import Exchange
from sharing.states import State
from tests import factories
from tests.factories import World

AsOwner = Callable[[], AbstractContextManager[None]]
BATCH = 7


def sealed_record(world: World) -> Exchange:
    """Make a record of two concerns and seal it in many small seals, then some more of it."""
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    seal(batch=BATCH)
    factories.exchange_at(world, State.SENT)
    seal(batch=BATCH)
    return exchange


def seal(*, batch: int = seals.BATCH) -> None:
    while seals.seal_batch(batch=batch):
        pass


def write_events(world: World, how_many: int) -> None:
    for number in range(how_many):
        with transaction.atomic():
            record(
                "tests.written", by=world.priya, at=world.clock(), subject=f"S{number}", concern="WF-27-0001"
            )


def past_triggers(as_owner: AsOwner, *statements: str, parameters: Iterable[Any] = ()) -> None:
    """Execute statements as the owner, with `session_replication_role` set so that no trigger fires."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, list(parameters) or None)


def verified(**how: Any) -> Report:
    return verify(role=app_role(), **how)


def says(report: Report, *words: str) -> None:
    """Fail unless the first thing that does not fit says all of this."""
    assert report.first is not None, "everything fits"
    for word in words:
        assert word in report.first.text, report.first.text


def copy_row(table: str, row: int, **changes: str) -> str:
    """Return the statement that inserts a row of a table again, under another id unless one is given."""
    with connection.cursor() as cursor:
        columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
    values = {**{c: leaves.quoted(c) for c in columns}, "id": f"(SELECT max(id) + 1 FROM {table})", **changes}
    names = ", ".join(map(leaves.quoted, columns))
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values[c] for c in columns)} FROM {table} WHERE id = {row}"  # noqa: E501


def middle_event() -> Event:
    """Return an event that seals before and after it surround."""
    events = list(Event.objects.order_by("id"))
    return events[len(events) // 3]


@contextmanager
def somebody_elses_transaction() -> Iterator[None]:
    """Have a transaction under way that began before everything in the block and has written."""
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        other.set_autocommit(False)
        cursor.execute("SELECT pg_current_xact_id()")
        yield
        other.rollback()


def links() -> list[chain.Link]:
    """Return the seals as they are hashed."""
    with connection.cursor() as cursor:
        cursor.execute(SEALS, [0, 1000])
        return [as_link(row)[0] for row in cursor.fetchall()]


def write_history_afresh(as_owner: AsOwner, event: Event) -> None:
    """Alter an event, and work out its leaf and the whole chain again, as somebody could who knows how."""
    shape = next(s for s in leaves.shapes() if s.table == "audit_event")
    past_triggers(
        as_owner,
        f"UPDATE audit_event SET actor = 'Somebody else' WHERE id = {event.pk}",
        f"UPDATE audit_leaf l SET content = {leaves.hashed(shape.content('t'))} FROM audit_event t,"
        f" audit_shape s WHERE t.id = {event.pk} AND l.row_id = t.id AND s.id = l.shape_id"
        " AND s.table_name = 'audit_event'",
    )
    previous = chain.GENESIS
    for sealed in links():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {chain.LINES} FROM audit_seal s, unnest(s.ids) r, audit_leaf l"
                " WHERE s.number = %s AND l.id >= lower(r) AND l.id < upper(r)",
                [sealed.number],
            )
            (lines,) = cursor.fetchone()
        link = replace(sealed, previous=previous, digest=chain.digest_of(lines))
        past_triggers(
            as_owner,
            "UPDATE audit_seal SET previous = %s, digest = %s, hash = %s WHERE number = %s",
            parameters=[previous, link.digest, link.hash, link.number],
        )
        previous = link.hash
