"""How long Find takes at a large agency. Not among the tests: the figures are in docs/record.md.

    PEOPLE=200000 make test ARGS="tests/benchmarks/find.py -q -s"

A fifth as many people of the same names are at another agency. Each search is posted and its page of results
fetched through the whole application, TIMES times after one that is not counted; FIND="a name" adds a search.
"""

from __future__ import annotations

import os
import sys
import uuid
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests import factories
from tests.benchmarks import crowds
from tests.conftest import as_owner
from tests.signing_in import SignedIn, signed_in

__all__ = ["signed_in"]

PEOPLE = int(os.environ.get("PEOPLE", "200000"))
TIMES = int(os.environ.get("TIMES", "20"))
SEARCHES = {
    "beginning of a name": "mar",
    "two letters": "ma",
    "part within a name": "stead",
    "one common surname": "smith",
    "a rare surname": "wyreberstead",
    "two common words": "sarah smith",
    "initial and surname": "j smith",
    "two short beginnings": "sm ma",
    "misspelt, common": "smiht",
    "misspelt, rare": "wyrberstaed",
    "misspelt, two words": "cathrine tomson",
    "sounds alike": "muhamed husain",
    "double surname": "smith-jones",
    "name and year": "smith 2016",
    "name and day": "smith 3/4/2016",
    "nobody": "qqxzzy",
    "a day": "3 april 2016",
    "a year": "2016",
    "an NHS number": "",
    "a reference": "P-512345",
}
CONCERNS = {"concerns of a common surname": "smith", "concerns of a short beginning": "ma"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    with django_db_blocker.unblock():
        made = factories.make_world()
        before = perf_counter()
        with as_owner():
            crowds.move_in(made.school.practitioner, PEOPLE, seed=7, first_reference=500_000)
            crowds.move_in(made.care.practitioner, PEOPLE // 5, seed=8, first_reference=900_000)
            crowds.settle_down()
        say(f"\n{PEOPLE} people moved in within {perf_counter() - before:.0f} s: {crowds.sizes()}")
        yield made


def test_find(world: Any, signed_in: SignedIn) -> None:
    client = signed_in(world.priya)
    number = crowds.one_nhs_number(world.school.agency)
    searches = {**SEARCHES, "an NHS number": number}
    if os.environ.get("FIND"):
        searches = {"as asked": os.environ["FIND"]}
    say("\n| what | typed | p50 ms | p95 ms | SQL ms | statements | found |\n|---|---|---|---|---|---|---|")
    for what, text in searches.items():
        measure(client, what, text)
    for what, text in CONCERNS.items():
        measure(client, what, text, what="concerns")


def measure(client: Client, title: str, text: str, **narrow: str) -> None:
    took, page = [], None
    for _ in range(TIMES + 1):
        before = perf_counter()
        page = client.post("/find/", {"form_id": str(uuid.uuid4()), "text": text, **narrow}, follow=True)
        took.append((perf_counter() - before) * 1000)
    assert page is not None
    assert page.status_code == 200
    with CaptureQueriesContext(connection) as seen:
        page = client.get(page.redirect_chain[-1][0])
    sql = 1000 * sum(float(query["time"]) for query in seen.captured_queries)
    found = page.context.get("found")
    said = f"{len(found.people)}, {len(found.alike)} alike, {len(found.concerns)} concerns" if found else "it"
    typed = "…" if title == "an NHS number" else text
    counted = took[1:]
    say(
        f"| {title} | {typed} | {median(counted):.0f} | {quantiles(counted, n=20)[-1]:.0f} | {sql:.0f} "
        f"| {len(seen)} | {said} |"
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
