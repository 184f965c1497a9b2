"""Whose rows come through the pooler from both servers, and who may work in the background."""

from __future__ import annotations

import os
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg

from agencies import scope
from agencies.models import Membership
from config.local.faults.machine import until
from config.local.faults.scene import Scene
from config.local.faults.tally import Result
from config.local.layout import ROOT, python
from config.local.machines.cluster import Cluster
from config.local.machines.pgbouncer import REPLICA
from config.local.machines.standby import ask as ask_server
from config.local.postgres import APP, DATABASE, WORKER
from records.models import Person
from tests import factories

AT_ONCE = 6
TELL = f"SELECT set_config('{scope.AGENCY}', %s, true), set_config('{scope.MEMBER}', %s, true)"
COUNT = "SELECT count(*) FROM records_person"
NOBODY = "nobody"
# The last name and the first of the children of each agency.
SCHOOL, STRANGER = ("Quillen", "Iris"), ("Brackwater", "Ada")


def people(scene: Scene) -> dict[str, Membership | None]:
    """Record different numbers of children at two agencies, and return who asks for them."""
    world = scene.world
    for (last, first), by, many in ((SCHOOL, world.priya, 3), (STRANGER, world.stranger.practitioner, 5)):
        for number in range(many):
            factories.child(world, by=by, first_name=f"{first} {'abcde'[number]}", last_name=last)
    return {"school": world.priya, "stranger": world.stranger.lead, NOBODY: None}


def through_the_pooler(cluster: Cluster, who: dict[str, Membership | None], count: int) -> Counter[str]:
    """Ask both servers as the web server's role, by turns and many at once. Count right and wrong answers."""
    due = {name: Person.objects.filter(agency_id=m.agency_id).count() if m else 0 for name, m in who.items()}
    until(lambda: ask_server(cluster.replica, COUNT) == Person.objects.count(), seconds=10)
    found: Counter[str] = Counter()
    lock = threading.Lock()

    def ask(number: int) -> None:
        database = (DATABASE, REPLICA)[number % 2]
        with psycopg.connect(cluster.pooler.url(database), prepare_threshold=None, autocommit=True) as db:
            for name in _turns(who, number, count // AT_ONCE):
                got = _rows(db, who[name])
                with lock:
                    found["right" if got == due[name] else f"{got} rows for {name}, not {due[name]}"] += 1

    threads = [threading.Thread(target=ask, args=[number]) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _turns(who: dict[str, Membership | None], first: int, count: int) -> Iterator[str]:
    names = list(who)
    return (names[(first + number) % len(names)] for number in range(count))


def _rows(db: psycopg.Connection[Any], member: Membership | None) -> int:
    """Count people in a transaction as somebody asks it, or without saying who asks."""
    with db.transaction():
        if member:
            db.execute(TELL, [str(member.agency_id), str(member.pk)])
        row = db.execute(COUNT).fetchone()
        return int(row[0]) if row else -1


def in_the_background(cluster: Cluster, *, role: str, pooler: str = "1") -> tuple[int, str]:
    """Run one turn of the background work through the pooler. Returns how it ended and what it said."""
    done = subprocess.run(
        python("manage.py", "send_due"),
        cwd=ROOT,
        env={
            **os.environ,
            **cluster.pooled,
            "DATABASE_URL": cluster.pooler.url(role=role),
            "DATABASE_POOLER": pooler,
        },
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def judge_the_background(cluster: Cluster, result: Result) -> None:
    """Require that only the worker's own role works in the background, and that the others stop."""
    own, said = in_the_background(cluster, role=WORKER)
    result.require(own == 0, f"the worker's own role could not work: {said[-200:]}")
    webs, said = in_the_background(cluster, role=APP)
    result.require(webs != 0 and "its own role" in said, f"the web server's role worked: {said[-200:]}")
    unsaid, said = in_the_background(cluster, role=APP, pooler="0")
    result.require(unsaid != 0, "a session option that a pooler would pass on was taken")
    result.figures.append(
        "background work: the worker's own role worked, the web server's stopped"
        if own == 0 and webs and unsaid
        else "background work: see on the right"
    )
