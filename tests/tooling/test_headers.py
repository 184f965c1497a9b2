"""What every answer carries."""

import pytest
from django.conf import settings
from django.test import Client

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
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert not settings.SESSION_SAVE_EVERY_REQUEST
    assert not settings.DEBUG
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
