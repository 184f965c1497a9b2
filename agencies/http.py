"""The request as our views see it, with who is asking in which role. Every view is annotated with one."""

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from agencies.models import Membership


class Visit(HttpRequest):
    """A request to a page that also answers people who wear no hat."""

    membership: Membership | None
    hats_count: int
    # Of somebody who came by a link (sharing.links): their visit, or that it has ended.
    link_visit: Any
    link_is_over: bool


class HatRequest(HttpRequest):
    """A request to any other page: HatMiddleware let it through, so it has a hat."""

    membership: Membership
    hats_count: int
    link_visit: Any


def is_here(address: str) -> bool:
    """Say whether an address that came with a request, to go on to, is a path of this service.

    A path begins with a slash: Django takes another word for the name of a page, and fails where it is none.
    """
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
