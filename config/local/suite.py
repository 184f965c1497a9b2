"""`make test`: servers of its own, a browser, the style sheets, then pytest with everything."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from hashlib import sha256

from config.local.browser import chromium
from config.local.database import collect_static
from config.local.environment import of_the_tests
from config.local.layout import ROOT, python, say
from config.local.processes import AskedToStop, stop_when_asked
from config.local.services import running

# All of them run in as many processes as there are cores, each with its own database; a file stays together.
# They are given out in the order of tests/conftest.py, which knows the long ones.
EVERYTHING = ["--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "--quiet"]


def run(args: list[str]) -> int:
    """Run pytest, with `args` and those in the ARGS variable. Returns its exit code."""
    browser = chromium()
    with running("test") as addresses:
        environment = {**of_the_tests(addresses), "CHROMIUM": browser}
        collect_static(environment)
        chosen = args or shlex.split(os.environ.get("ARGS", ""))
        say("Running the tests." if not chosen else f"Running pytest {shlex.join(chosen)}.")
        # Ctrl-C reaches pytest too, which ends in its own time and prints its summary: we wait for it.
        signal.signal(signal.SIGINT, lambda number, frame: None)
        stop_when_asked(signal.SIGTERM, signal.SIGHUP)
        kept = kept_database() if chosen else []
        command = python("-m", "pytest", *kept, *(chosen or EVERYTHING))
        tests = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
        try:
            return tests.wait()
        except AskedToStop:
            tests.terminate()
            return tests.wait()


def kept_database(purpose: str = "test") -> list[str]:
    """Keep the tests' database for the next run, and use the last one where no migration has changed since.

    Making it takes most of the time of a run of a few tests. A run of everything starts afresh.
    """
    mark = ROOT / ".local" / purpose / "migrations"
    same = mark.exists() and mark.read_text() == migrations_digest()
    mark.write_text(migrations_digest())
    return ["--reuse-db"] if same else ["--reuse-db", "--create-db"]


def migrations_digest() -> str:
    """Return a digest of every migration, which stands for the tables that they make."""
    digest = sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
