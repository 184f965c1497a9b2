"""A page of a chronology costs the same however much there is, of the person's own and of everybody else's.

The figures of docs/record.md come from 100,000 rows; every run of the tests makes fewer:

    CHRONOLOGY_ROWS=100000 make test ARGS="tests/queries/test_chronology_size.py -s"
"""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import operations as records
from records.entries import Words, digest_of
from records.models import ChronologyEntry, Person, Statement
from sharing.chronology import reading
from sharing.chronology.portions import Narrowed, Scope, scope_of_person
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db

ROWS = int(os.environ.get("CHRONOLOGY_ROWS", "4000"))
OWN = 2000
# Those that the test fills; a small table is read whole because that is quicker.
LARGE = ("records_statement", "records_chronologyentry")


def entries_of(w: World, person: Person, number: int) -> list[ChronologyEntry]:
    found = []
    for n in range(number):
        words = Words(
            happened_at=factories.LONG_AGO - timedelta(hours=n), precision="TIME", kind="EVENT",
            text=f"Event {n}.", source="Old file",
        )  # fmt: skip
        found.append(
            ChronologyEntry(
                person=person, number=n + 1, author=w.priya, entered_at=w.clock.moment,
                digest=digest_of(words), **words,
            )
        )  # fmt: skip
    return found


@pytest.fixture
def world(db: None) -> World:
    return factories.make_world()


@pytest.fixture
def crowded(world: World) -> Person:
    """A child with a long history and a concern, among many others."""
    w = world
    child = factories.child(w)
    factories.logged(w, about=child)
    other = records.record_person(by=w.priya, at=w.clock(), kind="CHILD", first_name="Otto")
    theirs = factories.logged(w, about=other)
    ChronologyEntry.objects.bulk_create(entries_of(w, child, OWN), batch_size=1000)
    ChronologyEntry.objects.bulk_create(entries_of(w, other, ROWS - OWN), batch_size=1000)
    like = theirs.statements.filter(kind="FACT_SEEN").earliest("number")
    Statement.objects.bulk_create(
        (
            Statement(
                concern=theirs, number=100 + n % 30_000, version=1 + n // 30_000, kind="FACT_SEEN",
                text=f"Seen {n}.", source="I did", happened_at=like.happened_at, written_at=like.written_at,
                author=w.priya,
            )
            for n in range(ROWS)
        ),
        batch_size=1000,
    )  # fmt: skip
    return child


def plan_of(scope: Scope, *, after: str = "") -> str:
    with CaptureQueriesContext(connection) as seen:
        reading.page(scope, Narrowed(), after=after)
    (query,) = seen.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {query['sql']}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_no_large_table_is_read_whole(world: World, crowded: Person) -> None:
    scope = scope_of_person(crowded, world.priya)
    first = reading.page(scope, Narrowed())
    for after in ("", first.later):
        plan = plan_of(scope, after=after)
        print(plan.splitlines()[-1])  # noqa: T201  # a figure for docs/record.md
        read = set(re.findall(r"Seq Scan on (\w+)", plan))
        assert not read & set(LARGE), plan


def test_a_page_in_the_middle_costs_what_the_first_does(world: World, crowded: Person) -> None:
    scope = scope_of_person(crowded, world.priya)
    first = reading.page(scope, Narrowed())
    edge = next(row.edge for row in reading.page(scope, Narrowed(), at_most=OWN // 2).rows[::-1])
    times = {}
    for name, after in {"first": "", "middle": edge}.items():
        begun = time.perf_counter()
        page = reading.page(scope, Narrowed(), after=after)
        times[name] = time.perf_counter() - begun
        assert len(page.rows) == len(first.rows) == reading.PAGE
    print({name: f"{1000 * seconds:.0f} ms" for name, seconds in times.items()})  # noqa: T201
    assert times["middle"] < 5 * times["first"] + 0.1
