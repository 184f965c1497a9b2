"""A record of five cycles and two thousand statements: read, shown and made into a PDF.

The figures of docs/record.md are what this prints:

    make test ARGS="tests/paper/test_size.py -s"
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from django.template.loader import render_to_string

from agencies.models import Membership
from records.models import Concern, Statement
from sharing.models import Cycle, Stage
from sharing.paper import concern as collecting
from sharing.paper import press
from sharing.paper.job import TEMPLATE
from sharing.paper.parts import Printing, as_data
from tests import factories
from tests.factories import World
from tests.paper.cases import pages

pytestmark = pytest.mark.django_db
STATEMENTS, CYCLES = 2000, 5
A_MEGABYTE = 1024  # in the unit of ru_maxrss, KiB
Made = TypeVar("Made")


def long_record(world: World) -> Concern:
    """A concern that went round five times, with somebody told in each cycle, and many statements."""
    found = factories.concern_at(world, Stage.RECORD)
    for _ in range(1, CYCLES):
        factories.finish_record(world, found)
        factories.move(world, found, "next-cycle")
        factories.finish_ask(world, found)
        factories.move(world, found, "to-do")
        factories.decide(world, found)
        exchange = factories.prepared(world, found)
        factories.move(world, found, "to-share")
        factories.understood(world, factories.dispatched(world, exchange))
        factories.move(world, found, "to-record")
    assert Cycle.objects.filter(concern=found).count() == CYCLES
    number = found.statements.count()
    at = world.clock()
    Statement.objects.bulk_create(
        Statement(
            concern=found, number=number + one, kind="FACT_SEEN", source="Anna Bell, class teacher",
            text=f"Seen on day {one}: he came late, was hungry, and said that nobody had been at home.",
            happened_at=at - timedelta(minutes=one), written_at=at, author=world.priya,
        )
        for one in range(1, STATEMENTS + 1)
    )  # fmt: skip
    return found


def timed(what: str, do: Callable[[], Made]) -> Made:
    """Do something, and print how long it took and how much memory the process has had at most."""
    began = time.perf_counter()
    made = do()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // A_MEGABYTE
    sys.stdout.write(f"{what}: {time.perf_counter() - began:.1f} s, {most} MB at most so far\n")
    return made


def test_a_long_record_is_made_in_time_and_memory(world: World) -> None:
    found = long_record(world)
    by = Membership.objects.select_related("user", "agency").get(pk=world.priya.pk)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    paper = timed("read", lambda: collecting.collect(found, by=by))
    printing = Printing(by=by, at=world.clock(), for_whom="The family court")
    context = {"paper": paper, "foot": printing.line(paper), "watermark": printing.watermark(paper)}
    page = timed("print page", lambda: render_to_string("sharing/paper.html", context))
    made = timed("PDF", lambda: press.pdf(TEMPLATE, as_data(paper, printing), at=printing.at))
    took = time.perf_counter() - began
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // A_MEGABYTE
    sizes = f"{len(page) // 1000} kB of HTML, {len(made) // 1000} kB of PDF"
    sys.stdout.write(f"{sizes}; {took:.1f} s and {grew} MB in all\n")
    assert page.count("Seen on day") == STATEMENTS
    assert sum(one.count("Seen on day") for one in pages(made)) == STATEMENTS
    assert took < 120
    assert grew < 1024
