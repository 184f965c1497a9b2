"""Somebody who opens pages and sends forms over HTTP, and keeps every address and error page they come by."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
# A form that is refused shows what was typed, as it must, and so does 503, to whoever typed it; these do not.
ERRORS = frozenset({400, 403, 404, 405, 410, 413, 500, 502})
SESSION, CSRF = "check_back_session", "check_back_csrf"


@dataclass
class Seen:
    """What came by: addresses that were asked for or led to, and pages that show an error."""

    addresses: list[str] = field(default_factory=list)
    errors: list[bytes] = field(default_factory=list)
    answers: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes


class Hidden(HTMLParser):
    """Reads the hidden fields of a page's forms, and the addresses that the page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "input" and has.get("type") == "hidden" and has.get("name"):
            self.fields[has["name"] or ""] = has.get("value") or ""
        self.links += [value for name, value in attrs if name in ("href", "action", "src") and value]


class Visitor:
    """One browser. `session` is the cookie of somebody who is signed in, or nothing."""

    def __init__(self, port: int, seen: Seen, *, session: str = "") -> None:
        self.port, self.seen = port, seen
        self.secret = secrets.token_hex(16)
        self.cookies = {CSRF: self.secret, **({SESSION: session} if session else {})}

    def ask(
        self,
        method: str,
        address: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one request. An answer that never came has the status 0."""
        self.seen.addresses.append(address)
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, address, body, {"Cookie": cookies, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers.get("Location", ""), response.read())
            self.keep_cookies(response.headers.get_all("Set-Cookie") or [])
        except (OSError, HTTPException):
            answer = Answer(0, "", b"")
        finally:
            connection.close()
        self.seen.answers += 1
        self.seen.addresses.append(answer.location)
        if answer.status in ERRORS:
            self.seen.errors.append(answer.body)
        return answer

    def keep_cookies(self, headers: list[str]) -> None:
        for header in headers:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()

    def open(self, address: str) -> tuple[Answer, Hidden]:
        """Open a page and read its hidden fields; its links are kept as addresses too."""
        answer = self.ask("GET", address)
        page = Hidden()
        if b"<html" in answer.body:
            page.feed(answer.body.decode(errors="replace"))
            self.seen.addresses += page.links
        return answer, page

    def send(self, address: str, fields: Mapping[str, Any]) -> Answer:
        """Send a form as a browser does; with files in parts."""
        whole = {"form_id": str(uuid.uuid4()), **fields, "csrfmiddlewaretoken": self.cookies[CSRF]}
        if any(hasattr(value, "read") for value in whole.values()):
            body, kind = in_parts(whole)
        else:
            body, kind = urlencode(whole, doseq=True).encode(), "application/x-www-form-urlencoded"
        return self.ask("POST", address, body, headers={"Content-Type": kind, "Sec-Fetch-Mode": "navigate"})


def in_parts(fields: Mapping[str, Any]) -> tuple[bytes, str]:
    """Write fields and files as multipart/form-data."""
    edge = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        if hasattr(value, "read"):
            head = f'name="{name}"; filename="{value.name}"\r\nContent-Type: application/octet-stream'
            parts.append(
                f"--{edge}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value.read()
            )
        else:
            for one in value if isinstance(value, list | tuple) else [value]:
                head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
                parts.append(f"{head}{one}".encode())
    return b"\r\n".join(parts) + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
