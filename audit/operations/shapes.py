"""Which columns are sealed, written down once for each set of columns. As the owner, after each migration."""

from __future__ import annotations

from django.db import connection, transaction

from audit import leaves

ADD = """
    INSERT INTO audit_shape (key, table_name, part, columns, by_trigger) VALUES (%s, %s, %s, %s, false)
    ON CONFLICT DO NOTHING
"""
# pgtrigger lets every session name triggers that are to be passed over. Here that has no effect, but within a
# function that runs as the owner of the tables for somebody else: the one that disposes of a record
# (sharing/retention/sql.py), which names them itself.
NO_WAY_ROUND = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
    BEGIN
        IF current_user = session_user THEN RETURN false; END IF;
        RETURN trigger_name = ANY(
                coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}')::name[])
           AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c
                               WHERE c.oid = 'public.audit_event'::regclass);
    END $$
"""


@transaction.atomic
def write_down() -> int:
    """Add what is not written down yet of what models seal. Returns how many parts of tables are sealed."""
    found = leaves.shapes()
    with connection.cursor() as cursor:
        cursor.executemany(ADD, [(s.key, s.table, s.part.name, list(s.columns)) for s in found])
    return len(found)


@transaction.atomic
def let_no_trigger_be_passed_over() -> None:
    """Take away pgtrigger's own way round its triggers, which it brings back with each of its migrations."""
    with connection.cursor() as cursor:
        cursor.execute(NO_WAY_ROUND)
