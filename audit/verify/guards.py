"""The triggers and rights: is everything still in force that keeps the record from being changed?"""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps

from audit.verify.findings import Report, ask

TRIGGERS = """
    SELECT c.relname, t.tgname, t.tgenabled = 'O', coalesce(obj_description(t.oid, 'pg_trigger'), ''),
           p.prosrc
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal
"""
# A table that is not there has no trigger either, which is said of each.
MAY = "SELECT CASE WHEN to_regclass(%s) IS NOT NULL THEN has_table_privilege(%s, %s, %s) END"
CHANGES = ("UPDATE", "DELETE", "TRUNCATE")


def verify_guards(report: Report, *, role: str) -> None:
    """Compare triggers with the code, and the rights of the application's role with what it may have."""
    there = {(table, name): rest for table, name, *rest in ask(TRIGGERS)}
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            _in_force(report, model, trigger, there.get((model._meta.db_table, trigger.get_pgid(model))))
        if getattr(model, "append_only", False):
            _rights(report, model._meta.db_table, role)


def _in_force(report: Report, model: Any, trigger: Any, found: list[Any] | None) -> None:
    name = f"The trigger {trigger.name} of {model._meta.db_table}"
    if found is None:
        report.add("trigger", f"{name} is missing.")
        return
    enabled, digest, source = found
    compiled = trigger.compile(model)
    body = _body(str(compiled.install_sql), trigger, model)
    if not enabled:
        report.add("trigger", f"{name} is switched off.")
    elif digest != compiled.hash or source.split() != body.split():
        report.add("trigger", f"{name} is not the one that the code has.")


def _body(install: str, trigger: Any, model: Any) -> str:
    """Return the body of a trigger's function in the statement that makes it."""
    start = rf"FUNCTION {re.escape(trigger.get_pgid(model))}\(\)\s+RETURNS TRIGGER AS \$\$(.*?)\$\$"
    found = re.search(start, install, re.DOTALL)
    return found.group(1) if found else ""


def _rights(report: Report, table: str, role: str) -> None:
    if not ask("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]):
        return
    for right in CHANGES:
        if ask(MAY, [table, role, table, right])[0][0]:
            report.add("rights", f"The application's role {role} may {right} {table}.")
