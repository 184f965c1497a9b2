"""“Do not disclose without a decision”: put on something in the record, and lifted, with a reason each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from audit import operations as audit
from records.models import Concern
from records.operations.locks import require_open, require_same_agency
from sharing import rules
from sharing.models import AccessRequest, DisclosureHold
from sharing.operations.access_requests import changed
from sharing.subject_access import contents, holding


@transaction.atomic
def add_hold(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    key: str,
    kind: str,
    why: str,
    came_from: str = "",
) -> DisclosureHold:
    """Put something in a concern on hold: it is not disclosed to whoever asks for it without a decision.

    What was made ready for a request and holds it is not ready any more. Raises NotAllowed, Closed,
    AlreadyDone, Refused.
    """
    require_same_agency(concern, by)
    require_open(concern, by)
    requests = _lock_requests(by, concern)
    if key not in holding.keys_of(concern):
        raise Refused("Choose what in this concern is not to be disclosed.")
    if kind not in DisclosureHold.Kind.values or not why.strip():
        raise Refused("Say why it must not be disclosed without a decision.")
    if DisclosureHold.objects.filter(agency=by.agency, key=key, lifted_at__isnull=True).exists():
        raise rules.AlreadyDone("This is on hold already.")
    hold = DisclosureHold.objects.create(
        agency=by.agency, concern=concern, key=key, kind=kind, why=why, came_from=came_from, added_by=by,
        added_at=at,
    )  # fmt: skip
    audit.record(
        "sharing.hold.added",
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={"hold": hold.pk, "kind": kind, "key": key},
    )
    for request in requests:
        _unready(request, hold, by=by, at=at)
    return hold


def _lock_requests(by: Membership, concern: Concern) -> list[AccessRequest]:
    """Lock the agency's open requests about people of a concern, in order: nothing is made of one
    meanwhile."""
    rows = AccessRequest.objects.filter(
        agency=by.agency_id, closed_at__isnull=True, person__concerned_in__concern=concern
    )
    numbers = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    return list(AccessRequest.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))


def _unready(request: AccessRequest, hold: DisclosureHold, *, by: Membership, at: datetime) -> None:
    held = contents.current_pieces(request).filter(carries__contains=[hold.key])
    if request.is_open and held.exists():
        changed(request, "sharing.access.hold_met", by=by, at=at, unready=True, hold=hold.pk)


@transaction.atomic
def lift_hold(hold: DisclosureHold, *, by: Membership, at: datetime, why: str) -> DisclosureHold:
    """Take something off hold, with a reason. Only whoever may answer requests does. It is never deleted.

    Raises NotAllowed, AlreadyDone, Refused.
    """
    require_same_agency(hold.concern, by)
    if not by.may(Permission.ANSWER_ACCESS):
        raise NotAllowed("A hold is lifted by a lead of your agency.")
    requests = _lock_requests(by, hold.concern)
    hold = DisclosureHold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is not None:
        raise rules.AlreadyDone("A colleague has lifted this hold.")
    if not why.strip():
        raise Refused("Say why it is lifted.")
    hold.lifted_at, hold.lifted_by, hold.lifted_why = at, by, why
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    concern = hold.concern
    audit.record(
        "sharing.hold.lifted",
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={"hold": hold.pk, "key": hold.key},
    )
    for request in requests:
        _unready(request, hold, by=by, at=at)
    return hold
