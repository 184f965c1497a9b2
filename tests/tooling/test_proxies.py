"""Where a request came from, behind proxies of ours; and that no log of requests keeps a token."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from gunicorn.config import Config

from config.proxies import RealAddress
from config.web_log import WithoutTokens


def seen_as(settings: Any, forwarded: str, *, proxies: int) -> str:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    RealAddress(lambda request: HttpResponse())(request)
    return str(request.META["REMOTE_ADDR"])


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.9", 0, "10.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("", 1, "10.0.0.1"),
        ("nonsense", 1, "10.0.0.1"),
        ("203.0.113.9", 2, "10.0.0.1"),
    ],
)
def test_it_is_what_the_outermost_of_our_proxies_saw(
    settings: Any, forwarded: str, proxies: int, address: str
) -> None:
    assert seen_as(settings, forwarded, proxies=proxies) == address


def test_the_web_servers_log_holds_no_token() -> None:
    logger = WithoutTokens(Config())
    environ = {
        "REQUEST_METHOD": "POST", "RAW_URI": "/l/a-token/?x=1", "PATH_INFO": "/l/a-token/",
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_REFERER": "https://check-back.example/l/a-token/",
    }  # fmt: skip
    request = SimpleNamespace(headers=[("REFERER", "https://check-back.example/l/a-token/")])
    response = SimpleNamespace(status="200 OK", sent=1, headers=[])
    took = SimpleNamespace(seconds=0, microseconds=1)
    line = str(logger.atoms(response, request, environ, took))
    assert "a-token" not in line
    assert "/l/(token)/?x=1" in line
