"""Browsers in which somebody is signed in. A folder's conftest.py imports `signed_in`."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client

from agencies.models import Membership, Session, User

NEVER_OVER = datetime(2126, 1, 1, tzinfo=UTC)
SignedIn = Callable[[Membership], Client]


def give_second_factor(user: User) -> None:
    """Let somebody past the rule that everybody proves in two ways who they are."""
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})


def is_there(client: Client) -> None:
    """Let somebody be at the keyboard, and have just proved who they are, on every day of a test's calendar.

    What happens when they are not is in tests/agencies/test_sessions.py and test_reauthentication.py.
    """
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": NEVER_OVER.timestamp()}]
    session.save()
    Session.objects.filter(session_key=session.session_key).update(
        began_at=NEVER_OVER, seen_at=NEVER_OVER, expire_date=NEVER_OVER
    )


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
        is_there(client)
        return client

    return sign_in
