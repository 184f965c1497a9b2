"""Where a request stands, read from its rows: its clock, what is still to do, and who may check it."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import QuerySet

from agencies.models import Membership
from agencies.roles import ROLES, Permission
from sharing.models import AccessBundle, AccessCheck, AccessRequest, AccessWait
from sharing.subject_access import clock


class Standing(StrEnum):
    """What a request waits for. The value is what people read."""

    CLOSED = "Closed"
    PAUSED = "Waiting for their answer"
    COLLECT = "To be gathered"
    DECIDE = "Being decided"
    CHECK = "To be checked"
    SENT_BACK = "Sent back by the second person"
    CHECKED = "Checked"
    MADE = "To be sent"
    SENT = "Sent"


# What says where a request stands, fetched with it.
PARTS = ("waits", "checks", "bundles")
COLOURS = {
    Standing.CLOSED: "",
    Standing.PAUSED: "grey",
    Standing.COLLECT: "blue",
    Standing.DECIDE: "blue",
    Standing.CHECK: "purple",
    Standing.SENT_BACK: "orange",
    Standing.CHECKED: "turquoise",
    Standing.MADE: "turquoise",
    Standing.SENT: "green",
}


def waits_of(request: AccessRequest) -> list[AccessWait]:
    """Return everything whoever asked was asked, in order; read once where it was fetched with the
    request."""
    return sorted(request.waits.all(), key=lambda one: one.pk)


def open_waits(request: AccessRequest) -> list[AccessWait]:
    """Return what whoever asked still has to answer."""
    return [one for one in waits_of(request) if one.answered_on is None]


def limit_of(request: AccessRequest) -> clock.Limit:
    """Count when a request is due, from its own days."""
    pauses = [
        clock.Pause(one.asked_on, one.answered_on, one.about == AccessWait.About.IDENTITY)
        for one in waits_of(request)
    ]
    return clock.limit(
        request.received_on,
        pauses=pauses,
        is_extended=request.extended_at is not None,
        region=request.agency.region,
    )


def may_answer(request: AccessRequest) -> QuerySet[Membership]:
    """Return who at its agency may answer requests, by name."""
    may = [code for code, role in ROLES.items() if Permission.ANSWER_ACCESS in role.permissions]
    rows = Membership.objects.current().with_people().filter(agency=request.agency_id, role__in=may)
    return rows.order_by("user__full_name", "pk")


def checkers(request: AccessRequest) -> QuerySet[Membership]:
    """Return who may check a request: those who may answer it and did not prepare it."""
    rows = may_answer(request)
    return rows.exclude(user=request.ready_by.user_id) if request.ready_by is not None else rows


def last_check(request: AccessRequest) -> AccessCheck | None:
    """Return what a second person said of what was made ready last; None while nobody has."""
    if request.ready_at is None:
        return None
    rows = [
        one
        for one in request.checks.all()
        if one.digest == request.ready_digest and one.at >= request.ready_at
    ]
    return max(rows, key=lambda one: one.pk, default=None)


def waits_for_check(request: AccessRequest) -> bool:
    """Say whether something is ready and nobody has checked it."""
    return request.is_open and request.ready_at is not None and last_check(request) is None


def standing_of(request: AccessRequest) -> Standing:
    """Say where a request stands. Its waits, checks and bundles are fetched already."""
    if not request.is_open:
        return Standing.CLOSED
    if open_waits(request):
        return Standing.PAUSED
    if request.collected_at is None:
        return Standing.COLLECT
    checked = last_check(request)
    if request.ready_at is None:
        last = max(request.bundles.all(), key=lambda one: one.number, default=None)
        if last is not None and last.sent_on is not None:
            return Standing.SENT
        return Standing.SENT_BACK if _was_sent_back(request) else Standing.DECIDE
    if checked is None:
        return Standing.CHECK
    return _after_check(request, checked)


def _was_sent_back(request: AccessRequest) -> bool:
    last = max(request.checks.all(), key=lambda one: one.pk, default=None)
    return last is not None and not last.is_right


def _after_check(request: AccessRequest, checked: AccessCheck) -> Standing:
    made = next((one for one in request.bundles.all() if one.checked_id == checked.pk), None)
    if made is None:
        return Standing.CHECKED
    return Standing.SENT if made.sent_on else Standing.MADE


def bundle_of(request: AccessRequest, check: AccessCheck | None) -> AccessBundle | None:
    """Return the bundle that was made of what was checked, if it was."""
    if check is None:
        return None
    return next((one for one in request.bundles.all() if one.checked_id == check.pk), None)


def with_standing(rows: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Fetch with requests what `standing_of` and `limit_of` read."""
    return with_people(rows).prefetch_related(*PARTS)


def with_people(rows: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Fetch with requests whom they are about and whose they are."""
    people = ("owner__user", "owner__agency", "ready_by__user", "ready_by__agency")
    return rows.select_related("agency", "person", *people)
