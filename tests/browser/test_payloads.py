"""What was typed to run is stored in every field there is, and every page opened in Chromium: nothing runs.

The pages are made by the application itself and given to the browser one by one, so that everything that
was stored is taken back in the end. Once as they are, and once without the content security policy, because
a page that needs it to be harmless has a fault already.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Dialog, Page, Route
from pytest_django import DjangoDbBlocker

from tests import rows
from tests.access import walk
from tests.access.scene import Scene, on_stage
from tests.access.tables import PAGES
from tests.input.fuzz import playing, storing
from tests.input.fuzz.payloads import MARK, XSS
from tests.input.fuzz.sheets import FORMS

ORIGIN = "http://testserver"
HEARS = "addEventListener('securitypolicyviolation', e => heard(e.violatedDirective + ' ' + e.blockedURI))"
CONTROL = "<!doctype html><title>control</title><p>%s</p>"


@dataclass
class Watch:
    """A tab to which pages are given that were made beforehand, and what ran or was held back in it."""

    page: Page
    with_policy: bool = True
    path: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        """Give the page, and the scripts and styles of the service; note whatever else is asked for."""
        address = urlsplit(route.request.url)
        static = Path(settings.STATIC_ROOT) / address.path.removeprefix(settings.STATIC_URL)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.ran.append(f"asked {route.request.url}")
            route.abort()
        elif address.path.startswith(settings.STATIC_URL) and static.is_file():
            route.fulfill(path=static)
        elif address.path == urlsplit(self.path).path:
            route.fulfill(body=self.body, headers=self.headers)
        else:
            route.fulfill(status=404, body="")

    def closes(self, dialog: Dialog) -> None:
        self.ran.append(dialog.message)
        dialog.dismiss()

    def opens(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        """Show a page. It was made before, because what answers a tab has no part in the transaction."""
        left_out = {"Content-Length", "Content-Disposition"}
        left_out |= set() if self.with_policy else {"Content-Security-Policy"}
        self.path, self.body = path, body
        self.headers = {name: value for name, value in headers.items() if name not in left_out}
        self.page.goto(f"{ORIGIN}{path}", wait_until="load")


class Made(NamedTuple):
    """A page as the service made it."""

    path: str
    body: bytes
    headers: dict[str, str]


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Watch]:
    window = chromium.new_context()
    made = Watch(window.new_page())
    made.page.expose_function(MARK, lambda *said: made.ran.append(f"{MARK} at {made.page.url}"))
    made.page.expose_function("heard", lambda said: made.held_back.append(f"{said} at {made.page.url}"))
    made.page.add_init_script(HEARS)
    made.page.on("dialog", made.closes)
    made.page.route("**/*", made.answer)
    yield made
    window.close()


@pytest.fixture(scope="module")
def stored(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """A partnership in which every field that people write in holds what wants to run."""
    with django_db_blocker.unblock(), on_stage(playing.prepare) as scene:
        player = playing.Player(scene)
        scene.made["stored"] = storing.store(player, 0, random.Random(1))  # for an order
        player.close()
        yield scene


def test_the_payloads_are_stored_in_many_fields(stored: Scene) -> None:
    typed = sum(len(PAGES[name].typed) for name in FORMS)
    assert len(stored.made["stored"]) > typed / 3, f"{len(stored.made['stored'])} of {typed}"


@pytest.mark.parametrize("with_policy", [True, False])
def test_a_page_that_does_not_escape_is_seen(watch: Watch, with_policy: bool) -> None:
    """The control: what runs is counted, and what the policy holds back is reported."""
    watch.with_policy = with_policy
    policy = {"Content-Security-Policy": "default-src 'none'"}
    watch.opens("/control/", (CONTROL % XSS[13]).encode(), {"Content-Type": "text/html", **policy})
    watch.page.wait_for_timeout(300)
    assert bool(watch.ran) != with_policy
    assert bool(watch.held_back) == with_policy


@pytest.fixture(scope="module")
def made(stored: Scene) -> list[Made]:
    """Every page that there is to look at, made once: only the browser makes a difference of the policy."""
    return list(made_of(stored))


def made_of(stored: Scene) -> Iterator[Made]:
    for name in walk.own_names():
        page = PAGES[name]
        if page.only_post or not page.sees:
            continue
        path = page.address(name, stored)
        with rows.taken_back():
            browser = stored.cast.browser(page.by if page.by in page.sees else min(page.sees))
            answer: Any = browser.get(path)
            if answer.streaming:
                b"".join(answer)  # to its end, or it would close the connection with itself
                continue
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            yield Made(path, answer.content, dict(answer.headers))


@pytest.mark.parametrize("with_policy", [True, False])
def test_nothing_that_was_stored_runs_on_any_page(made: list[Made], watch: Watch, with_policy: bool) -> None:
    watch.with_policy = with_policy
    for page in made:
        watch.opens(page.path, page.body, page.headers)
    watch.page.wait_for_timeout(500)
    assert watch.ran == []
    assert watch.held_back == []
    assert len(made) > 150
    shown = [page for page in made if MARK.encode() in page.body]
    assert len(shown) > 30, "what was stored stands on hardly any page, so this shows nothing"
