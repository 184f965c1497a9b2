"""PostgreSQL and its disk are gone: what comes back, how soon, and does anything go out by itself?"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from django.db import connections
from django.utils import timezone
from psycopg import sql

from audit.operations import seals
from audit.verify import heads
from config.local.faults import rows, tally
from config.local.faults.machine import Machine, until
from config.local.faults.scene import Scene, fill, writers
from config.local.faults.tally import Result
from config.local.faults.users import Answer, all_write
from config.local.layout import ROOT, make_folder, python
from config.local.postgres import APP, BACKUP, BIN, OWNER, SUPERUSER
from consent.models import View
from records.models import Statement
from sharing.backups import envelope
from tests import factories

PEOPLE = 8
MESSAGES = 50
# In production a minute: a piece of the log that is not full is archived after that long.
ARCHIVE_SECONDS = 10
RPO_SECONDS, RTO_SECONDS = 300, 900
QUIET_SECONDS = 8
RESTORED = "check_back_restored"


def from_archive(machine: Machine, scene: Scene, count: int) -> Result:
    """Restore a base backup and what was archived since: nothing goes out, and the seals fit the heads."""
    result = Result("restored-from-archive", "PostgreSQL and its disk lost; base backup and archived log")
    machine.stop(*list(machine.children))
    archive, base = (_folder(machine, name) for name in ("archive", "base"))
    _with_settings(machine, *_archiving(archive))
    machine.start("sink", "web", "worker-1", "beat-1")
    people = writers(machine, scene, PEOPLE)
    _base_backup(machine, base)
    answers = all_write(people, count, run="archived")
    _withdraw(scene)
    seals.seal_all()
    kept = "".join(heads.lines())
    machine.stop("worker-1", "beat-1")
    expected = fill(scene, MESSAGES, run="restored")
    time.sleep(ARCHIVE_SECONDS * 2)
    answers += all_write(people, count // 10 or 1, run="last")
    gone = time.time()
    _lose_everything(machine)
    started = time.monotonic()
    _restore(machine, archive=archive, base=base)
    _manage(machine, "hold", "Restored from the archive.")
    machine.start("web")
    back = until(lambda: people[0].browser.get("/").status == 200, seconds=120)
    seconds = time.monotonic() - started
    _compare(result, answers, gone=gone, back=back, seconds=seconds)
    _require_fits(result, machine, kept)
    result.require(View.objects.filter(answer="REFUSED").exists(), "a withdrawn consent came back")
    _nothing_goes_out(result, machine, expected)
    _with_settings(machine)
    result.n = f"{len(answers):,} POSTs, {MESSAGES} notices"
    return result


def from_backup(machine: Machine, scene: Scene, count: int) -> Result:
    """Restore what manage.py backup wrote, and compare with later heads: it says what is gone."""
    result = Result("restored-from-backup", "manage.py backup brought back into a new database")
    machine.only("web")
    people = writers(machine, scene, PEOPLE)
    before = all_write(people, count, run="before")
    seals.seal_all()
    file, kept = machine.folder / "backup.checkback", machine.folder / "heads.jsonl"
    key = {"BACKUP_KEY": envelope.new_key()}
    kept.write_text("".join(heads.lines()))
    _manage(machine, "backup", str(file), changes={**key, "DATABASE_URL": machine.postgres.url(BACKUP)})
    all_write(people, count // 10 or 1, run="after")
    seals.seal_all()
    later = machine.folder / "later.jsonl"
    later.write_text("".join(heads.lines()))
    fits, seconds = _into_a_new_database(machine, file, kept, key)
    cut, _ = _into_a_new_database(machine, file, later, key)
    with psycopg.connect(machine.postgres.url(SUPERUSER, database=RESTORED)) as db:
        there = _count(db, "SELECT count(*) FROM records_statement WHERE text LIKE 'before %'")
        held = _count(db, "SELECT count(*) FROM notifications_hold WHERE lifted_at IS NULL")
    result.n = f"{len(before):,} POSTs before and {count // 10 or 1} after"
    result.figures += [
        f"{there:,} of {len(before):,} of before are back after {seconds:.0f} s, every message held",
        "with the heads of then it fits" if fits.returncode == 0 else "it does not fit the heads of then",
        "with later heads it says that the end is missing",
    ]
    result.require(there == len(before), f"{there} of {len(before)} came back")
    result.require(held == 1, "messages are not held")
    result.require(fits.returncode == 0, "it does not fit the heads of then")
    result.require(
        cut.returncode != 0 and "its end was cut off" in cut.stdout + cut.stderr, "missing seals are not said"
    )
    result.require(seconds <= RTO_SECONDS, f"took {seconds:.0f} s")
    _drop(machine)
    return result


def _archiving(archive: Path) -> tuple[str, ...]:
    copy = f"test ! -f {archive}/%f && cp %p {archive}/%f.part && mv {archive}/%f.part {archive}/%f"
    return ("archive_mode=on", f"archive_command={copy}", f"archive_timeout={ARCHIVE_SECONDS}")


def _folder(machine: Machine, name: str) -> Path:
    """Make an empty folder that PostgreSQL's user may write into."""
    folder = machine.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder, private=True)
    if machine.postgres.account:
        os.chown(folder, machine.postgres.account.pw_uid, machine.postgres.account.pw_gid)
    return folder


def _with_settings(machine: Machine, *settings: str) -> None:
    """Start PostgreSQL again with more settings than usual, or with the usual ones."""
    connections.close_all()
    machine.postgres.stop()
    machine.postgres.settings = settings
    machine.postgres.start()


def _base_backup(machine: Machine, folder: Path) -> None:
    account = machine.postgres.account
    command = [str(BIN / "pg_basebackup"), "-D", str(folder), "--wal-method=none", "--checkpoint=fast"]
    subprocess.run(
        [*command, "--dbname", machine.postgres.url(SUPERUSER, database="postgres")],
        user=account.pw_uid if account else None,
        cwd="/",
        check=True,
        capture_output=True,
    )


def _withdraw(scene: Scene) -> None:
    """Take consent back after the base backup."""
    concern = factories.logged(scene.world)
    factories.view(scene.world, concern)
    factories.view(scene.world, concern, answer="REFUSED")


def _lose_everything(machine: Machine) -> None:
    """Kill every process, and take the disk of PostgreSQL away."""
    connections.close_all()
    for name in [name for name in machine.children if name != "sink"]:
        machine.kill(name)
    machine.crash_the_database()
    shutil.rmtree(machine.postgres.data)


def _restore(machine: Machine, *, archive: Path, base: Path) -> None:
    """Do what docs/reliability.md tells operators to do."""
    shutil.move(base, machine.postgres.data)
    signal_file = machine.postgres.data / "recovery.signal"
    signal_file.touch()
    if machine.postgres.account:
        os.chown(signal_file, machine.postgres.account.pw_uid, machine.postgres.account.pw_gid)
    # Nobody is let in before all of it is back.
    machine.postgres.settings = (f"restore_command=cp {archive}/%f %p", "hot_standby=off")
    machine.postgres.start()


def _compare(
    result: Result,
    answers: Sequence[Answer],
    *,
    gone: float,
    back: float | None,
    seconds: float,
) -> None:
    """Say what of all that was called saved is there, and for how long before the end it is missing."""
    saved = [each for each in answers if each.says_saved]
    there = set(Statement.objects.values_list("text", flat=True))
    missing = [each for each in saved if each.words not in there]
    lost = max((gone - each.at for each in missing), default=0.0)
    result.figures += [
        f"{len(saved) - len(missing):,} of {len(saved):,} saved ones are back",
        f"the last {lost:.1f} s are not (archived every {ARCHIVE_SECONDS} s)",
        f"pages again after {seconds:.0f} s",
    ]
    result.require(lost <= RPO_SECONDS, f"{lost:.0f} s are missing")
    result.require(back is not None and seconds <= RTO_SECONDS, f"pages only after {seconds:.0f} s")


def _require_fits(result: Result, machine: Machine, kept: str) -> None:
    file = machine.folder / "heads.jsonl"
    file.write_text(kept)
    done = _manage(machine, "verify_record", f"--against={file}", check=False)
    result.figures.append(
        "the seals fit the heads that were kept" if done.returncode == 0 else "heads differ"
    )
    result.require(done.returncode == 0, f"verify_record: {done.stdout.splitlines()[-1:]}")


def _nothing_goes_out(result: Result, machine: Machine, expected: dict[str, float]) -> None:
    """Start the senders: nothing goes out before somebody says so, and then all that still waits."""
    before = len(tally.accepted(machine.mail))
    since = timezone.now()
    machine.start("worker-1", "beat-1")
    until(lambda: (rows.seen("worker") or since) > since, seconds=60)
    time.sleep(QUIET_SECONDS)
    meanwhile = len(tally.accepted(machine.mail)) - before
    _manage(machine, "lift_hold")
    rows.until_done(expected, seconds=60)
    got = tally.accepted(machine.mail)[before:]
    after, missing = len(got), set(expected) - {each.about for each in got}
    result.figures.append(f"{meanwhile} messages while held, {after} when it was lifted")
    result.require(not missing, f"{len(missing)} of {len(expected)} did not go out in the end")
    result.require(meanwhile == 0, f"{meanwhile} went out by themselves")


def _into_a_new_database(
    machine: Machine, file: Path, kept: Path, key: dict[str, str]
) -> tuple[subprocess.CompletedProcess[str], float]:
    _drop(machine)
    with psycopg.connect(machine.postgres.url(SUPERUSER, database="postgres"), autocommit=True) as db:
        create = sql.SQL("CREATE DATABASE {} OWNER {}")
        db.execute(create.format(sql.Identifier(RESTORED), sql.Identifier(OWNER)))
    addresses = {
        **key,
        "DATABASE_URL": machine.postgres.url(OWNER, database=RESTORED),
        "APP_DATABASE_URL": machine.postgres.url(APP, database=RESTORED),
    }
    started = time.monotonic()
    done = _manage(machine, "restore", str(file), f"--against={kept}", check=False, changes=addresses)
    return done, time.monotonic() - started


def _drop(machine: Machine) -> None:
    with psycopg.connect(machine.postgres.url(SUPERUSER, database="postgres"), autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(RESTORED)))


def _count(db: psycopg.Connection[tuple[int]], statement: str) -> int:
    row = db.execute(statement).fetchone()
    return row[0] if row else 0


def _manage(
    machine: Machine, *args: str, check: bool = True, changes: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **machine.environment,
        "APP_DATABASE_URL": machine.postgres.url(APP),
        **(changes or {}),
    }
    done = subprocess.run(
        python("manage.py", *args), cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if check and done.returncode:
        raise RuntimeError(f"manage.py {args[0]}: {done.stderr.splitlines()[-1:]}")
    return done
