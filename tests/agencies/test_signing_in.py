"""Signing in and out is in the access log of every agency in which somebody has a role."""

import pytest
from django.conf import LazySettings
from django.test import Client

from audit.models import Access
from tests import factories

PASSWORD = "say it back to me"


def test_signing_in_and_out_is_logged_for_each_agency(db: None, settings: LazySettings) -> None:
    settings.MFA_REQUIRED = False
    world = factories.make_world()
    user = world.two_hats[0].account
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    seen = Access.objects.filter(subject="sign-in").values_list("action", "agency", "outcome")
    agencies = sorted(member.agency.reference for member in world.two_hats)
    assert sorted(seen) == sorted(
        (action, agency, "SEEN") for action in ("signed in", "signed out") for agency in agencies
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "http://testserver/", "http://[::1"]
)
def test_signing_in_leads_nowhere_but_to_a_path(db: None, settings: LazySettings, elsewhere: str) -> None:
    settings.MFA_REQUIRED = False
    user = factories.make_world().priya.account
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    assert client.get("/accounts/login/", {"next": elsewhere}).status_code == 200
    given = {"login": user.email, "password": PASSWORD, "next": elsewhere}
    assert client.post("/accounts/login/", given)["Location"] == "/start/"


def test_a_failed_attempt_is_logged_without_the_address_that_was_tried(db: None) -> None:
    Client().post("/accounts/login/", {"login": "nobody@people.example", "password": "wrong password 1"})
    attempt = Access.objects.get(subject="sign-in")
    assert attempt.outcome == Access.Outcome.REFUSED
    assert "nobody" not in f"{attempt.actor}{attempt.why}{attempt.subject}"
    assert attempt.address == "127.0.0.1"
