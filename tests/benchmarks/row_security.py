"""What row security costs, page by page. Not among the tests: the figures are in docs/decisions/0029.

    PEOPLE=100000 make test ARGS="tests/benchmarks/row_security.py -q -s"

The same pages are fetched through the whole application with the policies and, ROUNDS times in turn, with row
security switched off by the owner of the tables.
"""

from __future__ import annotations

import os
import sys
import uuid
from statistics import quantiles
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from sharing.states import State
from tests import factories
from tests.architecture.test_row_security import PROTECTED
from tests.benchmarks import crowds
from tests.conftest import as_owner
from tests.signing_in import SignedIn, signed_in

__all__ = ["signed_in"]

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
ROUNDS, TIMES = 10, 8
SEARCHES = {"beginning": "mar", "common surname": "smith", "misspelt": "smiht", "two words": "sarah smith"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    with django_db_blocker.unblock():
        made = factories.make_world()
        with as_owner():
            crowds.move_in(made.school.practitioner, PEOPLE, seed=7, first_reference=500_000)
            crowds.move_in(made.care.practitioner, PEOPLE // 5, seed=8, first_reference=900_000)
            crowds.settle_down()
        yield made


def switch(on: bool) -> None:
    verb = "ENABLE" if on else "DISABLE"
    with as_owner(), connection.cursor() as cursor:
        for table in PROTECTED:
            cursor.execute(f"ALTER TABLE {table} {verb} ROW LEVEL SECURITY")


def test_what_it_costs(world: Any, signed_in: SignedIn) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = exchange.cycle.concern
    person = concern.subjects.get(is_main=True).person
    client = signed_in(exchange.speaker)
    pages = {
        "home": reverse("home"),
        "concern": reverse("concern", args=[concern.reference]),
        "exchange": reverse("exchange", args=[exchange.reference]),
        "person": reverse("person", args=[person.reference]),
        "concerns": reverse("concerns"),
    }
    took: dict[tuple[str, bool], list[float]] = {}
    try:
        for _ in range(ROUNDS):
            for on in (True, False):
                switch(on)
                for name, address in pages.items():
                    took.setdefault((name, on), []).extend(timed(lambda a=address: client.get(a)))
                for name, text in SEARCHES.items():
                    took.setdefault((f"find, {name}", on), []).extend(timed(lambda t=text: find(client, t)))
    finally:
        switch(on=True)
    say("\n| page | with, p25 ms | p50 | without, p25 ms | p50 |\n|---|---|---|---|---|")
    for name in dict.fromkeys(name for name, _ in took):
        quarters = [quantiles(took[name, on], n=4) for on in (True, False)]
        say(f"| {name} | {' | '.join(f'{low:.1f} | {middle:.1f}' for low, middle, _ in quarters)} |")


def find(client: Client, text: str) -> Any:
    return client.post("/find/", {"form_id": str(uuid.uuid4()), "text": text}, follow=True)


def timed(fetch: Any) -> list[float]:
    fetch()
    found = []
    for _ in range(TIMES):
        before = perf_counter()
        assert fetch().status_code == 200
        found.append((perf_counter() - before) * 1000)
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
