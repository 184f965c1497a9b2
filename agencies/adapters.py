"""How sign-in differs from the library's own: nobody opens an account for themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """An administrator of the agency makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the first page of whoever signed in; it depends on the role they act in."""
        return reverse("start")
