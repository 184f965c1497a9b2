"""Every address of the product, read from the resolver, and what to say of one that the table lacks."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.models import Membership, User
from audit.models import Access
from records.models import Person
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
TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
# Of what invented people are called, what is a word of every page too.
NO_NAMES: set[str] = set()
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


def title(response: Any) -> str:
    """Return what stands in the title of a page, which browsers keep after somebody has signed out."""
    found = TITLE.search(response.content)
    return html.unescape(found[1].decode()) if found else ""


def names_in(scene: Scene, text: str) -> list[str]:
    """Return the names of people, of staff too, that stand in a text."""
    names: set[str] = scene.keep("names", _names)
    return sorted(set(re.findall(r"\w+", text)) & names)


def _names() -> set[str]:
    staff = [
        *User.objects.values_list("full_name", flat=True),
        *Membership.objects.values_list("name", flat=True),
    ]
    people = [" ".join(names) for names in Person.objects.values_list("first_name", "last_name", "known_as")]
    return {word for name in (*staff, *people) for word in re.findall(r"\w+", name)} - NO_NAMES


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """A form as a browser sends it."""
    return {"form_id": str(uuid.uuid4()), **data}


def filled_in(scene: Scene, name: str, page: Page) -> dict[str, Any]:
    """Answers that succeed, with the version that the page shows, to everybody the same."""
    data = sent(page.data(scene))
    version = scene.keep(("version", name), lambda: _version(scene, name, page))
    return data if version is None else {**data, "version": version}


def _version(scene: Scene, name: str, page: Page) -> Any:
    if page.only_post:
        return None
    with rows.taken_back():
        response = scene.cast.browser(page.by).get(page.address(name, scene))
    form = (response.context or {}).get("form")
    return form["version"].value() if form is not None and "version" in form.fields else None


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
