"""`make faults`: break things on purpose, and print what was lost or sent twice."""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import shutil
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import django
from django.db import connections

from config.local.database import bring_up_to_date, collect_static
from config.local.faults import report
from config.local.faults.machine import Machine
from config.local.faults.tally import Result
from config.local.layout import give_up, make_folder, say
from config.local.postgres import APP, OWNER, Postgres
from config.local.processes import AskedToStop, stop_when_asked
from config.local.services import folder_for, kept_secrets, lock
from config.local.suite import migrations_digest
from config.local.valkey import Valkey

LONGEST_SECONDS = 1_200


def run(args: list[str]) -> int:
    """Run the fault runs that `args` or the ARGS variable name. Returns 1 where a pass line was missed."""
    args = args or shlex.split(os.environ.get("ARGS", ""))
    asked = _parser().parse_args(args)
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        with _machine() as machine:
            results = _runs(machine, asked)
    except AskedToStop:
        say("Stopped.")
        return 1
    from config.local.faults.runs import RUNS

    rows = [report.row(each, fault=RUNS[each.run].fault, line=RUNS[each.run].line) for each in results]
    say(f"\n{report.table(rows)}\n")
    failed = [each.run for each in results if each.wrong]
    say(f"Not passed: {', '.join(failed)}." if failed else "All passed.")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--run", action="append", metavar="NAME", help="only this run, or those of F1 to F13")
    parser.add_argument("--away", type=float, help="for how many seconds Redis is away, 30 unless given")
    parser.add_argument("--count", type=int, help="N of each run")
    parser.add_argument("--quick", action="store_true", help="the main runs with few messages")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    return parser


@contextmanager
def _machine() -> Iterator[Machine]:
    """Run the servers of the fault runs, and stop everything at the end."""
    folder = folder_for("faults")
    held = lock(folder)
    if held is None:
        raise give_up("make faults is running from this folder already. Stop that one first.")
    make_folder(folder / "logs")
    _begin_afresh(folder)
    passwords = kept_secrets("faults")
    postgres = Postgres(folder, passwords=passwords)
    valkey = Valkey(folder, password=passwords["valkey"])
    machine = None
    try:
        say("Starting PostgreSQL and Valkey.")
        postgres.start()
        valkey.start()
        addresses = {
            "DATABASE_URL": postgres.url(APP),
            "DATABASE_OWNER_URL": postgres.url(OWNER),
            "REDIS_URL": valkey.url,
        }
        machine = Machine(folder, postgres=postgres, valkey=valkey, addresses=addresses)
        say("Bringing the database up to date.")
        bring_up_to_date(machine.environment)
        collect_static(machine.environment)
        yield machine
    finally:
        if machine:
            machine.stop(*list(machine.children))
        valkey.stop()
        postgres.stop()
        held.close()


def _begin_afresh(folder: Path) -> None:
    """Forget the database of earlier runs where the migrations that made it are not those of today."""
    mark = folder / "migrations"
    if not mark.exists() or mark.read_text() != migrations_digest():
        shutil.rmtree(folder / "postgres", ignore_errors=True)
    mark.write_text(migrations_digest())


def _runs(machine: Machine, asked: argparse.Namespace) -> list[Result]:
    """Do the runs one after the other. Raises SystemExit where one is named that there is not."""
    # As manage.py has it: this process makes and looks at rows of every agency.
    os.environ.update(machine.environment, DJANGO_SETTINGS_MODULE="config.settings", BACKGROUND="1")
    django.setup()
    logging.getLogger().setLevel(logging.WARNING)  # here, not in the processes that are watched
    from config.local.faults import scene, tally
    from config.local.faults.runs import RUNS, broker, named

    broker.AWAY_SECONDS = asked.away or broker.AWAY_SECONDS
    longest = LONGEST_SECONDS + int(broker.AWAY_SECONDS)
    try:
        names = named(asked.run, quick=asked.quick)
    except KeyError as unknown:
        raise give_up(f"There is no run named {unknown.args[0]}. There are: {', '.join(RUNS)}.") from None
    results = []
    for name in names:
        plan = RUNS[name]
        count = asked.count or (plan.quick if asked.quick and plan.quick else plan.full)
        started = time.monotonic()
        try:
            with _no_longer_than(longest):
                machine.mend()
                connections.close_all()
                tally.forget(machine.mail)
                result = plan.function(machine, scene.fresh(), count)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # shown, not passed; the other runs go on
            traceback.print_exc()
            result = Result(name, "", n=f"{count:,}", wrong=[f"ended by {type(error).__name__}"])
        results.append(result)
        if asked.write:
            report.write({name: report.row(result, fault=plan.fault, line=plan.line)}, order=list(RUNS))
        verdict = f"not passed: {'; '.join(result.wrong)}" if result.wrong else "passed"
        say(f"{name}: {verdict} ({time.monotonic() - started:.0f} s). {'; '.join(result.figures)}")
    return results


@contextmanager
def _no_longer_than(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds: a run that hangs must not keep the others."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
