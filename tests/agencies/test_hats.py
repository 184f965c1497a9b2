"""Who gets in, in which role, and what stops working at once."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from agencies import operations
from agencies.models import Membership, User
from audit.models import Access
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn, give_second_factor

AT = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)
PASSWORD = "a long pass phrase"
DIRECTORY = "/directory/"
REFERENCE = "P-000001"


def sign_in(user: User) -> Client:
    """Sign in through the door that people use."""
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


@pytest.fixture
def one_factor(settings: LazySettings) -> None:
    settings.MFA_REQUIRED = False


def test_somebody_with_one_role_wears_it_by_itself(world: World, one_factor: None) -> None:
    client = sign_in(world.priya.account)
    page = client.get(DIRECTORY)
    assert page.status_code == 200
    assert world.priya.job_title in page.text
    assert world.school.agency.name in page.text
    assert "Change role" not in page.text


def test_somebody_with_two_roles_chooses_before_anything_else(world: World, one_factor: None) -> None:
    client = sign_in(world.two_hats[0].account)
    answer = client.get(DIRECTORY)
    assert answer["Location"] == "/hat/?next=%2Fdirectory%2F"
    page = client.get(answer["Location"])
    assert all(hat.agency.name in page.text for hat in world.two_hats)


def test_choosing_a_role_leads_on_and_gives_a_new_session_key(world: World, one_factor: None) -> None:
    client = sign_in(world.two_hats[0].account)
    before = client.cookies["check_back_session"].value
    answer = client.post("/hat/", {"membership": str(world.two_hats[1].pk), "next": DIRECTORY})
    assert answer["Location"] == DIRECTORY
    assert client.cookies["check_back_session"].value != before
    page = client.get(DIRECTORY)
    assert world.two_hats[1].agency.name in page.text
    assert "Change role" in page.text


def test_choosing_leads_nowhere_outside_the_service(world: World, signed_in: SignedIn) -> None:
    hat = world.two_hats[0]
    for elsewhere in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "nowhere",
        ".",
    ):
        answer = signed_in(hat).post("/hat/", {"membership": str(hat.pk), "next": elsewhere})
        assert answer["Location"] == "/", elsewhere


@pytest.mark.parametrize("chosen", ["", "nonsense", "\x00"])
def test_choosing_no_role_of_ones_own_is_asked_again(world: World, signed_in: SignedIn, chosen: str) -> None:
    answer = signed_in(world.two_hats[0]).post("/hat/", {"membership": chosen})
    assert answer.status_code == 422
    assert "Choose one of your own roles" in answer.text


def test_nobody_puts_on_somebody_elses_role(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    assert client.post("/hat/", {"membership": str(world.tom.pk)}).status_code == 422
    session = client.session
    session["hat"] = str(world.tom.pk)
    session.save()
    page = client.get(DIRECTORY)
    assert world.priya.job_title in page.text
    assert f"<strong>{world.tom.full_name}</strong>" not in page.text


def test_an_ended_role_stops_on_the_very_next_request(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    assert client.get(DIRECTORY).status_code == 200
    operations.end_membership(world.priya, by=world.school.administrator, at=AT)
    assert client.get(DIRECTORY)["Location"].startswith("/accounts/login/")
    answer = signed_in(world.priya).get(DIRECTORY)
    assert answer.status_code == 403
    assert "You have no role in Check Back" in answer.text


def test_what_somebody_tries_after_their_role_has_ended_is_logged_under_it(
    world: World, signed_in: SignedIn
) -> None:
    operations.end_membership(world.priya, by=world.school.administrator, at=AT)
    client, before = signed_in(world.priya), Access.objects.count()
    for address, method in ((DIRECTORY, "get"), (f"/people/{REFERENCE}/", "get"), ("/hand-over/", "post")):
        assert getattr(client, method)(address).status_code == 403
    looks = Access.objects.order_by("pk")[before:]
    assert [(look.subject, look.outcome) for look in looks] == [
        ("directory", "REFUSED"), ("person", "REFUSED"), ("hand-over", "REFUSED"),
    ]  # fmt: skip
    for look in looks:
        assert (look.actor_id, look.agency) == (world.priya.pk, world.school.agency.reference)
        assert (look.role, look.why) == ("practitioner", "their role has ended")


def test_one_ended_role_of_two_leaves_the_other(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.two_hats[0])
    operations.end_membership(world.two_hats[0], by=world.school.administrator, at=AT)
    assert client.get(DIRECTORY)["Location"].startswith("/accounts/login/")
    page = signed_in(world.two_hats[1]).get(DIRECTORY)
    assert world.two_hats[1].agency.name in page.text


def test_a_disabled_account_stops_on_the_very_next_request(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    User.objects.filter(pk=world.priya.account_pk).update(is_active=False)
    assert client.get(DIRECTORY)["Location"].startswith("/accounts/login/")


def test_a_changed_role_counts_on_the_very_next_request(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    Membership.objects.filter(pk=world.priya.pk).update(role="auditor")
    assert client.get(DIRECTORY).status_code == 403


def test_somebody_with_no_role_reads_so_and_can_sign_out(db: None) -> None:
    nobody = factories.user("No Role")
    give_second_factor(nobody)
    client = Client()
    client.force_login(nobody)
    for address in ("/start/", "/hat/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Ask the person who manages staff" in answer.text
        assert reverse("account_logout") in answer.text


def test_without_a_second_factor_everything_waits_for_one(world: World) -> None:
    client = sign_in(world.priya.account)
    for address in (DIRECTORY, "/hat/", "/start/", "/notices/"):
        assert client.get(address)["Location"] == reverse("mfa_index"), address
    assert client.get(reverse("mfa_index")).status_code == 200
    give_second_factor(world.priya.account)
    assert client.get(DIRECTORY).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(world: World) -> None:
    from allauth.mfa.models import Authenticator

    client = sign_in(world.priya.account)
    Authenticator.objects.create(user=world.priya.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client.get(DIRECTORY)["Location"] == reverse("mfa_index")


def test_nobody_opens_an_account_or_changes_their_address(world: World, signed_in: SignedIn) -> None:
    assert Client().get(reverse("account_signup")).status_code == 404
    assert signed_in(world.priya).get(reverse("account_email")).status_code == 404


def test_a_refused_role_is_in_the_access_log(world: World, signed_in: SignedIn) -> None:
    from audit.models import Access

    signed_in(world.priya).get(reverse("team"))
    look = Access.objects.get(outcome="REFUSED")
    assert (look.actor_id, look.subject, look.why) == (world.priya.pk, "team", "needs MANAGE_STAFF")


def test_a_page_costs_one_statement_for_the_role(world: World, signed_in: SignedIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(world.priya)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get("/start/")
    about_roles = [q["sql"] for q in seen if 'FROM "agencies_membership"' in q["sql"]]
    assert len(about_roles) == 1


def test_every_view_that_asks_for_nothing_says_so() -> None:
    """The pages that answer without a role are these and no others."""
    from django.urls import get_resolver

    def pages(patterns: Iterable[Any]) -> Iterator[Any]:
        for one in patterns:
            yield from pages(one.url_patterns) if hasattr(one, "url_patterns") else [one]

    every = pages(get_resolver().url_patterns)
    open_to_all = {page.name for page in every if getattr(page.callback, "public", False)}
    assert open_to_all >= {"health", "drafts", "demo_people", "demo_sign_in", "demo_outbox"}
    assert "directory" not in open_to_all


def test_a_request_without_a_session_has_no_role(db: None) -> None:
    from agencies.middleware import HatMiddleware

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    HatMiddleware(lambda r: None)(request)  # type: ignore[arg-type,return-value]
    assert request.membership is None  # type: ignore[attr-defined]


def test_signing_in_says_nothing_that_nobody_needs(world: World, one_factor: None) -> None:
    client = sign_in(world.two_hats[0].account)
    assert "uccessfully" not in client.get("/hat/").text
    client.post(reverse("account_logout"))
    assert "You have signed out." in client.get(reverse("account_login")).text
