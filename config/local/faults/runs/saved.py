"""“Saved” on a page means saved, and “not saved” keeps what was typed, whatever breaks meanwhile."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from redis import Redis

from audit.models import Event
from config.local.faults.machine import Machine
from config.local.faults.scene import Scene, writers
from config.local.faults.tally import Result
from config.local.faults.users import Answer, all_write, percentile, told
from records.models import Statement
from records.verbs import Verb

P99_MS = 500
PEOPLE = 50
FEWER = 8
PAUSE_SECONDS = 3
AWAY_SECONDS = 1.0
AT_FIRST = 0.3  # while everybody's first requests are under way, however few there are to come
BETWEEN = (1.5, 4.0)


def broker_frozen(machine: Machine, scene: Scene, count: int) -> Result:
    """Fifty people write while Redis is stopped with SIGSTOP: requests do not wait for it."""
    result = Result("posts-broker-frozen", f"{PEOPLE} people write while Redis is stopped with SIGSTOP")
    machine.only("web")
    people = writers(machine, scene, PEOPLE)
    all_write(people, PEOPLE, run="warm")
    before = all_write(people, max(PEOPLE, count // 10), run="well", pause=PAUSE_SECONDS)
    machine.broker(signal.SIGSTOP)
    try:
        answers = all_write(people, count, run="frozen", pause=PAUSE_SECONDS)
    finally:
        machine.broker(signal.SIGCONT)
    compare(result, answers)
    refused = sum(not each.says_saved for each in answers)
    with Redis.from_url(machine.valkey.url) as client:
        others = len(client.client_list()) - 1
    result.figures.append(
        f"p99 {percentile(answers):.0f} ms, {percentile(before):.0f} ms before it froze, each thinking "
        f"{PAUSE_SECONDS} s; {others} connections of the web to Redis"
    )
    result.require(refused == 0, f"{refused} were not saved")
    result.require(others == 0, f"the web has {others} connections to Redis")
    result.require(percentile(answers) < P99_MS, f"p99 {percentile(answers):.0f} ms")
    return result


def database_killed(machine: Machine, scene: Scene, count: int) -> Result:
    """PostgreSQL is killed again and again while people write."""
    result = Result("posts-database-killed", "PostgreSQL killed again and again while people write")
    machine.only("web")
    people = writers(machine, scene, FEWER)
    chance = random.Random(count)
    kills = 0
    with ThreadPoolExecutor(1) as aside:
        writing = aside.submit(all_write, people, count, run="killed")
        # Here and not there: a process ends with the thread that started it.
        while not writing.done():
            time.sleep(chance.uniform(*BETWEEN) if kills else AT_FIRST)
            machine.crash_the_database()
            kills += 1
            time.sleep(AWAY_SECONDS)
            machine.postgres.start()
    connections.close_all()
    answers = writing.result()
    compare(result, answers)
    result.figures.append(f"PostgreSQL killed {kills} times")
    result.require(any(not each.says_saved for each in answers), "no request was hit")
    return result


def compare(result: Result, answers: Sequence[Answer]) -> None:
    """Compare what people were told with what is there, and note it."""
    words = [each.words for each in answers]
    there = dict(Statement.objects.filter(text__in=words).values_list("text", "pk"))
    twice = Statement.objects.filter(text__in=words).count() - len(there)
    untrue = [each for each in answers if each.says_saved and each.words not in there]
    unkept = [each for each in answers if not each.says_saved and not each.keeps_the_words]
    insides = sum(each.shows_insides for each in answers)
    silent = sum(each.status == 0 for each in answers)
    both = sum(not each.says_saved and each.words in there for each in answers)
    result.n = f"{len(answers):,} POSTs"
    result.figures += [
        f"{told(answers)}",
        f"{len(untrue)} called saved and not there",
        f"{len(unkept)} not saved without the words on the page",
        f"{both} saved and told to try again",
    ]
    result.require(not untrue, f"{len(untrue)} called saved are not there")
    result.require(not unkept, f"{len(unkept)} not saved without their words ({silent} without an answer)")
    result.require(twice == 0, f"{twice} saved twice")
    result.require(insides == 0, f"{insides} pages show what is inside")
    missing = _without_event(there)
    result.require(missing == 0, f"{missing} saved without an entry of the audit log")


def _without_event(there: dict[str, int]) -> int:
    """Count the statements that were added without an event, or events without a statement."""
    added = Event.objects.filter(verb=Verb.STATEMENT_ADDED).count()
    return abs(added - Statement.objects.count()) if there else 0
