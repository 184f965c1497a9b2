"""The three methods that pages have. Any other is refused before anybody is asked who they are.

Whoever opens an address that takes only what a form sends is told so, where Django answers with nothing.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from config import errors

KNOWN = ("GET", "HEAD", "POST")


class KnownMethods:
    """Answers every method but GET, HEAD and POST with 405, for every address, whether it exists or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN:
            return HttpResponseNotAllowed(KNOWN)
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method != "GET":
            return response
        said = errors.only_a_form(request)
        said["Allow"] = response["Allow"]
        return said
