"""Where somebody is signed in: staying, seeing it and ending it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agencies import access, drafts, operations, pages, sessions
from agencies.decorators import needs, public
from agencies.http import HatRequest, Visit
from agencies.models import User
from agencies.roles import Permission
from audit.operations import log_access


@public
@require_safe
def left(request: Visit) -> JsonResponse:
    """Tell a script whose pages this browser may show now, and for how long. That keeps nobody signed in."""
    sessions.does_not_count(request)
    return _left(request)


@public
@require_POST
def stay(request: Visit) -> HttpResponse:
    """Keep somebody signed in who asks for it, and what stands in the form on whose page they ask."""
    if request.membership is None or request.membership.is_outside:
        return redirect_to_login(pages.written_on(request))
    hat_request = cast(HatRequest, request)
    drafts.keep_own(hat_request, at=timezone.now())
    sessions.of(request).note_seen(at=timezone.now())
    if "application/json" in request.headers.get("Accept", ""):
        return _left(request)
    messages.success(request, "You stay signed in. What you were writing is kept.")
    return redirect(pages.written_on(request) if request.POST.get("back_to") else "start")


def _left(request: Visit) -> JsonResponse:
    return JsonResponse({"mark": sessions.mark_of(request), "seconds_left": sessions.seconds_left(request)})


@require_safe
def places(request: HatRequest) -> HttpResponse:
    """List the browsers in which I am signed in, and lead to how I sign in."""
    found = sessions.places_of(cast(User, request.user), this_one=request.session.session_key)
    context = {"places": found, "others": sum(not place.is_this_one for place in found)}
    return render(request, "agencies/sessions.html", context)


@require_POST
def end(request: HatRequest, name: str) -> HttpResponse:
    """Sign me out in one browser, which may be this one."""
    mine = sessions.places_of(cast(User, request.user), this_one=request.session.session_key)
    found = next((place for place in mine if place.name == name), None)
    if found is None:
        raise Http404
    found.row.delete()
    _log(request)
    messages.success(request, f"You are signed out in {found.row.browser or 'that browser'}.")
    return redirect("sessions")


@require_POST
def end_others(request: HatRequest) -> HttpResponse:
    """Sign me out everywhere but in this browser."""
    sessions.end_all_of(cast(User, request.user), but=request.session.session_key)
    _log(request)
    messages.success(request, "You are signed out everywhere but here.")
    return redirect("sessions")


def _log(request: HatRequest) -> None:
    log_access(
        "ended sign-in",
        by=request.membership,
        subject="sign-in",
        address=request.META.get("REMOTE_ADDR"),
    )


@needs(Permission.MANAGE_STAFF)
@require_POST
def end_of_staff(request: HatRequest, membership_id: UUID) -> HttpResponse:
    """Sign a member of my staff out everywhere, as when their telephone was stolen."""
    member = access.get_staff(request.membership, membership_id)
    return pages.press(
        request,
        lambda: operations.end_sessions(member, by=request.membership, at=timezone.now()),
        back=pages.written_on(request) if request.POST.get("back_to") else f"/team/{member.pk}/",
        done="They are signed out everywhere.",
    )
