"""What a backup holds, written when it is made, and compared when it has been restored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

# Who is signed in and how often somebody tried has no place in another time.
LEFT_OUT = ("agencies_session", "django_session", "cache")


@dataclass(frozen=True)
class Manifest:
    """When a backup was made (UTC), of which version of the tables, and how many rows each table had."""

    made_at: str
    migrations: list[str]
    rows: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def take() -> Manifest:
    """Count every table of the database, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        made_at = cursor.fetchone()[0]
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [row[0] for row in cursor.fetchall()]
        rows = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in LEFT_OUT:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  # its own names
                rows[table] = cursor.fetchone()[0]
    return Manifest(made_at, migrations, rows)


def differences(expected: Manifest, found: Manifest) -> list[str]:
    """Say in a sentence each what did not come back as it was."""
    said = []
    if expected.migrations != found.migrations:
        said.append("The tables are of another version than when the backup was made.")
    for table in sorted(expected.rows.keys() | found.rows.keys()):
        before, after = expected.rows.get(table), found.rows.get(table)
        if before != after:
            said.append(f"{table} had {before} rows and has {after}.")
    return said
