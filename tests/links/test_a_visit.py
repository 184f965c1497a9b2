"""The visit: half an hour in one browser. How it begins, goes on and ends, and that no text is lost."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from agencies import drafts
from agencies.models import Draft
from agencies.refusals import Refused
from sharing.links import access
from sharing.models import LinkVisit
from sharing.operations import links, visits
from sharing.states import State
from tests import factories
from tests.factories import OWN_WORDS, World
from tests.links.by_link import NAVIGATING, Visitor, text, told
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(world: World) -> Visitor:
    """Somebody who came in by their link to something that waits to be said back."""
    return Visitor(world, told(world, State.RECEIVED)).comes_in()


def the_visit() -> LinkVisit:
    return LinkVisit.objects.get(ended_at__isnull=True)


def get(browser: Client, path: str, *, at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        return browser.get(path)


def send(browser: Client, path: str, data: dict[str, Any], *, at: datetime, **headers: str) -> Any:
    with time_machine.travel(at, tick=False):
        return browser.post(path, data, headers=headers)


def half_an_answer(visitor: Visitor) -> dict[str, str]:
    """What stands in the form of the page on which they say it back, half written."""
    page = visitor.looks_at("restate")
    hidden = re.findall(r'name="draft_token" value="([^"]+)"', page)[0]
    return {"draft_token": hidden, "what_happened": "A mark on his arm that two people saw."}


# --- How it begins --------------------------------------------------------------------------------


def test_the_session_has_a_new_key_after_the_button_and_again_after_the_code(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    browser = Client(headers=NAVIGATING)
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    send(browser, f"/l/{factories.token(world, link)}/", {}, at=world.clock())
    asked = browser.session.session_key
    code = factories.code(world, link)
    send(browser, "/link/code/", {"code": code}, at=world.clock())
    assert len({planted, asked, browser.session.session_key}) == 3
    thief = Client()
    thief.cookies[next(iter(browser.cookies))] = planted or ""
    for stolen in (planted, asked):
        thief.cookies["check_back_session"] = stolen or ""
        page = get(thief, f"/exchanges/{link.exchange.reference}/", at=world.clock())
        assert page.status_code == 302


def test_a_code_in_a_second_browser_ends_the_visit_in_the_first(world: World, visitor: Visitor) -> None:
    second = Visitor(world, visitor.exchange)
    second.comes_in()
    assert second.gets(second.page("exchange")).status_code == 200
    assert visitor.gets(visitor.page("exchange"))["Location"] == "/link/over/"
    assert LinkVisit.objects.filter(ended_at__isnull=True).count() == 1


def test_an_address_of_theirs_shows_nothing_in_a_browser_that_has_no_visit(
    world: World, visitor: Visitor
) -> None:
    page = get(Client(), visitor.page("exchange"), at=world.clock())
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_a_colleague_who_is_signed_in_stays_who_they_are(
    world: World, visitor: Visitor, signed_in: SignedIn
) -> None:
    with time_machine.travel(world.clock(), tick=False):
        browser = signed_in(world.tom)
        session = browser.session
        session[access.VISIT] = the_visit().pk
        session.save()
        assert browser.get(visitor.page("exchange")).status_code == 404
        assert browser.get("/").status_code == 200


# --- How it ends ----------------------------------------------------------------------------------


def test_it_lives_for_half_an_hour(world: World, visitor: Visitor) -> None:
    end = the_visit().ends_at
    assert end - the_visit().began_at == timedelta(minutes=30)
    assert get(visitor.client, visitor.page("exchange"), at=end - timedelta(seconds=1)).status_code == 200
    over = get(visitor.client, visitor.page("exchange"), at=end)
    assert over["Location"] == "/link/over/"
    page = text(get(visitor.client, "/link/over/", at=end))
    assert "open the link in the e-mail again and ask for a new code" in page


def test_staying_longer_gives_another_half_hour_and_leads_back(world: World, visitor: Visitor) -> None:
    at = the_visit().ends_at - timedelta(minutes=1)
    answer = send(visitor.client, "/link/stay/", {"back_to": visitor.page("restate")}, at=at)
    assert answer["Location"] == visitor.page("restate")
    assert the_visit().ends_at == at + timedelta(minutes=30)


@pytest.mark.parametrize(
    "elsewhere", ["https://else.example/", "//else.example/", "/link/stay/", "", "nowhere"]
)
def test_staying_longer_leads_nowhere_else(world: World, visitor: Visitor, elsewhere: str) -> None:
    answer = send(visitor.client, "/link/stay/", {"back_to": elsewhere}, at=world.clock())
    assert answer["Location"] == visitor.page("exchange")


def test_the_script_of_the_page_is_told_until_when_or_why_not(world: World, visitor: Visitor) -> None:
    json = {"Accept": "application/json"}
    answer = send(visitor.client, "/link/stay/", {}, at=world.clock(), **json)
    assert answer.json()["seconds_left"] == 30 * 60
    visit = the_visit()
    world.clock.jump_to(visit.link.ends_at - timedelta(minutes=15))
    late = Visitor(world, visitor.exchange).comes_in()
    visit.link.refresh_from_db()
    refused = send(late.client, "/link/stay/", {}, at=visit.link.ends_at + timedelta(seconds=1), **json)
    assert refused.status_code == 410
    assert "The time of this link is up." in refused.json()["error"]


def test_whoever_says_that_they_have_finished_is_out(world: World, visitor: Visitor) -> None:
    assert visitor.posts("/link/leave/", {})["Location"] == "/link/over/"
    assert not LinkVisit.objects.filter(ended_at__isnull=True).exists()
    assert visitor.gets(visitor.page("exchange"))["Location"] == "/link/over/"
    assert visitor.gets("/")["Location"] == "/link/over/"
    assert "/accounts/login/" in text(visitor.gets("/link/over/"))


def test_ending_the_link_ends_the_visit_at_once(world: World, visitor: Visitor) -> None:
    links.end_link(visitor.exchange, by=world.priya, at=world.clock())
    assert visitor.gets(visitor.page("exchange"))["Location"] == "/link/over/"


def test_wrong_codes_of_a_stranger_leave_it_as_it_is(world: World, visitor: Visitor) -> None:
    link = the_visit().link
    code = factories.code(world, link)
    guess = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(5):
        with pytest.raises(Refused):
            visits.enter_code(link, guess, at=world.clock(), address=None)
    assert visitor.gets(visitor.page("exchange")).status_code == 200


# --- What they were writing -----------------------------------------------------------------------


def test_what_is_sent_too_late_is_kept_and_there_again_after_a_new_code(
    world: World, visitor: Visitor
) -> None:
    written = half_an_answer(visitor)
    world.clock.jump_to(the_visit().ends_at)
    answer = visitor.posts(visitor.page("restate"), {**OWN_WORDS, **written})
    assert answer["Location"] == "/link/over/"
    page = text(visitor.gets("/link/over/"))
    assert "What you wrote is kept: open your link again to go on." in page
    assert written["what_happened"] not in page
    again = Visitor(world, visitor.exchange).comes_in()
    assert written["what_happened"] in again.looks_at("restate")
    assert OWN_WORDS["what_worries_me"] in again.looks_at("restate")


def test_what_is_sent_after_finishing_in_another_tab_or_from_no_session_is_kept_too(
    world: World, visitor: Visitor
) -> None:
    written = half_an_answer(visitor)
    visitor.posts("/link/leave/", {})
    for browser in (visitor.client, Client()):
        Draft.objects.all().delete()
        answer = send(browser, visitor.page("restate"), written, at=world.clock())
        assert answer["Location"] == "/link/over/"
        assert Draft.objects.get().holder_id == visitor.exchange.listener_id


def test_staying_longer_without_a_script_keeps_what_stands_in_the_form(
    world: World, visitor: Visitor
) -> None:
    written = half_an_answer(visitor)
    page = visitor.page("restate")
    answer = visitor.posts("/link/stay/", {**written, "back_to": page})
    assert answer["Location"] == page
    assert written["what_happened"] in visitor.looks_at("restate")


def test_nobody_elses_text_is_kept_by_it(world: World, visitor: Visitor) -> None:
    forged = drafts.token(world.tom, "restate:X")
    visitor.posts("/link/stay/", {"draft_token": forged, "what_happened": "Mine now."})
    visitor.posts("/link/stay/", {"draft_token": "nonsense", "what_happened": "Mine now."})
    assert not Draft.objects.filter(holder=world.tom, key="restate:X", data__what_happened="").exists()
    assert not Draft.objects.filter(holder=visitor.exchange.listener).exists()
