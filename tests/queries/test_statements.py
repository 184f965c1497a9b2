"""How many statements each page costs: fixed in a file, the same for a long list, and at most twelve
where a page is not made of many lists.

To write baseline.json anew after a change that was meant:

    REWRITE_BASELINE=1 make test ARGS=tests/queries/test_statements.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.scene import Scene, on_stage
from tests.access.tables import PAGES
from tests.queries.crowd import one_more

BASELINE = Path(__file__).parent / "baseline.json"
MOST = 12
# Everything about one thing in one document, at a statement a list; each PDF is made by the worker.
ON_PAPER = {"concern-paper": 35, "decision-paper": 26, "exchange-paper": 14}
# Pages of many lists, at one statement a list. None of them may have more.
OF_MANY_LISTS = {**ON_PAPER}
FEW, MANY = 3, 60
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK TO")
Counts = dict[str, dict[str, int]]


def roles_of(name: str) -> list[str]:
    """Who stands for everybody who may open a page: one on each side, and one of each other role."""
    wanted = (who.OWNER, who.LEAD, who.LISTENER, who.ADMINISTRATOR, who.AUDITOR, who.COORDINATOR)
    return [one for one in wanted if one in PAGES[name].sees] or [who.NOBODY]


def measure(scene: Scene) -> Counts:
    """Open every page as each of those who stand for its readers, and count the statements."""
    counts: Counts = {}
    with time_machine.travel(scene.world.clock(), tick=False):
        scene.cast.sign_in()
        for name in walk.own_names():
            page = PAGES[name]
            if page.only_post:
                continue
            for one in roles_of(name):
                browser = scene.cast.browser(one)
                with (
                    rows.taken_back(),
                    CaptureQueriesContext(
                        connection,
                    ) as seen,
                ):
                    browser.get(page.address(name, scene))
                real = [q for q in seen.captured_queries if not q["sql"].startswith(NOT_COUNTED)]
                counts.setdefault(name, {})[one] = len(real)
    return counts


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[Counts, Counts]:
    """The statements of every page, with few things in each list and with many."""
    with django_db_blocker.unblock(), on_stage(walk.build) as scene:
        for number in range(FEW):
            one_more(scene, number)
        few = measure(scene)
        for number in range(FEW, MANY):
            one_more(scene, number)
        many = measure(scene)
    if os.environ.get("REWRITE_BASELINE"):
        BASELINE.write_text(json.dumps(few, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return few, many


def names() -> list[str]:
    return [name for name in walk.own_names() if not PAGES[name].only_post]


@pytest.mark.parametrize("name", names())
def test_a_page_costs_what_the_baseline_says(counts: tuple[Counts, Counts], name: str) -> None:
    baseline: Counts = json.loads(BASELINE.read_text())
    assert counts[0][name] == baseline.get(name), (
        "If this was meant, write the baseline anew: "
        "REWRITE_BASELINE=1 make test ARGS=tests/queries/test_statements.py"
    )


@pytest.mark.parametrize("name", names())
def test_a_page_costs_the_same_for_a_long_list(counts: tuple[Counts, Counts], name: str) -> None:
    few, many = counts
    assert many[name] == few[name]


@pytest.mark.parametrize("name", names())
def test_a_page_costs_no_more_than_it_may(counts: tuple[Counts, Counts], name: str) -> None:
    too_many = {
        one: number for one, number in counts[1][name].items() if number > OF_MANY_LISTS.get(name, MOST)
    }
    assert not too_many
