"""The database is away, full or read-only: the page says so, and holds what was typed, to be sent again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from config import answers
from records.models import Concern, Statement
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db

WORDS = "She said <b>two</b> things,\nand looked at the door & left."


class Form(HTMLParser):
    """Reads the fields of the one form of a page, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._into = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "textarea":
            self._into = given["name"] or ""
            self.fields[self._into] = ""
        elif tag == "input":
            self.fields[given["name"] or ""] = given["value"] or ""

    def handle_data(self, data: str) -> None:
        if self._into:
            self.fields[self._into] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._into] = self.fields[self._into].removeprefix("\n")
            self._into = ""


@contextmanager
def failing(error: Exception, *, at: str = "") -> Iterator[None]:
    """Let each statement that has these words in it fail."""

    def fail(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if at in sql and not sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            raise error
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield


@pytest.fixture
def concern(world: World) -> Concern:
    return factories.logged(world)


@pytest.fixture
def browser(world: World, signed_in: SignedIn) -> Client:
    client = signed_in(world.priya)
    client.raise_request_exception = False
    return client


def fields() -> dict[str, str]:
    source = {"source": "Anna Bell, teacher", "happened_note": "most Mondays", "written": "NOW"}
    return {"form_id": str(uuid4()), "text": WORDS, **source}


def page_of(concern: Concern) -> str:
    return f"/concerns/{concern.reference}/statements/add/fact-seen/"


def sent(browser: Client, concern: Concern, data: dict[str, str]) -> HttpResponse:
    return browser.post(page_of(concern), data)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("connection already closed"),
        InternalError("cannot execute INSERT in a read-only transaction"),
    ],
)
def test_what_could_not_be_saved_is_on_the_page_and_is_saved_once_when_it_is_sent_again(
    browser: Client, concern: Concern, error: Exception
) -> None:
    before = Statement.objects.count()
    with failing(error, at='INSERT INTO "records_statement"'):
        answer = sent(browser, concern, fields())
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "This has not been saved" in page
    assert "<b>two</b>" not in page
    assert Statement.objects.count() == before
    again = Form(page).fields
    assert again["text"] == WORDS
    assert again["form_id"]
    for _ in range(2):
        assert sent(browser, concern, again).status_code == 302
    assert Statement.objects.count() == before + 1
    assert Statement.objects.latest("pk").text == WORDS


def test_it_is_also_there_where_not_even_the_session_can_be_read(browser: Client, concern: Concern) -> None:
    with failing(OperationalError("connection refused")):
        answer = sent(browser, concern, fields())
    assert answer.status_code == 503
    assert Form(answer.content.decode()).fields["text"] == WORDS


def test_neither_the_page_nor_the_log_says_what_happened_inside(
    browser: Client, concern: Concern, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), failing(OperationalError("FATAL: no pg_hba entry for host")):
        page = sent(browser, concern, fields()).content.decode()
    assert "pg_hba" not in page
    assert "Traceback" not in page
    assert WORDS not in caplog.text
    assert "Anna Bell" not in caplog.text


def test_another_site_cannot_speak_through_the_page(browser: Client, concern: Concern) -> None:
    browser.handler.enforce_csrf_checks = True
    with failing(OperationalError("connection refused")):
        answer = sent(browser, concern, fields() | {"csrfmiddlewaretoken": "a" * 32})
    assert answer.status_code == 503
    assert "two" not in answer.content.decode()


def test_a_password_is_never_on_it(world: World) -> None:
    client = Client(raise_request_exception=False)
    with failing(OperationalError("connection refused")):
        answer = client.post("/accounts/login/", {"login": "a b@c.example", "password": "three plain words"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "three plain words" not in page
    assert "Go back with the back button" in page


def test_a_page_that_is_only_looked_at_says_that_the_service_is_not_available(
    browser: Client, concern: Concern
) -> None:
    with failing(OperationalError("connection refused")):
        answer = browser.get(f"/concerns/{concern.reference}/")
    assert answer.status_code == 503
    assert "The service is not available" in answer.content.decode()
    assert concern.reference not in answer.content.decode()


def test_a_fault_of_our_own_is_no_matter_of_trying_again(browser: Client, concern: Concern) -> None:
    with failing(IntegrityError("null value"), at='INSERT INTO "records_statement"'):
        answer = sent(browser, concern, fields())
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_a_connection_that_gives_no_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "SECONDS", 0.2)
    given = connection.settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "dbname": given["NAME"]}
    with answers.Answers.connect(**where, user=given["USER"], password=given["PASSWORD"]) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="no answer within"):
            db.execute("SELECT pg_sleep(5)")
        assert db.closed


def test_a_connection_that_is_asked_for_nothing_is_given_up_sooner() -> None:
    assert answers.ASKED_FOR_NOTHING_SECONDS * 3 < answers.SECONDS
    given = connection.settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "dbname": given["NAME"]}
    asked: list[float | None] = []

    class Watched(answers.Answers):
        def wait(self, *way: Any, **more: Any) -> Any:
            asked.append(self.patience)
            return super().wait(*way, **more)

    with Watched.connect(**where, user=given["USER"], password=given["PASSWORD"]) as db:
        db.execute("")
        db.execute("SELECT 1")
    assert set(asked) == {answers.ASKED_FOR_NOTHING_SECONDS, None}


def test_a_connection_that_has_just_answered_is_not_asked_again_unless_it_was_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = connection.settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "dbname": given["NAME"]}
    mine = {**where, "user": given["USER"], "password": given["PASSWORD"]}
    asked: list[float | None] = []

    class Watched(answers.Answers):
        def wait(self, *way: Any, **more: Any) -> Any:
            asked.append(self.patience)
            return super().wait(*way, **more)

    with Watched.connect(**mine, autocommit=True) as db:
        db.execute("SELECT 1")
        db.execute("")
        assert asked == [None]
        monkeypatch.setattr(answers, "SURE_SECONDS", 0.0)
        db.execute("")
        assert asked == [None, answers.ASKED_FOR_NOTHING_SECONDS]
        monkeypatch.setattr(answers, "SURE_SECONDS", 60.0)
        with psycopg.connect(**mine) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [db.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            db.execute("")
