"""How sign-in differs from the library's own: nobody opens an account for themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """An administrator of the agency makes accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
