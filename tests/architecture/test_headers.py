"""Every answer carries every header: each address by name, each error, each file."""

from __future__ import annotations

import re
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from config import errors, headers, reports
from records.documents import serving
from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene
from tests.access.tables import LIBRARY, PAGES, PARTS_OF_THE_LIBRARY

NONCE = re.compile(r"script-src 'nonce-([\w-]{24})'; style-src 'nonce-([\w-]{24})'")
# A script or a style sheet that would run: what has a type of data is none.
RUNS = re.compile(r"<(script|style|link)\b([^>]*)>", re.IGNORECASE)
DATA = re.compile(r'type="application/json"|rel="icon"')
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
REFERRER = {"same-origin", "strict-origin"}
OTHER_POLICIES = {headers.POLICY_OF_FILES, serving.POLICY}


def what_is_missing(response: Any, *, kept: bool = False) -> list[str]:
    """Say which headers an answer lacks or has wrong. `kept`: a browser may keep it, as a style sheet."""
    found = response.headers
    wrong = [f"{name}: {found.get(name)}" for name, value in EXPECTED.items() if found.get(name) != value]
    if found.get("Referrer-Policy") not in REFERRER:
        wrong.append(f"Referrer-Policy: {found.get('Referrer-Policy')}")
    if "camera=()" not in found.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if not kept and found.get("Cache-Control") != "no-store":
        wrong.append(f"Cache-Control: {found.get('Cache-Control')}")
    policy = found.get("Content-Security-Policy", "")
    if not policy.startswith("default-src 'none'") or "unsafe" in policy:
        wrong.append(f"Content-Security-Policy: {policy}")
    nonces = NONCE.search(policy)
    if policy not in OTHER_POLICIES and (nonces is None or "frame-ancestors 'none'" not in policy):
        wrong.append(f"Content-Security-Policy: {policy}")
    if nonces and response.headers.get("Content-Type", "").startswith("text/html"):
        wrong += without_nonce(response.content.decode(), nonces.group(1))
    return wrong


def without_nonce(page: str, nonce: str) -> list[str]:
    """Say which scripts and style sheets of a page the browser would not load."""
    return [
        tag.group(0)
        for tag in RUNS.finditer(page)
        if not DATA.search(tag.group(2)) and f'nonce="{nonce}"' not in tag.group(2)
    ]


@pytest.mark.parametrize("name", walk.own_names())
def test_every_page_of_ours_carries_every_header(scene: Scene, name: str) -> None:
    page = PAGES[name]
    with rows.taken_back():
        for one in {page.by, who.NOBODY, *sorted(page.sees)[:1]}:
            for method in ("get", "post"):
                response = getattr(scene.cast.browser(one), method)(page.address(name, scene))
                assert what_is_missing(response) == [], (one, method)


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_every_page_of_the_library_carries_every_header(scene: Scene, name: str) -> None:
    address = reverse(name, kwargs=PARTS_OF_THE_LIBRARY.get(name))
    with rows.taken_back():
        for one in (who.NOBODY, who.OWNER):
            assert what_is_missing(scene.cast.browser(one).get(address)) == []


def test_errors_carry_every_header(db: None, settings: LazySettings) -> None:
    client = Client(raise_request_exception=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    answers = {
        400: client.get("/help/", headers={"host": "another.example"}),
        403: client.post("/help/", headers={"Sec-Fetch-Site": "cross-site"}),
        404: client.get("/no-such-page"),
        405: client.post("/session/"),
        413: client.post("/policy-report/", b"x" * (reports.LARGEST + 1), content_type="application/json"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert what_is_missing(answer) == [], status
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/accounts/login/", {"login": "a@b.example"})
    assert refused.status_code == 403
    assert what_is_missing(refused) == []
    assert client.get("/health/").status_code in (200, 503)
    assert what_is_missing(client.get("/health/")) == []


def test_our_own_failure_carries_every_header(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("agencies.middleware.HatMiddleware.process_view", breaks)
    answer = Client(raise_request_exception=False).get("/help/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert what_is_missing(answer) == []


def test_a_static_file_carries_them_and_may_be_kept(db: None, live_server: LiveServer) -> None:
    for path in ("check-back.css", "js/init.js", "images/favicon.svg", "mfa/js/webauthn.js"):
        assert finders.find(path)
        with urlopen(f"{live_server.url}{static(path)}") as answer:  # noqa: S310  # our own server
            assert what_is_missing(answer, kept=True) == []
            assert "immutable" in answer.headers["Cache-Control"]


def test_no_two_answers_have_the_same_nonce(db: None, client: Client) -> None:
    policies = [client.get("/accounts/login/").headers["Content-Security-Policy"] for _ in range(20)]
    assert len(set(policies)) == 20


def test_a_page_without_its_nonce_would_be_found() -> None:
    assert without_nonce(
        '<script src="a.js"></script><link rel="stylesheet" href="b.css" nonce="n">', "n"
    ) == ['<script src="a.js">']
    assert without_nonce('<script nonce="another" src="a.js"></script>', "n")


def test_https_is_asked_for_ever_after(db: None, settings: LazySettings) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    answer = Client().get("/help/", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in Client().get("/help/").headers


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 403),
    ],
)
def test_another_site_may_link_here_and_do_nothing_else(
    db: None, client: Client, sent: dict[str, str], status: int
) -> None:
    assert client.get("/accounts/login/", headers=sent).status_code == status
    if sent.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        answer = client.post("/accounts/login/", {"login": "a"}, headers=sent)
        assert answer.status_code == 403
        assert "Another site asked for this" in answer.text


def test_a_report_leaves_one_line_and_nothing_of_the_page(
    db: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    report = {
        "csp-report": {
            "document-uri": "http://testserver/people/P-000001/?of=Leo",
            "referrer": "http://testserver/concerns/WF-26-0001/",
            "effective-directive": "script-src-elem",
            "blocked-uri": "https://leo-marsh.example/x.js",
            "script-sample": "Leo Marsh",
        }
    }
    newer = [{"type": "csp-violation", "body": {"effectiveDirective": "style-src", "blockedURL": "inline"}}]
    for sent in (report, newer, "no report", [1, None]):
        answer = client.post("/policy-report/", sent, content_type="application/json")
        assert answer.status_code == 204
    assert [line for line in caplog.messages if "policy" in line] == [
        "A page broke its policy: script-src-elem, an address, on person",
        "A page broke its policy: style-src, inline, on no page of ours",
    ]


def test_a_form_is_no_report(db: None, client: Client) -> None:
    assert client.post("/policy-report/", {"words": "Leo Marsh"}).status_code == 415


def test_errors_before_anything_else_have_a_page_of_their_own() -> None:
    request = HttpRequest()
    assert errors.not_understood(request).status_code == 400
    assert errors.went_wrong(request).status_code == 500
