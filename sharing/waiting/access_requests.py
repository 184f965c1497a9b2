"""What waits in a subject access request: its answer, an answer of whoever asked, and a second
person's check."""

from __future__ import annotations

from datetime import datetime

from agencies.addresses import reverse
from agencies.models import Membership
from sharing.models import AccessRequest, Obligation
from sharing.subject_access import clock, standing
from sharing.waiting.waits import Wait

KEYS = ("access:{pk}", "access-check:{pk}")
Kind = Obligation.Kind


def of_request(request: AccessRequest) -> list[Wait]:
    """The answer waits for its owner until it is closed; what is ready waits for somebody else to
    check it."""
    if not request.is_open:
        return []
    zone = request.agency.zone
    counted = standing.limit_of(request)
    if counted.due_on is not None:
        first = _wait(
            request, Kind.ACCESS, request.owner, due_at=clock.moment(counted.due_on, zone),
            why="\n".join(counted.why),
        )  # fmt: skip
        return [first, *_check(request, first.due_at)]
    asked = min(one.asked_on for one in standing.open_waits(request))
    again = clock.chase_on(asked, request.agency.region)
    waiting = _wait(
        request, Kind.ACCESS_WAITS, request.owner, due_at=clock.moment(again, zone),
        why="\n".join((*counted.why, "A month after we asked: ask again, or close the request.")),
    )  # fmt: skip
    return [waiting, *_check(request, waiting.due_at)]


def _check(request: AccessRequest, due_at: datetime) -> list[Wait]:
    """Somebody of the agency who may, and did not prepare it, is asked to check: the first by name."""
    if not standing.waits_for_check(request):
        return []
    checker = standing.checkers(request).first()
    if checker is None:
        return []
    return [
        _wait(request, Kind.ACCESS_CHECK, checker, due_at=due_at, key="access-check",
              other=request.ready_by, since=request.ready_at)
    ]  # fmt: skip


def _wait(
    request: AccessRequest,
    kind: str,
    owner: Membership,
    *,
    due_at: datetime,
    why: str = "",
    key: str = "access",
    other: Membership | None = None,
    since: datetime | None = None,
) -> Wait:
    return Wait(
        key=f"{key}:{request.pk}",
        kind=kind,
        reference=request.reference,
        path=reverse("subject-access-request", args=[request.reference]),
        concern=None,
        owner=owner,
        other=other,
        since=since or request.opened_at,
        due_at=due_at,
        due_why=why,
    )
