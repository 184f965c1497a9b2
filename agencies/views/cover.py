"""Arranging cover: absences and deputies, one's own or, as a lead or administrator, anybody's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import access, operations, pages
from agencies.addresses import reverse
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from agencies.staff_forms import AbsenceForm, DeputyForm


def page_of(member: Membership) -> str:
    """Return the address of somebody's cover."""
    return reverse("cover_of", args=[member.pk])


@require_safe
def cover_of(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Show who acts for somebody and when they are away: myself, or anybody whose cover I arrange."""
    member = access.get_covered(request.membership, membership_id)
    today = timezone.localdate()
    context = {
        "member": member,
        "is_mine": member.pk == request.membership.pk,
        "arranges": request.membership.may(Permission.ARRANGE_COVER),
        "cover": access.cover_of(member, on=today),
        "absences": access.absences_of(member, on=today),
    }
    return pages.show(request, "agencies/cover_of.html", context)


@require_http_methods(["GET", "POST"])
def record_absence(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Record the days on which somebody is away."""
    member = access.get_covered(request.membership, membership_id)
    form = AbsenceForm.on(request)
    if request.method == "POST" and form.is_valid():

        def record() -> str:
            operations.record_absence(member, by=request.membership, at=timezone.now(), **form.words())
            return page_of(member)

        if saved := pages.save(request, form, record, done="Absence recorded."):
            return saved
    return pages.show(request, "agencies/record_absence.html", {"member": member}, form=form)


@require_http_methods(["GET", "POST"])
def name_deputy(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Name who acts for somebody, and when."""
    member = access.get_covered(request.membership, membership_id)
    form = DeputyForm.on(request, member=member, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():

        def name() -> str:
            operations.name_deputy(member, by=request.membership, at=timezone.now(), **form.words())
            return page_of(member)

        if saved := pages.save(request, form, name, done="Deputy named."):
            return saved
    return pages.show(request, "agencies/name_deputy.html", {"member": member}, form=form)


@require_POST
def end_cover(request: HatRequest, membership_id: UUID, number: int) -> HttpResponse:
    """End a deputy's cover today."""
    cover = access.get_cover(request.membership, membership_id, number)
    is_to_come = cover.starts_on > timezone.localdate()
    return pages.press(
        request,
        lambda: operations.end_cover(
            cover, by=request.membership, at=timezone.now(), on=timezone.localdate()
        ),
        back=page_of(cover.member),
        done="They are not named any more." if is_to_come else "Their cover ends today.",
    )


@require_POST
def end_absence(request: HatRequest, membership_id: UUID, number: int) -> HttpResponse:
    """Record that somebody is back today, or not away after all."""
    absence = access.get_absence(request.membership, membership_id, number)
    is_to_come = absence.starts_on > timezone.localdate()
    return pages.press(
        request,
        lambda: operations.end_absence(
            absence, by=request.membership, at=timezone.now(), on=timezone.localdate()
        ),
        back=page_of(absence.member),
        done="The absence is taken back." if is_to_come else "Recorded as back from today.",
    )
