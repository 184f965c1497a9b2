"""The code: eight digits another way, once, for ten minutes, five tries; and what each refusal says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from agencies.refusals import Refused
from notifications.models import Message
from sharing.links import limits, secrets
from sharing.models import Link, LinkAttempt, LinkCode, LinkVisit, Stranger
from sharing.operations import links, visits
from tests import factories
from tests.factories import STRANGER, World
from tests.links import post
from tests.links.by_link import NAVIGATING, text
from tests.races.two import at_once

pytestmark = pytest.mark.django_db
HERE = "192.0.2.7"


def enter(world: World, link: Link, code: str, *, address: str | None = HERE) -> LinkVisit:
    return visits.enter_code(link, code, at=world.clock(), address=address)


def wrong(code: str) -> str:
    """Another code: the next one."""
    return f"{(int(code) + 1) % 10**secrets.DIGITS:0{secrets.DIGITS}d}"


# --- What it is -----------------------------------------------------------------------------------


def test_a_code_is_eight_digits_and_kept_slowly_keyed_and_by_link() -> None:
    codes = {secrets.new_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    assert secrets.code_hash(1, "12345678") != secrets.code_hash(2, "12345678")
    assert secrets.ROUNDS >= 100_000


def test_the_code_goes_by_text_message_and_is_in_no_table(world: World, texts: Path) -> None:
    link = factories.link(world, factories.exchange_outside(world))
    visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
    assert not [e for e in post.deliver(world) if "code for" in e.body]
    code = post.code_in(texts)
    assert enter(world, link, code).link_id == link.pk
    with connection.cursor() as cursor:
        for table in ("notifications_message", "audit_event", "sharing_linkcode", "sharing_linkattempt"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE position(%s in t::text) > 0", [code])
            assert cursor.fetchone()[0] == 0, table


def test_the_text_message_holds_the_code_and_nothing_about_anybody(world: World, texts: Path) -> None:
    exchange = factories.exchange_outside(world)
    visits.ask_for_code(factories.link(world, exchange), by=None, at=world.clock(), address=HERE)
    post.deliver(world)
    (file,) = texts.glob("*.txt")
    words = file.read_text(encoding="utf-8")
    code = post.code_in(texts)
    assert words.split("\n\n")[1] == (
        f"{code} is your Check Back code for {exchange.reference}. "
        "It works for 10 minutes. Tell it to nobody.\n"
    )
    assert "07700900123" in words.replace(" ", "")


def test_where_no_gateway_is_set_up_the_speaker_is_told_to_ring_and_reads_it_out(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
    told = Message.objects.filter(kind="LINK").latest("queued_at")
    assert (told.to_member_id, told.by_link, told.priority) == (world.priya.pk, False, 0)
    code = links.read_out_code(link.exchange, by=world.priya, at=world.clock())
    assert enter(world, link, code).link_id == link.pk


def test_nobody_but_the_speaker_or_their_deputy_reads_a_code_out(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    for somebody in (world.tom, world.school.colleague, world.school.lead, link.member):
        with pytest.raises(Refused):
            links.read_out_code(link.exchange, by=somebody, at=world.clock())
    assert not LinkCode.objects.exists()


# --- Wrong, used, old -----------------------------------------------------------------------------


def test_five_wrong_codes_lock_the_link_and_the_speaker_and_their_lead_are_told_once(world: World) -> None:
    link = factories.link(world)
    code = factories.code(world, link)
    lefts = []
    for _ in range(4):
        with pytest.raises(visits.WrongCode) as refused:
            enter(world, link, wrong(code))
        lefts.append(refused.value.sentences[1])
    assert "You have 4 more tries." in lefts[0]
    assert "You have one more try." in lefts[3]
    for _ in range(3):
        with pytest.raises(links.LinkIsOver) as over:
            enter(world, link, wrong(code))
    assert "is locked" in over.value.sentences[0]
    told = Message.objects.filter(kind="LINK", priority=0).values_list("to_member_id", flat=True)
    assert sorted(map(str, told)) == sorted([str(world.priya.pk), str(world.school.lead.pk)])
    assert LinkAttempt.objects.filter(what="CODE_WRONG").count() == 5
    assert not LinkVisit.objects.exists()


def test_a_locked_link_takes_the_right_code_no_more(world: World) -> None:
    link = factories.link(world)
    code = factories.code(world, link)
    for _ in range(5):
        with pytest.raises(Refused):
            enter(world, link, wrong(code))
    with pytest.raises(links.LinkIsOver):
        enter(world, link, code)


def test_a_strangers_wrong_codes_do_not_throw_out_whoever_is_in(world: World) -> None:
    visit = factories.visit(world)
    code = factories.code(world, visit.link)
    for _ in range(5):
        with pytest.raises(Refused):
            enter(world, visit.link, wrong(code))
    visit.refresh_from_db()
    assert visit.ended_at is None


def test_a_right_code_forgives_the_wrong_ones_before_it(world: World) -> None:
    link = factories.link(world)
    code = factories.code(world, link)
    for _ in range(4):
        with pytest.raises(visits.WrongCode):
            enter(world, link, wrong(code))
    enter(world, link, code)
    link.refresh_from_db()
    assert link.wrong_codes == 0


def test_a_code_that_was_used_works_no_more_and_costs_no_try(world: World) -> None:
    link = factories.link(world)
    code = factories.code(world, link)
    enter(world, link, code)
    with pytest.raises(visits.WrongCode, match="used already"):
        enter(world, link, code)
    link.refresh_from_db()
    assert link.wrong_codes == 0
    assert LinkVisit.objects.count() == 1


def test_an_older_code_works_no_more_once_a_newer_was_sent(world: World) -> None:
    link = factories.link(world)
    older, newer = factories.code(world, link), factories.code(world, link)
    with pytest.raises(visits.WrongCode, match="not the last code"):
        enter(world, link, older)
    enter(world, link, newer)


def test_a_code_by_text_message_works_for_ten_minutes(world: World, texts: Path) -> None:
    link = factories.link(world, factories.exchange_outside(world))
    for late, works in ((599, True), (600, False)):
        visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
        post.deliver(world)
        code = LinkCode.objects.latest("pk")
        at = code.made_at + timedelta(seconds=late)
        if works:
            visits.enter_code(link, post.code_in(texts), at=at, address=HERE)
        else:
            with pytest.raises(visits.WrongCode, match="too old"):
                visits.enter_code(link, post.code_in(texts), at=at, address=HERE)
        world.clock.jump_to(at)
    link.refresh_from_db()
    assert link.wrong_codes == 0


def test_a_text_message_that_waited_ten_minutes_is_not_sent(world: World, texts: Path) -> None:
    link = factories.link(world, factories.exchange_outside(world))
    visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
    world.clock(minutes=15)
    post.deliver(world)
    assert not list(texts.glob("*.txt"))
    assert Message.objects.get(kind="CODE").dropped_at is not None


def test_a_code_of_one_link_does_not_open_another(world: World) -> None:
    one, other = factories.link(world), factories.link(world, factories.exchange_outside(
        world, listener=factories.outside(world, email="x@hillside.example", full_name="Xan Ode")
    ))  # fmt: skip
    code = factories.code(world, one)
    factories.code(world, other)
    with pytest.raises(visits.WrongCode):
        enter(world, other, code)


# --- How often ------------------------------------------------------------------------------------


def test_three_codes_an_hour_and_ten_of_a_link(world: World) -> None:
    link = factories.link(world)
    for number in range(10):
        visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
        if number % 3 == 2:
            with pytest.raises(limits.TooManyTries, match="Three codes"):
                visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
            world.clock(minutes=61)
    world.clock(minutes=61)
    with pytest.raises(limits.TooManyTries, match="Ten codes"):
        visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
    renewed = links.send_new_link(link.exchange, by=world.priya, at=world.clock())
    visits.ask_for_code(renewed, by=None, at=world.clock(), address=HERE)


@pytest.mark.parametrize(
    ("tried_from", "refused_at", "free_at"),
    [
        (["192.0.2.7"] * limits.OF_AN_ADDRESS, "192.0.2.7", "192.0.2.8"),
        ([f"192.0.2.{n}" for n in range(limits.OF_A_NETWORK)], "192.0.2.250", "192.0.3.7"),
        ([f"2001:db8:1:{n:x}::1" for n in range(limits.OF_A_NETWORK)], "2001:db8:1:ffff::2", "2001:db8:2::1"),
    ],
)
def test_too_many_wrong_tries_from_one_place_are_refused_there_for_an_hour(
    world: World, tried_from: list[str], refused_at: str, free_at: str
) -> None:
    link = factories.link(world)
    path = f"/l/{factories.token(world, link)}/"
    for address in tried_from:
        visits.attempt(visits.What.NOT_KNOWN, at=world.clock.moment, address=address)
    with time_machine.travel(world.clock(), tick=False):
        refused = Client(REMOTE_ADDR=refused_at).get(path)
        assert refused.status_code == 429
        assert "Wait an hour, or telephone the person who sent you the link." in text(refused)
        assert Client(REMOTE_ADDR=free_at).get(path).status_code == 200
        Client(REMOTE_ADDR=refused_at).get(path)
    assert LinkAttempt.objects.filter(what="TOO_MANY").count() == 1
    with time_machine.travel(world.clock(minutes=62), tick=False):
        assert Client(REMOTE_ADDR=refused_at).get(path).status_code == 200


def test_an_office_that_opens_old_links_is_not_shut_out(world: World) -> None:
    link = factories.link(world)
    token = factories.token(world, link)
    links.end_link(link.exchange, by=world.priya, at=world.clock())
    other = factories.link(world, factories.exchange_outside(world, listener=link.member))
    with time_machine.travel(world.clock(), tick=False):
        for _ in range(limits.OF_AN_ADDRESS + 1):
            assert Client().get(f"/l/{token}/").status_code == 410
        assert Client().get(f"/l/{factories.token(world, other)}/").status_code == 200


# --- Many at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_tries_at_once_are_five_chances_and_one_notice(world: World) -> None:
    link = factories.link(world)
    code, at = factories.code(world, link), world.clock()
    guesses = [f"{(int(code) + 1 + n) % 10**8:08d}" for n in range(20)]
    outcome = at_once(*(lambda g=guess: visits.enter_code(link, g, at=at, address=HERE) for guess in guesses))
    assert not outcome.errors
    assert not outcome.won
    assert LinkAttempt.objects.filter(what="CODE_WRONG").count() == 5
    assert Message.objects.filter(kind="LINK", to_member_id=world.priya.pk).count() == 1
    link.refresh_from_db()
    assert (link.wrong_codes, link.locked_at) == (5, at)


@pytest.mark.django_db(transaction=True)
def test_a_code_entered_in_twenty_places_at_once_is_one_visit(world: World) -> None:
    link = factories.link(world)
    code, at = factories.code(world, link), world.clock()
    outcome = at_once(*[lambda: visits.enter_code(link, code, at=at, address=HERE)] * 20)
    assert not outcome.errors
    assert len(outcome.won) == 1
    assert LinkVisit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_that_ask_at_once_are_three_codes(world: World) -> None:
    link, at = factories.link(world), world.clock()
    outcome = at_once(*[lambda: visits.ask_for_code(link, by=None, at=at, address=HERE)] * 20)
    assert not outcome.errors
    assert len(outcome.won) == 3
    assert Message.objects.filter(kind="CODE").count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_place_holds_over_many_links_at_once(world: World) -> None:
    ruth = factories.outside(world)
    several = [factories.link(world, factories.exchange_outside(world, listener=ruth)) for _ in range(6)]
    codes = [factories.code(world, link) for link in several]
    at = world.clock()
    for _ in range(limits.OF_AN_ADDRESS - 3):
        visits.attempt(visits.What.CODE_WRONG, at=at, address=HERE)
    outcome = at_once(
        *(
            lambda link=link, code=code: visits.enter_code(link, wrong(code), at=at, address=HERE)
            for link, code in zip(several, codes, strict=True)
        )
    )
    kinds = [type(refusal).__name__ for refusal in outcome.refusals.values()]
    assert sorted(kinds) == ["TooManyTries"] * 3 + ["WrongCode"] * 3


# --- Forwarded ------------------------------------------------------------------------------------


def opened(world: World, link: Link) -> Client:
    """A browser in which a link was opened and its code asked for."""
    browser = Client(headers=NAVIGATING)
    with time_machine.travel(world.clock(), tick=False):
        assert browser.post(f"/l/{factories.token(world, link)}/").status_code == 302
    return browser


def at_the(world: World, browser: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    with time_machine.travel(world.clock(), tick=False):
        return browser.get(path) if data is None else browser.post(path, data)


def test_whoever_it_was_passed_on_to_cannot_pass(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    stranger = opened(world, link)
    answer = at_the(world, stranger, "/link/code/", {"code": "1234 5678"})
    assert answer.status_code == 422
    page = at_the(world, stranger, f"/exchanges/{link.exchange.reference}/")
    assert page.status_code == 302
    assert "I am not Ruth Adeyemi" in text(at_the(world, stranger, "/link/code/"))


def test_they_may_say_so_without_leaving_word_who_they_are(world: World) -> None:
    link = factories.link(world)
    answer = at_the(world, opened(world, link), "/link/not-me/", {"name": ""})
    assert answer.status_code == 200
    assert "knows that somebody else has this link" in text(answer)
    assert not Stranger.objects.exists()
    told = Message.objects.filter(kind="LINK").values_list("to_member_id", flat=True)
    assert set(told) == {world.priya.pk, world.school.lead.pk}


def test_they_may_leave_word_who_they_are_for_the_speakers_side_alone(world: World) -> None:
    link = factories.link(world)
    browser = opened(world, link)
    half = at_the(world, browser, "/link/not-me/", {"name": "Owen Pike"})
    assert half.status_code == 422
    assert "leave all four empty" in text(half)
    assert 'value="Owen Pike"' in text(half)
    assert at_the(world, browser, "/link/not-me/", STRANGER).status_code == 200
    assert Stranger.objects.get().name == "Owen Pike"
    post.deliver(world)
    with connection.cursor() as cursor:
        for table in ("audit_event", "notifications_message", "audit_access"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE '%Pike%'")
            assert cursor.fetchone()[0] == 0, table


def test_the_link_still_leads_whoever_it_is_for(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    at_the(world, opened(world, link), "/link/not-me/", {})
    assert factories.visit(world, link).link_id == link.pk


def test_saying_it_again_and_again_tells_the_speaker_no_more(world: World) -> None:
    link = factories.link(world)
    browser = opened(world, link)
    answers = [at_the(world, browser, "/link/not-me/", {}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_link_that_nobody_opened_here_is_no_way_to_its_other_pages(world: World) -> None:
    factories.link(world)
    for path in ("/link/code/", "/link/not-me/"):
        assert at_the(world, Client(), path)["Location"] == "/link/over/"
    assert at_the(world, Client(), "/link/code/another/", {})["Location"] == "/link/over/"


# --- The page of the code -------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "1234", "123456789", "abcdefgh", "１２３４５６７８"])
def test_a_slip_of_the_hand_costs_no_try(world: World, typed: str) -> None:
    link = factories.link(world)
    factories.code(world, link)
    answer = at_the(world, opened(world, link), "/link/code/", {"code": typed})
    assert answer.status_code == 422
    assert "8 digits" in text(answer)
    link.refresh_from_db()
    assert link.wrong_codes == 0


def test_spaces_and_hyphens_do_not_matter(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    browser = opened(world, link)
    code = factories.code(world, link)
    answer = at_the(world, browser, "/link/code/", {"code": f" {code[:4]}-{code[4:6]} {code[6:]} "})
    assert answer.status_code == 302
    assert answer["Location"] == f"/exchanges/{link.exchange.reference}/"


def test_asking_for_another_code_says_that_the_one_before_is_over(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    browser = opened(world, link)
    assert at_the(world, browser, "/link/code/another/", {})["Location"] == "/link/code/"
    assert "The one before it works no longer." in text(at_the(world, browser, "/link/code/"))


def test_where_the_speaker_cannot_be_told_they_are_to_be_rung(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    world.priya.contact_points.update(retired_at=world.clock())
    with transaction.atomic(), pytest.raises(Refused, match="cannot be told from here"):
        visits.ask_for_code(link, by=None, at=world.clock(), address=HERE)
