"""A day is a day in London: for an hour of every summer night UTC has another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

APPS = ("agencies", "audit", "config", "consent", "notifications", "records", "sharing")
# What was made local before its day is read says so by its name; the first day of a mark is nobody's.
LOCAL = {"local", "happened", "written", "FIRST_DAY + timedelta(days=nth)"}


def days_read() -> Iterator[tuple[str, str]]:
    """Every place where the day of a moment is taken as it stands."""
    for path in sorted(path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or node.args or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in {"date", "today"}:
                yield str(path.relative_to(settings.BASE_DIR)), ast.unparse(node.func.value)


def test_the_day_of_a_moment_is_read_in_local_time() -> None:
    found = list(days_read())
    assert found
    wrong = [(path, of) for path, of in found if of not in LOCAL and not of.startswith("calendar.local(")]
    assert not wrong, "use django.utils.timezone.localdate(moment)"
