"""`make bench`: fill databases, start the service and a bare site, and print how fast both are."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from config.local import parts
from config.local.bench import pages, report, soak
from config.local.bench.databases import Databases
from config.local.bench.figures import LISTS, WEB, WORKER, Memory, percentile
from config.local.bench.report import Results
from config.local.database import collect_static, manage
from config.local.environment import of_the_demo
from config.local.layout import ROOT, give_up, make_folder, python, say
from config.local.ports import answers, free_port
from config.local.postgres import APP, OWNER, Postgres
from config.local.processes import AskedToStop, Child, stop_when_asked
from config.local.services import folder_for, kept_secrets, lock
from config.local.valkey import Valkey

SIZES = (1_000, 20_000, 200_000)
QUICK = (1_000,)
# The whole record is compared only where that takes a minute, not an hour.
MOST_VERIFIED = 20_000
COUNTS = {"reads": 150, "writes": 40, "searches": 20, "seconds": 3.0, "reminders": 2_000, "leaves": 30_000}
QUICK_COUNTS = {"reads": 15, "writes": 6, "searches": 3, "seconds": 0.5, "reminders": 200, "leaves": 2_000}


def run(args: list[str]) -> int:
    """Measure. Returns 1 where a bar is missed."""
    args = args or shlex.split(os.environ.get("ARGS", ""))
    asked = _parser().parse_args(args)
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        with _servers() as (databases, folder):
            results = _measure(databases, asked, folder)
    except AskedToStop:
        say("Stopped. What was filled stays for next time.")
        return 1
    say(f"\n{report.text(results)}")
    (folder_for("bench") / "figures.json").write_text(json.dumps(results.as_json(), indent=1))
    if not asked.quick and not asked.no_write:
        (report.write_soak if asked.soak_only else report.write)(results)
        say("\nWritten to docs/scale.md.")
    return 1 if results.missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", help="numbers of concerns, such as 1000,20000")
    parser.add_argument(
        "--quick", action="store_true", help="1,000 concerns and few requests; writes nothing"
    )
    parser.add_argument(
        "--soak", type=int, metavar="N", help="so many requests and ticks, 2,000 unless asked"
    )
    parser.add_argument(
        "--soak-only", nargs="?", const="both", choices=("both", "web", "worker"),
        help="measure memory alone, at the first size, of the web server, of the worker, or of both",
    )  # fmt: skip
    parser.add_argument("--no-write", action="store_true", help="leave docs/scale.md as it is")
    return parser


@contextmanager
def _servers() -> Iterator[tuple[Databases, Any]]:
    """Run PostgreSQL and Valkey for the bench."""
    folder = folder_for("bench")
    held = lock(folder)
    if held is None:
        raise give_up("make bench is running from this folder already. Stop that one first.")
    make_folder(folder / "logs")
    passwords = kept_secrets("bench")
    postgres = Postgres(folder, passwords=passwords)
    valkey = Valkey(folder, password=passwords["valkey"])
    try:
        say("Starting PostgreSQL and Valkey.")
        postgres.start()
        valkey.start()
        addresses = {
            "DATABASE_URL": postgres.url(APP),
            "DATABASE_OWNER_URL": postgres.url(OWNER),
            "REDIS_URL": valkey.url,
        }
        environment = {**of_the_demo(addresses, port=free_port()), "SECRET_KEY": passwords["key"]}
        yield Databases(postgres, environment), folder
    finally:
        valkey.stop()
        postgres.stop()
        held.close()


def _measure(databases: Databases, asked: argparse.Namespace, folder: Any) -> Results:
    sizes = [int(size) for size in asked.sizes.split(",")] if asked.sizes else list(SIZES)
    if (asked.quick or asked.soak_only) and not asked.sizes:
        sizes = list(QUICK)
    counts = QUICK_COUNTS if asked.quick else COUNTS
    results = Results(
        f"make bench{' ARGS=' + shlex.quote(shlex.join(_given(asked))) if _given(asked) else ''}"
    )
    results.seeded = {size: s for size, s in databases.make(sizes).items() if size in sizes}
    collect_static(databases.environment)
    password = secrets.token_urlsafe(12)
    _bare_person(databases, password)
    for size in sizes:
        with _web(databases, size, folder) as (port, bare_port, web):
            environment = databases.of(size)
            company = pages.Company(
                inside(environment, "cast"), port=port, bare_port=bare_port, password=password,
                bare_database=databases.bare()["DATABASE_URL"],
            )  # fmt: skip
            if not asked.soak_only:
                _one_size(company, environment, results, size=size, counts=counts)
            if size == sizes[-1]:
                _soak(company, environment, results, web, asked=asked)
    return results


def _soak(
    company: pages.Company, environment: Mapping[str, str], results: Results, web: Child, *,
    asked: argparse.Namespace,
) -> None:  # fmt: skip
    times = asked.soak or (200 if asked.quick else 2_000)
    ticks = asked.soak or times // 4
    if asked.soak_only != "worker":
        say(f"Asking for {times:,} pages, to see how memory grows.")
        results.memory[WEB] = soak.web(company, web, times=times)
    if asked.soak_only != "web":
        say(f"Doing {ticks:,} ticks.")
        results.memory[WORKER] = Memory(ticks, "ticks", inside(environment, "ticks", str(ticks)))


def _one_size(
    company: pages.Company, environment: Mapping[str, str], results: Results, *, size: int, counts: Any
) -> None:
    say(f"Measuring at {size:,} concerns.")
    ready = inside(environment, "ready", str(counts["writes"] + pages.WARM_WRITES + 1))
    counted = inside(environment, "statements", given=json.dumps(pages.to_count(company, ready)))
    for one in pages.read(
        company, size=size, times=counts["reads"], seconds=counts["seconds"], statements=counted
    ):
        _told(results, one)
    for one in pages.write(company, ready, size=size, counted=counted):
        _told(results, one)
    opened = pages.lists(company, counts["reads"])
    results.lists[size] = {
        **{name: 1000 * percentile(took, 0.5) for name, took in opened.items()},
        **{f"{name} rows": company.cast[name]["open"] for name in LISTS},
    }
    results.people[size] = company.cast["people"]
    results.searches[size] = dict(pages.searches(company, counts["searches"]))
    results.work[size] = {
        "reminders": inside(environment, "reminders", str(counts["reminders"])),
        "sealing": inside(environment, "seal", str(counts["leaves"])),
    }
    if size <= MOST_VERIFIED:
        results.work[size]["verifying"] = inside(environment, "verify")


def _told(results: Results, one: Any) -> None:
    say(f"  {one.name}: p50 {one.p50:.1f} ms, {one.of_bare:.2f} × bare, {one.statements} statements")
    results.figures.append(one)


def _given(asked: argparse.Namespace) -> list[str]:
    given = ["--quick"] if asked.quick else []
    given += [f"--sizes={asked.sizes}"] if asked.sizes else []
    given += [f"--soak={asked.soak}"] if asked.soak else []
    only = "" if asked.soak_only in (None, "both") else f"={asked.soak_only}"
    return given + ([f"--soak-only{only}"] if asked.soak_only else [])


def inside(environment: Mapping[str, str], *command: str, given: str = "") -> Any:
    """Do something in a process of the service, and return what it answers."""
    done = subprocess.run(
        python("-m", "config.local.bench.inside", *command),
        cwd=ROOT, env={**os.environ, **environment}, input=given, text=True, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise give_up(f"{done.stderr}{command[0]} failed (exit code {done.returncode}).")
    return json.loads(done.stdout.splitlines()[-1])


def _bare_person(databases: Databases, password: str) -> None:
    """Make the account of the bare site's visitor."""
    environment = {**databases.bare(), "DJANGO_SUPERUSER_PASSWORD": password}
    manage(
        "createsuperuser", "--noinput", "--username", "bench", "--email", "bench@bench.example",
        environment=environment, quiet=True,
    )  # fmt: skip


@contextmanager
def _web(databases: Databases, size: int, folder: Any) -> Iterator[tuple[int, int, Child]]:
    """Run the service's web server on a database, and the bare site's beside it, each as in production."""
    port, bare_port = free_port(), free_port()
    ours = {**databases.of(size), "BASE_URL": f"http://127.0.0.1:{port}"}
    bare = [part.replace("config.wsgi", "config.local.bench.bare.wsgi") for part in parts.web(port=bare_port)]
    with ExitStack() as stack:
        children = []
        for name, command, environment, at in (
            ("web", parts.web(port=port), ours, port),
            ("bare", bare, databases.bare(), bare_port),
        ):
            child = Child(name, command, env=environment, log=folder / "logs" / f"{name}.log")
            stack.callback(child.stop)
            child.wait_until(partial(answers, at), seconds=120)
            children.append(child)
        yield port, bare_port, children[0]
