"""Where a request came from, behind proxies: the access log and the limits of links count by it."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class RealAddress:
    """Sets REMOTE_ADDR to what the outermost of our own proxies saw: TRUSTED_PROXIES is how many there are.

    What a client writes into X-Forwarded-For stands left of that and is never believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            seen = request.headers.get("X-Forwarded-For", "").split(",")
            try:
                found = str(ip_address(seen[-settings.TRUSTED_PROXIES].strip()))
            except (IndexError, ValueError):
                pass
            else:
                request.META["REMOTE_ADDR"] = found
        return self.get_response(request)
