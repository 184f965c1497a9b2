"""How sign-in differs from the library's own: nobody opens an account for themselves, and it is logged."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from agencies.addresses import reverse
from agencies.hats import hats_of
from agencies.http import is_here
from agencies.models import User
from agencies.sessions import end_all_of, note_browser
from audit.models import Access
from audit.operations import log_access


class AccountAdapter(DefaultAccountAdapter):
    """An administrator of the agency makes accounts. Signing in and out is in each agency's access log."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the first page of whoever signed in; it depends on the role they act in."""
        return reverse("start")

    def is_safe_url(self, url: str | None) -> bool:
        """Go on to paths of this service alone: the library also believes each host that is allowed, and
        fails where an address is none.
        """
        return is_here(url or "")

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        log_for_each_agency("signed in", user, request)
        note_browser(request)
        answer: HttpResponse = super().post_login(request, user, **options)
        return answer

    def set_password(self, user: User, password: str) -> None:
        """Set a password, and end every other session of theirs: who knew the old one is out."""
        super().set_password(user, password)
        end_all_of(user, but=self.request.session.session_key if self.request else None)

    def logout(self, request: HttpRequest) -> None:
        log_for_each_agency("signed out", request.user, request)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log the attempt and where it came from, without the address that was tried."""
        log_access(
            "signed in",
            by=None,
            subject="sign-in",
            outcome=Access.Outcome.REFUSED,
            address=request.META.get("REMOTE_ADDR"),
        )


def log_for_each_agency(action: str, user: object, request: HttpRequest) -> None:
    """Write the same line for every agency in which somebody has a role: each has its own access log."""
    if not isinstance(user, User):
        return
    for member in hats_of(user):
        log_access(action, by=member, subject="sign-in", address=request.META.get("REMOTE_ADDR"))
