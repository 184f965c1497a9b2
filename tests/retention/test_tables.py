"""Every table is in the list of what a disposal destroys or keeps, and the database has the list as it is."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from sharing.retention import sql
from sharing.retention.tables import TABLES, Kept

OURS = {"audit", "notifications", "agencies", "records", "consent", "sharing"}


def labels() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {m._meta.label_lower for m in models if m._meta.app_label in OURS}


def test_every_table_says_whether_it_is_destroyed_or_why_it_is_kept() -> None:
    assert labels() - set(TABLES) == set(), "Add them to sharing/retention/tables.py"
    assert set(TABLES) - labels() == set(), "There are no such tables any more"


def test_whatever_is_kept_says_why() -> None:
    assert all(fate.because for fate in TABLES.values() if isinstance(fate, Kept))


def body(source: str) -> str:
    return source.split("$$")[1]


@pytest.mark.django_db
def test_the_function_in_the_database_is_the_one_that_the_list_writes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'records_dispose'")
        (found,) = cursor.fetchone()
    assert found == body(sql.function()), "Add a migration with WriteDisposal() to write it again"
