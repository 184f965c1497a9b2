"""Two versions at once, as during an upgrade: the code before the last migration beside the present code."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

from audit.management.commands.grant_roles import app_role
from audit.operations import seals
from audit.verify import verify
from config.local.database import manage
from config.local.faults import rows, tally
from config.local.faults.machine import Machine
from config.local.faults.runs.saved import compare
from config.local.faults.scene import Scene, fill, writers
from config.local.faults.tally import Result
from config.local.faults.users import Answer, Writer, all_write, percentile
from config.local.layout import ROOT, make_folder, python
from config.local.ports import free_port

PEOPLE = 8
MESSAGES = 200
PAGES = ("/", "/concerns/", "/concerns/{reference}/", "/concerns/{reference}/statements/add/fact-seen/")


def two_versions(machine: Machine, scene: Scene, count: int) -> Result:
    """Ask both in turn, let both send, and seal with both: no request fails and nothing is lost."""
    result = Result("two-versions", "The code before the last migration beside the present one, one database")
    before = _version_before()
    if before is None:
        result.n = "0 requests"
        result.figures.append("left out: no history of the code to take an earlier version from")
        return result
    machine.stop(*list(machine.children))
    folder, port = _checkout(machine, before), free_port()
    old = {"PYTHONPATH": str(folder), "STATIC_ROOT": str(folder / ".local" / "static")}
    machine.start("sink", "web", "worker-1", "beat-1")
    _start_old(machine, folder, port, old)
    people = writers(machine, scene, PEOPLE)
    expected = fill(scene, MESSAGES, run="upgrade", over=count / 50)
    answers = all_write(people, count, run="upgrade", each=partial(_ask, port=port))
    rows.until_done(expected, seconds=120)
    posts = [each for each in answers if each.words]
    result.count(expected, tally.accepted(machine.mail))
    compare(result, posts)
    failed = [each for each in answers if each.status not in (200, 302)]
    result.n = f"{count:,} requests, {len(expected)} notices"
    result.figures = [
        f"{before[:7]} and the present code: {len(failed)} failed, {len(posts):,} written, all there",
        f"p99 {percentile(answers):.0f} ms",
        f"{result.lost} notices lost, {result.twice} twice",
    ]
    result.require(not failed, f"{len(failed)} failed ({failed[0].status if failed else ''})")
    _seal_with_both(result, folder, machine, old)
    machine.stop("old-web", "old-worker")
    return result


def _ask(writer: Writer, words: str, number: int, *, port: int) -> Answer:
    """Look at a page or write, by turns of the old version and the present one."""
    to = port if number % 2 else 0
    if number % 4 < 2:
        return writer.write(words, port=to)
    path = PAGES[number // 4 % len(PAGES)].format(reference=writer.reference)
    return writer.browser.get(path, port=to)


def _version_before() -> str | None:
    """Return the commit before the last one that changed a migration, None where there is no history."""
    if named := os.environ.get("FAULTS_BEFORE", ""):
        return named
    last = _git("log", "-1", "--format=%H", "--", "*/migrations/0*.py")
    return _git("rev-parse", f"{last}^") if last else None


def _git(*args: str) -> str | None:
    try:
        done = subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def _checkout(machine: Machine, commit: str) -> Path:
    """Put a version's files into a folder of its own, with the style sheets of the present one."""
    folder = machine.folder / "before"
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    shutil.copytree(ROOT / "static" / "build", folder / "static" / "build")
    return folder


def _start_old(machine: Machine, folder: Path, port: int, environment: dict[str, str]) -> None:
    everything = {**os.environ, **machine.environment, **environment}
    collect = python("-P", str(folder / "manage.py"), "collectstatic", "--noinput", "--verbosity", "0")
    subprocess.run(collect, cwd=folder, env=everything, check=True, capture_output=True)
    gunicorn = python(
        *("-P", "-m", "gunicorn", "config.wsgi", "--chdir", str(folder), "--bind", f"127.0.0.1:{port}"),
        *("--workers", "2", "--threads", "4", "--no-control-socket"),
    )
    celery = python(
        *("-P", "-m", "celery", "-A", "config.celery", "--workdir", str(folder), "--quiet", "worker"),
        *("--concurrency", "2", "--without-gossip", "--without-mingle", "-n", "old@%h"),
    )
    machine.other("old-web", gunicorn, port=port, changes=environment)
    machine.other("old-worker", celery, changes=environment)


def _seal_with_both(result: Result, folder: Path, machine: Machine, old: dict[str, str]) -> None:
    """Let the old version seal what there is and the present one what comes after, and verify all of it."""
    everything = {**os.environ, **machine.environment, **old}
    sealed = subprocess.run(
        python("-P", str(folder / "manage.py"), "seal_record"),
        cwd=folder,
        env=everything,
        capture_output=True,
    )
    result.require(sealed.returncode == 0, "the old version could not seal")
    manage("send_due", environment=machine.environment, quiet=True)
    seals.seal_all()
    os.environ["APP_DATABASE_URL"] = os.environ["DATABASE_URL"]
    report = verify(role=app_role())
    result.figures.append(f"sealed by both, {report.found} findings")
    result.require(
        report.found == 0, f"{report.found} findings ({report.first.text if report.first else ''})"
    )
