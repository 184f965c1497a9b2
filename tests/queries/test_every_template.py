"""Every page in every role: no name that a template does not know, and the frame that all pages share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines

from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import PAGES

UNKNOWN = "unknown-name(%s)"
FOUND = re.compile(r"unknown-name\(([^)]*)\)")
HEADINGS = re.compile(r"<h1[ >]")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture(autouse=True)
def unknown_names_are_written_out() -> Iterator[None]:
    """Let a template that uses a name which its view does not give write it on the page."""
    engine: Any = engines["django"].engine  # type: ignore[attr-defined]
    engine.string_if_invalid = UNKNOWN
    yield
    engine.string_if_invalid = ""


def pages_of(scene: Scene, name: str) -> Iterator[tuple[str, Any]]:
    """A page as each who may open it sees it, as a stranger is refused, and as a form is refused."""
    page = PAGES[name]
    address = page.address(name, scene)
    for one in sorted(page.sees & (who.WITH_A_ROLE | {who.NOBODY, who.LEFT})):
        if not page.only_post:
            yield one, scene.cast.browser(one).get(address, follow=True)
    if page.acts is not None:
        yield f"{page.by} with an empty form", scene.cast.browser(page.by).post(address, walk.sent({}))
        with rows.taken_back():
            data = walk.filled_in(scene, name, page)
            yield f"{page.by} afterwards", scene.cast.browser(page.by).post(address, data, follow=True)
    for one in (who.STRANGER, who.ADMINISTRATOR, who.LEFT):
        yield f"{one}, refused or not", scene.cast.browser(one).get(address, follow=True)


@pytest.mark.parametrize("name", walk.own_names())
def test_a_page_knows_every_name_and_has_the_frame_of_all_pages(scene: Scene, name: str) -> None:
    wrong = []
    with rows.taken_back():
        for one, response in pages_of(scene, name):
            if not response.get("Content-Type", "").startswith("text/html") or not response.content:
                continue
            if response.resolver_match and response.resolver_match.view_name.startswith("account_"):
                continue  # where somebody is led whose visit has ended: the library's own page
            problem = what_is_wrong(response)
            if problem:
                wrong.append(f"{one}: {problem}")
    assert not wrong, "\n".join(wrong)


def what_is_wrong(response: Any) -> str:
    page = response.content.decode()
    if unknown := sorted(set(FOUND.findall(page))):
        return f"the template does not know {', '.join(unknown)}"
    if (count := len(HEADINGS.findall(page))) != 1:
        return f"{count} first headings"
    title = " ".join(TITLE.findall(page)[0].split()) if TITLE.search(page) else ""
    if not title.endswith(" - Check Back") or len(title) <= len(" - Check Back"):
        return f"the title “{title}”"
    if '<html lang="en-GB"' not in page:
        return "no language"
    if inline := INLINE.search(page):
        return f"inline: {page[inline.start() : inline.start() + 80]}"
    if "default-src 'none'" not in response.headers.get("Content-Security-Policy", ""):
        return "no content security policy"
    if response.headers.get("Cache-Control") != "no-store":
        return "a browser may keep it"
    return ""
