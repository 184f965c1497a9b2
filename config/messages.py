"""What a page has to tell the next one, in a cookie of a name that no other host can set or read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InOurCookie(CookieStorage):
    """Django's own, whose name is fixed and has no prefix."""

    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # theirs is an attribute of the class, ours a setting
        return str(settings.MESSAGES_COOKIE_NAME)


class Messages(FallbackStorage):
    """In a cookie, and what does not fit there in the session."""

    storage_classes = (InOurCookie, SessionStorage)
