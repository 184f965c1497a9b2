"""The pages for what went wrong, each with a way on."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config import not_saved

TRY_AGAIN_SECONDS = "30"


def form_not_trusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose security token is missing or old. Nothing was saved."""
    return render(request, "errors/403_csrf.html", status=403)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what this person's role may not do."""
    return render(request, "errors/403.html", status=403)


def no_such_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to something that is not theirs: the same words."""
    return render(request, "errors/404.html", status=404)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense, such as one for another host."""
    return _alone(request, "errors/400.html", status=400)


def from_another_site(request: HttpRequest) -> HttpResponse:
    """Answer what another site asked for with somebody's browser, before anything knows who they are."""
    return _alone(request, "errors/403_elsewhere.html", status=403)


def only_a_form(request: HttpRequest) -> HttpResponse:
    """Answer whoever opens an address that only takes what a form sends, as by loading a refusal again."""
    return _alone(request, "errors/405.html", status=405)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Answer our own failure: with what was typed, to be sent again, where the database is away.

    No context processor runs, and nothing is asked of the database.
    """
    if not not_saved.is_away(sys.exception()):
        return _alone(request, "errors/500.html", status=500)
    page = {
        "fields": not_saved.fields(request),
        "posted": request.method == "POST",
        "files": request.content_type == "multipart/form-data",
        "address": request.get_full_path(),
    }
    response = _alone(request, "errors/503.html", status=503, **page)
    response["Retry-After"] = TRY_AGAIN_SECONDS
    return response


def _alone(request: HttpRequest, template: str, *, status: int, **context: object) -> HttpResponse:
    """Render a page that asks nothing of the request but its nonce: what failed must not fail again."""
    page = render_to_string(template, {**context, "nonce": getattr(request, "csp_nonce", "")})
    return HttpResponse(page, status=status)
