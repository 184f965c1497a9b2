"""`make leaks`: type words that stand nowhere else into everything, and look for them everywhere else."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django
from redis import Redis, RedisError

from config.local.database import bring_up_to_date, collect_static, manage
from config.local.environment import of_the_worker
from config.local.faults.machine import Machine
from config.local.layout import give_up, make_folder, say
from config.local.leaks.markers import Markers, planted
from config.local.postgres import APP, BACKUP, OWNER, WORKER, Postgres
from config.local.processes import AskedToStop, stop_when_asked
from config.local.services import folder_for, kept_secrets, lock
from config.local.valkey import Valkey

if TYPE_CHECKING:
    from config.local.leaks.journeys import Practice
    from config.local.leaks.places import Place

PAGES_EACH = 60
FEWEST_DONE = 0.5


def run(args: list[str]) -> int:
    """Drive the service and search what it left. Returns 1 where a word was found, or too little was sent."""
    args = args or shlex.split(os.environ.get("ARGS", ""))
    asked = _parser().parse_args(args)
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    prove()
    try:
        with _service() as machine:
            places, practice = _drive(machine, asked)
    except AskedToStop:
        say("Stopped.")
        return 1
    return report(places, practice)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make leaks", description=__doc__)
    parser.add_argument("--planted", action="store_true", help="write a word into a log: this must fail")
    parser.add_argument("--no-browser", action="store_true", help="leave the browser's profile out")
    return parser


def prove() -> None:
    """Raise SystemExit where a word would not be found in each of the spellings that are looked for."""
    markers = Markers()
    word = markers.new("planted")
    missed = [how for how, content in planted(word).items() if not markers.found_in(content)]
    if missed:
        raise give_up(f"A word would not be found {', '.join(missed)}, so this run would prove nothing.")


@contextmanager
def _service() -> Iterator[Machine]:
    """Run the whole service in a folder of its own, emptied of the last run, with mail and texts as files."""
    folder = folder_for("leaks")
    held = lock(folder)
    if held is None:
        raise give_up("make leaks is running from this folder already. Stop that one first.")
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    for name in ("logs", "mail", "texts", "profile", "backup"):
        shutil.rmtree(folder / name, ignore_errors=True)
        make_folder(folder / name)
    passwords = kept_secrets("leaks")
    postgres, valkey = Postgres(folder, passwords=passwords), Valkey(folder, password=passwords["valkey"])
    machine = None
    try:
        say("Starting PostgreSQL and Valkey.")
        postgres.start()
        valkey.start()
        addresses = {
            "DATABASE_URL": postgres.url(APP),
            "DATABASE_OWNER_URL": postgres.url(OWNER),
            "DATABASE_WORKER_URL": postgres.url(WORKER),
            "DATABASE_BACKUP_URL": postgres.url(BACKUP),
            "REDIS_URL": valkey.url,
        }
        machine = Machine(folder, postgres=postgres, valkey=valkey, addresses=addresses)
        files = {"EMAIL_URL": f"file://{folder / 'mail'}", "TEXT_URL": f"file://{folder / 'texts'}"}
        machine.environment |= {"SECRET_KEY": passwords["key"], **files}
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


def _drive(machine: Machine, asked: argparse.Namespace) -> tuple[list[Place], Practice]:
    worker = of_the_worker(machine.environment)
    os.environ.update(machine.environment, DJANGO_SETTINGS_MODULE="config.settings")
    django.setup()
    from config.local.leaks import browsing, errors, journeys
    from config.local.leaks.visitor import Seen

    say("Making everything that a page can be about.")
    scene = journeys.fresh()
    markers, seen = Markers(), Seen()
    practice = journeys.Practice(scene, port=machine.web_port, markers=markers, seen=seen)
    with listening(machine):
        machine.start("web")
        machine.start("worker-1", "beat-1", DATABASE_URL=worker["DATABASE_URL"])
        say("Sending every form.")
        practice.everything()
        say("Looking around.")
        practice.opened = practice.look_around(at_most=PAGES_EACH)
        if not asked.no_browser:
            say("Reading and typing in a browser, and signing out.")
            profile = machine.folder / "profile"
            browsing.use_and_sign_out(scene, profile, port=machine.web_port, markers=markers)
        say("Making things go wrong.")
        practice.errors = errors.provoke(practice, machine.postgres)
        say("Letting the worker send what is due, and taking a backup.")
        time.sleep(10)
        manage("send_due", environment=worker, quiet=True)
        take_backup(machine)
    if asked.planted:
        with (machine.folder / "logs" / "web.log").open("a") as log:
            log.write(f'{{"message": "saved {markers.new("planted into the log")}"}}\n')
    return search(machine, practice), practice


@contextmanager
def listening(machine: Machine) -> Iterator[None]:
    """Write down everything that anybody says to the broker while the block runs."""
    path, ended = machine.folder / "logs" / "broker-heard.log", threading.Event()

    def listen() -> None:
        with (
            contextlib.suppress(RedisError, OSError, ValueError),
            Redis.from_url(machine.valkey.url, socket_timeout=60) as client,
            client.monitor() as monitor,
            path.open("a") as log,
        ):
            while not ended.is_set():
                log.write(f"{monitor.next_command()}\n")
                log.flush()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(10)


def take_backup(machine: Machine) -> Path:
    """Take a backup as an operator does."""
    key = manage("backup", "--new-key", environment=machine.environment, quiet=True).split()[-1]
    path = machine.folder / "backup" / "night.checkback"
    reader = {**machine.environment, "DATABASE_URL": machine.environment["DATABASE_BACKUP_URL"]}
    manage("backup", str(path), environment={**reader, "BACKUP_KEY": key}, quiet=True)
    return path


def search(machine: Machine, practice: Practice) -> list[Place]:
    """Look everywhere for the words that were given out, and for every text that the record holds now."""
    from config.local.leaks import journeys, places

    say("Looking for every word.")
    words, folder, seen = journeys.texts_of_the_record(), machine.folder, practice.seen
    practice.words = len(words)
    kinds = {
        "e-mails": places.files(folder / "mail"),
        "text messages": places.files(folder / "texts"),
        "logs of web, worker, beat, PostgreSQL and Valkey": places.files(folder / "logs"),
        "keys and values of the broker": places.broker(machine.valkey.url),
        "addresses and where answers led": places.lines(seen.addresses),
        "error pages": iter(seen.errors),
        "a browser’s profile after signing out": places.files(folder / "profile"),
        "a backup": places.files(folder / "backup"),
    }
    return [places.look(name, pieces, practice.markers, words) for name, pieces in kinds.items()]


def report(found: list[Place], practice: Practice) -> int:
    """Print what was done and found, and return the exit code."""
    sent = practice.sent.answers
    say(f"\n{sum(sent.values())} forms: " + ", ".join(f"{n} {how}" for how, n in sorted(sent.items())))
    say(f"{practice.seen.answers} answers, {practice.opened} pages by their links, {practice.errors} errors")
    say(f"{len(practice.markers.fields)} words of their own, {practice.words} texts of the record\n")
    for place in found:
        verdict = f"FOUND {len(place.found)}" if place.found else "nothing"
        say(f"{place.name}: {place.pieces} pieces, {place.size:,} bytes: {verdict}")
        for what in sorted(place.found)[:20]:
            say(f"  {what}")
    if practice.sent.not_saved:
        say("Not saved: " + ", ".join(f"{name} {status}" for name, status in practice.sent.not_saved.items()))
    if sent["done"] < FEWEST_DONE * sum(sent.values()):
        say("Too few forms were accepted, so this run proves little.")
        return 1
    leaked = any(place.found for place in found)
    say("Words were found where none may be." if leaked else "Nothing leaked.")
    return 1 if leaked else 0
