"""Queue a message in the transaction of the change that caused it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from notifications.models import Message


class Recipient(NamedTuple):
    """Whom a message goes to: ids and an address, no name. `agency` is its reference.

    `shared` says that others read what comes to the address too: it is a duty inbox. `by_link` says that
    they have no account, so that there is nothing to sign in to.
    """

    member_id: UUID | None
    agency: str
    address: str
    shared: bool = False
    by_link: bool = False


class NobodyToNotify(Exception):
    """A message has nobody to go to. The person who caused it must be told, so this is an error."""


class NotInATransaction(RuntimeError):
    """A message was queued outside the transaction of the change that caused it."""


def queue(
    kind: Message.Kind,
    *,
    to: Recipient,
    reference: str,
    sender_agency: str,
    path: str,
    at: datetime,
    dedupe_key: str,
    from_agency: str = "",
    respond_by: datetime | None = None,
    priority: Message.Priority = Message.Priority.ORDINARY,
    obligation: tuple[int, int] | None = None,
    not_before: datetime | None = None,
    in_digest: bool = False,
) -> Message:
    """Write one message row in the caller's transaction. Queuing the same key twice queues it once.

    `at`, `respond_by` and `not_before` are UTC. `path` is a link inside the product; it holds a
    reference and nothing personal. `obligation` is the number and version of the obligation it is a
    reminder of. Without `not_before` it goes out at once. With `in_digest` it goes with the others of
    the same person in one e-mail; only an ordinary one may.

    Raises NobodyToNotify where there is no address, NotInATransaction outside a transaction.
    """
    if not connection.in_atomic_block:
        raise NotInATransaction(kind)
    if not to.address:
        raise NobodyToNotify(reference)
    message = Message(
        dedupe_key=dedupe_key,
        kind=kind,
        priority=priority,
        to_member_id=to.member_id,
        to_agency=to.agency,
        to_address=to.address,
        reference=reference,
        sender_agency=sender_agency,
        from_agency=from_agency,
        respond_by=respond_by,
        path=path,
        obligation_id=obligation and obligation[0],
        obligation_version=obligation and obligation[1],
        queued_at=at,
        next_try_at=max(at, not_before or at),
        in_digest=in_digest,
        by_link=to.by_link,
        channel=Message.Channel.TEXT if kind == Message.Kind.CODE else Message.Channel.EMAIL,
    )
    return message if _is_new(message) else Message.objects.get(dedupe_key=dedupe_key)


def _is_new(message: Message) -> bool:
    """Insert a message unless its key is there already, and say whether it was not. One statement."""
    query = InsertQuery(Message, on_conflict=OnConflict.IGNORE)
    query.insert_values(Message._meta.concrete_fields, [message])
    compiler: Any = query.get_compiler(using=connection.alias)
    is_new = bool(compiler.execute_sql(returning_fields=[Message._meta.pk]) != [None])
    message._state.adding = not is_new  # noqa: SLF001  # saved again, it is the same row
    return is_new
