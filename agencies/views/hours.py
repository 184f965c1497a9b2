"""When an agency is open and closed, and who stands in: pages of its administrator and of the office."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import access, hours, operations, pages, weeks
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.hours_forms import NOBODY, ClosedDayForm, HoursForm, OutOfHoursForm
from agencies.http import HatRequest
from agencies.models import ClosedDay
from agencies.roles import Permission


@needs(Permission.MANAGE_STAFF)
@require_safe
def opening_hours(request: HatRequest) -> HttpResponse:
    """Show when my agency is open, on which days it is closed, and who stands in for it meanwhile."""
    member, today = request.membership, timezone.localdate()
    standing = hours.standing_of(member.agency, on=today)
    context = {
        "now": _week(standing.days, always_open=standing.always_open),
        "since": standing.now,
        "coming": [(row, _week(row.days, always_open=row.always_open)) for row in standing.coming],
        "past": [(row, _week(row.days, always_open=row.always_open)) for row in standing.past],
        "closed": [_closed_day(row) for row in hours.closed_days_of(member.agency, on=today)],
        "duty": member.agency.out_of_hours,
        "always_open": standing.always_open,
    }
    return pages.show(request, "agencies/opening_hours.html", context)


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def change_hours(request: HatRequest) -> HttpResponse:
    """Say when my agency is open, from a day on."""
    by, today = request.membership, timezone.localdate()
    standing = hours.standing_of(by.agency, on=today)
    start = HoursForm.start(standing.days, always_open=standing.always_open)
    form = HoursForm.on(
        request,
        draft_key=f"opening-hours:{by.agency_reference}",
        version=standing.version,
        initial={**start, "effective_from": today},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            version = form.cleaned_data["version"] or 0
            operations.set_opening_hours(
                by.agency, by=by, at=timezone.now(), seen_version=version, **form.words()
            )
            return reverse("opening_hours")

        if saved := pages.save(request, form, save, done="The opening hours have been set."):
            return saved
    return pages.show(request, "agencies/change_hours.html", {}, form=form)


@needs(Permission.MANAGE_STAFF)
@require_POST
def withdraw_hours(request: HatRequest, number: int) -> HttpResponse:
    """Withdraw opening hours before their day."""
    row = hours.get_hours(request.membership, number)
    return pages.press(
        request,
        lambda: operations.withdraw_opening_hours(row, by=request.membership, at=timezone.now()),
        back=reverse("opening_hours"),
        done="Withdrawn. What counts now goes on counting.",
    )


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def add_closed_day(request: HatRequest) -> HttpResponse:
    """Enter a day on which my agency is closed."""
    by = request.membership
    form = ClosedDayForm.on(request, draft_key=f"closed-day:{by.agency_reference}")
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            operations.close_on(by.agency, by=by, at=timezone.now(), **form.words())
            return reverse("opening_hours")

        if saved := pages.save(request, form, save, done="The day has been added."):
            return saved
    return pages.show(request, "agencies/add_closed_day.html", {}, form=form)


@needs(Permission.MANAGE_STAFF)
@require_POST
def withdraw_closed_day(request: HatRequest, number: int) -> HttpResponse:
    """Withdraw a closed day of my agency before it comes."""
    return _withdraw(request, number, back=reverse("opening_hours"))


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def out_of_hours(request: HatRequest) -> HttpResponse:
    """Name who takes what cannot wait while my agency is closed."""
    by = request.membership
    there = by.agency.out_of_hours
    form = OutOfHoursForm.on(
        request,
        agencies=access.who_may_stand_in(by, on=timezone.localdate()),
        initial={"duty": there.reference if there else NOBODY},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            operations.name_out_of_hours(by.agency, by=by, at=timezone.now(), **form.words())
            return reverse("opening_hours")

        if saved := pages.save(request, form, save, done="Saved. Senders see it outside your hours."):
            return saved
    return pages.show(request, "agencies/out_of_hours.html", {}, form=form)


@needs(Permission.SET_TIME_LIMITS)
@require_http_methods(["GET", "POST"])
def closed_days(request: HatRequest) -> HttpResponse:
    """Show the days on which every agency of the partnership is closed, and enter another."""
    by = request.membership
    partnership = by.agency.partnership
    form = ClosedDayForm.on(request, draft_key=f"closed-day:{partnership.reference}")
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            operations.close_on(partnership, by=by, at=timezone.now(), **form.words())
            return reverse("closed_days")

        if saved := pages.save(request, form, save, done="The day has been added for every agency."):
            return saved
    rows = hours.closed_days_of(partnership, on=timezone.localdate())
    context = {"partnership": partnership, "closed": [_closed_day(row) for row in rows]}
    return pages.show(request, "agencies/closed_days.html", context, form=form)


@needs(Permission.SET_TIME_LIMITS)
@require_POST
def withdraw_partnership_day(request: HatRequest, number: int) -> HttpResponse:
    """Withdraw a closed day of the partnership before it comes."""
    return _withdraw(request, number, back=reverse("closed_days"))


def _withdraw(request: HatRequest, number: int, *, back: str) -> HttpResponse:
    row = hours.get_closed_day(request.membership, number)
    return pages.press(
        request,
        lambda: operations.withdraw_closed_day(row, by=request.membership, at=timezone.now()),
        back=back,
        done="Withdrawn.",
    )


def _week(days: list[str], *, always_open: bool) -> list[dict[str, Any]]:
    """A week as rows of parts/summary_list.html."""
    return [{"key": key, "value": value} for key, value in weeks.rows(days, always=always_open)]


def _closed_day(row: ClosedDay) -> dict[str, Any]:
    """A closed day, who entered it and whether it is still to come."""
    return {
        "row": row,
        "of_all": row.partnership_id is not None,
        "by": row.set_by.label,
        "is_to_come": row.on > timezone.localdate(),
    }
