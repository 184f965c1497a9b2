"""The web server is killed between every two statements of an operation: all of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from config.local.faults.machine import Machine, until
from config.local.faults.scene import Scene, session_of
from config.local.faults.tally import Result
from config.local.faults.users import Answer, Browser
from config.local.layout import python
from config.local.ports import answers
from sharing.models import Exchange
from sharing.states import State
from tests import factories

# What is written in transactions of its own, before and after the operation's: who looked, sessions, limits.
BESIDE = (
    "audit_access",
    "django_session",
    "agencies_session",
    "cache",
    "agencies_draft",
    "notifications_heartbeat",
)
ROWS = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
LEAVES = """SELECT count(*)::text FROM audit_leaf l JOIN audit_shape s ON s.id = l.shape_id
    WHERE s.table_name <> 'audit_access'"""
CHECKED = {"verdict_1": "UNDERSTOOD", "verdict_2": "UNDERSTOOD", "outcome": "CONFIRMED"}
Rows = dict[str, str]


@dataclass
class Deed:
    """Something that people do by one POST. `things` gives what it is done to, a new one when it is done."""

    name: str
    browser: Browser
    make: Callable[[], Any]
    path: Callable[[Any], str]
    fields: Callable[[Any], dict[str, str]]
    thing: Any = None
    points: int = 0
    tables: frozenset[str] = field(default_factory=frozenset)

    def do(self, *, kill_at: int = 0) -> Answer:
        return self.browser.post(self.path(self.thing), self.fields(self.thing), kill_at=kill_at)


def killed_between(machine: Machine, scene: Scene, count: int) -> Result:
    """Kill at every point of every deed in turn, `count` times in all, and compare every table."""
    result = Result("killed-between-statements", "The web server killed between every two statements")
    machine.stop(*list(machine.children))
    command = python(
        *("-m", "gunicorn", "config.local.faults.points", "--bind", f"127.0.0.1:{machine.web_port}"),
        *("--preload", "--workers", "1", "--threads", "2", "--no-control-socket"),
    )
    machine.other("points", command, port=machine.web_port)
    deeds = _deeds(machine, scene)
    for deed in deeds:
        _measure(result, deed)
    half, done, undone, alive = list[str](), 0, 0, 0
    for deed, point in _turns(deeds, count):
        before = _rows()
        answer = deed.do(kill_at=point)
        until(lambda: answers(machine.web_port), seconds=30, every=0.02)
        alive += answer.status != 0
        changed = _changed(before, _rows())
        if not changed:
            undone += 1
        elif changed == deed.tables:
            done += 1
            deed.thing = deed.make()
        else:
            half.append(f"{deed.name} at {point}: {', '.join(sorted(changed ^ deed.tables))}")
            deed.thing = deed.make()
    result.n = f"{done + undone + len(half):,} kills at {sum(deed.points for deed in deeds)} points"
    points = ", ".join(f"{deed.name} {deed.points}" for deed in deeds)
    result.figures += [f"{points}", f"{undone:,} left nothing, {done:,} all of it, {len(half)} a part"]
    result.require(not half, f"{len(half)} half done ({half[0] if half else ''})")
    result.require(alive == 0, f"{alive} were answered")
    every = count >= sum(deed.points for deed in deeds)
    result.require(undone > 0 and (done > 0 or not every), "not both ends were reached")
    machine.stop("points")
    return result


def _turns(deeds: list[Deed], count: int) -> Iterator[tuple[Deed, int]]:
    """Give every point of every deed, again and again, `count` in all; where few are asked for, spread."""
    every = [(deed, point) for deed in deeds for point in range(1, deed.points + 1)]
    for number in range(count):
        yield every[number * max(1, len(every) // count) % len(every)]


def _measure(result: Result, deed: Deed) -> None:
    """Do it once undisturbed: how many points it has, and which tables it changes."""
    deed.thing = deed.make()
    before = _rows()
    answer = deed.do()
    deed.tables, deed.points = frozenset(_changed(before, _rows())), answer.points
    result.require(answer.says_saved, f"{deed.name} was answered {answer.status}")
    result.require("audit_event" in deed.tables, f"{deed.name} leaves no entry in the audit log")
    deed.thing = deed.make()


def _deeds(machine: Machine, scene: Scene) -> list[Deed]:
    world = scene.world
    priya, tom = (Browser(session_of(m), port=machine.web_port) for m in (world.priya, world.tom))
    concern = factories.logged(world)
    statement = {"text": "The door was open.", "source": "Anna Bell, teacher", "written": "NOW"}

    def exchange(state: State) -> Callable[[], Exchange]:
        return lambda: factories.exchange_at(world, state)

    def about(page: str) -> Callable[[Exchange], str]:
        return lambda thing: f"/exchanges/{thing.reference}/{page}/"

    def version(thing: Exchange, **words: str) -> dict[str, str]:
        return {"version": str(Exchange.objects.get(pk=thing.pk).version), **words}

    return [
        Deed(
            *("add a statement", priya, lambda: concern),
            lambda thing: f"/concerns/{thing.reference}/statements/add/fact-seen/",
            lambda thing: {**statement, "happened_note": "most Mondays"},
        ),
        Deed("confirm receipt", tom, exchange(State.OPENED), about("receive"), version),
        Deed(
            *("say back", tom, exchange(State.RECEIVED), about("restate")),
            lambda thing: version(thing, **factories.OWN_WORDS),
        ),
        Deed(
            *("confirm what was said back", priya, exchange(State.RESTATED), about("check")),
            lambda thing: version(thing, **CHECKED),
        ),
    ]


def _rows() -> Rows:
    """Return how many rows each table has, with a digest of them, and how many leaves the record has."""
    with connection.cursor() as cursor:
        names = [n for n in connection.introspection.table_names(cursor) if n not in (*BESIDE, "audit_leaf")]
        parts = [f"SELECT '{name}', ({ROWS.format(name)})" for name in names]
        cursor.execute(" UNION ALL ".join([*parts, f"SELECT 'leaves', ({LEAVES})"]))
        return dict(cursor.fetchall())


def _changed(before: Rows, after: Rows) -> set[str]:
    return {name for name, rows in after.items() if before[name] != rows}
