"""PostgreSQL and Valkey for one purpose (demo or test), and the environment that leads to them."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.local.layout import LOCAL, give_up, make_folder, say, write_private
from config.local.postgres import APP, AUDITOR, BACKUP, OWNER, ROLES, SUPERUSER, WORKER, Postgres
from config.local.valkey import Valkey

# What is rebuilt from nothing, so that it need not survive a power cut.
FOR_TESTS = ("test", "sabotage")
GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def given_servers() -> dict[str, str] | None:
    """Return the addresses of the servers that the environment names, or None where it names none.

    Raises SystemExit where it names some of them: mixing ours and yours would surprise somebody.
    """
    given = {name: value for name in GIVEN if (value := os.environ.get(name, "").strip())}
    if not given:
        return None
    if missing := [name for name in GIVEN if name not in given]:
        raise give_up(
            f"To use your own servers, set {' and '.join(missing)} as well; to use the built-in ones, unset "
            f"{' and '.join(given)}. docs/environment.md says what the two database roles need."
        )
    return given


def lock(folder: Path) -> IO[str] | None:
    """Take the folder for this process until it ends. Returns None where another has it."""
    handle = (make_folder(folder) / "lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def folder_for(purpose: str) -> Path:
    return LOCAL / purpose


def kept_secrets(purpose: str) -> dict[str, str]:
    """Return the passwords and the key of a purpose, made at random the first time."""
    path = make_folder(folder_for(purpose)) / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    names = (SUPERUSER, *ROLES, "valkey", "key")
    if missing := [name for name in names if name not in kept]:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(path, kept)
    return kept


@contextmanager
def running(purpose: str) -> Iterator[Mapping[str, str]]:
    """Run the servers of a purpose while the block runs, and give their addresses.

    Raises SystemExit where another process is running them already.
    """
    if given := given_servers():
        say("Using the database and broker that DATABASE_URL and REDIS_URL name.")
        yield given
        return
    folder = folder_for(purpose)
    held = lock(folder)
    if held is None:
        raise give_up(f"make {purpose} is running from this folder already. Stop that one first.")
    make_folder(folder / "logs")
    passwords = kept_secrets(purpose)
    postgres = Postgres(folder, passwords=passwords, for_tests=purpose in FOR_TESTS)
    valkey = Valkey(folder, password=passwords["valkey"])
    try:
        say("Starting PostgreSQL and Valkey.")
        postgres.start()
        valkey.start()
        addresses = {
            "DATABASE_URL": postgres.url(APP),
            "DATABASE_OWNER_URL": postgres.url(OWNER),
            "DATABASE_WORKER_URL": postgres.url(WORKER),
            "DATABASE_AUDITOR_URL": postgres.url(AUDITOR),
            "DATABASE_BACKUP_URL": postgres.url(BACKUP),
            "REDIS_URL": valkey.url,
        }
        write_private(folder / "addresses.json", addresses)
        yield addresses
    finally:
        valkey.stop()
        postgres.stop()
        (folder / "addresses.json").unlink(missing_ok=True)
        held.close()


@contextmanager
def joined(purpose: str) -> Iterator[Mapping[str, str]]:
    """Use the servers of a purpose: yours, those that run now, else ours for as long as the block runs."""
    if given := given_servers():
        yield given
        return
    path = folder_for(purpose) / "addresses.json"
    held = lock(folder_for(purpose))
    if held is None and path.exists():
        yield json.loads(path.read_text())
        return
    if held:
        held.close()
    with running(purpose) as addresses:
        yield addresses
