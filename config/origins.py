"""Requests that another site makes with somebody's browser are refused, by what that browser says of them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config import errors

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# "none": somebody typed the address or opened a bookmark.
OWN = frozenset({"same-origin", "none"})

log = logging.getLogger(__name__)


class OnlyFromHere:
    """Answers another site's request with 403, unless somebody follows a link from there to a page here.

    Every browser since 2023 sends Sec-Fetch-Site and no page can forge it. Where there is none, as from older
    browsers and from probes, the tokens in forms and the cookies' SameSite hold by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "none") in OWN or _follows_a_link(request):
            return self.get_response(request)
        log.warning("Another site asked for something in somebody's browser (%s).", request.method)
        return errors.from_another_site(request)


def _follows_a_link(request: HttpRequest) -> bool:
    """Say whether a page is opened in a tab of its own, as from an e-mail, and not sent to or framed."""
    return (
        request.method in SAFE
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    )
