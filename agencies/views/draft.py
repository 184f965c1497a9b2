"""Autosave: what somebody is typing, kept as they type."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies import drafts, scope, sessions
from agencies.decorators import public
from agencies.http import Visit

TOO_LARGE = (
    "this is too much text to keep as a draft. What you wrote is still on this page: send it, or split it."
)
FORGED = "this page is too old to be kept as a draft. Copy what you wrote and open the page again."
ENDED = "Your session has ended. Sign in again in a new tab, then come back to this one."
LINK_ENDED = (
    "Your time is up. Open your link again in a new tab and ask for a code, then come back to this one."
)


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def keep(request: Visit) -> JsonResponse:
    """Keep what is being typed for the person whom the form's signed token names.

    Answers 200 with when it was saved and who else writes there; 401 where it was saved but the
    session has gone; 403 without a sentence where the form's security token has to be renewed by
    a GET; 403 with one for a forged token; 413 where it is too large.
    """
    if request.method == "GET":
        return JsonResponse({"csrf_token": get_token(request)} if request.membership else {})
    if len(request.body) > drafts.LARGEST:
        return JsonResponse({"error": TOO_LARGE}, status=413)
    now = timezone.now()
    try:
        holder, key = drafts.read_token(request.POST.get("draft_token", ""))
        if not _keep(request, holder, key, at=now):
            # Tried again, or sent by a script: nobody has typed anything since the last time.
            sessions.does_not_count(request)
    except drafts.TokenNotValid:
        return JsonResponse({"error": FORGED}, status=403)
    saved: dict[str, Any] = {"saved_at": _clock(now)}
    member = request.membership
    if member is None or member.pk != holder:
        ended = LINK_ENDED if request.link_is_over else ENDED
        return JsonResponse({**saved, "error": ended}, status=401)
    if _security_token_is_old(request):
        return JsonResponse(saved, status=403)
    others = drafts.others(member, key, at=now)
    saved["others"] = [{"name": other.name, "saved_at": _clock(other.saved_at)} for other in others]
    return JsonResponse(saved)


def _keep(request: Visit, holder: UUID, key: str, *, at: datetime) -> bool:
    """Keep what was typed for whoever the token names, and say whether it is anything new."""
    typed = drafts.fields_of(request.POST)
    if request.membership is not None and request.membership.pk == holder:
        return drafts.keep(holder, key, typed, at=at)
    with scope.across_agencies("what somebody wrote is kept for them when their session has gone"):
        return drafts.keep(holder, key, typed, at=at)


def _security_token_is_old(request: HttpRequest) -> bool:
    """Say whether sending this form would be refused. The draft is kept either way: its token is signed."""
    checked = CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, _checked, (), {})
    return checked is not None


def _checked(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
