"""Browsers in which somebody is signed in. A folder's conftest.py imports `signed_in`."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from agencies.models import Membership, User

SignedIn = Callable[[Membership], Client]


def give_second_factor(user: User) -> None:
    """Let somebody past the rule that everybody proves in two ways who they are."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})


@pytest.fixture
def signed_in() -> SignedIn:
    """Give a browser in which somebody is signed in, wearing one hat."""

    def sign_in(member: Membership) -> Client:
        give_second_factor(member.account)
        client = Client()
        client.force_login(member.account)
        session = client.session
        session["hat"] = str(member.pk)
        session["hats_count"] = Membership.objects.current().filter(user=member.user).count()
        session.save()
        return client

    return sign_in
