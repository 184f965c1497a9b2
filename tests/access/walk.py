"""Every address of the product, read from the resolver, and what to say of one that the table lacks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.urls import URLPattern, URLResolver, get_resolver

from audit.models import Access
from tests import rows
from tests.access.page import Page
from tests.access.scene import Scene
from tests.access.tables import LIBRARY, NO_SUCH_PAGE, PAGES

# Looking leaves a trace with its leaf, and text that could not be saved is kept for whoever wrote it.
LEFT_BEHIND = {"audit_access", "audit_leaf", "audit_shape", "notifications_look", "sharing_linkattempt"}
KEPT_FOR_THE_WRITER = LEFT_BEHIND | {"agencies_draft"}
PRESSED = {"agencies_submission"}
# What the access log holds of one refusal.
A_REFUSAL = {"audit_access", "audit_leaf", "audit_shape"}
TOKEN = re.compile(rb'<input type="hidden" name="csrfmiddlewaretoken" value="[^"]*">| nonce="[^"]*"')
SIGN_IN = "/accounts/login/"


def names() -> Iterator[str]:
    """Every name in the resolver. An address without one is named by its route."""

    def walk(patterns: list[Any], route: str) -> Iterator[str]:
        for pattern in patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern):
                yield pattern.name or f"/{here} (which has no name: give it one)"

    yield from walk(get_resolver().url_patterns, "")


def own_names() -> list[str]:
    """The names of our own pages that there are."""
    return sorted(set(names()) & set(PAGES))


def without_a_row() -> list[str]:
    return sorted(set(names()) - set(PAGES) - LIBRARY - NO_SUCH_PAGE)


def rows_without_a_page() -> list[str]:
    return sorted((set(PAGES) | LIBRARY | NO_SUCH_PAGE) - set(names()))


def build(scene: Scene) -> None:
    """Make everything that any page is about."""
    for page in PAGES.values():
        page.args(scene), page.data(scene), page.query(scene), page.foreign(scene)


def body(response: Any) -> bytes:
    """What was answered, without the security token, which differs every time, and the address asked for."""
    return TOKEN.sub(b"", response.content.replace(response.wsgi_request.path.encode(), b""))


def plain(response: Any, address: str) -> bytes:
    """The same for an answer that was taken in a hurry, which does not know what it was asked."""
    return TOKEN.sub(b"", response.content.replace(address.partition("?")[0].encode(), b""))


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """A form as a browser sends it."""
    return {"form_id": str(uuid.uuid4()), **data}


def filled_in(scene: Scene, name: str, page: Page, one: str | None = None) -> dict[str, Any]:
    """Answers that succeed, with the version that the page shows."""
    data = sent(page.data(scene))
    if page.only_post:
        return data
    response = scene.cast.browser(one or page.by).get(page.address(name, scene))
    form = (response.context or {}).get("form")
    if form is not None and "version" in form.fields and form["version"].value() is not None:
        data["version"] = form["version"].value()
    return data


def refused_looks(after: int) -> list[str]:
    """What was written into the access log as refused, from after a row on."""
    found = Access.objects.filter(pk__gt=after, outcome=Access.Outcome.REFUSED).order_by("pk")
    return [f"{look.action} {look.subject}" for look in found]


def refused_among_last(looks: int) -> int:
    """Return how many of the last rows of the access log are refusals.

    Whoever may see what a page is about, and not do what the page is for, leaves a look and a refusal.
    """
    last = Access.objects.order_by("-pk").values_list("outcome", flat=True)[:looks] if looks else []
    return sum(outcome == Access.Outcome.REFUSED for outcome in last)


def last_look() -> int:
    return Access.objects.aggregate(last=Max("pk"))["last"] or 0


def changes(before: rows.Rows, *, but: set[str]) -> dict[str, int]:
    """Return which tables changed, leaving out those named."""
    return {k: n for k, n in rows.changed(before, rows.snapshot()).items() if k not in but}
