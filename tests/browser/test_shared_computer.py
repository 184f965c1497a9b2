"""A computer that the next person sits down at: after signing out nothing of the last one is left in it."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from agencies.models import Session
from config.local.browser import chromium as path_of_chromium
from sharing.states import State
from tests import factories
from tests.browser.check_back_steps import HAPPENED
from tests.browser.conftest import PATIENCE, QUIET, AtABrowser
from tests.browser.somebody import Somebody
from tests.factories import World

SECRET = "small round marks"
MARKER = "QZXMARKERWPVJ"
STORED = """async () => ({
    local: localStorage.length, session: sessionStorage.length,
    caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def office_computer(chromium: Browser, profile: Path, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A browser that keeps on its disk what browsers keep."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    window = chromium.browser_type.launch_persistent_context(
        profile, executable_path=path_of_chromium(), base_url=live_server.url, args=[*QUIET, *as_root]
    )
    window.set_default_timeout(PATIENCE)
    yield window
    window.close()


def places_with(word: str, folder: Path) -> list[str]:
    """Name the files below a folder in which a word stands, in any way in which browsers write text."""
    forms = [word.encode(), word.encode("utf-16-le")]
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        if any(form in content or form in _unpacked(content) for form in forms):
            found.append(str(path.relative_to(folder)))
    return found


def _unpacked(content: bytes) -> bytes:
    """What stands in the compressed parts of a file: pages are kept as they came over the line."""
    unpacked = []
    start = content.find(b"\x1f\x8b\x08")
    while start != -1:
        with suppress(zlib.error):
            unpacked.append(zlib.decompressobj(wbits=31).decompress(content[start:]))
        start = content.find(b"\x1f\x8b\x08", start + 1)
    return b"".join(unpacked)


def test_nothing_that_was_read_or_written_is_left_in_the_profile(
    world: World, password_is_enough: None, office_computer: BrowserContext, profile: Path
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = Somebody(world.tom, office_computer)
    tom.signs_in()
    tom.opens_exchange(exchange.reference)
    tom.sees(SECRET)
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    tom.writes(HAPPENED, f"{MARKER} is what he wrote.")
    tom.sees("Saved at")
    tom.opens("/find/")
    tom.page.get_by_role("searchbox").or_(tom.page.get_by_role("textbox")).first.fill(f"{MARKER}")
    tom.page.keyboard.press("Enter")
    tom.page.wait_for_load_state("networkidle")
    expect(tom.page.locator("h1")).to_be_visible()
    assert tom.evaluate(STORED) == dict.fromkeys(("local", "session", "caches", "databases", "workers"), 0), (
        "nothing is ever written into the browser's own storage"
    )
    tom.signs_out()
    tom.is_on("Sign in")
    assert tom.evaluate(STORED) == dict.fromkeys(("local", "session", "caches", "databases", "workers"), 0)
    names = {cookie["name"] for cookie in office_computer.cookies()}
    assert "check_back_session" not in names
    office_computer.close()
    for word in (MARKER, SECRET, "Leo Marsh", world.priya.full_name):
        assert places_with(word, profile) == [], word
    assert places_with(exchange.reference, profile), "the search finds what is there: addresses are history"
    with closing(sqlite3.connect(profile / "Default" / "History")) as history:
        titles = {title for (title,) in history.execute("SELECT title FROM urls")}
    assert not [title for title in titles if world.tom.full_name in title]


def test_back_shows_nothing_after_signing_out_nor_after_the_time_is_up(
    world: World, password_is_enough: None, office_computer: BrowserContext
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = Somebody(world.tom, office_computer)
    for ends in (lambda: tom.signs_out(), lambda: (Session.objects.all().delete(), tom.opens("/"))):
        tom.signs_in()
        tom.opens_exchange(exchange.reference)
        tom.sees(SECRET)
        tom.opens("/help/")
        tom.opens_exchange(exchange.reference)
        ends()
        tom.is_on("Sign in")
        for _ in range(3):
            tom.page.go_back()
            expect(tom.page.locator("body")).not_to_contain_text(SECRET)


def test_a_page_that_the_browser_kept_is_hidden_until_it_is_known_for_whom(
    world: World, signed_in: AtABrowser
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens_exchange(exchange.reference)
    shown_again = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    tom.evaluate(shown_again)
    expect(tom.page.get_by_text(SECRET).first).to_be_visible()
    Session.objects.all().delete()
    tom.evaluate(f"{shown_again}; window.hiddenAtOnce = document.documentElement.hidden")
    tom.is_on("Sign in")
    tom.does_not_see(SECRET)


def test_nor_is_it_shown_to_the_next_person_at_this_computer(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens_exchange(exchange.reference)
    Session.objects.all().delete()
    tom.member = world.school.administrator
    tom.is_signed_in_already()
    tom.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    tom.is_on("You cannot do this in your role")
    tom.does_not_see(SECRET)
