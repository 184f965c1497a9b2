"""All of it, or all that belongs to one concern."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from audit.verify.contents import verify_contents
from audit.verify.findings import Progress, Report, ask
from audit.verify.guards import verify_guards
from audit.verify.heads import verify_heads
from audit.verify.links import verify_chain
from audit.verify.one import verify_concern
from audit.verify.rows import verify_rows


def no_progress(done: int, total: int) -> None:
    """Show nobody how far it is."""


def verify(
    *, role: str, concern: str = "", against: Iterable[str] | None = None, progress: Progress = no_progress
) -> Report:
    """Compare the record with its seals and return what does not fit. Changes nothing.

    `role` is the one that the application runs as. `concern` limits it to what belongs to one, and the seals
    that hold it. `against` are heads that were kept elsewhere (audit.verify.heads); raises NotHeads where
    they are none. Reads a portion at a time, all of it as it stood at one moment.
    """
    alone = not connection.in_atomic_block
    report = Report()
    with transaction.atomic():
        if alone:
            ask_nothing("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if against is not None:
            verify_heads(report, against)
        if concern:
            verify_concern(report, concern, roles=roles(role), progress=progress)
            verify_contents(report, concern=concern)
            return report
        verify_guards(report, role=role)
        leaves = ask("SELECT count(*) FROM audit_leaf")[0][0]
        verify_chain(report, roles=roles(role), progress=progress, total=2 * leaves)
        verify_rows(report, progress=progress, done=report.leaves, total=2 * leaves)
        verify_contents(report)
        progress(2 * leaves, 2 * leaves)
    return report


def roles(role: str) -> list[str]:
    """Return whose leaves are in order: the application's roles, and whoever asks unless they own it.

    The worker's role is the one that may write events and acts for every agency (grant_roles).
    """
    mine = ask(
        "SELECT session_user::text, relowner = session_user::regrole FROM pg_class"
        " WHERE relname = 'audit_leaf'"
    )[0]
    workers = ask(
        "SELECT r.rolname FROM pg_roles r, pg_class t"
        " WHERE t.oid = 'public.check_back_acts_for_all'::regclass AND NOT r.rolsuper AND r.oid <> t.relowner"
        " AND has_table_privilege(r.oid, t.oid, 'REFERENCES')"
        " AND has_table_privilege(r.oid, 'public.audit_event', 'INSERT')"
    )
    named = [role, *(row[0] for row in workers)]
    return named if mine[1] else [*named, mine[0]]


def ask_nothing(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
