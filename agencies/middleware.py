"""Who is asking, in which role; nobody gets in by default; and text is kept when the session has gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from agencies import drafts, hats, looks, pages, scope
from agencies.addresses import reverse
from agencies.http import Visit
from agencies.models import Membership

# The library's page for changing one's own address. The address is the agency's to give.
CLOSED = frozenset({"account_email", "account_signup"})

Respond = Callable[[HttpRequest], HttpResponse]


class HatMiddleware:
    """Sets `request.membership` and `request.hats_count`, and refuses whoever a view did not let in."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(Visit, request)
        visit.membership, visit.hats_count = None, 0
        visit.link_visit, visit.link_is_over = None, False
        if not request.user.is_authenticated:
            return self.get_response(request)
        # One transaction for the whole page, because who asks is told to PostgreSQL for one. An answer that
        # refuses is an answer: what it wrote, such as the refused look, stays.
        with transaction.atomic(savepoint=False):
            visit.membership = hats.worn(request.user, request.session)
            visit.hats_count = request.session.get(hats.COUNT, 0)
            return self.get_response(request)

    def process_view(
        self, request: Visit, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.resolver_match and request.resolver_match.view_name in CLOSED:
            raise Http404
        # No reference has it, no keyboard types it, and PostgreSQL could not even be asked for it.
        if any("\0" in str(part) for part in kwargs.values()):
            raise Http404
        if getattr(view, "public", False) or view.__module__.startswith("allauth."):
            return None
        if request.membership is not None and request.membership.is_outside:
            return self._by_link(request, view, member=request.membership)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if hats.needs_second_factor(request.user, request.membership):
            messages.info(request, "Set up a second way to prove that it is you, before you go on.")
            return redirect("mfa_index")
        if request.membership is not None:
            return pages.sent_before(request)
        if getattr(view, "without_hat", False):
            return None
        if request.hats_count:
            return redirect(f"{reverse('choose_hat')}?{urlencode({'next': _way_back(request)})}")
        return pages.without_a_role(request)

    def _by_link(
        self, request: Visit, view: Callable[..., Any], *, member: Membership
    ) -> HttpResponse | None:
        """Let somebody who came by a link into the pages that are marked for them, and no other."""
        if getattr(view, "open_to_links", False):
            return pages.sent_before(request)
        looks.log_refused(request, by=member, why="not open to links")
        raise Http404

    def process_exception(self, request: Visit, exception: Exception) -> None:
        """Log the look that a page refused, where what it asked for its object has not done so already."""
        member = request.membership
        if member is not None and isinstance(exception, Http404) and not looks.is_logged_as_refused(request):
            looks.log_refused(request, by=member, why="not theirs, or no such")


class HoldText:
    """Keeps what somebody typed where it cannot be saved: their session has gone, or is somebody else's.

    The signed draft token in the form says whose text it is, so it reaches them and nobody else.
    Files are not kept.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(Visit, request)
        if request.method != "POST" or request.path == reverse("drafts"):
            return self.get_response(request)
        try:
            holder, key = drafts.read_token(request.POST.get("draft_token", ""))
        except drafts.TokenNotValid:
            return self.get_response(request)
        if visit.membership is not None and visit.membership.pk == holder:
            response = self.get_response(request)
            if response.status_code != 403 or getattr(request, "csrf_processing_done", False):
                return response
        try:
            with scope.across_agencies("what somebody wrote is kept for them when their session has gone"):
                drafts.keep(holder, key, drafts.fields_of(request.POST), at=timezone.now())
        except drafts.TokenNotValid:
            return self.get_response(request)
        return _kept(visit, holder)


def _kept(request: Visit, holder: UUID) -> HttpResponse:
    """Lead to where the kept text can be gone on with, and say what happened."""
    if not request.user.is_authenticated:
        if _has_no_account(holder):
            messages.warning(
                request, "Your time was up. What you wrote is kept: open your link again to go on."
            )
            return redirect("link-over")
        messages.warning(request, "Your session ended. What you wrote is kept: sign in to go on.")
        return redirect_to_login(pages.written_on(request))
    if request.membership is None:
        messages.warning(request, "Your session ended. What you wrote is kept: choose your role to go on.")
        return redirect(f"{reverse('choose_hat')}?{urlencode({'next': pages.written_on(request)})}")
    if request.membership.pk == holder:
        messages.warning(
            request,
            "This page was opened before you last signed in, so it was not sent. "
            "What you wrote is kept: look at it and send it again.",
        )
        return redirect(pages.written_on(request))
    messages.warning(
        request,
        "This page was opened in another role, so it was not sent. What you wrote is kept for that role.",
    )
    return redirect("choose_hat" if request.hats_count > 1 else "start")


def _has_no_account(holder: UUID) -> bool:
    """Say whether whoever wrote something can only come by a link."""
    return Membership.objects.filter(pk=holder, user__isnull=True).exists()


def _to_sign_in(request: Visit) -> HttpResponse:
    """Lead to where somebody proves again who they are: the sign-in page, or the page about their link."""
    return redirect("link-over") if request.link_is_over else redirect_to_login(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
