"""The link itself: random, kept as a hash, for one exchange, for so many hours, ended when it has to be."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from agencies import operations as agencies
from agencies.models import Session, User
from config.log import OneLine
from notifications.models import Message
from sharing.links.secrets import new_token
from sharing.models import Exchange, Link, LinkAttempt, LinkToken
from sharing.operations import check_back, links, visits
from tests import factories, rows
from tests.factories import OUTSIDE, World
from tests.links import post
from tests.links.by_link import NAVIGATING, text
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
EMAIL = OUTSIDE["email"]
BEFORE_SPRING = datetime(2027, 3, 26, 10, 0, tzinfo=UTC)  # the Friday before the clocks go forward
BEFORE_AUTUMN = datetime(2027, 10, 29, 9, 0, tzinfo=UTC)  # the Friday before they go back


def get(path: str, *, at: datetime, **headers: str) -> Any:
    with time_machine.travel(at, tick=False):
        return Client(headers=headers).get(path)


def arrives(world: World, link: Link, *, at: datetime | None = None) -> Any:
    return get(f"/l/{factories.token(world, link)}/", at=at or world.clock(), **NAVIGATING)


# --- What is kept of it ---------------------------------------------------------------------------


def test_a_token_is_256_random_bits_and_never_the_same() -> None:
    made = {new_token() for _ in range(200)}
    assert len(made) == 200
    assert {len(token) for token in made} == {43}


def test_only_the_hash_of_a_token_is_in_the_database(world: World) -> None:
    factories.exchange_outside(world)
    token = post.link_in(post.deliver(world), EMAIL).split("/")[2]
    get(f"/l/{token}/", at=world.clock(), **NAVIGATING)
    assert bytes(LinkToken.objects.get().hash) == hashlib.sha256(token.encode()).digest()
    assert is_nowhere_in_the_database(token)


def is_nowhere_in_the_database(secret: str) -> bool:
    """Look through every row of every table, sessions and messages too: as text, and as bytes are shown."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {quote(table)} t"
                " WHERE position(%s in t::text) > 0 OR position(%s in t::text) > 0",
                [secret, secret.encode().hex()],
            )
            if cursor.fetchone()[0]:
                return False
    return True


def test_two_notices_hold_two_addresses_and_both_lead_on(world: World) -> None:
    exchange = factories.exchange_outside(world)
    first = post.link_in(post.deliver(world), EMAIL)
    factories.received(world, exchange)
    factories.restated(world, exchange)
    factories.corrected(world, exchange)
    second = post.link_in(post.deliver(world), EMAIL)
    assert first != second
    for path in (first, second):
        assert get(path, at=world.clock(), **NAVIGATING).status_code == 200


def test_the_token_is_in_no_log_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    token = factories.token(world, factories.link(world))
    caplog.set_level(logging.DEBUG)
    visitor = Client(enforce_csrf_checks=True)
    with time_machine.travel(world.clock(), tick=False):
        visitor.get(f"/l/{token}/nothing/")
        visitor.get(f"/l/{token}x/")
        visitor.post(f"/l/{token}/")
        visitor.head(f"/l/{token}/")
    ours = [r for r in caplog.records if not r.name.startswith("django.db")]
    assert [r for r in ours if token in r.getMessage()], "nothing was logged, so this shows nothing"
    lines = [OneLine().format(record) for record in ours]
    assert not [line for line in lines if token[:20] in line]
    assert any("/l/(token)" in json.loads(line)["message"] for line in lines)


def test_the_address_goes_nowhere_with_a_request_and_into_no_search_engine(world: World) -> None:
    answer = arrives(world, factories.link(world))
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store"
    assert "http" not in text(answer).replace("http://www.w3.org/", "")


def test_no_account_is_ever_made(world: World) -> None:
    before = set(User.objects.values_list("pk", flat=True))
    factories.visit(world)
    assert set(User.objects.values_list("pk", flat=True)) == before


# --- How long it works ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", [factories.MONDAY, BEFORE_SPRING, BEFORE_AUTUMN])
def test_it_works_for_72_hours_of_the_clock_whatever_the_clocks_do(world: World, day: datetime) -> None:
    world.clock.jump_to(day)
    link = factories.link(world)
    assert link.ends_at - link.made_at == timedelta(hours=72)
    token = factories.token(world, link)
    still = get(f"/l/{token}/", at=link.ends_at - timedelta(seconds=1), **NAVIGATING)
    over = get(f"/l/{token}/", at=link.ends_at, **NAVIGATING)
    assert (still.status_code, over.status_code) == (200, 410)
    assert "The time of this link is up. " in text(over).replace("</p>", " ").replace("<p", " <p")
    assert "Ask Priya Nair, St Wulstan’s Primary, for a new one." in text(over)


def test_the_hour_that_the_page_names_is_that_of_the_clock_on_the_wall(world: World) -> None:
    world.clock.jump_to(BEFORE_SPRING)
    link = factories.link(world)
    local = link.ends_at + timedelta(hours=1)  # summer time by then
    assert f"{local:%H:%M}" in text(arrives(world, link))


def test_the_partnerships_own_limit_counts(world: World) -> None:
    agencies.set_time_limit(
        world.partnership, by=world.coordinator, at=world.clock(), key="LINK", duration="24 hours",
        label="LOCAL", source="Agreed by the board", effective_from=world.clock.moment.date(),
    )  # fmt: skip
    link = factories.link(world)
    assert link.ends_at - link.made_at == timedelta(hours=24)


# --- What ends it ---------------------------------------------------------------------------------


def test_a_link_that_was_ended_says_whom_to_ask(world: World) -> None:
    link = factories.link(world)
    token = factories.token(world, link)
    links.end_link(link.exchange, by=world.priya, at=world.clock(), why="Wrong Ruth.")
    answer = get(f"/l/{token}/", at=world.clock(), **NAVIGATING)
    assert answer.status_code == 410
    assert "has been ended by the person who sent it" in text(answer)
    assert "Wrong Ruth" not in text(answer)
    with pytest.raises(links.LinkIsOver):
        visits.ask_for_code(link, by=None, at=world.clock(), address=None)


def test_a_newer_link_ends_the_older_one_which_says_so(world: World) -> None:
    exchange = factories.exchange_outside(world)
    old = post.link_in(post.deliver(world), EMAIL)
    links.send_new_link(exchange, by=world.priya, at=world.clock())
    new = post.link_in(post.deliver(world), EMAIL)
    answer = get(old, at=world.clock(), **NAVIGATING)
    assert answer.status_code == 410
    assert "a newer one was sent" in text(answer)
    assert get(new, at=world.clock(), **NAVIGATING).status_code == 200


def test_a_browser_that_asked_by_the_older_link_goes_no_further(world: World) -> None:
    link = factories.link(world, code_by="SPEAKER")
    browser, token = Client(headers=NAVIGATING), factories.token(world, link)
    with time_machine.travel(world.clock(), tick=False):
        assert browser.post(f"/l/{token}/").status_code == 302
    links.send_new_link(link.exchange, by=world.priya, at=world.clock())
    with time_machine.travel(world.clock(), tick=False):
        answer = browser.get("/link/code/")
    assert answer.status_code == 410
    assert "a newer one was sent" in text(answer)


def test_a_new_link_begins_its_hours_anew_and_lifts_a_lock(world: World) -> None:
    link = factories.link(world)
    Link.objects.filter(pk=link.pk).update(locked_at=world.clock(), wrong_codes=5)
    world.clock(60 * 90)
    new = links.send_new_link(link.exchange, by=world.priya, at=world.clock())
    assert new.locked_at is None
    assert new.wrong_codes == 0
    assert new.ends_at - world.clock.moment == timedelta(hours=72)


def test_who_was_taken_out_of_the_directory_gets_in_no_more(world: World) -> None:
    link = factories.link(world)
    token = factories.token(world, link)
    check_back.withdraw(link.exchange, by=world.priya, at=world.clock(), why="She has left.")
    agencies.end_outside(link.member, by=world.priya, at=world.clock())
    answer = get(f"/l/{token}/", at=world.clock(), **NAVIGATING)
    assert answer.status_code == 410
    assert "Ruth Adeyemi is no longer in the directory" in text(answer)
    assert not [e for e in post.deliver(world) if "/l/" in e.body]


def test_a_code_goes_to_no_number_that_was_retired(world: World, texts: Any) -> None:
    link = factories.link(world)
    agencies.change_how_reached(
        link.member, by=world.priya, at=world.clock(), kind="PHONE", address="07700 900999",
        how_checked="She rang from it.",
    )  # fmt: skip
    visits.ask_for_code(link, by=None, at=world.clock(), address=None)
    numbers = Message.objects.filter(kind="CODE").values_list("to_address", flat=True)
    assert not [number for number in numbers if number.replace(" ", "").endswith("900123")]


def test_an_address_that_leads_nowhere_is_told_so_and_written_down(world: World) -> None:
    answer = get("/l/somethingthatnobodywassent/", at=world.clock(), **NAVIGATING)
    assert answer.status_code == 404
    assert "This link leads nowhere. " in text(answer).replace("</p>", " ")
    assert LinkAttempt.objects.get().what == "NOT_KNOWN"


def test_it_leads_to_the_one_exchange_and_to_none_of_the_others_of_the_same_person(world: World) -> None:
    ruth = factories.outside(world)
    first = factories.exchange_outside(world, listener=ruth)
    second = factories.exchange_outside(world, listener=ruth)
    member = first.link.member
    member.only_exchange = first.pk
    assert list(Exchange.objects.visible_to(member)) == [first]
    assert second.link.pk != first.link.pk


# --- Mail scanners, and staff ---------------------------------------------------------------------


def test_a_scanner_that_fetches_it_three_times_changes_nothing_and_opens_nothing(world: World) -> None:
    exchange = factories.exchange_outside(world)
    path = post.link_in(post.deliver(world), EMAIL)
    before, sessions = rows.snapshot(), Session.objects.count()
    for _ in range(3):
        assert get(path, at=world.clock()).status_code == 200
        with time_machine.travel(world.clock(), tick=False):
            assert Client().head(path).status_code == 405
            assert Client().options(path).status_code == 405
    difference = rows.changed(before, rows.snapshot())
    assert difference == {"sharing_linkattempt": 3}
    assert set(LinkAttempt.objects.values_list("what", "automated")) == {("LOOKED", True)}
    assert Session.objects.count() == sessions
    exchange.refresh_from_db()
    assert exchange.opened_at is None


def test_a_person_who_fetches_it_is_no_scanner_and_has_opened_nothing_either(world: World) -> None:
    link = factories.link(world)
    assert arrives(world, link).status_code == 200
    assert LinkAttempt.objects.get().automated is False
    link.exchange.refresh_from_db()
    assert link.exchange.opened_at is None


def test_the_page_before_the_code_names_nobody(world: World) -> None:
    exchange = factories.exchange_outside(world)
    page = text(get(post.link_in(post.deliver(world), EMAIL), at=world.clock(), **NAVIGATING))
    for name in ("Leo", "Marsh", "Ruth", "Adeyemi", "Hillside", "Priya", "Nair", exchange.reference):
        assert name not in page


def test_somebody_signed_in_is_told_that_the_link_is_not_their_way_in(
    world: World, signed_in: SignedIn
) -> None:
    link = factories.link(world)
    path = f"/l/{factories.token(world, link)}/"
    with time_machine.travel(world.clock(), tick=False):
        browser = signed_in(world.tom)
        for answer in (browser.get(path, headers=NAVIGATING), browser.post(path)):
            assert answer.status_code == 409
            assert "sign out first" in text(answer)
    assert not LinkAttempt.objects.filter(what="CODE_SENT").exists()
