"""Where a mark stands in the database: every column of every table that can hold text, and files."""

from __future__ import annotations

from django.db import connection

COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')
"""


def where_it_stands(mark: str) -> list[str]:
    """Return the columns in which a mark stands, in whatever case: in text, JSON, lists and files."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            said = f'"{column}"::text'
            if kind == "bytea":
                said = f"encode(\"{column}\", 'escape')"
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE {said} ILIKE %s)',
                [f"%{mark}%"],
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found
