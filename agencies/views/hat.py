"""Choosing the role to act in."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agencies import access, hats, pages
from agencies.decorators import without_hat
from agencies.http import HatRequest, Visit, is_here
from agencies.models import User
from audit.operations import log_access


@without_hat
@require_http_methods(["GET", "POST"])
def choose_hat(request: Visit) -> HttpResponse:
    """Show the roles of whoever is signed in; a POST changes into one of them."""
    user = cast(User, request.user)
    onward = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST":
        try:
            chosen = UUID(request.POST.get("membership", ""))
        except ValueError:
            chosen = UUID(int=0)
        member = hats.put_on(user, request.session, chosen)
        if member is not None:
            log_access(
                "hat", by=member, subject=member.agency_reference, address=request.META.get("REMOTE_ADDR")
            )
            return redirect(onward if is_here(onward) else access.first_page(member))
    roles = hats.hats_of(user)
    if not roles:
        return pages.without_a_role(request)
    context = {"hats": roles, "next": onward, "missing": request.method == "POST"}
    return render(request, "agencies/hat.html", context, status=422 if context["missing"] else 200)


@require_safe
def start(request: HatRequest) -> HttpResponse:
    """Lead to the first page of the role worn."""
    return redirect(access.first_page(request.membership))
