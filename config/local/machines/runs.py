"""What is done to the machines, and what must come of it."""

from __future__ import annotations

import os
import secrets
import string
import subprocess
import time
from collections import Counter
from typing import Any

from config.local.faults import procs, tally
from config.local.faults import scene as scenes
from config.local.faults.machine import until
from config.local.faults.scene import Scene
from config.local.faults.tally import Result
from config.local.faults.users import Writer
from config.local.layout import ROOT, python
from config.local.machines import rows, standby
from config.local.machines.cluster import BEHIND, REPLICA_SECONDS, SENDERS, WEB, Cluster
from config.local.machines.people import Person, Work
from config.local.machines.pgbouncer import REPLICA, SERVERS
from config.local.machines.standby import ask
from config.local.postgres import DATABASE, OWNER, Postgres
from records.search import kept

OUTAGE_SECONDS = 60
WITHOUT_WEB_SECONDS = 5
STATEMENTS = "SELECT string_agg(text, '|') FROM records_statement"
LISTS = ("/lead/", "/record-quality/", "/learning/")


def reads(cluster: Cluster, scene: Scene, count: int) -> Result:
    """Lists come from the standby; own changes are seen at once and others' within seconds when it lags."""
    result = Result(
        "replica", "lists read while the standby stands still, and what was just saved looked for"
    )
    cluster.run(*WEB)
    priya, other = _person(cluster, scene.world.priya), _person(cluster, scene.world.school.lead)
    until(lambda: _from_standby(cluster, other) > 0, seconds=20, every=1)
    before = _asked(cluster, REPLICA)
    answers = [other.get(LISTS[n % len(LISTS)]) for n in range(count)]
    from_standby = _asked(cluster, REPLICA) - before
    result.n = f"{count} lists"
    result.figures.append(f"{from_standby:,} transactions of the standby")
    result.require(all(each.status == 200 for each in answers), "a list did not come")
    result.require(from_standby >= count, "lists did not come from the standby")
    ask(cluster.replica, "SELECT pg_wal_replay_pause()::text")
    own, others = [], []
    try:
        for _ in range(max(2, count // 20)):
            mine, theirs = _saved_and_found(priya, other)
            own.append(mine)
            others.append(theirs)
    finally:
        ask(cluster.replica, "SELECT pg_wal_replay_resume()::text")
    missed = own.count(False)
    longest = max((each for each in others if each is not None), default=None)
    result.figures.append(
        f"standby standing still: own change not found at once {missed} of {len(own)}, "
        f"others' found after {longest or 0:.1f} s at most"
    )
    result.require(missed == 0, f"{missed} did not see what they had saved")
    in_time = None not in others and longest is not None and longest <= REPLICA_SECONDS + 3
    result.require(in_time, "others' changes came late")
    back = until(lambda: _from_standby(cluster, other) > 0, seconds=30, every=1)
    result.require(back is not None, "the standby was not read again")
    return result


def whose_rows(cluster: Cluster, scene: Scene, count: int) -> Result:
    """Each has the rows of their own agency from both servers; what a transaction is told ends with it."""
    result = Result(
        "rows", "people of two agencies and nobody ask by turns, through the pooler, both servers"
    )
    cluster.run(*WEB)
    world = scene.world
    own, other = _person(cluster, world.priya), _person(cluster, world.stranger.practitioner)
    until(lambda: _from_standby(cluster, _person(cluster, world.school.lead)) > 0, seconds=20, every=1)
    who = rows.people(scene)
    found = rows.through_the_pooler(cluster, who, count)
    before = _asked(cluster, REPLICA)
    pages = Counter[str]()
    for number in range(count // 10):
        person, theirs = ((own, rows.SCHOOL), (other, rows.STRANGER))[number % 2]
        name, first = (rows.SCHOOL, rows.STRANGER)[number // 2 % 2]
        is_there = first in person.get(_searched(person, name)).text
        pages["right" if is_there == ((name, first) == theirs) else f"{first} {name}"] += 1
    asked = _asked(cluster, REPLICA) - before
    rows.judge_the_background(cluster, result)
    found += rows.through_the_pooler(cluster, who, count)
    wrong = {answer: times for answer, times in (found + pages).items() if answer != "right"}
    result.n = f"{sum(found.values()):,} transactions, {sum(pages.values())} searches"
    result.figures.append(f"{sum(wrong.values())} answers with anybody else's rows or without one's own")
    result.require(asked >= sum(pages.values()), "searches did not come from the standby")
    result.require(not wrong, f"{wrong}")
    return result


def standby_away(cluster: Cluster, scene: Scene, count: int) -> Result:
    """The standby dies: commits wait until it is taken out, and every page comes from the primary."""
    result = Result(
        "standby-killed", "SIGKILL of the standby; after 3 s the primary is told to go on without"
    )
    cluster.run(*WEB)
    lead = _person(cluster, scene.world.school.lead)
    with Work(_writers(cluster, scene, 2), [lead], pages=LISTS, run="standby") as work:
        work.until(lambda work: len(work.saved) >= count, seconds=120)
        cluster.kill_server(cluster.replica)
        time.sleep(3)
        waited = len(work.saved)
        standby.wait_for(cluster.primary, "")
        alone = time.monotonic()
        work.until(lambda work: len(work.saved) >= waited + count, seconds=60)
    again = work.saved_after(alone)
    cluster.replica.start()
    standby.wait_for(cluster.primary, f"FIRST 1 ({standby.NAME})")
    compare(result, work, cluster.primary)
    result.figures.append(
        f"saving went on {again or 0:.1f} s after that; pages not there: {len(work.unread)}"
    )
    result.require(again is not None and again < 15, "saving did not go on")
    result.require(len(work.unread) <= 1, f"{len(work.unread)} pages did not come")
    return result


def restarts(cluster: Cluster, scene: Scene, count: int) -> Result:
    """Web servers are reloaded and restarted one after the other under load: nobody notices."""
    result = Result("restart", "both web servers reloaded, then restarted one after the other, under load")
    cluster.run(*WEB)
    lead = _person(cluster, scene.world.school.lead)
    with Work(
        _writers(cluster, scene, 2), [lead, _person(cluster, scene.world.care.lead)], run="restart"
    ) as work:
        rounds = 0
        while rounds < 1 or work.requests < count:
            for name in WEB:
                cluster.reload(name)
                time.sleep(1)
                cluster.restart(name)
                time.sleep(1)
            rounds += 1
    compare(result, work, cluster.primary)
    result.n = f"{work.requests:,} requests"
    result.figures.append(f"{2 * rounds} reloads, {2 * rounds} restarts; pages not there: {len(work.unread)}")
    result.figures.append(f"a web process has {_megabytes(cluster):.0f} MB at most")
    result.require(not work.unread, f"{len(work.unread)} pages did not come")
    result.require(not work.not_saved, f"{len(work.not_saved)} forms had to be sent again")
    return result


def web_killed(cluster: Cluster, scene: Scene, count: int) -> Result:
    """One of two web servers is killed: the other serves, and no form is lost or saved twice."""
    result = Result("web-killed", "SIGKILL of one of two web servers, nobody told")
    cluster.run(*WEB)
    lead = _person(cluster, scene.world.school.lead)
    with Work(_writers(cluster, scene, 3), [lead], run="web") as work:
        work.until(lambda work: work.requests >= count, seconds=180)
        at = time.monotonic()
        cluster.kill(WEB[0])
        work.until(lambda work: work.saved_after(at) is not None, seconds=60)
        enough = work.requests + count
        work.until(lambda work: work.requests >= enough, seconds=180)
    again = work.saved_after(at)
    cluster.run(*WEB)
    compare(result, work, cluster.primary)
    result.figures.append(
        f"saved again after {again or 0:.1f} s; pages not there: {len(work.unread)}; "
        f"{cluster.balancer.elsewhere} requests asked of the other server"
    )
    result.require(again is not None and again < WITHOUT_WEB_SECONDS, "saving did not go on")
    result.require(not work.unread, f"{len(work.unread)} pages did not come")
    result.require(len(work.not_saved) <= len(work.writers), f"{len(work.not_saved)} forms failed")
    return result


def promotion(cluster: Cluster, scene: Scene, count: int) -> Result:
    """The primary is killed while people write and reminders go out, and the standby becomes the primary."""
    result = Result("promotion", "SIGKILL of the primary; the standby is promoted and PgBouncer told")
    tally.forget(cluster.mail)
    people = _writers(cluster, scene, 3)
    lead = _person(cluster, scene.world.school.lead)
    expected = scenes.fill(scene, count, run="promotion", over=30)
    cluster.run("sink", *WEB, *BEHIND)
    with Work(people, [lead], run="promotion") as work:
        work.until(lambda work: len(work.saved) >= count // 10, seconds=180)
        at = time.monotonic()
        _fail_over(cluster)
        promoted = time.monotonic() - at
        work.until(lambda work: work.saved_after(at) is not None, seconds=2 * OUTAGE_SECONDS)
        enough = len(work.saved) + count // 10
        work.until(lambda work: len(work.saved) >= enough, seconds=120)
    again = work.saved_after(at + promoted) if work.saved_after(at) else None
    outage = promoted + again if again is not None else None
    compare(result, work, cluster.replica)
    result.n = f"{len(work.saved):,} saved, {len(expected):,} reminders"
    result.figures.append(
        f"promoted after {promoted:.1f} s, saving again after {outage or 0:.1f} s; "
        f"pages not there meanwhile: {len(work.unread)}"
    )
    result.require(outage is not None and outage < OUTAGE_SECONDS, "no recovery within a minute")
    _reminders(result, cluster, expected)
    verified = subprocess.run(
        python("manage.py", "verify_record"),
        cwd=ROOT,
        env={**os.environ, **cluster.environment, "DATABASE_URL": cluster.replica.url(OWNER)},
        capture_output=True,
        text=True,
    )
    result.require(verified.returncode == 0, f"the record is not whole: {verified.stdout[-200:]}")
    pools = {row["database"]: row["sv_active"] + row["sv_idle"] for row in cluster.pooler.show("POOLS")}
    result.figures.append(f"{pools.get(DATABASE, 0)} of at most {SERVERS} connections to the server")
    return result


def compare(result: Result, work: Work, server: Postgres) -> None:
    """Compare what people were told was saved with the rows that are there."""
    there = Counter(str(ask(server, STATEMENTS) or "").split("|"))
    there = Counter({words: n for words, n in there.items() if words.startswith(f"{work.run} ")})
    lost = [words for words in work.saved if words not in there]
    twice = [words for words, times in there.items() if times > 1]
    result.n = f"{len(work.saved):,} saved"
    answers = ", ".join(f"{status or 'none'}: {n}" for status, n in sorted(Counter(work.not_saved).items()))
    result.figures.append(
        f"{len(lost)} saved and lost, {len(twice)} twice; sent again after {answers or 'nothing'}"
    )
    result.require(bool(work.saved), "nothing was saved")
    result.require(not lost, f"{len(lost)} called saved are not there")
    result.require(not twice, f"{len(twice)} saved twice")


def _fail_over(cluster: Cluster) -> None:
    """Kill the primary, notice it as a monitor does (three times no answer), promote, and tell PgBouncer."""
    cluster.kill_server(cluster.primary)
    for _ in range(3):
        time.sleep(1)
        if ask(cluster.primary, "SELECT 1") is not None:
            return
    cluster.replica.promote()
    cluster.pooler.point_to(primary=cluster.replica, replica=cluster.replica)


def _reminders(result: Result, cluster: Cluster, expected: dict[str, float]) -> None:
    """Require that each reminder went out, and no more twice than senders were at work."""

    def gone() -> Counter[str]:
        return Counter(each.about for each in tally.accepted(cluster.mail))

    until(lambda: not set(expected) - set(gone()), seconds=180, every=1)
    sent = gone()
    lost, twice = len(set(expected) - set(sent)), sum(sent[each] - 1 for each in expected if each in sent)
    result.figures.append(f"{lost} reminders lost, {twice} twice (at most {SENDERS})")
    result.require(lost == 0, f"{lost} reminders lost")
    result.require(twice <= SENDERS, f"{twice} reminders twice")


def _megabytes(cluster: Cluster) -> float:
    """Return the memory of the largest process of the web servers."""
    masters = [cluster.children[name].process.pid for name in WEB]
    return max(procs.megabytes(each) for master in masters for each in procs.family(master))


def _saved_and_found(writer: Person, other: Person) -> tuple[bool, float | None]:
    """Save somebody, and say whether who saved finds them at once, and a colleague after how many seconds."""
    # Nobody like them is known, or the page asks whether they are the same.
    first, name = (_letters(9).capitalize() for _ in range(2))
    born = {"born_on_0": "17", "born_on_1": "2", "born_on_2": str(secrets.choice(range(2011, 2024)))}
    saved = writer.post("/concerns/new/person/", kind="CHILD", first_name=first, last_name=name, **born)
    found = writer.get(_searched(writer, name)).text
    mine = saved.says_saved and first in found
    theirs = _searched(other, name)
    return mine, until(lambda: first in other.get(theirs).text, seconds=30, every=0.3)


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(count))


def _searched(person: Person, name: str) -> str:
    """Search, and return the address of the results."""
    answer = person.post("/find/", text=name, state=kept.ANY)
    return answer.leads_to if answer.status == 302 else "/find/"


def _person(cluster: Cluster, member: Any) -> Person:
    return Person(scenes.session_of(member), port=cluster.web_port)


def _writers(cluster: Cluster, scene: Scene, count: int) -> list[Writer]:
    machine: Any = cluster  # of which it asks the port only
    return scenes.writers(machine, scene, count)


def _asked(cluster: Cluster, database: str) -> int:
    """Return how many transactions the pooler has handed to one of its databases."""
    return sum(
        int(row["total_xact_count"]) for row in cluster.pooler.show("STATS") if row["database"] == database
    )


def _from_standby(cluster: Cluster, person: Person) -> int:
    """Look at lists, and return how many transactions the standby did beside telling how far it is."""
    before = _asked(cluster, REPLICA)
    for _ in range(8):
        person.get("/lead/")
    return _asked(cluster, REPLICA) - before - 4


RUNS = {
    "replica": (reads, 200, 40),
    "rows": (whose_rows, 3000, 300),
    "standby-killed": (standby_away, 60, 15),
    "restart": (restarts, 5000, 400),
    "web-killed": (web_killed, 600, 150),
    "promotion": (promotion, 400, 150),
}
