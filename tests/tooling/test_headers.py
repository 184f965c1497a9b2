"""What every answer carries."""

from urllib.request import urlopen

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/health/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("address", ["/health/", "/no-such-page", "/accounts/login/"])
def test_no_page_is_kept_by_a_browser_or_framed(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_is_cached_on_the_server_and_no_session_is_signed_text() -> None:
    assert not [name for name in settings.MIDDLEWARE if "cache" in name.lower()]
    assert settings.SESSION_ENGINE == "agencies.session_store"
    assert not settings.SESSION_SAVE_EVERY_REQUEST
    assert not settings.DEBUG
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_live_server_serves_style_sheets_by_their_fingerprint_as_in_production(
    live_server: LiveServer,
) -> None:
    with urlopen(f"{live_server.url}{static('check-back.css')}") as answer:  # noqa: S310  # our own server
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
