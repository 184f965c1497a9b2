"""The three methods that pages have. Any other is refused before anybody is asked who they are."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

KNOWN = ("GET", "HEAD", "POST")


class KnownMethods:
    """Answers every method but GET, HEAD and POST with 405, for every address, whether it exists or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN:
            return HttpResponseNotAllowed(KNOWN)
        return self.get_response(request)
