"""How long the access log takes to search at a million looks, and that each search walks an index.

Not among the tests: the figures are in docs/record.md.

    LOOKS=1000000 make test ARGS="tests/benchmarks/access_log.py -q -s"
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from audit import looks
from audit.kinds import Look
from audit.looks import Sought, place
from audit.models import Access
from tests import factories
from tests.conftest import as_owner, empty_tables

LOOKS = int(os.environ.get("LOOKS", "1000000"))
TIMES = 5
# Two years at four agencies, most of it at one; 60 people; 5,000 concerns, a few looked at all the time;
# every fifth look a list of ten, every twelfth refused, one of ten thousand in an emergency.
FILL = """
INSERT INTO audit_access
    (at, actor_id, actor, agency, role, action, subject, shown, outcome, why, break_glass, address)
SELECT timestamptz '2025-01-01 00:00Z' + n * interval '63 seconds',
       ('00000000-0000-0000-0000-' || lpad((n %% 60)::text, 12, '0'))::uuid,
       'Somebody ' || n %% 60, (ARRAY['st-wulstans','st-wulstans','st-wulstans','front-door'])[1 + n %% 4],
       CASE WHEN n %% 60 = 7 THEN 'administrator' WHEN n %% 5 = 0 THEN 'lead' ELSE 'practitioner' END,
       (ARRAY['concern','exchange','timeline','preview','person','document file'])[1 + n %% 6],
       'WF-26-' || lpad((power(random(), 3) * 5000)::int::text, 4, '0')
           || (ARRAY['','-X1','-A1',''])[1 + n %% 4],
       '{}', CASE WHEN n %% 12 = 0 THEN 'REFUSED' ELSE 'SEEN' END, '',
       CASE WHEN n %% 10000 = 0 THEN 'WF-26-0001-E1' ELSE '' END,
       ('10.0.' || n %% 4 || '.' || n %% 60)::inet
FROM generate_series(1, %s) n
"""
LISTS = """
INSERT INTO audit_access
    (at, actor_id, actor, agency, role, action, subject, shown, outcome, why, break_glass, address)
SELECT timestamptz '2025-01-01 00:00Z' + n * interval '250 seconds',
       ('00000000-0000-0000-0000-' || lpad((n %% 60)::text, 12, '0'))::uuid, 'Somebody ' || n %% 60,
       'st-wulstans', 'practitioner', 'search', 'find',
       (SELECT array_agg('WF-26-' || lpad(((n * 7 + k * 131) %% 5000)::text, 4, '0'))
          FROM generate_series(1, 10) k),
       'SEEN', '', '', '10.0.0.1'::inet
FROM generate_series(1, %s) n
"""
OURS = {"agency": "st-wulstans"}
WEEK = {"start": datetime(2025, 3, 3, tzinfo=UTC), "end": datetime(2025, 3, 10, tzinfo=UTC)}
SOMEBODY: Any = "00000000-0000-0000-0000-000000000007"
SEARCHES: dict[str, Sought] = {
    "everything of an agency": Sought(**OURS),  # type: ignore[arg-type]
    "a week two years ago": Sought(**OURS, **WEEK),  # type: ignore[arg-type]
    "one person": Sought(**OURS, actor_id=SOMEBODY),  # type: ignore[arg-type]
    "one person, a week": Sought(**OURS, actor_id=SOMEBODY, **WEEK),  # type: ignore[arg-type]
    "a concern, everything under it": Sought(reference="WF-26-4321"),
    "a concern that is looked at all the time": Sought(reference="WF-26-0001"),
    "a concern, refused": Sought(reference="WF-26-0001", kind=Look.REFUSED),
    "a concern, what was taken away": Sought(reference="WF-26-0001", kind=Look.TAKEN),
    "a concern, shown in lists": Sought(reference="WF-26-0001", kind=Look.FOUND),
    "one exchange": Sought(**OURS, reference="WF-26-4321-X1"),  # type: ignore[arg-type]
    "one action": Sought(**OURS, action="document file"),  # type: ignore[arg-type]
    "an action that there is none of": Sought(**OURS, action="no such"),  # type: ignore[arg-type]
    "refused only": Sought(**OURS, refused=True),  # type: ignore[arg-type]
    "a rare role": Sought(**OURS, role="administrator"),  # type: ignore[arg-type]
    "one network address": Sought(**OURS, address="10.0.3.7"),  # type: ignore[arg-type]
    "in an emergency only": Sought(**OURS, in_emergency=True),  # type: ignore[arg-type]
    "one emergency": Sought(emergency="WF-26-0001-E1"),
}


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    with django_db_blocker.unblock():
        factories.make_world()
        with as_owner(), connection.cursor() as cursor:
            before = perf_counter()
            cursor.execute("ALTER TABLE audit_access DISABLE TRIGGER USER")
            cursor.execute(FILL, [LOOKS * 4 // 5])
            cursor.execute(LISTS, [LOOKS // 5])
            cursor.execute("ALTER TABLE audit_access ENABLE TRIGGER USER")
            cursor.execute("VACUUM ANALYZE audit_access")
            cursor.execute("SELECT pg_size_pretty(pg_relation_size('audit_access')),"
                           " pg_size_pretty(pg_indexes_size('audit_access'))")  # fmt: skip
            rows, indexes = cursor.fetchone()
            say(f"\n{LOOKS} looks in {perf_counter() - before:.0f} s: rows {rows}, indexes {indexes}")
        yield
        empty_tables()


def test_every_search_walks_an_index(filled: None) -> None:
    say("\n| search | p50 ms | a later page ms | statements | nodes |\n|---|---|---|---|---|")
    slow = []
    for what, sought in SEARCHES.items():
        with CaptureQueriesContext(connection) as seen:
            _, onward = looks.find(sought)
        nodes = {node for query in seen.captured_queries for node in plan(query["sql"])}
        first = timed(lambda one=sought: looks.find(one))
        later = timed(lambda one=sought, at=onward: looks.find(one, after=place(at))) if onward else 0
        say(f"| {what} | {first:.1f} | {later:.1f} | {len(seen)} | {', '.join(sorted(nodes))} |")
        if any(node.startswith("Seq Scan") for node in nodes):
            slow.append(what)
    say(f"| the actions that there are | {timed(lambda: looks.actions_of('st-wulstans')):.1f} | | 1 | |")
    before = perf_counter()
    count = sum(1 for _ in looks.each(Sought(agency="st-wulstans"), at_most=100_000))
    say(f"\na file of {count}: {perf_counter() - before:.1f} s")
    before = perf_counter()
    for _ in range(200):
        Access.objects.create(action="concern", subject="WF-26-0001", agency="st-wulstans", role="lead")
    say(f"writing a look with its leaf: {(perf_counter() - before) * 5:.2f} ms")
    assert not slow


def plan(sql: str) -> list[str]:
    """Return how each table is read."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")  # Django's own SQL
        found = cursor.fetchone()[0]
    tree = found if isinstance(found, list) else json.loads(found)
    return list(_nodes(tree[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Any:
    if "Scan" in node["Node Type"]:
        yield f"{node['Node Type']}{' ' + node['Index Name'] if 'Index Name' in node else ''}"
    for child in node.get("Plans", []):
        yield from _nodes(child)


def timed(search: Any) -> float:
    took = []
    for _ in range(TIMES):
        before = perf_counter()
        search()
        took.append((perf_counter() - before) * 1000)
    return median(took)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
