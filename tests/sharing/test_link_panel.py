"""A link as whoever sent it sees it: sending, where it stands, the code to read out, a new one, the end."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing.models import Action, Exchange, Link, LinkAttempt, LinkCode, LinkToken, LinkVisit, Stranger
from sharing.operations import check_back, links
from tests import factories, outside
from tests.factories import World
from tests.sharing.asking import as_, at, filled, statements_used, text

What = LinkAttempt.What
CODE = re.compile(r"The code is </span>(\d+) (\d+)")


@pytest.fixture(autouse=True)
def _now(world: World) -> Iterator[None]:
    """Hold the clock where the world's is."""
    with time_machine.travel(world.clock.moment, tick=False):
        yield


def travel(world: World, **later: float) -> Any:
    """Go to a later moment of the world's clock."""
    return time_machine.travel(world.clock.jump_to(world.clock.moment + timedelta(**later)), tick=False)


def by_mail(world: World, exchange: Exchange) -> None:
    """Send the notice that waits: its link is made as it goes out."""
    message = Message.objects.filter(reference=exchange.reference, by_link=True).latest("queued_at")
    with travel(world, minutes=1):
        assert links.WaysIn().path(message)[0].startswith("/l/")


def tried(world: World, exchange: Exchange, what: What, *, automated: bool = False) -> None:
    LinkAttempt.objects.create(
        link=outside.link_of(exchange), what=what, at=world.clock(), automated=automated
    )


def page_of(world: World, exchange: Exchange, who: Membership | None = None, **later: float) -> str:
    with travel(world, **(later or {"minutes": 1})):
        return text(as_(who or world.priya).get(at("exchange", exchange)))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))


def post(world: World, page: str, exchange: Exchange, who: Membership | None = None, **words: Any) -> Any:
    """Post a page of a link as it was just opened."""
    answers = {"version": outside.link_of(exchange).version, **words}
    with travel(world, minutes=1):
        return as_(who or world.priya).post(at(page, exchange), filled(None, **answers))


# --- Sending -----------------------------------------------------------------------------------


def test_the_pages_before_sending_say_what_will_happen(world: World) -> None:
    exchange = outside.chosen(world)
    browser = as_(world.priya)
    preview = plain(text(browser.get(at("preview", exchange))))
    assert f"by e-mail at {outside.EMAIL} (checked by Priya Nair on 11 January 2027" in preview
    assert "by text message to the number that ends in 123, or you ring them and read it out" in preview
    assert "The link works until 14 January 2027" in preview
    assert "Nobody manages them here" in preview
    send = plain(text(browser.get(at("send", exchange))))
    assert "By text message to the number that ends in 123" in send
    assert "I ring them when they ask for it, and read it out" in send


@pytest.mark.parametrize("code_by", ["TEXT", "SPEAKER"])
def test_how_the_code_goes_is_chosen_when_it_is_sent(world: World, code_by: str) -> None:
    exchange = outside.chosen(world)
    exchange.refresh_from_db()
    answers = filled(exchange, checked="on", code_by=code_by)
    with travel(world, minutes=5):
        response = as_(world.priya).post(at("send", exchange), answers, follow=True)
    assert "A link is on its way to Rosa Lindqvist" in text(response)
    assert outside.link_of(exchange).code_by == code_by


def test_it_is_not_sent_before_it_was_said_how_the_code_goes(world: World) -> None:
    exchange = outside.chosen(world)
    exchange.refresh_from_db()
    response = as_(world.priya).post(at("send", exchange), filled(exchange, checked="on"))
    assert response.status_code == 422
    assert not Link.objects.exists()


def test_without_a_gateway_the_code_is_read_out(world: World, settings: Any) -> None:
    settings.TEXT_URL = ""
    exchange = outside.chosen(world)
    assert "By text message" not in text(as_(world.priya).get(at("send", exchange)))
    with pytest.raises(Refused, match="cannot be sent by text"):
        outside.sent(world, exchange.listener, code_by="TEXT")


def test_a_missing_number_is_said_with_where_to_add_it(world: World) -> None:
    exchange = outside.chosen(world)
    outside.without(exchange.listener, "PHONE", at=world.clock())
    page = text(as_(world.priya).get(at("send", exchange)))
    assert "It cannot be sent yet" in page
    assert reverse("outside-reach", args=[exchange.listener.pk, "phone"]) in page


# --- Where it stands ---------------------------------------------------------------------------


def test_where_the_link_stands_is_said_in_a_sentence(world: World) -> None:
    exchange = outside.sent(world)
    assert "The link is about to be sent" in page_of(world, exchange)
    by_mail(world, exchange)
    page = plain(page_of(world, exchange))
    assert re.search(r"The link was sent on 11 January 2027, \d\d:\d\d and works until 14 January 2027", page)
    assert "Nobody has opened it yet" in page
    tried(world, exchange, What.LOOKED, automated=True)
    page = plain(page_of(world, exchange))
    assert "A mail scanner fetched it on" in page
    assert "Nobody has opened it yet" in page
    tried(world, exchange, What.LOOKED)
    assert "Somebody opened it" in page_of(world, exchange)
    tried(world, exchange, What.CODE_SENT)
    tried(world, exchange, What.CODE_WRONG)
    Link.objects.update(wrong_codes=1)
    page = page_of(world, exchange)
    assert "A code was asked for on" in page
    assert "A wrong code was entered since the last right one" in page
    LinkVisit.objects.create(link=outside.link_of(exchange), began_at=world.clock(), ends_at=world.clock(30))
    assert "Rosa Lindqvist has come in once" in page_of(world, exchange)


def test_time_up_locked_and_ended_are_said(world: World) -> None:
    exchange = outside.sent(world)
    by_mail(world, exchange)
    assert "The time of the link was up on" in page_of(world, exchange, hours=73)
    locked = outside.sent(world, exchange.listener)
    outside.locked(world, locked)
    page = page_of(world, locked)
    assert "The link was locked on" in page
    assert "they cannot come in. Send a new link" in page
    ended = outside.sent(world, exchange.listener)
    links.end_link(ended, by=world.priya, at=world.clock(), why="She has moved on.")
    assert "Priya Nair ended the link on" in page_of(world, ended)
    assert ": She has moved on." in page_of(world, ended)


def test_a_lead_sees_where_the_link_stands_and_does_nothing_with_it(world: World) -> None:
    exchange = outside.sent(world)
    page = page_of(world, exchange, world.school.lead)
    assert "The link of Rosa Lindqvist" in page
    assert at("link-new", exchange) not in page
    for name in ("link-new", "link-read-out", "link-end"):
        assert as_(world.school.lead).get(at(name, exchange)).status_code == 404
        assert as_(world.school.colleague).get(at(name, exchange)).status_code == 404
        assert as_(world.tom).get(at(name, exchange)).status_code == 404


def test_an_exchange_between_people_with_accounts_has_no_link(world: World) -> None:
    exchange = factories.sent(world, factories.at_share(world))
    assert "The link of" not in page_of(world, exchange)
    assert as_(world.priya).get(at("link-new", exchange)).status_code == 404


def test_the_panel_costs_no_statement_but_the_one_for_all_that_few_exchanges_have(world: World) -> None:
    ordinary = factories.sent(world, factories.at_share(world))
    exchange = outside.sent(world)
    for _ in range(30):
        tried(world, exchange, What.LOOKED, automated=True)
    with travel(world, minutes=1):
        plain_page = statements_used(world.priya, at("exchange", ordinary))
        page = statements_used(world.priya, at("exchange", exchange))
    assert page == plain_page + 1


def test_the_history_is_folded_away_and_tells_a_scanner_from_a_person(world: World) -> None:
    exchange = outside.sent(world)
    for _ in range(3):
        tried(world, exchange, What.LOOKED, automated=True)
    page = page_of(world, exchange)
    folded = page.split("Everything that was done with the link")[1].split("</details>")[0]
    assert folded.count("most likely a mail scanner") == 3


# --- The code to read out ----------------------------------------------------------------------


def test_a_code_is_shown_once_on_its_own_page_and_kept_nowhere(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    exchange = outside.sent(world, code_by="SPEAKER")
    tried(world, exchange, What.CODE_SENT)
    assert "waits for you to ring" in page_of(world, exchange)
    browser = as_(world.priya)
    address = at("link-read-out", exchange)
    with travel(world, minutes=1), caplog.at_level(logging.DEBUG):
        before = plain(text(browser.get(address)))
        answer = browser.post(address)
        afterwards = browser.get(address)
    assert f"Ring Rosa Lindqvist on {outside.PHONE}" in before
    assert "Ask them to say who they are first" in before
    found = CODE.search(answer.content.decode())
    assert found
    code = "".join(found.groups())
    assert len(code) == 8
    assert not CODE.search(afterwards.content.decode())
    assert code not in caplog.text
    assert code not in str(dict(browser.session))
    assert bytes(LinkCode.objects.get().hash) != code.encode()
    links_made = LinkCode.objects.get()
    assert links_made.by == world.priya
    assert links_made.ends_at - links_made.made_at == timedelta(minutes=15)


def test_a_code_that_goes_by_text_is_not_read_out(world: World) -> None:
    exchange = outside.sent(world, code_by="TEXT")
    response = post(world, "link-read-out", exchange)
    assert response.status_code == 409
    assert "goes to them by text message" in text(response)
    assert at("link-new", exchange) in text(response)
    assert not LinkCode.objects.exists()


def test_no_code_is_made_for_a_locked_link(world: World) -> None:
    exchange = outside.sent(world, code_by="SPEAKER")
    outside.locked(world, exchange)
    response = post(world, "link-read-out", exchange)
    assert response.status_code == 409
    assert "locked" in text(response)


# --- A new link, and the end -------------------------------------------------------------------


def test_a_new_link_lifts_the_lock_ends_the_old_one_and_changes_the_way_of_the_code(world: World) -> None:
    exchange = outside.sent(world)
    by_mail(world, exchange)
    outside.locked(world, exchange)
    assert "Ring them on a number that you know" in text(as_(world.priya).get(at("link-new", exchange)))
    response = post(world, "link-new", exchange, code_by="SPEAKER")
    assert response.status_code == 302
    link = outside.link_of(exchange)
    assert (link.locked_at, link.code_by) == (None, "SPEAKER")
    assert not LinkToken.objects.filter(ended_at__isnull=True).exists()
    assert Message.objects.filter(kind=Message.Kind.LINK, to_address=outside.EMAIL).count() == 1
    by_mail(world, exchange)
    assert "works until" in page_of(world, exchange)


def test_a_page_that_is_out_of_date_sends_no_link(world: World) -> None:
    exchange = outside.sent(world)
    seen = outside.link_of(exchange).version
    links.end_link(exchange, by=world.priya, at=world.clock())
    response = post(world, "link-new", exchange, code_by="TEXT", version=seen)
    assert response.status_code == 409
    assert not Message.objects.filter(kind=Message.Kind.LINK).exists()


def test_ending_a_link_asks_why_and_puts_out_whoever_is_in(world: World) -> None:
    exchange = outside.sent(world)
    visit = LinkVisit.objects.create(
        link=outside.link_of(exchange), began_at=world.clock(), ends_at=world.clock(30)
    )
    assert post(world, "link-end", exchange, why=" ").status_code == 422
    assert post(world, "link-end", exchange, why="Somebody else reads her mail.").status_code == 302
    visit.refresh_from_db()
    assert visit.ended_at
    assert outside.link_of(exchange).revoked_by == world.priya


def test_nothing_is_offered_for_what_was_withdrawn(world: World) -> None:
    exchange = outside.sent(world)
    check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    page = page_of(world, exchange)
    assert at("link-new", exchange) not in page
    assert post(world, "link-new", exchange, code_by="TEXT").status_code == 409


# --- A stranger --------------------------------------------------------------------------------


def test_somebody_who_left_word_is_added_properly(world: World) -> None:
    exchange = outside.sent(world)
    stranger = Stranger.objects.create(
        link=outside.link_of(exchange),
        name="Ebo Quaye",
        job_title="Team clerk",
        organisation="Harrow Lane Homes",
        email="ebo@homes.example",
        at=world.clock(),
    )
    page = page_of(world, exchange)
    assert "Somebody else has this link" in page
    for words in ("Ebo Quaye", "Team clerk", "Harrow Lane Homes", "ebo@homes.example"):
        assert words in page
    address = reverse("link-add-stranger", args=[exchange.reference, stranger.pk])
    assert address in page
    browser: Client = as_(world.priya)
    form = browser.get(address)
    assert 'value="ebo@homes.example"' in form.content.decode()
    assert "check who they are, before you add them" in text(form)
    answers = {**outside.WHO, "full_name": "Ebo Quaye", "email": "ebo@homes.example"}
    response = browser.post(address, filled(None, **answers))
    added = Membership.objects.get(name="Ebo Quaye")
    choose = reverse("choose-listener", args=[exchange.cycle.concern.reference])
    assert response.headers["Location"] == f"{choose}?of={added.pk}"
    assert as_(world.tom).get(address).status_code == 404
    nobody = reverse("link-add-stranger", args=[exchange.reference, 999])
    assert as_(world.priya).get(nobody).status_code == 404


# --- An action after the link ------------------------------------------------------------------


def test_an_action_that_falls_due_after_the_link_is_warned_of_once(world: World) -> None:
    exchange = outside.sent(world)
    words = {
        "what": "Move them to another flat.",
        "owner": str(exchange.listener.pk),
        "by_when": "20 January 2027",
        "contingency": "They are threatened again.",
    }
    with travel(world, minutes=5):
        browser = as_(world.priya)
        response = browser.post(at("propose-action", exchange), filled(None, **words))
        assert response.status_code == 409
        assert "before this action falls due on 20 January 2027, 17:00" in text(response)
        assert words["what"] in text(response)
        assert not Action.objects.exists()
        assert 'name="link_ends_before" value="1"' in response.content.decode()
        sooner = filled(None, **words | {"by_when": "1 working day"})
        assert browser.post(at("propose-action", exchange), sooner).status_code == 302
        knowing = filled(None, **words, link_ends_before="1")
        assert browser.post(at("propose-action", exchange), knowing).status_code == 302
    assert Action.objects.count() == 2
