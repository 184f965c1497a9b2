"""What the role that the application, the workers and these tests connect as cannot do."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from audit.operations import record

pytestmark = pytest.mark.django_db

AsOwner = Callable[[], AbstractContextManager[None]]
APPEND_ONLY = [model for model in apps.get_models() if getattr(model, "append_only", False)]


def ask(sql: str) -> object:
    """Return the one value that a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_role_is_no_superuser_and_passes_no_row_security() -> None:
    powers = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert ask(f"SELECT {powers} FROM pg_roles WHERE rolname = current_user") is False


def test_role_owns_nothing() -> None:
    assert ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0
    assert ask("SELECT count(*) FROM pg_database WHERE datdba = current_user::regrole") == 0
    assert ask("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole") == 0


def test_role_makes_no_table() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask("CREATE TABLE mine (id int); SELECT 1")


def test_role_turns_no_trigger_off() -> None:
    for statement in (
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
            ask(f"{statement}; SELECT 1")


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model._meta.db_table)
def test_append_only_table_is_only_read_and_added_to(model: type[Event]) -> None:
    table = model._meta.db_table
    adds = not getattr(model, "written_by_database", False)
    for right, held in (("SELECT", True), ("INSERT", adds), ("UPDATE", False), ("DELETE", False)):
        assert ask(f"SELECT has_table_privilege('{table}', '{right}')") is held, right
    assert ask(f"SELECT has_table_privilege('{table}', 'TRUNCATE')") is False


def test_audit_is_among_the_append_only_tables() -> None:
    assert {"audit_event", "audit_access"} <= {model._meta.db_table for model in APPEND_ONLY}


@pytest.mark.django_db(transaction=True)
def test_owner_is_somebody_else(connected_as_owner: AsOwner) -> None:
    application = ask("SELECT current_user")
    with connected_as_owner():
        assert ask("SELECT current_user") != application


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["once", "again"])
def test_tables_are_empty_after_a_test_that_committed_to_them(turn: str) -> None:
    """Whichever turn comes second finds nothing of the first, though no trigger lets a row be deleted."""
    assert Event.objects.count() == 0
    with transaction.atomic():
        record("tests.turn_taken", by=None, at=timezone.now(), subject=turn)
    with pytest.raises(DatabaseError):
        Event.objects.all().delete()
