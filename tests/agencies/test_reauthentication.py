"""Before what would hurt most, people prove again who they are; and what they typed is there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from time_machine import Traveller

from agencies import drafts
from agencies.models import Draft, Membership
from tests.factories import MONDAY, World
from tests.signing_in import give_second_factor

PASSWORD = "say it back to me"
FRESH = timedelta(minutes=5)
SECOND = timedelta(seconds=1)
# What is asked again before, by the name of its page: the policy, written down here a second time on purpose.
ASKED = {
    "concern-export", "break-glass", "add_person", "change_post", "end_membership", "send_password_link",
    "person-address", "person-protected", "restriction-end", "audit_access_file", "subject-access-make",
    "subject-access-file", "subject-access-log-pdf",
}  # fmt: skip


@pytest.fixture
def clock(settings: Any) -> Iterator[Traveller]:
    settings.MFA_REQUIRED = False
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def signs_in(member: Membership) -> Client:
    """Sign in on the real page."""
    user = member.account
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def marked() -> set[str]:
    """The names of the pages whose views are marked."""
    found = set()

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and _is_marked(pattern.callback):
                found.add(pattern.name or "")

    walk(get_resolver().url_patterns)
    return found


def _is_marked(view: Any) -> bool:
    while view is not None:
        if "reauthenticated" in vars(view):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_page_that_asks_again_is_one_that_should() -> None:
    assert marked() == ASKED


def test_whoever_has_just_signed_in_is_not_asked(world: World, clock: Traveller) -> None:
    priya = signs_in(world.priya)
    clock.shift(FRESH - SECOND)
    assert priya.get("/break-glass/").status_code == 200


def test_five_minutes_later_they_are_told_why_and_led_back(world: World, clock: Traveller) -> None:
    priya = signs_in(world.priya)
    clock.shift(FRESH)
    asked = priya.get("/break-glass/", follow=True)
    assert asked.redirect_chain[0][0] == "/accounts/reauthenticate/?next=/break-glass/"
    assert "Confirm that it is you" in asked.text
    assert "You are about to open a record that is closed to you." in asked.text
    wrong = priya.post("/accounts/reauthenticate/", {"password": "not it at all", "next": "/break-glass/"})
    assert "You are about to open a record that is closed to you." in wrong.text
    assert priya.get("/break-glass/").status_code == 302
    right = priya.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/break-glass/"})
    assert right["Location"] == "/break-glass/"
    assert priya.get("/break-glass/").status_code == 200


def test_what_was_typed_is_there_afterwards(world: World, clock: Traveller) -> None:
    priya = signs_in(world.priya)
    page = priya.get("/break-glass/")
    token = page.context["draft_token"]
    clock.shift(FRESH)
    typed = {"form_id": "5b0e5a3c-7d1f-4c1e-9f43-0f6f0e0b7a11", "draft_token": token,
             "reference": "WF-26-0001", "why": "She is not at school and nobody answers."}  # fmt: skip
    answer = priya.post("/break-glass/", typed)
    assert answer["Location"] == "/accounts/reauthenticate/?next=/break-glass/"
    priya.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/break-glass/"})
    assert "She is not at school and nobody answers." in priya.get("/break-glass/").text


def test_nobody_keeps_words_for_somebody_else_on_the_way(world: World, clock: Traveller) -> None:
    priya = signs_in(world.priya)
    clock.shift(FRESH)
    priya.post("/break-glass/", {"draft_token": drafts.token(world.tom, "break-glass"), "why": "Not mine."})
    assert not Draft.objects.filter(holder=world.priya).exists()


def test_a_button_alone_leads_back_to_the_page_on_which_it_stands(world: World, clock: Traveller) -> None:
    administrator = signs_in(world.school.administrator)
    clock.shift(FRESH)
    answer = administrator.post(reverse("send_password_link", args=[world.priya.pk]))
    assert answer["Location"] == f"/accounts/reauthenticate/?next=/team/{world.priya.pk}/"


def test_rights_are_changed_by_nobody_who_has_not_proved_it(world: World, clock: Traveller) -> None:
    administrator = signs_in(world.school.administrator)
    clock.shift(FRESH)
    page = reverse("change_post", args=[world.priya.pk])
    answer = administrator.post(page, {"role": "lead", "job_title": "Head", "manager": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Membership.objects.get(pk=world.priya.pk).role == world.priya.role


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_a_second_factor_is_changed_by_nobody_who_has_not_proved_it(
    world: World, clock: Traveller, name: str
) -> None:
    if name == "mfa_generate_recovery_codes":
        give_second_factor(world.priya.account)
    client = Client()
    world.priya.account.set_password(PASSWORD)
    world.priya.account.save()
    client.force_login(world.priya.account)
    clock.shift(FRESH)
    answer = client.get(reverse(name))
    assert "reauthenticate" in answer["Location"]


def test_a_password_is_changed_only_with_the_old_one(world: World, clock: Traveller) -> None:
    priya = signs_in(world.priya)
    new = {"password1": "hear it as it was meant", "password2": "hear it as it was meant"}
    assert priya.post("/accounts/password/change/", {"oldpassword": "wrong", **new}).status_code == 200
    world.priya.account.refresh_from_db()
    assert world.priya.account.check_password(PASSWORD)
