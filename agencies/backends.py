"""Who an account is, asked on every page."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import ValidationError

from agencies.models import User
from agencies.prepared import Prepared

NUMBERED = Prepared(lambda *, number: User.objects.filter(pk=number))


class Accounts(AuthenticationBackend):
    """The library's way to sign in, with the account of a session read by a prepared question."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the account that a session names, or None where it may not sign in."""
        try:
            number = User._meta.pk.to_python(user_id)
        except ValidationError:
            return None
        user = NUMBERED.first(number=number)
        return user if user is not None and self.user_can_authenticate(user) else None
