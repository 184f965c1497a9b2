"""Who is asking, told to PostgreSQL, which then gives no row of anybody else (agencies/row_security.py).

What is told lasts to the end of the transaction and no longer, because the connection serves somebody else
afterwards. So whatever has to be protected runs in a transaction: a page from its first statement to its
answer. Where nothing was told there is no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from agencies.models import Membership

AGENCY, MEMBER, EXCHANGE, ACROSS = (
    "check_back.agency",
    "check_back.member",
    "check_back.exchange",
    "check_back.across",
)
NAMES = (AGENCY, MEMBER, EXCHANGE, ACROSS)
ON = "on"


class Told(Func):
    """Tells PostgreSQL something while it reads a row, for the rest of the transaction."""

    function = "set_config"
    output_field = TextField()

    def __init__(self, name: str, value: Combinable) -> None:
        text = Coalesce(Cast(value, TextField()), Value(""), output_field=TextField())
        super().__init__(Value(name), text, Value(True))


def told_with(*, agency: Combinable, member: Combinable, exchange: Combinable) -> dict[str, Any]:
    """Return what tells who asks in the statement that finds out: to annotate before anything else."""
    said = {AGENCY: agency, MEMBER: member, EXCHANGE: exchange, ACROSS: Value("")}
    return {f"told_{name.rpartition('.')[2]}": Told(name, value) for name, value in said.items()}


def tell(member: Membership | None, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Tell PostgreSQL who asks for the rest of the transaction, or that nobody does. One statement.

    Raises RuntimeError outside a transaction, where it would be forgotten at once.
    """
    exchange = getattr(member, "only_exchange", None) if member else None
    agency = member.agency_id if member and not member.is_outside else None
    said = {AGENCY: agency, MEMBER: member.pk if member else None, EXCHANGE: exchange, ACROSS: None}
    _say(said, using=using)


def require_everything() -> None:
    """Raise RuntimeError where work in the background would find no rows and believe that there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT check_back_sees_all()")
        if not cursor.fetchone()[0]:
            raise RuntimeError("This role may not act for every agency: give the worker its own role.")


def tell_of_a_link(*, exchange: int, member: UUID) -> None:
    """Tell PostgreSQL whom a link is for and what it leads to, before it is known who has it."""
    _say({AGENCY: None, MEMBER: member, EXCHANGE: exchange, ACROSS: None})


@contextmanager
def across_agencies(why: str) -> Iterator[None]:
    """Reach rows of every agency while the block runs; `why` is for whoever reads the code.

    For what truly crosses agencies, each use of which stands in tests/architecture/test_row_security.py. The
    block is a transaction of its own where there is none.
    """
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s, true), set_config(%s, %s, true)", [ACROSS, ACROSS, ON])
            before = cursor.fetchone()[0]
        yield
        if before != ON:
            _say({ACROSS: before})


def _say(settings: dict[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> None:
    if not connections[using].in_atomic_block:
        raise RuntimeError("Who is asking is told within a transaction, or it would be forgotten at once.")
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    values = [
        part for name, value in settings.items() for part in (name, "" if value is None else str(value))
    ]
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {calls}", values)
