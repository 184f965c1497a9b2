"""From what was decided to what was sent: made ready, checked by a second person, made into a bundle,
sent."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agencies.models import Job, Membership
from agencies.operations import files, jobs
from agencies.refusals import OutOfDate, Refused
from notifications.models import Message
from sharing import rules
from sharing.models import AccessBundle, AccessCheck, AccessRequest
from sharing.operations.access_requests import NotInTime, changed, lock_request, tell
from sharing.subject_access import contents, standing
from sharing.subject_access.missing import missing

JOB = "subject-access"


class NotReady(Refused):
    """Something is still to be decided or asked."""


@transaction.atomic
def make_ready(
    request: AccessRequest, *, by: Membership, at: datetime, seen_version: int | None = None
) -> AccessRequest:
    """Put what would go out, exactly as it stands, to a second person. They are told.

    Raises NotReady with everything that is still to do, AlreadyDone.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if request.ready_at is not None:
        raise rules.AlreadyDone("It is ready already, and nothing has changed since.")
    found = contents.of(request)
    if to_do := missing(request, found):
        raise NotReady("It is not ready to be checked.", *to_do)
    request.ready_at, request.ready_by, request.ready_digest = at, by, found.digest
    fields = ("ready_at", "ready_by", "ready_digest")
    event = changed(request, "sharing.access.made_ready", *fields, by=by, at=at, digest=found.digest)
    checker = standing.checkers(request).first()
    if checker is not None:
        tell(checker, Message.Kind.MANAGER, request=request, by=by, at=at, event=event)
    return request


@transaction.atomic
def check(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    digest: str,
    is_right: bool,
    note: str = "",
    seen_version: int | None = None,
) -> AccessCheck:
    """Say as a second person whether what would go out is right. `digest` names what was read.

    Raises AnotherPersonMustCheck, AlreadyDone, OutOfDate where it is not what they read any more, Refused.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if request.ready_at is None or request.ready_by is None:
        raise rules.AlreadyDone("It is not ready to be checked: something has changed since.")
    rules.require_another_person(by, request.ready_by, "check what they prepared")
    if standing.last_check(request) is not None:
        raise rules.AlreadyDone("A colleague has checked this.")
    found = contents.of(request)
    if not digest == request.ready_digest == found.digest:
        raise OutOfDate("This is not what you read any more.", "Read it again, then say whether it is right.")
    if not is_right and not note.strip():
        raise Refused("Say what has to be changed.")
    row = AccessCheck.objects.create(
        request=request, digest=digest, is_right=is_right, note=note, by=by, at=at
    )
    verb = "sharing.access.checked" if is_right else "sharing.access.sent_back"
    event = changed(request, verb, by=by, at=at, unready=not is_right, digest=digest)
    if not request.owner.is_same_person(by):
        tell(request.owner, Message.Kind.CORRECTED if not is_right else Message.Kind.UNDERSTOOD,
             request=request, by=by, at=at, event=event)  # fmt: skip
    return row


@transaction.atomic
def ask_for_bundle(
    request: AccessRequest, *, by: Membership, at: datetime, seen_version: int | None = None
) -> Job:
    """Ask the worker to make the bundle of what was checked. Raises NotReady, AlreadyDone."""
    request = lock_request(request, by=by, seen_version=seen_version)
    require_checked(request)
    back = f"/subject-access/{request.reference}/"
    return jobs.ask(
        JOB, title=f"The answer to {request.reference}", about=request.reference, back=back,
        params={"request": request.reference}, by=by, at=at,
    )  # fmt: skip


def require_checked(request: AccessRequest) -> AccessCheck:
    """Return the check by which a bundle may be made. Raises NotReady, AlreadyDone where it was made."""
    checked = standing.last_check(request)
    if checked is None or not checked.is_right:
        raise NotReady("A second person has to check it before the bundle is made.")
    if standing.bundle_of(request, checked) is not None:
        raise rules.AlreadyDone("The bundle of what was checked has been made already.")
    return checked


@transaction.atomic
def keep_bundle(
    request: AccessRequest, *, by: Membership, at: datetime, digest: str, pdf: bytes
) -> AccessBundle:
    """Keep a bundle that was made, if what it was made of is still what was checked. `digest` names that.

    Whatever was decided, held back or put on hold while it was being made is seen here, under the lock.
    Raises NotReady, AlreadyDone.
    """
    request = lock_request(request, by=by)
    checked = require_checked(request)
    found = contents.of(request)
    if found.in_the_way or not digest == checked.digest == found.digest:
        raise NotReady(
            "Something was changed or put on hold while it was being made.", "Have it checked again."
        )
    file = files.keep([pdf], at=at)
    bundle = AccessBundle.objects.create(
        request=request, number=len(request.bundles.all()) + 1, checked=checked, content_digest=digest,
        file_digest=file.sha256, file=file, pieces=len(found.going_out), held_back=len(found.held_back),
        made_by=by, made_at=at,
    )  # fmt: skip
    changed(request, "sharing.access.bundle_made", by=by, at=at, bundle=bundle.number, digest=file.sha256)
    return bundle


@transaction.atomic
def mark_sent(
    bundle: AccessBundle,
    *,
    by: Membership,
    at: datetime,
    sent_on: date,
    sent_how: str,
    seen_version: int | None = None,
) -> AccessBundle:
    """Write down that a bundle was given to whoever asked, when and how.

    Raises NotReady where something in it has been put on hold since, NotInTime, AlreadyDone, Refused.
    """
    request = lock_request(bundle.request, by=by, seen_version=seen_version)
    bundle = AccessBundle.objects.select_for_update().get(pk=bundle.pk)
    if bundle.sent_on is not None:
        raise rules.AlreadyDone(f"Version {bundle.number} is written down as sent already.")
    last = standing.last_check(request)
    if last is None or last.pk != bundle.checked_id:
        raise NotReady(
            "Something has been changed or put on hold since this version was made, so it must not go out.",
            "Have it checked again and make another version.",
        )
    if not sent_how.strip():
        raise Refused("Say how it was sent, and how you made sure that it reaches the right person.")
    if not timezone.localdate(bundle.made_at) <= sent_on <= timezone.localdate(at):
        raise NotInTime("It was sent after it was made, and not after today. Check the day.")
    bundle.sent_on, bundle.sent_how, bundle.sent_by = sent_on, sent_how, by
    bundle.save(update_fields=["sent_on", "sent_how", "sent_by"])
    changed(request, "sharing.access.sent", by=by, at=at, bundle=bundle.number)
    return bundle
