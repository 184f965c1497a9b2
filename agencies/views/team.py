"""An administrator's pages on the staff of their agency."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import access, operations, pages
from agencies.addresses import reverse
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.operations.people import LinkNotSent
from agencies.reauthentication import reauthenticated
from agencies.roles import Permission
from agencies.staff_forms import PersonForm, PostForm


def _page_of(member: Membership) -> str:
    return reverse("staff_member", args=[member.pk])


@needs(Permission.MANAGE_STAFF)
@require_safe
def team(request: HatRequest) -> HttpResponse:
    """List the staff of my agency, those who have left last."""
    return pages.show(request, "agencies/team.html", {"staff": access.staff_of(request.membership)})


@needs(Permission.MANAGE_STAFF)
@reauthenticated("rights")
@require_http_methods(["GET", "POST"])
def add_person(request: HatRequest) -> HttpResponse:
    """Add somebody, and send them a link for choosing a password."""
    by = request.membership
    form = PersonForm.on(request, draft_key=f"add-person:{by.agency_reference}", agency=by.agency)
    if request.method == "POST" and form.is_valid():
        added: list[Membership] = []

        def add() -> str:
            added.append(operations.add_person(by.agency, by=by, at=timezone.now(), **form.words()))
            return _page_of(added[0])

        if saved := pages.save(request, form, add):
            if added:
                _send_link(request, added[0])
            return saved
    return pages.show(request, "agencies/add_person.html", {}, form=form)


def _send_link(request: HatRequest, member: Membership) -> None:
    """Send the link after the account is saved: a mail server that is down must not undo that."""
    if member.account.has_usable_password():
        messages.success(request, "Added. They have an account already, and sign in as they do now.")
        return
    try:
        operations.send_password_link(member, by=request.membership, at=timezone.now())
    except LinkNotSent as refusal:
        messages.error(request, " ".join(refusal.sentences))
    else:
        messages.success(request, "Added. A link for choosing a password is on its way to them.")


@needs(Permission.MANAGE_STAFF)
@require_safe
def staff_member(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Show one member of staff: post, cover, absences, contact points."""
    member = access.get_staff(request.membership, membership_id)
    context = {
        "member": member,
        "cover": access.cover_of(member, on=timezone.localdate()),
        "absences": access.absences_of(member, on=timezone.localdate()),
        "points": [p for p in access.contact_points_of(request.membership) if p.member_id == member.pk],
    }
    return pages.show(request, "agencies/staff_member.html", context)


@needs(Permission.MANAGE_STAFF)
@reauthenticated("rights")
@require_http_methods(["GET", "POST"])
def change_post(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Change somebody's role, post and manager."""
    member = access.get_staff(request.membership, membership_id)
    start = {"role": member.role, "job_title": member.job_title, "manager": member.manager_id}
    form = PostForm.on(
        request, draft_key=f"post:{member.pk}", agency=member.agency, member=member, initial=start
    )
    if request.method == "POST" and form.is_valid():

        def change() -> str:
            operations.change_post(member, by=request.membership, at=timezone.now(), **form.words())
            return _page_of(member)

        if saved := pages.save(request, form, change, done="Changed."):
            return saved
    return pages.show(request, "agencies/change_post.html", {"member": member}, form=form)


@needs(Permission.MANAGE_STAFF)
@reauthenticated("rights", back="staff_member")
@require_POST
def send_link(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Send the link for choosing a password again."""
    member = access.get_staff(request.membership, membership_id)
    return pages.press(
        request,
        lambda: operations.send_password_link(member, by=request.membership, at=timezone.now()),
        back=_page_of(member),
        done="A link for choosing a password is on its way to them.",
    )
