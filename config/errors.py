"""The pages for what went wrong, each with a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_not_trusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose security token is missing or old. Nothing was saved."""
    return render(request, "errors/403_csrf.html", status=403)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what this person's role may not do."""
    return render(request, "errors/403.html", status=403)


def no_such_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to something that is not theirs: the same words."""
    return render(request, "errors/404.html", status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Answer our own failure."""
    return render(request, "errors/500.html", status=500)
