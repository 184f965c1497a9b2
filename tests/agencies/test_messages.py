"""What a page tells the next one travels in a cookie that is ours alone."""

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.factories import World


@pytest.fixture
def https(settings: LazySettings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.MESSAGES_COOKIE_NAME = "__Host-messages"


def test_over_https_every_cookie_has_a_name_that_only_this_host_can_set(world: World, https: None) -> None:
    browser = Client()
    browser.force_login(world.priya.account)
    answer = browser.get("/directory/", secure=True)  # without a second factor: it leads on, with a message
    browser.get("/help/", secure=True)
    assert answer.status_code == 302
    given = {**answer.cookies, **browser.cookies}
    assert {"__Host-session", "__Host-csrf", "__Host-messages"} <= given.keys()
    for name, cookie in given.items():
        assert name.startswith("__Host-")
        assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (True, "/", "")


def test_a_message_is_shown_once(world: World) -> None:
    browser = Client()
    browser.force_login(world.priya.account)
    told = "Set up a second way"
    assert told in browser.get("/directory/", follow=True).content.decode()
    assert told not in browser.get("/accounts/2fa/", follow=True).content.decode()
