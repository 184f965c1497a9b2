"""Who an account is, asked on every page."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError

from agencies.models import User
from agencies.prepared import Prepared

NUMBERED = Prepared(lambda *, number: User.objects.filter(pk=number))
# The session whose account Django asks for (agencies/sessions.py): it was read with its session.
SESSION: ContextVar[SessionBase | None] = ContextVar("the session whose account is asked for", default=None)


class Accounts(AuthenticationBackend):
    """The library's way to sign in, with the account of a session as it was read with the session."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the account that a session names, or None where it may not sign in."""
        try:
            number = User._meta.pk.to_python(user_id)
        except ValidationError:
            return None
        user = getattr(SESSION.get(), "account", None)
        if user is None or user.pk != number:
            user = NUMBERED.first(number=number)
        return user if user is not None and self.user_can_authenticate(user) else None
