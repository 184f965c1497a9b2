"""Text and values that no page may stumble over, and where in the database a text was put."""

from __future__ import annotations

from collections.abc import Container

from django.apps import apps
from django.db import connection, models

from tests.rows import OURS

RAW = '<script>alert("x7")</script>'
TEXTS = {
    "HTML": f"{RAW}<b>&amp;</b>'\"",
    "a template": "{{ 7*7 }}{% debug %}${7*7}",
    "a formula": "=1+1",
    "a formula after a tab": "\t@SUM(A1:A9)",
    "writing from right to left": "a\u202eb\u2066c\u200f",
    "lines": "one\ntwo\n\n three ",
    "an emoji of several characters": "👩🏽\u200d🚒",
    "SQL": "'); DROP TABLE sharing_exchange; --",
}
# Not stored: PostgreSQL cannot keep the first, and the second stands for what could not be read.
NOT_TEXT = {"NUL": "a\0b", "what could not be read": "a\ufffdb"}
# Every character of it has to be there again: at the ends, between lines, in either direction of writing.
LINE = "  two spaces, <b>&amp;</b> \"' 👩🏽\u200d🚒 a\u202eb\u2066c\u200f مرحبا\u00a0\t. "
LINES = f"\n\n{LINE}\n\n   three more\n{LINE}\n "
VALUE = "no such thing"
VALUES = ["9" * 400, "-1", "2027-13-45\0"]
MASS = {
    "role": "administrator",
    "is_superuser": "1",
    "is_staff": "1",
    "is_active": "0",
    "sent_at": "2020-01-01",
    "understood_at": "2020-01-01",
    "stage": "CLOSED",
    "agency": "planted-4711",
    "owner_id": "planted-4711",
    "speaker": "planted-4711",
    "logged_by": "planted-4711",
    "id": "1",
    "pk": "1",
    "actor": "planted-4711",
    "reference": "planted-4711",
}


def where_stands(*texts: str, tables: Container[str] | None = None) -> list[str]:
    """Return the columns of our tables that hold one of some texts exactly, on its own or within JSON.

    Those of some tables, where it is known to which ones somebody has written.
    """
    parts, quote = [], connection.ops.quote_name
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        if tables is not None and model._meta.db_table not in tables:
            continue
        for field in model._meta.concrete_fields:
            column, table = quote(str(field.column)), quote(model._meta.db_table)
            if isinstance(field, models.JSONField):
                test = f"jsonb_path_exists({column}, '$.** ? (@ == $x)', jsonb_build_object('x', w.x))"
            elif isinstance(field, (models.CharField, models.TextField)):
                test = f"{column} = w.x"
            else:
                continue
            name = f"{model._meta.db_table}.{field.column}"
            parts.append(f"SELECT '{name}' FROM {table}, w WHERE {test}")
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"WITH w AS (SELECT unnest(%s::text[]) AS x) {' UNION '.join(parts)}", [list(texts)])
        return [row[0] for row in cursor.fetchall()]
