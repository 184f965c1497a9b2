"""`make psql`: the demo's database as the owner of its tables, in the wheel's own psql."""

import os
import signal
import subprocess

from config.local.layout import say
from config.local.postgres import BIN
from config.local.services import joined


def run(args: list[str]) -> int:
    """Open psql, with the server that the running demo uses or our own. Returns psql's exit code."""
    with joined("demo") as addresses:
        say("The demo's database, as its owner. \\q leaves, \\dt lists the tables.")
        signal.signal(signal.SIGINT, lambda number, frame: None)  # Ctrl-C is psql's, to stop a query
        # Through the environment, so that the password is not in the list of processes.
        environment = {**os.environ, "PGDATABASE": "", "PSQLRC": os.devnull}
        return subprocess.run(
            [str(BIN / "psql"), *args], env={**environment, **_libpq(addresses["DATABASE_OWNER_URL"])}
        ).returncode


def _libpq(url: str) -> dict[str, str]:
    """Return the variables that libpq reads for a URL."""
    from psycopg.conninfo import conninfo_to_dict

    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    parts = conninfo_to_dict(url)
    return {names[key]: str(value) for key, value in parts.items() if key in names}
