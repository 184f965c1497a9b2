"""What waits according to the record, beside what waits according to the rows; and reading reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from consent.models import SharingDecision
from notifications.models import Message
from sharing.models import (
    AccessRequest,
    Action,
    Breach,
    CorrectionTo,
    Disagreement,
    Enquiry,
    Exchange,
    Incident,
    Link,
    Meeting,
    MeetingMember,
    Obligation,
    ProposedCorrection,
    Reminder,
    SkippedStep,
    Transfer,
)
from sharing.waiting import access_requests, answers, corrections, meetings, waits
from sharing.waiting.ladder import of_disagreement
from sharing.waiting.links import of_link
from sharing.waiting.waits import Wait

Line = tuple[str, str, object, object, datetime]


def london(text: str) -> datetime:
    """Read "2027-02-05 17:00" as a moment in London."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


def _waits() -> Iterator[Wait]:
    for exchange in Exchange.objects.select_related("cycle__concern"):
        yield from answers.of_exchange(exchange)
    for enquiry in Enquiry.objects.select_related("cycle__concern"):
        yield from waits.of_enquiry(enquiry)
    for action in Action.objects.select_related("cycle__concern", "exchange"):
        yield from corrections.of_action(action)
    for step in SkippedStep.objects.select_related("cycle__concern"):
        yield from waits.of_step(step)
    for incident in Incident.objects.select_related("exchange__cycle__concern"):
        yield from waits.of_incident(incident)
    yield from _others()
    for disagreement in Disagreement.objects.select_related("exchange__cycle__concern"):
        yield from of_disagreement(disagreement)
    for transfer in Transfer.objects.select_related("exchange__cycle__concern"):
        yield from answers.of_transfer(transfer)
    for link in Link.objects.select_related("exchange__cycle__concern", "member"):
        yield from of_link(link)
    for decision in SharingDecision.objects.select_related("concern", "person"):
        yield from waits.of_decision(decision)


def _others() -> Iterator[Wait]:
    """What waits in breaches, meetings and corrections."""
    for breach in Breach.objects.all():
        yield from waits.of_breach(breach)
    for request in AccessRequest.objects.all():
        yield from access_requests.of_request(request)
    for meeting in Meeting.objects.all():
        yield from meetings.of_meeting(meeting)
    for place in MeetingMember.objects.all():
        yield from meetings.of_place(place)
    for told in CorrectionTo.objects.all():
        yield from corrections.of_by_hand(told)
    for proposal in ProposedCorrection.objects.all():
        yield from corrections.of_proposal(proposal)


def in_the_record() -> set[Line]:
    """Everything that waits, read from the record."""
    return {
        (wait.key, str(wait.kind), wait.owner.pk, wait.other.pk if wait.other else None, wait.due_at)
        for wait in _waits()
    }


def in_the_rows() -> set[Line]:
    """Everything that waits, as the rows have it."""
    rows = Obligation.objects.filter(settled_at__isnull=True)
    return set(rows.values_list("key", "kind", "owner", "other", "due_at"))


def reminders_of(obligation: Obligation) -> dict[str, datetime]:
    """When each reminder of an obligation goes, as it stands now."""
    rows = Reminder.objects.filter(obligation=obligation, version=obligation.version, dropped_at__isnull=True)
    return dict(rows.values_list("step", "send_at"))


def the_obligation(key: str) -> Obligation:
    """Return what waits by its key."""
    return Obligation.objects.get(key=key, settled_at__isnull=True)


def told_by_reminders() -> list[tuple[str, object]]:
    """The kinds of notices that reminders made, and to whom, in order."""
    rows = Message.objects.filter(obligation_id__isnull=False).order_by("queued_at", "kind")
    return list(rows.values_list("kind", "to_member_id"))
