"""The disk is full, PostgreSQL is read-only or takes no more connections: nothing is lost, nobody gets in."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from config.local.faults import procs
from config.local.faults.machine import Machine
from config.local.faults.runs.saved import compare
from config.local.faults.scene import Scene, session_of, writers
from config.local.faults.tally import Result
from config.local.faults.users import Answer, Browser, Writer, all_write
from config.local.layout import make_folder
from config.local.postgres import APP, DATABASE, SUPERUSER
from records.models import Statement

PEOPLE = 8
DISK = "24m"
TABLE = "records_statement"
LONG = 16_000  # characters, so that what is written soon needs new pages
NO_FURTHER = 512 * 1024
FILL = "INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, %s)"


def disk_full(machine: Machine, scene: Scene, count: int) -> Result:
    """The disk of the statements' table is full: a small one of its own, which root may mount."""
    result = Result("disk-full", "The disk on which statements are written is full")
    if os.geteuid() != 0:
        result.n = "0 POSTs"
        result.figures.append("left out, because only root may mount a small disk")
        return result
    return _through(machine, scene, count, result, lambda: _small_disk(machine), longer=LONG)


def disk_full_everywhere(machine: Machine, scene: Scene, count: int) -> Result:
    """No file of PostgreSQL may grow any more, its own log too: it stops, and comes back whole."""
    result = Result(
        "disk-full-everywhere", "No file of PostgreSQL may grow, its write-ahead log included; then it may"
    )
    return _through(machine, scene, count, result, lambda: _no_room(machine), longer=LONG)


def read_only(machine: Machine, scene: Scene, count: int) -> Result:
    """PostgreSQL takes no writes, as a standby or a database that somebody has put into that mode."""
    result = Result("database-read-only", "PostgreSQL takes no writes (default_transaction_read_only)")
    return _through(machine, scene, count, result, lambda: _read_only(machine))


def no_connections(machine: Machine, scene: Scene, count: int) -> Result:
    """Others hold every connection that PostgreSQL gives."""
    result = Result("connections-exhausted", "Others hold every connection that PostgreSQL gives")
    return _through(machine, scene, count, result, lambda: _all_taken(machine))


def _through(
    machine: Machine,
    scene: Scene,
    count: int,
    result: Result,
    trouble: Callable[[], AbstractContextManager[None]],
    *,
    longer: int = 0,
) -> Result:
    """Let people write while there is trouble, and send what was not saved again when it is over."""
    machine.only("web")
    people = writers(machine, scene, PEOPLE)
    stranger = Browser(session_of(scene.world.stranger.practitioner), port=machine.web_port)
    connections.close_all()
    with trouble():
        answers = all_write(people, count, run=result.run, longer=longer)
        strangers = [stranger.get(f"/concerns/{writer.reference}/").status for writer in people[:2]]
        nobody = [Browser("", port=machine.web_port).get(people[0].page).status]
    unsaved = [each.words for each in answers if not each.says_saved]
    connections.close_all()
    compare(result, answers)
    _wait_for_the_web(people[0])

    def once_more(writer: Writer, words: str, number: int) -> Answer:
        return writer.write(unsaved[number])

    again = all_write(people, len(unsaved), run="again", each=once_more)
    saved = sum(each.says_saved for each in again)
    there = Statement.objects.filter(text__in=[each.words for each in answers]).count()
    result.figures.append(f"sent again when it was over: {saved:,} of {len(unsaved):,} saved")
    result.require(len(unsaved) > 0, "no request was hit")
    result.require(saved == len(unsaved), f"{len(unsaved) - saved} could not be sent again")
    result.require(there == len(answers), f"{there} of {len(answers)} are there in the end")
    result.require(200 not in strangers + nobody, "somebody was let in")
    return result


def _wait_for_the_web(writer: Writer) -> None:
    ends = time.monotonic() + 60
    while writer.browser.get("/").status != 200 and time.monotonic() < ends:
        time.sleep(0.5)


@contextmanager
def _superuser(machine: Machine) -> Iterator[psycopg.Connection[tuple[str, ...]]]:
    with psycopg.connect(machine.postgres.url(SUPERUSER, database=DATABASE), autocommit=True) as db:
        yield db


def _end_sessions(machine: Machine, *, but: list[int] | None = None) -> None:
    with _superuser(machine) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND pid <> ALL(%s)",
            [APP, but or []],
        )


@contextmanager
def _small_disk(machine: Machine) -> Iterator[None]:
    folder = make_folder(machine.folder / "small")
    _mount(folder)
    try:
        if machine.postgres.account:
            os.chown(folder, machine.postgres.account.pw_uid, machine.postgres.account.pw_gid)
            folder.chmod(0o700)
        _end_sessions(machine)
        with _superuser(machine) as db:
            db.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder))))
            db.execute(f"ALTER TABLE {TABLE} SET TABLESPACE small")
            db.execute("CREATE TABLE filler (text text STORAGE PLAIN) TABLESPACE small")
            _fill(db)
        try:
            yield
        finally:
            with _superuser(machine) as db:
                db.execute("DROP TABLE filler")
    finally:
        _end_sessions(machine)
        with _superuser(machine) as db:
            db.execute(f"ALTER TABLE {TABLE} SET TABLESPACE pg_default")
            db.execute("CHECKPOINT")
            db.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", str(folder)], check=True)


def _mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)


def _fill(db: psycopg.Connection[tuple[str, ...]]) -> None:
    """Write until there is no room, first much at once and then little."""
    for portion in (200, 1):
        with contextlib.suppress(psycopg.errors.DiskFull):
            while True:
                db.execute(FILL, [portion])


@contextmanager
def _no_room(machine: Machine) -> Iterator[None]:
    """Let no file of PostgreSQL become longer than it may: writing past that fails, as on a full disk."""
    _end_sessions(machine)
    _no_longer(machine, NO_FURTHER)
    try:
        yield
    finally:
        # It stopped when it could not write its log, and somebody starts it again.
        machine.crash_the_database()
        connections.close_all()
        machine.postgres.start()


def _no_longer(machine: Machine, size: int) -> None:
    """Limit how long a file each process of PostgreSQL may write, as the user that it runs as."""
    account, done = machine.postgres.account, 0
    who: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid} if account else {}
    for pid in _processes(machine):
        command = ["prlimit", f"--pid={pid}", f"--fsize={size}:unlimited"]
        changed = subprocess.run(
            command, **who, extra_groups=[] if account else None, cwd="/", stderr=subprocess.DEVNULL
        )
        done += changed.returncode == 0
    if not done:
        raise RuntimeError("PostgreSQL's files could not be limited")


def _processes(machine: Machine) -> list[int]:
    child = machine.postgres.child
    return procs.family(child.process.pid) if child else []


@contextmanager
def _read_only(machine: Machine) -> Iterator[None]:
    change = sql.SQL("ALTER DATABASE {} {}")
    name = sql.Identifier(DATABASE)
    with _superuser(machine) as db:
        db.execute(change.format(name, sql.SQL("SET default_transaction_read_only = on")))
    _end_sessions(machine)
    try:
        yield
    finally:
        with _superuser(machine) as db:
            db.execute("SET default_transaction_read_only = off")
            db.execute(change.format(name, sql.SQL("RESET default_transaction_read_only")))
        _end_sessions(machine)


@contextmanager
def _all_taken(machine: Machine) -> Iterator[None]:
    taken: list[psycopg.Connection[tuple[str, ...]]] = []
    try:
        for _ in range(3):
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.append(psycopg.connect(machine.postgres.url(APP), connect_timeout=5))
            _end_sessions(machine, but=[each.info.backend_pid for each in taken])
        yield
    finally:
        for each in taken:
            each.close()
