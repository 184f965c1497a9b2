"""How long somebody stays signed in, what ends that, and what is kept when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import Traveller

from agencies import drafts, operations, sessions
from agencies.models import Draft, Membership, Session
from audit.models import Access, Event
from tests.factories import MONDAY, World
from tests.signing_in import give_second_factor

HOME, LEFT, STAY = "/directory/", "/session/", "/session/stay/"
JSON = {"Accept": "application/json"}
IDLE, LONGEST = timedelta(minutes=20), timedelta(hours=12)
SECOND = timedelta(seconds=1)
WORDS = "He goes home to the same adult at quarter past three."


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Monday morning, and time passes only where a test says so."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def priya(world: World, clock: Traveller) -> Client:
    return browser_of(world.priya)


def browser_of(member: Membership) -> Client:
    give_second_factor(member.account)
    client = Client()
    client.force_login(member.account)
    return client


def is_in(client: Client) -> bool:
    """Say whether a page opens, asked in a way that keeps nobody signed in."""
    return int(client.get(LEFT, headers=JSON).json()["seconds_left"]) > 0


def row_of(client: Client) -> Session:
    return Session.objects.get(session_key=client.session.session_key)


def test_somebody_who_does_nothing_for_twenty_minutes_is_signed_out(priya: Client, clock: Traveller) -> None:
    priya.get(HOME)
    clock.shift(IDLE - SECOND)
    assert is_in(priya)
    clock.shift(SECOND)
    answer = priya.get(HOME, follow=True)
    assert [path.partition("&")[0] for path, _ in answer.redirect_chain] == [
        "/accounts/login/?next=/directory/"
    ]
    assert "You were signed out because nothing was done here for 20 minutes." in answer.text


def test_whoever_works_on_stays_in_until_twelve_hours_have_passed(priya: Client, clock: Traveller) -> None:
    for _ in range(47):
        clock.shift(timedelta(minutes=15))
        assert priya.get(HOME).status_code == 200
    clock.shift(timedelta(minutes=14, seconds=59))
    assert priya.get(HOME).status_code == 200
    clock.shift(SECOND)
    answer = priya.get(HOME, follow=True)
    assert "12 hours had passed since you signed in" in answer.text


def test_a_session_that_is_saved_again_begins_no_new_twelve_hours(priya: Client, clock: Traveller) -> None:
    began = row_of(priya).began_at
    for _ in range(40):
        clock.shift(timedelta(minutes=15))
        session = priya.session
        session["anything"] = clock_says()
        session.save()
    assert row_of(priya).began_at == began
    assert row_of(priya).expire_date == began + LONGEST


def clock_says() -> str:
    return timezone.now().isoformat()


def test_asking_how_long_is_left_keeps_nobody_signed_in(priya: Client, clock: Traveller) -> None:
    for _ in range(19):
        clock.shift(timedelta(minutes=1))
        assert is_in(priya)
    clock.shift(timedelta(minutes=1))
    assert not is_in(priya)


def test_looking_at_how_far_a_job_is_keeps_nobody_signed_in(
    world: World, priya: Client, clock: Traveller
) -> None:
    clock.shift(timedelta(minutes=5))
    priya.get(HOME, headers=JSON)
    assert row_of(priya).seen_at == MONDAY
    priya.get(HOME)
    assert row_of(priya).seen_at == MONDAY + timedelta(minutes=5)


def test_only_new_words_in_a_draft_count_as_being_there(
    world: World, priya: Client, clock: Traveller
) -> None:
    def saves(words: str) -> None:
        clock.shift(timedelta(minutes=5))
        token = drafts.token(world.priya, "restate:WF-26-0001-X1")
        assert priya.post("/drafts/", {"draft_token": token, "said": words}).status_code == 200

    priya.get(HOME)
    saves(WORDS)
    assert row_of(priya).seen_at == MONDAY + timedelta(minutes=5)
    saves(WORDS)
    assert row_of(priya).seen_at == MONDAY + timedelta(minutes=5), "the same words again are nobody's typing"
    saves(f"{WORDS} ")
    assert row_of(priya).seen_at == MONDAY + timedelta(minutes=15)


def test_being_there_is_written_at_most_once_a_minute(priya: Client, clock: Traveller) -> None:
    priya.get(HOME)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            priya.get(HOME)
        return len([q for q in seen.captured_queries if '"agencies_session"' in q["sql"]])

    assert statements() == 1
    clock.shift(timedelta(seconds=59))
    assert statements() == 1
    clock.shift(SECOND)
    assert statements() == 2
    assert statements() == 1


def test_a_button_keeps_somebody_signed_in_and_what_they_write(
    world: World, priya: Client, clock: Traveller
) -> None:
    key = "restate:WF-26-0001-X1"
    clock.shift(timedelta(minutes=19))
    answer = priya.post(
        STAY, {"draft_token": drafts.token(world.priya, key), "said": WORDS, "back_to": "/directory/?page=2"}
    )
    assert answer["Location"] == "/directory/?page=2"
    assert Draft.objects.get(key=key).data["said"] == WORDS
    clock.shift(timedelta(minutes=19))
    assert is_in(priya)
    elsewhere = priya.post(STAY, {"back_to": "//elsewhere.example/"})
    assert "elsewhere" not in elsewhere["Location"]


def test_the_button_pressed_too_late_keeps_the_words_and_leads_back_to_them(
    world: World, priya: Client, clock: Traveller
) -> None:
    key = "restate:WF-26-0001-X1"
    token = drafts.token(world.priya, key)
    clock.shift(IDLE)
    answer = priya.post(STAY, {"draft_token": token, "said": WORDS, "back_to": HOME})
    assert answer["Location"] == f"/accounts/login/?next={HOME}"
    assert Draft.objects.get(key=key).data["said"] == WORDS


def test_the_end_leaves_nothing_in_the_browser(priya: Client, clock: Traveller) -> None:
    assert "Clear-Site-Data" not in priya.get(HOME).headers
    assert priya.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in priya.get("/help/").headers


@pytest.mark.parametrize("address", [HOME, "/help/", LEFT])
def test_so_does_an_end_by_time(priya: Client, clock: Traveller, address: str) -> None:
    clock.shift(IDLE)
    answer = priya.get(address)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["check_back_session"]["max-age"] == 0
    assert not Session.objects.filter(user__isnull=False, seen_at__gt=timezone.now() - IDLE).exists()


def test_signing_in_and_proving_it_again_give_a_new_key(
    world: World, clock: Traveller, settings: Any
) -> None:
    settings.MFA_REQUIRED = False
    user = world.priya.account
    user.set_password("say it back to me")
    user.save()
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["check_back_session"] = session.session_key or ""
    client.post("/accounts/login/", {"login": user.email, "password": "say it back to me"})
    signed_in = client.session.session_key
    assert signed_in != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()
    assert row_of(client).user_id == user.pk
    clock.shift(timedelta(minutes=6))
    client.post("/accounts/reauthenticate/", {"password": "say it back to me"})
    assert client.session.session_key != signed_in
    assert not Session.objects.filter(session_key=signed_in).exists()
    assert row_of(client).began_at == MONDAY, "proving it again begins no new twelve hours"


def test_a_password_that_changes_ends_every_other_session(
    world: World, clock: Traveller, settings: Any
) -> None:
    settings.MFA_REQUIRED = False
    user = world.priya.account
    user.set_password("say it back to me")
    user.save()
    here, there = browser_of(world.priya), browser_of(world.priya)
    assert is_in(here)
    assert is_in(there)
    changed = {
        "oldpassword": "say it back to me",
        "password1": "hear it as meant",
        "password2": "hear it as meant",
    }
    assert here.post("/accounts/password/change/", changed).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert Session.objects.filter(user=user).count() == 1


def test_a_role_that_changes_or_ends_signs_somebody_out(world: World, clock: Traveller) -> None:
    by, anna = world.school.administrator, world.school.colleague
    browser = browser_of(anna)
    post: dict[str, Any] = {"job_title": anna.job_title, "manager": None}
    operations.change_post(anna, by=by, at=MONDAY, role=anna.role, **post)
    assert is_in(browser), "a new title is no new right"
    operations.change_post(anna, by=by, at=MONDAY, role="lead", **post)
    assert not is_in(browser)
    browser = browser_of(anna)
    operations.end_membership(anna, by=by, at=MONDAY)
    assert not is_in(browser)


def test_an_account_that_is_closed_is_out_at_the_next_request(world: World, priya: Client) -> None:
    user = world.priya.account
    user.is_active = False
    user.save()
    assert priya.get(HOME)["Location"].startswith("/accounts/login/")


def test_somebody_sees_where_they_are_signed_in_and_ends_one_of_them(
    world: World, priya: Client, clock: Traveller
) -> None:
    phone, strangers = browser_of(world.priya), browser_of(world.tom)
    session = phone.session
    session["browser"] = "Safari on iPhone"
    session.save()
    page = priya.get("/sessions/")
    assert page.text.count("Signed in since") == 2
    assert "Safari on iPhone" in page.text
    assert str(session.session_key) not in page.text
    name = sessions.name_of(row_of(phone))
    assert strangers.post(reverse("session-end", args=[name])).status_code == 404
    assert is_in(phone)
    assert priya.post(reverse("session-end", args=[name])).status_code == 302
    assert not is_in(phone)
    assert is_in(priya)
    assert is_in(strangers)
    assert Access.objects.filter(action="ended sign-in", subject="sign-in").count() == 1


def test_somebody_ends_all_but_this_one(world: World, priya: Client) -> None:
    others = [browser_of(world.priya) for _ in range(3)]
    tom = browser_of(world.tom)
    priya.post(reverse("sessions-end-others"))
    assert not any(is_in(one) for one in others)
    assert is_in(priya)
    assert is_in(tom)


def test_an_administrator_signs_their_own_staff_out_and_nobody_elses(
    world: World, priya: Client, clock: Traveller
) -> None:
    tom, administrator = browser_of(world.tom), browser_of(world.school.administrator)
    assert administrator.post(reverse("end_sessions", args=[world.tom.pk])).status_code == 404
    assert administrator.post(reverse("end_sessions", args=[world.priya.pk])).status_code == 302
    assert is_in(tom)
    assert not is_in(priya)
    assert Event.objects.latest("pk").verb == "agencies.membership.sessions_ended"


def test_a_page_that_was_being_made_meanwhile_is_answered_and_brings_nobody_back(
    world: World, priya: Client
) -> None:
    session = priya.session
    assert session.get("_auth_user_id")
    Session.objects.all().delete()
    session["hats_count"] = 1
    session.save()
    assert not Session.objects.exists()


def test_what_is_over_is_cleared_away(world: World, priya: Client, clock: Traveller) -> None:
    clock.shift(timedelta(minutes=10))
    still = browser_of(world.tom)
    clock.shift(timedelta(minutes=10))
    type(priya.session).clear_expired()
    assert [row.session_key for row in Session.objects.all()] == [still.session.session_key]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari on iPhone",
        ),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, said: str) -> None:
    assert sessions.browser_of(agent) == said
