"""An administrator's pages on how their agency is reached."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import access, operations, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.roles import Permission
from agencies.staff_forms import ContactPointForm


@needs(Permission.MANAGE_STAFF)
@require_safe
def contact_points(request: HatRequest) -> HttpResponse:
    """List how my agency and its people are reached, and when that was last checked."""
    context = {"points": access.contact_points_of(request.membership)}
    return pages.show(request, "agencies/contact_points.html", context)


@needs(Permission.MANAGE_STAFF)
@require_http_methods(["GET", "POST"])
def add(request: HatRequest) -> HttpResponse:
    """Add a contact point; `for` in the address fills in whose it is."""
    by = request.membership
    form = ContactPointForm.on(
        request,
        draft_key=f"add-contact-point:{by.agency_reference}",
        agency=by.agency,
        initial={"member": request.GET.get("for"), "kind": "EMAIL"},
    )
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            operations.add_contact_point(by.agency, by=by, at=timezone.now(), **form.words())
            return reverse("contact_points")

        done = "Added. Nothing is sent to it until you have tried it and marked it as checked."
        if saved := pages.save(request, form, save, done=done):
            return saved
    return pages.show(request, "agencies/add_contact_point.html", {}, form=form)


@needs(Permission.MANAGE_STAFF)
@require_POST
def check(request: HatRequest, point_id: UUID) -> HttpResponse:
    """Mark a contact point as checked, today, by me."""
    point = access.get_contact_point(request.membership, point_id)
    return pages.press(
        request,
        lambda: operations.mark_checked(point, by=request.membership, at=timezone.now()),
        back=reverse("contact_points"),
        done="Marked as checked.",
    )


@needs(Permission.MANAGE_STAFF)
@require_POST
def retire(request: HatRequest, point_id: UUID) -> HttpResponse:
    """Take a contact point out of use."""
    point = access.get_contact_point(request.membership, point_id)
    return pages.press(
        request,
        lambda: operations.retire_contact_point(point, by=request.membership, at=timezone.now()),
        back=reverse("contact_points"),
        done="Retired. Nothing more is sent to it.",
    )
