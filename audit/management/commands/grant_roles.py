"""Give the application's role its rights. Run as the owner of the tables, after every migrate."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from audit.operations import shapes

DEFAULT_ROLE = "check_back_app"
# Where a part has a role of its own: the variable that names it, the one with its address, its usual name.
OTHER_ROLES = {
    "worker": ("WORKER_ROLE", "DATABASE_WORKER_URL", "check_back_worker"),
    "auditor": ("AUDITOR_ROLE", "DATABASE_AUDITOR_URL", "check_back_auditor"),
    "backup": ("BACKUP_ROLE", "DATABASE_BACKUP_URL", "check_back_backup"),
}
# How people sign in is no affair of what works in the background.
NOTHING_FOR_THE_WORKER = (
    "django_session",
    "agencies_session",
    "cache",
    "mfa_",
    "account_",
    "auth_",
    "agencies_user_",
)
# It says nothing in anybody's name: who there is, what was said and decided, it only reads.
ONLY_READ_BY_THE_WORKER = (
    *("agencies_user", "agencies_membership", "agencies_agency", "agencies_partnership", "agencies_deputy"),
    *("agencies_absence", "agencies_timelimit", "agencies_openinghours", "agencies_closedday"),
    *("records_person", "records_relationship", "records_protecteddetail", "records_protectedfrom"),
    *("records_subject", "records_statement", "records_statement_rests_on", "records_worry"),
    *("records_restriction", "records_named", "records_legalhold", "records_retentionclass"),
    *("consent_basis", "consent_view", "consent_sharingdecision"),
    *("sharing_item", "sharing_heldback", "sharing_exchangeperson", "sharing_round", "sharing_verdict"),
    *("sharing_agreement", "sharing_position", "sharing_outcome", "sharing_contribution", "sharing_minutes"),
    *("sharing_meetingdecision", "sharing_summary", "sharing_correction", "sharing_piecedecision"),
)
SEES_ALL = "check_back_acts_for_all"
NOTHING_FOR_THE_AUDITOR = ("agencies_user", "agencies_draft", "agencies_submission", "records_keptsearch")


def app_role() -> str:
    """Return the role the web server runs as: APP_ROLE, else the user in APP_DATABASE_URL."""
    return _named("APP_ROLE", "APP_DATABASE_URL", DEFAULT_ROLE)


def role_of(part: str) -> str:
    """Return the role of another part, which a small installation need not have."""
    return _named(*OTHER_ROLES[part])


def _named(variable: str, address: str, usual: str) -> str:
    if named := os.environ.get(variable, "").strip():
        return named
    user = urlsplit(os.environ.get(address, "")).username
    return unquote(user) if user else usual


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
        others = [part for part in OTHER_ROLES if grant_other(part, role_of(part))]
        shapes.let_no_trigger_be_passed_over()
        sealed = shapes.write_down()
        also = f", and {', '.join(others)} what each of them needs" if others else ""
        self.stdout.write(
            f"{role} may read and write{also}; {len(append_only_tables())} tables are append-only to it. "
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
        # What migrations have been run is the owner's business, and so is who passes over row security.
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {SEES_ALL} FROM {quote(role)}")


@transaction.atomic
def grant_other(part: str, role: str) -> bool:
    """Set the rights of the role of another part. Returns False where there is none of its own."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s IN (SELECT rolname FROM pg_roles) AND %s <> current_user", [role, role])
        if not cursor.fetchone()[0] or role == app_role():
            return False
        tables = set(connection.introspection.table_names(cursor))
    if part == "worker":
        grant(role)
        _run(
            *(f"REVOKE ALL ON {quote(t)} FROM {quote(role)}" for t in sorted(tables) if is_nothing_to_it(t)),
            *(
                f"REVOKE INSERT, UPDATE, DELETE ON {quote(table)} FROM {quote(role)}"
                for table in ONLY_READ_BY_THE_WORKER
            ),
            *(
                f"GRANT UPDATE ({quote(key)}) ON {quote(table)} TO {quote(role)}"
                for table, key in locked_by_the_worker()
            ),
        )
    else:
        read = [one for one in tables if part == "backup" or is_read_by_the_auditor(one)]
        _run(
            f"GRANT USAGE ON SCHEMA public TO {quote(role)}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {quote(role)}",
            *(f"GRANT SELECT ON {quote(table)} TO {quote(role)}" for table in sorted(read)),
        )
    if part == "backup":  # pg_dump asks for every row or an error, and needs no other way past the policies
        _run(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
    else:
        _run(f"GRANT REFERENCES ON {SEES_ALL} TO {quote(role)}")
    return True


def locked_by_the_worker() -> list[tuple[str, str]]:
    """List which rows the worker may lock, by the column for which PostgreSQL wants a right to change then.

    Every row that is referred to keeps its number all the same.
    """
    models = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    appended = append_only_tables()
    read = [models[table] for table in ONLY_READ_BY_THE_WORKER if table not in appended]
    return [(model._meta.db_table, str(model._meta.pk.column)) for model in read]


def is_nothing_to_it(table: str) -> bool:
    """Say whether a table is kept from the worker."""
    return table.startswith(NOTHING_FOR_THE_WORKER)


def is_read_by_the_auditor(table: str) -> bool:
    """Say whether a table is read to verify the record: the chain, each row of which it keeps the hash, and
    what says to which concern that belongs. Neither how people sign in nor what they have not sent.
    """
    return not is_nothing_to_it(table) and table not in NOTHING_FOR_THE_AUDITOR


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
