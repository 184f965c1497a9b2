"""The only writers of the audit tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from audit.models import Access, Event, concern_of

SERVICE = "Check Back"
# Every page writes one, so that this costs a page what it costs PostgreSQL and no more (decision 0040).
LOOK = (
    'INSERT INTO "audit_access"'
    " (at, actor_id, actor, agency, role, action, subject, shown, outcome, why, break_glass, address)"
    " VALUES (DEFAULT, %s, %s, %s, %s, %s, %s, %s::varchar(40)[], %s, %s, %s, %s)"
)
ADDRESS = Access._meta.get_field("address")


class Actor(Protocol):
    """Whoever acts: a person in a role at an agency. agencies.Membership is one."""

    @property
    def pk(self) -> Any: ...

    @property
    def label(self) -> str: ...

    @property
    def agency_reference(self) -> str: ...

    @property
    def role(self) -> str: ...


class NotInATransaction(RuntimeError):
    """An event was recorded outside the transaction of the change it describes."""


def record(
    verb: str,
    *,
    by: Actor | None,
    at: datetime,
    subject: str,
    concern: str = "",
    acting_for: str = "",
    also_for: Sequence[str] = (),
    data: dict[str, Any] | None = None,
) -> Event:
    """Append one event, in the caller's transaction.

    `at` is when the act happened (UTC), which for a call logged afterwards is not now.
    `also_for` names other agencies (references) whose timeline shows it. `data` holds codes,
    references and version numbers: no names, no free text.

    Raises NotInATransaction where no transaction is open, because an event that can outlive
    a rolled back change would say something that never happened.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInATransaction(verb)
    return Event.objects.create(
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        actor=by.label if by else SERVICE,
        agency=by.agency_reference if by else "",
        acting_for=acting_for,
        subject=subject,
        concern=concern,
        also_for=list(also_for),
        data=data or {},
    )


@dataclass(frozen=True)
class Entry:
    """One event of the service itself, as `record_many` appends it. The fields are those of Event."""

    verb: str
    at: datetime
    subject: str
    concern: str
    agency: str
    also_for: Sequence[str] = ()
    data: dict[str, Any] = field(default_factory=dict)


def record_many(entries: Iterable[Entry]) -> None:
    """Append the events of a batch that nobody's hand made, in the caller's transaction.

    `agency` is whose timeline shows it, because the service itself belongs to none. Raises
    NotInATransaction where no transaction is open.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInATransaction("record_many")
    Event.objects.bulk_create(
        Event(
            verb=entry.verb,
            at=entry.at,
            actor_id=None,
            actor=SERVICE,
            agency=entry.agency,
            subject=entry.subject,
            concern=entry.concern,
            also_for=list(entry.also_for),
            data=entry.data,
        )
        for entry in entries
    )


def log_access(
    action: str,
    *,
    by: Actor | None,
    subject: str,
    shown: Iterable[str] = (),
    outcome: Access.Outcome = Access.Outcome.SEEN,
    why: str = "",
    address: str | None = None,
) -> None:
    """Append one look at something, allowed or refused. `subject` is a reference, never a name.

    `shown` are the references that a list, a search or a file showed with it, to which those of their
    concerns are added. Where a closed record is open
    to somebody for an emergency, each of their looks at it says for which.
    """
    actor_id: UUID | None = by.pk if by else None
    references = sorted({one for each in shown for one in (each, concern_of(each)) if one})
    known: Any = transaction.get_connection()
    known.write_later(
        LOOK,
        [
            actor_id,
            by.label if by else "",
            by.agency_reference if by else "",
            by.role if by else "",
            action,
            subject,
            references,
            outcome.value,
            why,
            _emergency(by, [subject, *references]),
            ADDRESS.get_db_prep_value(address, known),
        ],
    )


def _emergency(by: Actor | None, references: Iterable[str]) -> str:
    """Return for which emergency one of these is open to somebody, if it is."""
    opened = getattr(by, "opened_in_emergency", None)
    if not opened:
        return ""
    concerns = {concern_of(reference) for reference in references}
    return next((str(one["reference"]) for one in opened if one["concern"] in concerns), "")
