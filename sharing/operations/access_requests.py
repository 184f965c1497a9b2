"""A subject access request comes in, waits for an answer, is extended, given to a colleague and closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies import operations as agencies
from agencies import rules as agencies_rules
from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from agencies.working_time import written
from audit import operations as audit
from audit.models import Event
from notifications.models import Message
from records.models import Person
from records.operations.references import next_reference
from sharing import rules
from sharing.models import AccessRequest, AccessWait
from sharing.operations import obligations, parties
from sharing.subject_access import standing

About = AccessWait.About


class NotInTime(Refused):
    """A day that cannot be: before it came, after today, or after a limit."""


def require_may_answer(by: Membership) -> None:
    """Raise NotAllowed where the role does not answer subject access requests."""
    agencies_rules.require(by, Permission.ANSWER_ACCESS)


def lock_request(request: AccessRequest, *, by: Membership, seen_version: int | None = None) -> AccessRequest:
    """Lock an open request of one's own agency, for whoever may answer it, and read it as it is now.

    Raises NotAllowed, AlreadyDone once it is closed, OutOfDate.
    """
    require_may_answer(by)
    AccessRequest.objects.select_for_update().get(pk=request.pk)
    locked = standing.with_standing(AccessRequest.objects.all()).get(pk=request.pk)
    if locked.agency_id != by.agency_id:
        raise NotAllowed("This request was made to another agency.")
    if not locked.is_open:
        raise rules.AlreadyDone(f"{locked.reference} is closed, so nothing of it changes any more.")
    rules.require_version(locked, seen_version, parties.what_changed(locked.reference, seen_version))
    return locked


def changed(
    request: AccessRequest,
    verb: str,
    *fields: str,
    by: Membership,
    at: datetime,
    unready: bool = False,
    **data: Any,
) -> Event:
    """Save a request that is locked, bring what waits up to date, and append the event.

    `unready` takes back that it is ready: what would go out is not what was made ready any more.
    """
    if unready and request.ready_at is not None:
        request.ready_at, request.ready_by, request.ready_digest = None, None, ""
        fields = (*fields, "ready_at", "ready_by", "ready_digest")
    request.version += 1
    request.save(update_fields=[*fields, "version"])
    read = standing.with_standing(AccessRequest.objects.all()).get(pk=request.pk)
    obligations.follow(read, at=at)
    data["version"] = request.version
    return audit.record(verb, by=by, at=at, subject=request.reference, data=data)


@transaction.atomic
def open_request(
    person: Person,
    *,
    by: Membership,
    at: datetime,
    asked_by: str,
    asked_by_name: str,
    reply_to: str,
    wants: str,
    received_on: date,
    received_how: str,
    authority: str = "",
    identity_how: str = "",
    identity_asked: str = "",
) -> AccessRequest:
    """Write down that somebody asks for what the agency holds about a person.

    Either it says how it is known who they are (`identity_how`) or what they were asked to show
    (`identity_asked`), which stops the clock from today. Raises NotAllowed, NotInTime, Refused.
    """
    require_may_answer(by)
    if person.agency_id != by.agency_id:
        raise NotAllowed("This person is recorded by another agency. They have to be asked themselves.")
    today = timezone.localdate(at)
    if received_on > today:
        raise NotInTime("It cannot have come after today. Check the day on which it came.")
    if asked_by != AccessRequest.AskedBy.PERSON and not authority.strip():
        raise Refused("Say what gives them authority to ask for the person, and how you know.")
    if bool(identity_how.strip()) == bool(identity_asked.strip()):
        raise Refused("Say either how you know who they are, or what you asked them to show.")
    is_known = bool(identity_how.strip())
    request = AccessRequest.objects.create(
        reference=next_reference("SA-", digits=6), agency=by.agency, person=person, owner=by,
        asked_by=asked_by, asked_by_name=asked_by_name, reply_to=reply_to, authority=authority, wants=wants,
        received_on=received_on, received_how=received_how,
        identity_how=identity_how if is_known else "", identity_on=today if is_known else None,
        identity_by=by if is_known else None, opened_at=at, opened_by=by,
    )  # fmt: skip
    if not is_known:
        AccessWait.objects.create(
            request=request,
            about=About.IDENTITY,
            what=identity_asked,
            asked_on=today,
            asked_by=by,
            asked_at=at,
        )
    obligations.follow(standing.with_standing(AccessRequest.objects.all()).get(pk=request.pk), at=at)
    audit.record(
        "sharing.access.opened",
        by=by,
        at=at,
        subject=request.reference,
        data={"person": person.reference, "version": 1},
    )
    return request


@transaction.atomic
def ask_requester(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    about: str,
    what: str,
    asked_on: date,
    seen_version: int | None = None,
) -> AccessWait:
    """Write down that whoever asks was asked something. It stops the clock until they answer.

    Raises NotInTime, AlreadyDone where the same is being asked already, Refused.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if about not in About.values or not what.strip():
        raise Refused("Say what you asked them.")
    if not request.received_on <= asked_on <= timezone.localdate(at):
        raise NotInTime("You asked on the day on which it came or later, and not after today. Check the day.")
    if any(one.about == about for one in standing.open_waits(request)):
        raise rules.AlreadyDone("They have been asked this already and have not answered.")
    wait = AccessWait.objects.create(
        request=request, about=about, what=what, asked_on=asked_on, asked_by=by, asked_at=at
    )
    changed(request, "sharing.access.asked", by=by, at=at, about=about)
    return wait


@transaction.atomic
def requester_answered(
    wait: AccessWait,
    *,
    by: Membership,
    at: datetime,
    answer: str,
    answered_on: date,
    seen_version: int | None = None,
) -> AccessWait:
    """Write down what whoever asks answered. The clock goes on. Raises NotInTime, AlreadyDone, Refused."""
    request = lock_request(wait.request, by=by, seen_version=seen_version)
    wait = AccessWait.objects.select_for_update().get(pk=wait.pk)
    if wait.answered_on is not None:
        raise rules.AlreadyDone("A colleague has written down what they answered.")
    if not answer.strip():
        raise Refused("Write down what they answered.")
    if not wait.asked_on <= answered_on <= timezone.localdate(at):
        raise NotInTime("They answered after you asked, and not after today. Check the day.")
    wait.answer, wait.answered_on, wait.answered_by = answer, answered_on, by
    wait.save(update_fields=["answer", "answered_on", "answered_by"])
    fields: tuple[str, ...] = ()
    if wait.about == About.IDENTITY and request.identity_on is None:
        request.identity_how, request.identity_on, request.identity_by = answer, answered_on, by
        fields = ("identity_how", "identity_on", "identity_by")
    changed(request, "sharing.access.answered", *fields, by=by, at=at, about=wait.about)
    return wait


@transaction.atomic
def extend(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    why: str,
    told_on: date,
    seen_version: int | None = None,
) -> AccessRequest:
    """Extend a request by two months: it is complex or there are many, and whoever asked was told why
    in time.

    Raises NotInTime after the first month, AlreadyDone the second time, Refused without a reason.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if request.extended_at is not None:
        raise rules.AlreadyDone("It has been extended already. The law allows it once.")
    if not why.strip():
        raise Refused("Say why it is extended, as you told whoever asked.")
    if not request.received_on <= told_on <= timezone.localdate(at):
        raise NotInTime("They were told after it came, and not after today. Check the day.")
    counted = standing.limit_of(request)
    if counted.extend_by is not None and told_on > counted.extend_by:
        raise NotInTime(
            f"It can be extended only if whoever asked is told within the first month: by "
            f"{written(counted.extend_by)}.",
            "Answer it as soon as you can, and say why it is late.",
        )
    request.extended_at, request.extended_by = at, by
    request.extended_why, request.told_on = why, told_on
    fields = ("extended_at", "extended_by", "extended_why", "told_on")
    changed(request, "sharing.access.extended", *fields, by=by, at=at)
    return request


@transaction.atomic
def give(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    to: Membership,
    seen_version: int | None = None,
) -> AccessRequest:
    """Give a request to a colleague who may answer it. Its time limit stays. Raises Refused, AlreadyDone."""
    request = lock_request(request, by=by, seen_version=seen_version)
    new = parties.hold(to)
    if new.agency_id != request.agency_id or not new.may(Permission.ANSWER_ACCESS):
        raise Refused(f"{new.full_name} cannot answer subject access requests. Choose somebody else.")
    if new.pk == request.owner_id:
        raise rules.AlreadyDone(f"{request.reference} is with {new.full_name} already.")
    request.owner = new
    event = changed(request, "sharing.access.given", "owner", by=by, at=at)
    if not new.is_same_person(by):
        tell(new, Message.Kind.HANDED_OVER, request=request, by=by, at=at, event=event)
    return request


def tell(
    member: Membership,
    kind: Message.Kind,
    *,
    request: AccessRequest,
    by: Membership,
    at: datetime,
    event: Event,
) -> None:
    """Tell a colleague where there is an address. What waits stands in their list whether or not there is."""
    try:
        agencies.notify(
            member,
            kind,
            reference=request.reference,
            sender=by.agency,
            path=f"/subject-access/{request.reference}/",
            at=at,
            dedupe_key=f"{kind}:{request.reference}:{event.pk}:{member.pk}",
        )
    except agencies.NobodyToNotify:
        return


@transaction.atomic
def close(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    outcome: str,
    why: str,
    seen_version: int | None = None,
) -> AccessRequest:
    """Close a request: answered, withdrawn, refused as a whole, or because nobody answered us.

    Raises Refused where it says that it was answered and nothing was sent, or without a reason.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if outcome not in AccessRequest.Outcome.values or not outcome:
        raise Refused("Say how it ends.")
    if not why.strip():
        raise Refused("Say why it is closed, and what whoever asked was told.")
    if outcome == AccessRequest.Outcome.ANSWERED and not any(one.sent_on for one in request.bundles.all()):
        raise Refused("Nothing has been sent yet, so it is not answered. Write down first what was sent.")
    if outcome == AccessRequest.Outcome.NOT_HEARD and not standing.open_waits(request):
        raise Refused(
            "They are not asked anything at the moment, so it cannot be closed for want of an answer."
        )
    request.closed_at, request.closed_by = at, by
    request.outcome, request.closed_why = outcome, why
    fields = ("closed_at", "closed_by", "outcome", "closed_why")
    changed(request, "sharing.access.closed", *fields, by=by, at=at, outcome=outcome)
    return request
