"""PostgreSQL gives no row of another agency, whatever a query of ours forgot to ask."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse

from agencies import hats, prepared, scope
from agencies.models import Membership
from agencies.row_security import POLICY
from agencies.session_store import SessionStore
from audit.management.commands import grant_roles
from records.models import Concern, Person
from records.querysets import ConcernQuerySet, PersonQuerySet
from sharing import querysets as sharing
from sharing.models import Exchange, Item
from sharing.operations import tick
from sharing.states import State
from tests import factories
from tests.architecture.row_security import ACROSS, OPEN
from tests.conftest import as_owner
from tests.factories import World
from tests.reaching import reach
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db

WORDS = (models.TextField, models.CharField, models.JSONField, models.BinaryField)
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
PROTECTED = sorted(
    {
        table
        for path in Path(settings.BASE_DIR).glob("*/migrations/*.py")
        for table in re.findall(r'protect\(\s*"(\w+)"', path.read_text())
    }
)


def ask(sql: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@contextmanager
def as_a_page(member: Membership | None) -> Iterator[None]:
    """Reach what a page of somebody reaches, then everything again."""
    reach(connection, everything=False)
    try:
        with transaction.atomic():
            scope.tell(member)
            yield
    finally:
        reach(connection, everything=True)


def rows_of(table: str) -> int:
    return int(ask(f"SELECT count(*) FROM {table}")[0][0])


def without_policies(table: str) -> int:
    """Count as pg_dump reads: every row, or an error."""
    with connection.cursor() as cursor:
        cursor.execute("SET row_security = off")
    return rows_of(table)


# --- The tables --------------------------------------------------------------------------------


def test_every_table_with_words_is_protected_or_open_for_a_reason() -> None:
    with_words = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(isinstance(f, WORDS) and not f.choices for f in model._meta.concrete_fields)
    }
    forgotten = with_words - set(PROTECTED) - set(OPEN)
    assert not forgotten, (
        f"{', '.join(sorted(forgotten))}: protect it in a migration (agencies/row_security.py), "
        "or say in tests/architecture/row_security.py why it is open."
    )
    assert not set(OPEN) & set(PROTECTED)
    assert not set(OPEN) - with_words


@pytest.mark.parametrize("table", PROTECTED)
def test_row_security_holds_for_the_owner_too(table: str) -> None:
    found = ask(
        "SELECT c.relrowsecurity, c.relforcerowsecurity, array_agg(p.polname::text)"
        " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.oid = %s::regclass GROUP BY c.oid",
        [table],
    )
    assert found == [(True, True, [POLICY])]


def test_postgresql_knows_that_it_costs_something_to_ask_whether_a_row_is_mine() -> None:
    """Or it reads whole tables and asks of every row, where an index leads to the one that is wanted."""
    asked = ask(
        "SELECT proname, procost FROM pg_proc WHERE proname LIKE 'check\\_back\\_%%'"
        " AND prosecdef AND prorettype = 'boolean'::regtype"
    )
    assert asked
    assert {name for name, cost in asked if cost < 1000} == set()


def test_where_nothing_is_told_there_is_no_row(world: World) -> None:
    factories.exchange_at(world, State.UNDERSTOOD)
    assert rows_of("sharing_item")
    with as_a_page(None):
        assert {table: rows_of(table) for table in PROTECTED} == dict.fromkeys(PROTECTED, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_told_does_not_outlast_the_transaction(world: World) -> None:
    factories.exchange_at(world, State.UNDERSTOOD)
    reach(connection, everything=False)
    with transaction.atomic():
        scope.tell(world.tom)
        assert rows_of("sharing_item")
        assert ask("SELECT current_setting('check_back.agency')") == [(str(world.tom.agency_id),)]
    assert ask("SELECT current_setting('check_back.agency')") == [("",)]
    assert rows_of("sharing_item") == 0


@pytest.mark.django_db(transaction=True)
def test_what_a_page_tells_does_not_outlast_it_either(world: World) -> None:
    """A page tells it with the statement that looks up who is asking."""
    session = SessionStore()
    session[hats.HAT] = str(world.tom.pk)
    reach(connection, everything=False)
    with transaction.atomic():
        assert hats.worn(world.tom.account, session) == world.tom
        assert ask("SELECT current_setting('check_back.agency')") == [(str(world.tom.agency_id),)]
    assert ask("SELECT current_setting('check_back.agency')") == [("",)]


@pytest.mark.django_db(transaction=True)
def test_who_asks_is_told_in_a_transaction_or_not_at_all(world: World) -> None:
    with pytest.raises(RuntimeError, match="within a transaction"):
        scope.tell(world.tom)


def test_the_block_that_reaches_across_ends(world: World) -> None:
    factories.exchange_at(world, State.UNDERSTOOD)
    with as_a_page(None):
        with scope.across_agencies("a test"):
            assert rows_of("sharing_item")
        assert rows_of("sharing_item") == 0


def test_nothing_else_reaches_across_agencies() -> None:
    found: dict[str, int] = {}
    for app in ("agencies", "audit", "consent", "notifications", "records", "sharing"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            count = path.read_text().count("across_agencies(")
            if count and path.name != "scope.py":
                found[path.relative_to(settings.BASE_DIR).as_posix()] = count
    assert found == ACROSS


def test_nobody_sets_anything_for_a_whole_session() -> None:
    """Behind a pooler the next transaction of the session is somebody else's."""
    banned = re.compile(r"\bSET\s+(SESSION\s+)?check_back|set_config\([^)]*,\s*(false|False)\s*\)")
    for app in ("agencies", "audit", "config", "consent", "notifications", "records", "sharing"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            if Path(settings.BASE_DIR, "config", "local") in path.parents:
                continue  # what tries the service from outside
            assert not banned.search(path.read_text()), path


# --- With our own filters taken out ------------------------------------------------------------


def everything(self: Any, member: Membership | None) -> Any:
    return self.all()


@pytest.fixture
def no_filters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take out what our own queries ask about who may see a row."""
    for queryset in (ConcernQuerySet, PersonQuerySet):
        monkeypatch.setattr(queryset, "visible_to", everything)
    for name in ("Exchange", "Enquiry", "Action", "Disagreement", "Meeting", "Transfer"):
        monkeypatch.setattr(getattr(sharing, f"{name}QuerySet"), "visible_to", everything)
    prepared.forget()
    yield
    prepared.forget()


def words_of(world: World) -> tuple[Exchange, Concern, Person]:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = exchange.cycle.concern
    person = concern.subjects.get(is_main=True).person
    return exchange, concern, person


def test_with_our_filters_out_a_stranger_reads_nothing(
    world: World,
    signed_in: SignedIn,
    no_filters: None,
) -> None:
    exchange, concern, person = words_of(world)
    item = exchange.items.first()
    assert item is not None
    stranger = world.stranger.practitioner
    addresses = [
        reverse("exchange", args=[exchange.reference]),
        reverse("concern", args=[concern.reference]),
        reverse("person", args=[person.reference]),
    ]
    browser = signed_in(stranger)
    for address in addresses:
        try:
            said = browser.get(address).content.decode()
        except Exception as error:  # noqa: BLE001  # a page without its rows may fail, and shows nothing
            said = str(error)
        assert item.text not in said
        assert person.last_name not in said
    with as_a_page(stranger):
        for model in (Exchange, Item, Person):
            assert not model.objects.all().exists(), model


def test_the_same_stranger_reads_it_where_row_security_is_passed_over(
    world: World,
    signed_in: SignedIn,
    no_filters: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the test above fails where PostgreSQL does not keep the rows back."""
    exchange, _, _ = words_of(world)
    item = exchange.items.first()
    assert item is not None
    monkeypatch.setattr("agencies.hats.scope.told_with", lambda **_: {})
    monkeypatch.setattr("tests.reaching.reach", lambda *_, **__: None)
    browser = signed_in(world.stranger.practitioner)
    said = browser.get(reverse("exchange", args=[exchange.reference])).content.decode()
    assert item.text in said


def test_each_side_still_reads_what_is_theirs(world: World) -> None:
    exchange, _, person = words_of(world)
    for member in (exchange.speaker, exchange.listener):
        with as_a_page(member):
            assert Item.objects.filter(exchange=exchange).exists()
    with as_a_page(exchange.listener):
        assert not Person.objects.filter(pk=person.pk).exists()


def test_nobody_writes_into_what_they_do_not_reach(world: World) -> None:
    exchange, _, _ = words_of(world)
    with as_a_page(world.stranger.practitioner):
        assert not Item.objects.filter(exchange=exchange).update(is_key=True)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Item.objects.create(exchange=exchange, number=99, kind="FACT", text="Put in by a stranger")


# --- The roles ---------------------------------------------------------------------------------

PARTS = ("web", *grant_roles.OTHER_ROLES)


def role_of(part: str) -> str:
    return grant_roles.app_role() if part == "web" else grant_roles.role_of(part)


def may(role: str, right: str, table: str) -> bool:
    return bool(ask("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])[0][0])


@pytest.mark.parametrize("part", PARTS)
def test_no_role_is_more_than_it_needs(part: str) -> None:
    role = role_of(part)
    powers = ask(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    )
    assert powers == [(False, part == "backup")]
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [role]) == [(0,)]
    assert ask("SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole", [role]) == [(0,)]


@pytest.mark.parametrize("part", ["auditor", "backup"])
def test_who_only_reads_writes_nothing(part: str) -> None:
    role = role_of(part)
    tables = [row[0] for row in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    written = {t: r for t in tables for r in WRITES[:4] if may(role, r, t)}
    assert written == {}
    read = {table for table in tables if may(role, "SELECT", table)}
    if part == "backup":
        assert read == set(tables)
    else:
        assert {"audit_seal", "sharing_item", "agencies_filechunk"} <= read
        assert not read & {"django_session", "mfa_authenticator", "agencies_user", "agencies_draft"}


def test_the_worker_says_nothing_in_anybodys_name() -> None:
    role = role_of("worker")
    for table in grant_roles.ONLY_READ_BY_THE_WORKER:
        assert [right for right in WRITES if may(role, right, table)] == [], table
    for table in ("django_session", "mfa_authenticator", "account_emailaddress", "auth_permission"):
        assert not may(role, "SELECT", table), table


def test_only_the_worker_and_the_auditor_pass_over_row_security() -> None:
    passing = {part for part in PARTS if may(role_of(part), "REFERENCES", grant_roles.SEES_ALL)}
    assert passing == {"worker", "auditor"}


@pytest.mark.django_db(transaction=True)
def test_the_worker_finds_what_is_due_in_every_agency(world: World) -> None:
    factories.exchange_at(world, State.SENT)
    with as_owner("WORKER"):
        reach(connection, everything=False)
        scope.require_everything()
        assert rows_of("sharing_item")
        assert tick.tick(seconds=5).sent


@pytest.mark.django_db(transaction=True)
def test_background_work_as_the_web_role_stops_instead_of_finding_nothing(world: World) -> None:
    reach(connection, everything=False)
    with pytest.raises(RuntimeError, match="own role"):
        scope.require_everything()


@pytest.mark.django_db(transaction=True)
def test_the_auditor_verifies_the_record(world: World) -> None:
    factories.exchange_at(world, State.UNDERSTOOD)
    call_command("seal_record", stdout=io.StringIO())
    said = io.StringIO()
    with as_owner("AUDITOR"):
        reach(connection, everything=False)
        call_command("verify_record", "--no-entry", stdout=said)
    assert "Everything fits." in said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_backup_sees_every_row_or_fails(world: World) -> None:
    factories.exchange_at(world, State.UNDERSTOOD)
    count = rows_of("sharing_item")
    with as_owner("BACKUP"):
        reach(connection, everything=False)
        assert without_policies("sharing_item") == count
    for part in ("WORKER", "OWNER"):
        with as_owner(part), pytest.raises(DatabaseError, match="row-level security"):
            without_policies("sharing_item")
