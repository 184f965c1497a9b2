"""Who is asking, where somebody came by a link. It follows HatMiddleware, which knows those who sign in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sharing.links import access


class LinkMiddleware:
    """Sets `request.membership` to the person a link is for while their visit lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.session.get(access.VISIT) is None:
            return self.get_response(request)
        # One transaction for the page, as HatMiddleware opens for those who sign in.
        with transaction.atomic(savepoint=False):
            access.let_in(request)
            return self.get_response(request)
