"""A recipient reaches what they were told and nothing else, by page, list, search, notice or link.

Every field of the concern holds words of its own. Whoever listens, deputises, oversees or merely works
next to the listener opens every page they can find; only the words that were shared may turn up.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from notifications import operations as notifications
from notifications.models import Message
from sharing.operations import check_back
from tests import rows
from tests.access import cast as who
from tests.access.story import SECRET, SHARED, Story, everything_read, leaks


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Story]:
    """The concern, shared; the clock stands just after."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Story()
        with time_machine.travel(made.world.clock(), tick=False):
            made.cast.sign_in()
            yield made
        transaction.set_rollback(True)


@pytest.fixture
def story(told: Story) -> Iterator[Story]:
    """The same for each test, which takes back what it does."""
    moment = told.world.clock.moment
    with rows.taken_back():
        yield told
    told.world.clock.moment = moment


def searched(client: Client, words: dict[str, str]) -> dict[str, str]:
    """Search everywhere for each of some words."""
    found = {}
    for word in words.values():
        for address, field in (("/directory/", "query"), ("/people/", "name"), ("/concerns/new/", "name")):
            page = client.post(address, {field: word, "form_id": "2f5a4b3c-0000-4000-8000-000000000001"})
            # What was searched for stands in its box, which is not a find.
            found[f"{address} for {word}"] = page.content.decode().replace(f'value="{word}"', "")
            assert page.status_code < 500
    return found


def guesses(story: Story) -> list[str]:
    """Addresses that nobody is led to, but that somebody can type."""
    concern, child = story.concern.reference, story.child.reference
    own, other = story.exchange.reference, story.other.reference
    below = ("", "timeline/", "ask/", "do/", "summary/", "statements/", "cycle/1/sharing-decision/")
    return [
        "/",
        "/notices/",
        "/directory/",
        "/concerns/",
        "/people/",
        f"/people/{child}/",
        f"/enquiries/{concern}-Q1/",
        *(f"/concerns/{concern}/{page}" for page in below),
        *(
            f"/exchanges/{one}/{page}"
            for one in (own, other)
            for page in ("", "restate/", "check/", "agreement/", "preview/", "prepare/", "summary/", "send/")
        ),
    ]


RECIPIENTS = (who.LISTENER, who.DEPUTY, who.LISTENERS_LEAD)


@pytest.mark.parametrize("one", RECIPIENTS)
def test_a_recipient_reads_all_that_was_shared_and_nothing_else(story: Story, one: str) -> None:
    check_back.open_exchange(story.exchange, by=story.world.tom, at=story.world.clock())
    check_back.receive(story.exchange, by=story.world.tom, at=story.world.clock())
    client = story.cast.browser(one)
    pages = everything_read(client, guesses(story))
    page = pages[f"/exchanges/{story.exchange.reference}/"]
    assert [what for what, word in SHARED.items() if word not in page] == []
    assert leaks(pages, SECRET) == []
    assert leaks(searched(client, SECRET | SHARED), SECRET | SHARED) == []


@pytest.mark.parametrize("one", [who.BYSTANDER, who.STRANGER, who.STRANGERS_LEAD, who.COORDINATOR])
def test_whoever_was_told_nothing_reads_nothing(story: Story, one: str) -> None:
    client = story.cast.browser(one)
    assert leaks(everything_read(client, guesses(story)), SHARED | SECRET) == []


@pytest.mark.parametrize("one", [who.ADMINISTRATOR, who.AUDITOR])
def test_whoever_looks_after_staff_or_the_audit_reads_no_word_of_a_concern(story: Story, one: str) -> None:
    client = story.cast.browser(one)
    start = [*guesses(story), "/team/", "/contact-points/", "/audit/events/", "/audit/access/"]
    assert leaks(everything_read(client, start), SHARED | SECRET) == []


def test_nothing_is_read_before_the_exchange_is_opened_but_who_sent_it(story: Story) -> None:
    page = story.cast.browser(who.LISTENER).get(f"/exchanges/{story.exchange.reference}/").content.decode()
    assert leaks({"the unopened exchange": page}, SHARED | SECRET) == []
    assert story.by.full_name in page


@pytest.mark.parametrize("one", RECIPIENTS)
@pytest.mark.parametrize("how", ["not mine", "withdrawn"])
def test_what_was_sent_back_or_withdrawn_is_gone_for_good(story: Story, one: str, how: str) -> None:
    tom, clock = story.world.tom, story.world.clock
    exchange = check_back.open_exchange(story.exchange, by=tom, at=clock())
    if how == "not mine":
        check_back.not_mine(exchange, by=tom, at=clock(), note="Not my area.")
    else:
        check_back.withdraw(exchange, by=story.by, at=clock(), why="Another child.")
    assert leaks(everything_read(story.cast.browser(one), guesses(story)), SHARED | SECRET) == []


def test_no_notice_holds_a_word_of_it(story: Story) -> None:
    notices = {m.reference: str(notifications.written(m).message()) for m in Message.objects.all()}
    assert notices
    assert leaks(notices, SHARED | SECRET) == []


def test_the_owner_reads_every_word_so_that_each_could_have_been_found(story: Story) -> None:
    pages = everything_read(story.cast.browser(who.OWNER), guesses(story))
    words = {what: word for what, word in SECRET.items() if what != "the right place"}  # shown to nobody yet
    unseen = [what for what, word in words.items() if not leaks(pages, {what: word})]
    assert unseen == []
