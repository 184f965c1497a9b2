"""Bring a database up to date: tables as their owner, rights for the application's role."""

import os
import subprocess
from collections.abc import Mapping

from config.local.environment import of_the_owner
from config.local.layout import ROOT, give_up, python


def manage(*args: str, environment: Mapping[str, str], quiet: bool = False) -> str:
    """Run one of Django's commands and return what it printed, which `quiet` keeps off the terminal.

    Raises SystemExit with what it said where it fails.
    """
    done = subprocess.run(
        python("manage.py", *args),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    if done.returncode:
        raise give_up(f"{done.stdout or ''}manage.py {args[0]} failed (exit code {done.returncode}).")
    return done.stdout or ""


def bring_up_to_date(environment: Mapping[str, str]) -> None:
    """Migrate as the owner, make the table of the rate limits, give the application's role its rights."""
    owner = of_the_owner(environment)
    manage("migrate", "--noinput", "--verbosity", "0", environment=owner, quiet=True)
    manage("createcachetable", environment=owner, quiet=True)
    app = {"APP_DATABASE_URL": environment["DATABASE_URL"]}
    manage("grant_roles", environment={**owner, **app}, quiet=True)


def collect_static(environment: Mapping[str, str]) -> None:
    """Put style sheets and scripts where the web server finds them, with their fingerprints."""
    manage("collectstatic", "--noinput", "--verbosity", "0", environment=environment, quiet=True)
