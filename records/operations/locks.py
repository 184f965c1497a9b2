"""The first step of every write: the row under lock, and whether this person may write to it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from agencies.models import Membership
from agencies.prepared import Prepared, together
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from records.closed import asking_whether_closed, is_closed_to
from records.models import Concern, Person


class NotADraft(Refused):
    """The concern has been logged or discarded, so this part of it no longer changes."""


def require_may_log(by: Membership) -> None:
    """Raise NotAllowed where the role does not work with concerns."""
    if not by.may(Permission.LOG_CONCERNS):
        raise NotAllowed(
            "Your role does not log concerns. Ask a practitioner or lead of your agency to do this."
        )


def require_same_agency(thing: Concern | Person, by: Membership) -> None:
    """Raise NotAllowed where the record is another agency's."""
    require_may_log(by)
    if thing.agency_id != by.agency_id:
        raise NotAllowed("This record belongs to another agency. Only its own staff can change it.")


class Closed(Refused):
    """The record was closed to somebody while they had a page of it open."""


def require_open(concern: Concern, by: Membership, *, emergency_at: datetime | None = None) -> None:
    """Raise Closed where a record of somebody's own agency is closed to them. The caller holds its lock.

    With `emergency_at` (UTC) it is enough that they opened it in an emergency that lasts at that moment.
    """
    if is_closed_to(concern, by, at=emergency_at):
        raise _closed()


def _closed() -> Closed:
    return Closed(
        "This record is open to named people only, so nothing was saved.",
        "Ask a lead of your agency to write this down, or to let you in. Copy what you wrote first.",
    )


def lock_concern(concern: Concern, *, by: Membership, emergency_at: datetime | None = None) -> Concern:
    """Return the concern as it is now, locked. Raises NotAllowed; NotADraft for a discarded draft; Closed.

    `emergency_at` is for what may also be done by whoever opened a closed record in an emergency.
    """
    # In one round trip; whether it is closed is read second, once the lock was given.
    (locked,), is_closed = together(
        LOCKED.asking(concern=concern.pk), asking_whether_closed(concern.pk, by, at=emergency_at)
    )
    require_same_agency(locked, by)
    if is_closed:
        raise _closed()
    if locked.discarded_at is not None:
        raise NotADraft(
            f"{locked.reference} was discarded, so nothing can be added to it. Log a new concern instead."
        )
    return cast(Concern, locked)


# Its agency never changes, so that nobody who waits for the row misses it for what it is joined with.
LOCKED = Prepared(
    lambda *, concern: (
        Concern.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=concern)
    )
)


def lock_draft(concern: Concern, *, by: Membership) -> Concern:
    """Return the draft as it is now, locked. Raises NotAllowed, and NotADraft once it is logged."""
    locked = lock_concern(concern, by=by)
    if locked.logged_at is not None:
        raise NotADraft(
            f"{locked.reference} has been logged, so this no longer changes. "
            "Add a statement, or correct one, on the concern’s page."
        )
    return locked


def lock_concerns_of(person: Person) -> None:
    """Lock every concern that somebody is part of, in order: concerns come before people."""
    rows = Concern.objects.filter(subjects__person=person).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def lock_person(person: Person, *, by: Membership) -> Person:
    """Return the person as recorded now, locked. Raises NotAllowed."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    require_same_agency(locked, by)
    return locked
