"""Give the application's role its rights. Run as the owner of the tables, after every migrate."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from audit.operations import shapes

DEFAULT_ROLE = "check_back_app"


def app_role() -> str:
    """Return the role the application runs as: APP_ROLE, else the user in APP_DATABASE_URL."""
    if named := os.environ.get("APP_ROLE", "").strip():
        return named
    user = urlsplit(os.environ.get("APP_DATABASE_URL", "")).username
    return unquote(user) if user else DEFAULT_ROLE


def written_by_the_database() -> list[str]:
    """List the tables that triggers write and nobody else."""
    return sorted(m._meta.db_table for m in apps.get_models() if getattr(m, "written_by_database", False))


def append_only_tables() -> list[str]:
    """List the tables of the models that declare `append_only = True`."""
    return sorted(model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False))


class Command(BaseCommand):
    help = "Grant the application's role its rights; on append-only tables it may only read and add."

    def handle(self, *args: Any, **options: Any) -> None:
        role = app_role()
        grant(role)
        shapes.let_no_trigger_be_passed_over()
        sealed = shapes.write_down()
        self.stdout.write(
            f"{role} may read and write; {len(append_only_tables())} tables are append-only to it. "
            f"{sealed} parts of tables are sealed."
        )


@transaction.atomic
def grant(role: str) -> None:
    """Set the rights of a role on every table, the same each time this runs.

    Raises CommandError where there is no such role, or where it is the owner itself: an owner
    keeps every right whatever is revoked.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role]
        )
        is_owner, is_known = cursor.fetchone()
        if not is_known:
            raise CommandError(
                f"There is no role {role} on this server. Create it, or name another in APP_ROLE."
            )
        if is_owner:
            raise CommandError(
                f"You are connected as {role}, the role the application runs as. "
                "Run this with the owner's DATABASE_URL."
            )
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        tables = set(connection.introspection.table_names(cursor))
        for table in append_only_tables():
            if table in tables:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {quote(table)} FROM {quote(role)}")
        for table in written_by_the_database():
            if table in tables:
                cursor.execute(f"REVOKE INSERT ON {quote(table)} FROM {quote(role)}")
        # What migrations have been run is the owner's business.
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}")
