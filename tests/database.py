"""The database that the databases of the tests are copied from: migrated once for every process that asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

from config import env
from config.local.suite import migrations_digest

LOCK = 2_611_842  # any number, the same in every process
PREFIX = "migrated_"
OURS = "SELECT datname FROM pg_database WHERE datname LIKE 'migrated\\_%'"


@contextmanager
def migrated() -> Iterator[None]:
    """Have test databases that are made in the block copied from one in which every migration has run.

    The caller is connected as the owner. The first process makes it, while others wait; one that was made
    of other migrations is removed.
    """
    name = PREFIX + migrations_digest()[:16]
    with closing(_beside()) as db:
        db.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = {n for (n,) in db.execute(OURS)}
        for old in known - {name}:
            db.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        if name not in known:
            _make(name)
            db.execute(f'ALTER DATABASE "{TEST_DATABASE_PREFIX}{name}" RENAME TO "{name}"')
        # A database is copied while nobody is connected to it, so the others wait for the copy too.
        connection.settings_dict["TEST"]["TEMPLATE"] = name
        try:
            yield
        finally:
            connection.settings_dict["TEST"]["TEMPLATE"] = None


def _beside() -> psycopg.Connection:
    """Connect to the server beside the database that is being made."""
    owner = env.database("DATABASE_OWNER_URL")
    return psycopg.connect(
        host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"],
        dbname="postgres", autocommit=True,
    )  # fmt: skip


def _make(name: str) -> None:
    """Make it as Django would make a test database of that name, and leave it."""
    before = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"] = name, None
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"] = before
