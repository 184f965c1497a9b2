"""Pages that may be a few seconds old are read from the replica, nothing else is, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, connections, router
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agencies import stale
from agencies.models import Membership, Session
from config.replica import OwnWrites
from records.search import kept
from sharing.models import Item, Obligation
from sharing.states import State
from tests import factories
from tests.architecture.test_layers import ROOT
from tests.factories import World
from tests.reaching import reach
from tests.signing_in import SignedIn

# Lists and counts. Whoever adds one says in docs/decisions/0036 why an answer of some seconds ago will do.
MAY_BE_STALE = {
    "audit_access",
    "audit_access_file",
    "audit_events",
    "found",
    "lead",
    "learning",
    "learning-file",
    "record-quality",
}


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed, so that another connection sees it."""
    return factories.make_world()


@pytest.fixture
def replica(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second connection to the tests' database, in the place of a replica that is up to date."""
    monkeypatch.setitem(settings.DATABASES, stale.REPLICA, connections["default"].settings_dict)
    monkeypatch.setattr(stale, "freshness", stale.Freshness())
    monkeypatch.setattr(stale, "_replayed", stale._written)
    connections[stale.REPLICA].connect()  # Django refuses the tests a database that the settings did not have
    yield
    connections[stale.REPLICA].close()
    del connections[stale.REPLICA]


def signed_in_with_own_writes(signed_in: SignedIn, member: Membership) -> Client:
    """A browser of a service that was started with a replica."""
    client = signed_in(member)
    handler: Any = client.handler
    handler.load_middleware()
    handler._middleware_chain = OwnWrites(handler._middleware_chain)
    return client


def from_replica(client: Client, address: str) -> int:
    """Look at a page and count the statements that the replica answered."""
    with CaptureQueriesContext(connections[stale.REPLICA]) as seen:
        answer: Any = client.get(address)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code == 200
    return sum("FROM" in one["sql"] for one in seen.captured_queries)


def patterns(entries: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns)
        else:
            yield entry


def test_these_pages_and_no_others_may_be_stale() -> None:
    every = patterns(get_resolver().url_patterns)
    assert {one.name for one in every if getattr(one.callback, "may_be_stale", False)} == MAY_BE_STALE


@pytest.mark.parametrize("name", sorted(MAY_BE_STALE))
def test_no_stale_page_takes_a_form(name: str, signed_in: SignedIn, world: World) -> None:
    given = {"found": ["00000000-0000-4000-8000-000000000000"], "learning-file": ["times"]}
    answer = signed_in(world.school.lead).post(reverse(name, args=given.get(name)))
    assert answer.status_code in (403, 405)


def test_only_pages_may_read_from_the_replica() -> None:
    using = [
        path.relative_to(ROOT).as_posix()
        for app in ("agencies", "audit", "consent", "records", "notifications", "sharing", "config")
        for path in (ROOT / app).rglob("*.py")
        if "local" not in path.parts
        and ("stale.reading" in (text := path.read_text()) or '"replica"' in text)
    ]
    assert sorted(using) == ["agencies/stale.py", "config/replica.py", "config/settings.py"]


def test_a_list_is_read_from_the_replica_and_who_is_asking_is_not(
    signed_in: SignedIn, world: World, replica: None
) -> None:
    client = signed_in(world.school.lead)
    with CaptureQueriesContext(connection) as primary:
        assert from_replica(client, "/lead/") >= 3
    asked = " ".join(one["sql"] for one in primary.captured_queries)
    assert "agencies_membership" in asked
    assert "agencies_session" in asked
    assert "sharing_obligation" not in asked


def test_the_look_itself_is_written_to_the_primary(signed_in: SignedIn, world: World, replica: None) -> None:
    client = signed_in(world.school.lead)
    with CaptureQueriesContext(connection) as primary:
        client.get("/lead/")
    assert any(one["sql"].startswith('INSERT INTO "audit_access"') for one in primary.captured_queries)


@pytest.mark.parametrize("address", ["/", "/concerns/", "/directory/", "/cover/"])
def test_a_page_without_the_mark_never_reads_the_replica(
    address: str, signed_in: SignedIn, world: World, replica: None
) -> None:
    assert from_replica(signed_in(world.school.lead), address) == 0


def test_a_file_of_looks_is_read_from_the_replica_to_its_end(
    signed_in: SignedIn, world: World, replica: None
) -> None:
    client = signed_in(world.school.auditor)
    assert from_replica(client, "/audit/access/file/") >= 2
    assert not stale.is_reading()


def test_whoever_changed_something_reads_the_primary(
    signed_in: SignedIn, world: World, replica: None
) -> None:
    client = signed_in_with_own_writes(signed_in, world.school.lead)
    assert from_replica(client, "/lead/") > 0
    client.post("/concerns/new/person/", {})
    cookie = client.cookies[stale.wrote_cookie()]
    assert int(cookie["max-age"]) > settings.REPLICA_SECONDS
    assert cookie["httponly"]
    assert from_replica(client, "/lead/") == 0


def test_a_search_is_kept_on_the_primary_and_its_results_may_come_from_the_replica(
    signed_in: SignedIn, world: World, replica: None
) -> None:
    client = signed_in_with_own_writes(signed_in, world.school.lead)
    page = client.get("/find/")
    answer = client.post(
        "/find/", {"text": "Marsh", "form_id": page.context["form"]["form_id"].value(), "state": kept.ANY}
    )
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    assert stale.wrote_cookie() not in client.cookies
    assert from_replica(client, answer["Location"]) > 0


def test_nothing_can_be_written_where_the_replica_is_read(world: World, replica: None) -> None:
    with pytest.raises(DatabaseError, match="read-only transaction"), stale.reading():
        Obligation.objects.using(stale.REPLICA).update(is_urgent=True)
    with stale.reading():
        assert router.db_for_write(Obligation) == "default"
        assert router.db_for_write(Obligation, instance=_read_there(world)) == "default"
        assert router.db_for_read(Obligation) == stale.REPLICA
        assert router.db_for_read(Session) == "default"
    assert router.db_for_read(Obligation) == "default"


def test_the_replica_gives_each_what_is_theirs_and_nobody_more(world: World, replica: None) -> None:
    """PostgreSQL is told there too who asks, and for that one reading."""
    factories.exchange_at(world, State.UNDERSTOOD)
    connection_of_the_replica = connections[stale.REPLICA]
    reach(connection_of_the_replica, everything=False)
    for member, is_theirs in (
        (world.priya, True),
        (world.stranger.lead, False),
        (world.tom, True),
        (None, False),
        (world.amara, False),
    ):
        with stale.reading(member):
            assert Item.objects.db == stale.REPLICA
            assert Item.objects.exists() is is_theirs, member
        assert not Item.objects.using(stale.REPLICA).exists()


def _read_there(world: World) -> Membership:
    found = Membership.objects.get(pk=world.priya.pk)
    assert found._state.db == stale.REPLICA
    return found


def test_a_row_that_was_read_there_is_locked_on_the_primary(world: World, replica: None) -> None:
    with stale.reading():
        assert Membership.objects.select_for_update().db == "default"


def test_a_page_is_made_from_the_primary_where_the_replica_fails(
    signed_in: SignedIn, world: World, replica: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world.school.lead)

    def gone(*args: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connections[stale.REPLICA].execute_wrapper(gone):
        assert client.get("/lead/").status_code == 200
    assert not stale.freshness.is_good()


def test_a_replica_that_cannot_be_asked_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def away() -> int:
        asked.append(time.monotonic())
        raise OperationalError

    monkeypatch.setattr(stale, "_written", lambda: 100)
    monkeypatch.setattr(stale, "_replayed", away)
    fresh = stale.Freshness()
    assert [fresh.is_good() for _ in range(3)] == [False] * 3
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("replayed", "good"),
    [([100, 250], True), ([100, 200], True), ([100, 100], True), ([90, 90], False), ([100, None], False)],
)
def test_it_is_fresh_where_it_has_what_the_primary_wrote_some_seconds_ago(
    replayed: list[int | None], good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The primary was at 100, and a second later at 200."""
    written = iter([100, 200])
    answers = iter(replayed)
    monkeypatch.setattr(stale, "LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(stale, "_written", lambda: next(written))
    monkeypatch.setattr(stale, "_replayed", lambda: next(answers))
    fresh = stale.Freshness()
    fresh.is_good()
    assert fresh.is_good() is good


def test_it_is_not_fresh_where_it_has_only_what_was_written_too_long_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = iter([100, 200, 300])
    monkeypatch.setattr(stale, "LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(stale, "_written", lambda: next(written))
    monkeypatch.setattr(stale, "_replayed", lambda: 100)
    clock = iter([0.0, 0.0, 4.9, 4.9, 5.1, 5.1])
    monkeypatch.setattr("agencies.stale.time.monotonic", lambda: next(clock))
    fresh = stale.Freshness()
    assert [fresh.is_good() for _ in range(3)] == [True, True, False]
