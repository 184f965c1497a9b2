"""People at browsers: one Chromium for all tests, a fresh window for each person in each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from agencies.models import Membership
from config.local.browser import chromium as path_of_chromium
from config.local.layout import ROOT
from tests import factories
from tests.browser.looking import PICTURES, Inspector
from tests.browser.somebody import Somebody
from tests.factories import World, people

PATIENCE = 15_000  # milliseconds; a busy machine is slow, and a test that waits for what comes loses nothing
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]

AtABrowser = Callable[[Membership], Somebody]
WINDOWS = pytest.StashKey[list[tuple[str, Page]]]()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def how_they_browse() -> dict[str, Any]:
    """What every window of this test is like."""
    return {
        "viewport": {"width": 1280, "height": 900},
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def at_320px(how_they_browse: dict[str, Any]) -> None:
    """Everybody in this test has a small telephone."""
    how_they_browse["viewport"] = {"width": 320, "height": 640}


@pytest.fixture
def without_javascript(how_they_browse: dict[str, Any]) -> None:
    """Nobody in this test has JavaScript."""
    how_they_browse["java_script_enabled"] = False


@pytest.fixture
def password_is_enough(settings: Any) -> None:
    """Nobody is asked for a second factor, for tests in which somebody signs in again and again."""
    settings.MFA_REQUIRED = False


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Agencies that work together and their people, with deputies. Their story began yesterday."""
    long_ago = timezone.now() - timedelta(days=90)
    for where in (factories, people):
        monkeypatch.setattr(where, "LONG_AGO", long_ago)
    made = factories.make_world(deputies=True)
    made.clock.moment = timezone.now() - timedelta(hours=20)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of every window as it was when a test failed."""
    report = yield
    if report.failed:
        for name, page in item.stash.get(WINDOWS, []):
            path = PICTURES / f"failed-{item.name}-{name}.png"
            page.screenshot(path=path, full_page=True)
            report.sections.append((f"What {name} saw", f"{page.url}, in {path.relative_to(ROOT)}"))
    return report


@pytest.fixture
def at_a_browser(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live_server: LiveServer,
    how_they_browse: dict[str, Any],
) -> Iterator[AtABrowser]:
    """Seat somebody at a browser of their own, not signed in yet."""
    windows = []
    seen = request.node.stash.setdefault(WINDOWS, [])

    def seat(member: Membership) -> Somebody:
        window = chromium.new_context(base_url=live_server.url, **how_they_browse)
        window.set_default_timeout(PATIENCE)
        windows.append(window)
        somebody = Somebody(member, window)
        seen.append((somebody.name, somebody.page))
        return somebody

    yield seat
    complaints = [one for window in windows for page in window.pages for one in Somebody.complaints_of(page)]
    seen.clear()
    for window in windows:
        window.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def signed_in(at_a_browser: AtABrowser, password_is_enough: None) -> AtABrowser:
    """Seat somebody who is signed in already, where signing in is not the point."""

    def seat(member: Membership) -> Somebody:
        somebody = at_a_browser(member)
        somebody.is_signed_in_already()
        return somebody

    return seat


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    """Look over every page of a journey with axe and at both widths, and say at the end what was wrong."""
    made = Inspector()
    yield made
    assert not made.notes, "\n".join(made.notes)
