"""Which columns are sealed, written down once for each set of columns. As the owner, after each migration."""

from __future__ import annotations

from django.db import connection, transaction

from audit import leaves

ADD = """
    INSERT INTO audit_shape (key, table_name, part, columns, by_trigger) VALUES (%s, %s, %s, %s, false)
    ON CONFLICT DO NOTHING
"""
# pgtrigger lets every session name triggers that are to be passed over. Nobody is to be able to do that here.
NO_WAY_ROUND = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    AS 'SELECT false' LANGUAGE sql IMMUTABLE
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
