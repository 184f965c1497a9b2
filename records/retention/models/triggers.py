"""How the database keeps these rows: what only a disposal writes, and what is added and ended once."""

from __future__ import annotations

import pgtrigger

# What only the function `records_dispose` writes (sharing/retention/sql.py): it runs as the tables' owner.
ONLY_BY_DISPOSAL = """
    IF current_user <> (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID) THEN
        RAISE EXCEPTION 'only a disposal that two people agreed writes this';
    END IF;
    RETURN NEW;
"""


def only_by_disposal(name: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse to change a column to everybody but the function that disposes."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    unchanged = f"IF ROW({new}) IS NOT DISTINCT FROM ROW({old}) THEN RETURN NEW; END IF;"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf(*columns),
        func=unchanged + ONLY_BY_DISPOSAL,
    )


def added_and_ended(name: str, *ends: str) -> list[pgtrigger.Trigger]:
    """Refuse to delete a row, or to change anything of it but how it ends, once."""
    return [
        pgtrigger.Protect(name=f"{name}_never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name=f"{name}_never_changes", exclude=list(ends)),
        pgtrigger.Protect(
            name=f"{name}_ends_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(**{f"old__{ends[0]}__isnull": False}),
        ),
    ]
