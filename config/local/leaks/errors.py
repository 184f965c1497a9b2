"""Things that go wrong with words in hand: what is no form, what the database refuses, no database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import psycopg
from django.db import connection

from config.local.leaks.journeys import Practice, for_every_agency
from config.local.leaks.markers import Markers
from config.local.leaks.visitor import CSRF, Visitor
from config.local.postgres import Postgres
from tests.access import cast as who
from tests.access.tables import PAGES

WRITING = ("concern-new-person", "restate", "proceed", "chronology-entry-add", "propose-action")
# Tables that these forms write, and that the database is made to refuse.
BROKEN = ("records_person", "sharing_round", "agencies_draft", "records_chronologyentry", "sharing_action")
TOO_MUCH = 3_000_000


def provoke(practice: Practice, postgres: Postgres) -> int:
    """Make every kind of error that a request can meet, and return how many requests met one."""
    before = len(practice.seen.errors)
    browser, markers = practice.visitor(who.OWNER), practice.markers
    not_a_form(browser, markers)
    no_such_page(browser, markers)
    with refused_by_the_database():
        _send_all(practice, "refused by the database")
    postgres.stop()
    try:
        _send_all(practice, "while the database is gone")
    finally:
        postgres.start()
        connection.close()  # our own, to the server that is gone
        for_every_agency()
    _until_it_answers(browser)
    return len(practice.seen.errors) - before


def not_a_form(browser: Visitor, markers: Markers) -> None:
    """Send what no form sends: no token, broken parts, too much, too many fields, no characters."""
    address, kind = "/people/new/", "application/x-www-form-urlencoded"
    token = {"csrfmiddlewaretoken": browser.cookies[CSRF]}
    many = range(1100)
    bodies = {
        "no token": urlencode({"first_name": markers.new("no token")}).encode(),
        "too much": urlencode({**token, "first_name": markers.new("too much") + "x" * TOO_MUCH}).encode(),
        "too many": urlencode([*token.items(), *((f"f{n}", markers.new("too many")) for n in many)]).encode(),
        "no text": urlencode(token).encode() + f"&first_name={markers.new('no text')}%00%ff%fe".encode(),
    }
    for body in bodies.values():
        browser.ask("POST", address, body, headers={"Content-Type": kind})
    for parts in (
        b"--edge\r\nnonsense ",
        b'--edge\r\nContent-Disposition: form-data; name="first_name"\r\n\r\n',
    ):
        body = parts + markers.new("broken parts").encode()
        browser.ask("POST", address, body, headers={"Content-Type": "multipart/form-data; boundary=edge"})
    for method in ("PUT", "DELETE", "PATCH"):
        browser.ask(method, address, markers.new(method).encode(), headers={"Content-Type": "text/plain"})
    forged = {"Cookie": f"check_back_session={markers.new('session cookie')}"}
    Visitor(browser.port, browser.seen).ask("GET", "/", headers=forged)
    headers = {"X-Forwarded-For": markers.new("header"), "User-Agent": markers.new("user agent")}
    browser.ask("GET", "/help/", headers=headers)
    wrong = {"login": "nobody@people.example", "password": markers.new("password")}
    Visitor(browser.port, browser.seen).send("/accounts/login/", wrong)


def no_such_page(browser: Visitor, markers: Markers) -> None:
    """Send words to addresses that lead nowhere, to nobody's thing, and to what does not take them."""
    for address in ("/no-such-page/", "/concerns/WF-99-9999/move/to-do/", "/l/no-such-token/", "/health/"):
        browser.send(address, {"reason": markers.new(address), "why": markers.new(address)})
    Visitor(browser.port, browser.seen).send("/people/new/", {"first_name": markers.new("signed out")})


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    """Let PostgreSQL refuse every new row of some tables, which it says with the whole row."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for table in BROKEN:
            owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT refuses_all CHECK (false) NOT VALID")
        try:
            yield
        finally:
            for table in BROKEN:
                owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT refuses_all")


def _send_all(practice: Practice, when: str) -> None:
    scene = practice.scene
    for name in WRITING:
        page = PAGES[name]
        address = scene.keep(("address", name), lambda: page.address(name, scene))  # noqa: B023  # called at once
        data = scene.keep(("data", name), lambda: page.data(scene))  # noqa: B023
        browser = practice.visitor(page.by)
        marked = practice.marked(f"{name}, {when}", data, page.typed)
        browser.send(address, marked)


def _until_it_answers(browser: Visitor) -> None:
    for _ in range(60):
        if browser.ask("GET", "/").status == 200:
            return
        time.sleep(0.5)
    raise SystemExit("The service did not come back after the database did.")
