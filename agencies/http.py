"""The request as our views see it, with who is asking in which role. Every view is annotated with one."""

from django.http import HttpRequest

from agencies.models import Membership


class Visit(HttpRequest):
    """A request to a page that also answers people who wear no hat."""

    membership: Membership | None
    hats_count: int


class HatRequest(HttpRequest):
    """A request to any other page: HatMiddleware let it through, so it has a hat."""

    membership: Membership
    hats_count: int
