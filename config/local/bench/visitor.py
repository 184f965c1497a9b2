"""A browser with cookies that closes each connection, as performance measurements must."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 120


class Answer(NamedTuple):
    """What came back, and how long that took from the first byte sent to the last one read."""

    status: int
    text: str
    location: str
    seconds: float


class WrongAnswer(Exception):
    """Another answer came than the one that the bench expects."""


class Visitor:
    """One person's browser at one site."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str, *, expect: int = 200) -> Answer:
        return self.ask("GET", path, None, expect=expect)

    def post(self, path: str, fields: Mapping[str, str], *, expect: int = 302) -> Answer:
        return self.ask("POST", path, fields, expect=expect)

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None, *, expect: int) -> Answer:
        """Make one request. Raises WrongAnswer for another status than expected."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            headers = {"Connection": "close", "Host": f"127.0.0.1:{self.port}"}
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            body = None
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                body = urlencode(fields)
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            read = answer.read()
            seconds = time.perf_counter() - began
            text = read.decode()
            for header in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        finally:
            connection.close()
        if answer.status != expect:
            raise WrongAnswer(f"{method} {path}: {answer.status} instead of {expect}. {in_short(text)}")
        return Answer(answer.status, text, answer.headers.get("Location", ""), seconds)

    def fill_in(self, path: str, given: Mapping[str, str]) -> Answer:
        """Open a form and send it with what it came with and what is given (see `filled`).

        The seconds of the answer are those of both requests, without what it takes here to read the form.
        """
        form = self.get(path)
        answer = self.post(path, filled(form.text, given))
        return answer._replace(seconds=form.seconds + answer.seconds)

    def sign_in(self, path: str, **fields: str) -> None:
        """Sign in with an address and a password."""
        self.fill_in(path, fields)


class _Form(HTMLParser):
    """The fields of the first form that is posted and has more than a button."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.now: dict[str, str] | None = None
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form" and own.get("method", "").lower() == "post":
            self.now = {}
            self.forms.append(self.now)
        elif self.now is not None and (name := own.get("name")):
            if tag == "input" and own.get("type") not in ("radio", "checkbox", "submit", "file"):
                self.now[name] = own.get("value", "")
            elif tag == "input" and own.get("type") in ("radio", "checkbox"):
                self.now.setdefault(name, "")
                if "checked" in own:
                    self.now[name] = own.get("value", "")
            elif tag in ("textarea", "select"):
                self.now[name], self.textarea = "", name

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.now is not None and self.textarea:
            self.now[self.textarea] += data


def filled(page: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the form on a page that has the most, with what is given in place of its own.

    A name that ends in * stands for every field that begins so. Raises WrongAnswer where there is no form.
    """
    parser = _Form()
    parser.feed(page)
    if not parser.forms:
        raise WrongAnswer(f"There is no form. {in_short(page)}")
    fields = max(parser.forms, key=len)
    for name, value in given.items():
        if name.endswith("*"):
            fields |= {field: value for field in fields if field.startswith(name[:-1])}
        else:
            fields[name] = value
    fields.setdefault("form_id", str(uuid.uuid4()))
    return {name: value for name, value in fields.items() if value != ""}


def in_short(page: str) -> str:
    """Return what a page says that somebody needs who wonders about it."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    summary = re.search(r'class="govuk-error-summary".*?</div>', page, re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", (found[1] if found else page[:200]) + (summary[0] if summary else ""))
    return " ".join(words.split())


def path_of(location: str) -> str:
    return urlsplit(location).path
