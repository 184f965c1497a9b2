"""What colleagues changed in the same record since a page was shown."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from agencies.models import Membership
from agencies.refusals import OutOfDate
from audit.models import Event
from records import verbs
from records.models import Concern, Person

KEPT = "What you wrote is still on this page. Look at what is there now, then save again."


def require_current(
    thing: Concern | Person, seen_version: int | None, *, by: Membership, part: str = ""
) -> None:
    """Refuse a page that is older than the part it is about. Call it under the row's lock.

    `seen_version` is the version the page showed, None where no page did. `part` names the piece of
    the record that is being changed ("S3", "voice"): a colleague's change to another piece does not
    get in the way. Without `part` every change counts. Raises OutOfDate, which says who changed what.
    """
    if seen_version is None or seen_version == thing.version:
        return
    events = Event.objects.filter(subject=thing.reference, data__version__gt=seen_version).order_by("id")
    if part:
        events = events.filter(data__part=part)
    changes = [described(event, by=by) for event in events[:10]]
    if changes:
        raise OutOfDate(*changes, KEPT)


def since(thing: Concern | Person, moment: datetime, *, by: Membership, part: str = "") -> list[str]:
    """Say what colleagues changed in a part since a moment: what was being typed then may be out of date."""
    events = Event.objects.filter(subject=thing.reference, recorded_at__gt=moment).exclude(actor_id=by.pk)
    if part:
        events = events.filter(data__part=part)
    return [described(event, by=by) for event in events.order_by("id")[:10]]


def described(event: Event, *, by: Membership) -> str:
    """Say who did what and when, in the reader's local time."""
    who = "You" if event.actor_id == by.pk else event.actor
    when = event.at.astimezone(ZoneInfo(by.agency.zone))
    what = verbs.sentence(event.verb, subject=event.subject, data=event.data)
    return f"{who} {what} at {when:%H:%M} on {when:%-d %B}."
