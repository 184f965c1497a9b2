"""The databases of the bench: one for each size, kept while nothing that made them has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

import psycopg
from psycopg import sql

from config.local.database import bring_up_to_date, manage
from config.local.environment import of_the_owner
from config.local.layout import ROOT, say
from config.local.postgres import APP, DATABASE, OWNER, SUPERUSER, Postgres
from config.local.services import folder_for

BARE = "bench_bare"
MADE = folder_for("bench") / "made.json"
# What makes the rows: the tables, and the words that are copied.
SOURCES = ("*/migrations/*.py", "sharing/bulk/*.py")


def fingerprint() -> str:
    """Return what the databases were made with, as a hash."""
    digest = sha256()
    for path in sorted(one for pattern in SOURCES for one in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


class Databases:
    """Makes what is missing and knows the addresses."""

    def __init__(self, postgres: Postgres, environment: Mapping[str, str]) -> None:
        self.postgres, self.environment = postgres, environment
        self.fingerprint = fingerprint()

    def of(self, size: int) -> dict[str, str]:
        """Return the environment of the service on the database of a size."""
        return self._on(f"bench_{size}")

    def bare(self) -> dict[str, str]:
        """Return the environment of the bare site."""
        return {**self._on(BARE), "DJANGO_SETTINGS_MODULE": "config.local.bench.bare.settings"}

    def make(self, sizes: list[int]) -> dict[int, float]:
        """Make the databases that are missing or out of date. Returns how many seconds each took to fill."""
        made = json.loads(MADE.read_text()) if MADE.exists() else {}
        if made.get("of") != self.fingerprint:
            made = {"of": self.fingerprint, "seconds": {}}
            self._fresh(DATABASE, template="template1")
            say("Making the tables, once for all sizes.")
            bring_up_to_date(self.environment)
            self._keep(made)
        for size in sizes:
            if str(size) not in made["seconds"]:
                made["seconds"][str(size)] = self._seed(size)
                self._keep(made)
        self._fresh(BARE, template="template1")
        self._bare_tables()
        return {int(size): seconds for size, seconds in made["seconds"].items()}

    def _keep(self, made: Mapping[str, object]) -> None:
        MADE.write_text(json.dumps(made))

    def _seed(self, size: int) -> float:
        say(f"Filling a database with {size:,} concerns.")
        self._fresh(f"bench_{size}", template=DATABASE)
        said = manage("seed_bulk", "--concerns", str(size), environment=self.of(size), quiet=True)
        line = said.strip().splitlines()[-1]
        say(line)
        return float(line.rsplit(" in ", 1)[1].split(" ")[0])

    def _on(self, database: str) -> dict[str, str]:
        return {
            **self.environment,
            "DATABASE_URL": self.postgres.url(APP, database=database),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER, database=database),
        }

    def _fresh(self, name: str, *, template: str) -> None:
        database, owner, app = map(sql.Identifier, (name, OWNER, APP))
        address = self.postgres.url(SUPERUSER, database="postgres")
        with psycopg.connect(address, autocommit=True) as db:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            db.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    database, sql.Identifier(template), owner
                )
            )
            db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            # The bare site has one role, which makes its own tables.
            rights = sql.SQL("CONNECT, CREATE, TEMPORARY" if name == BARE else "CONNECT")
            db.execute(sql.SQL("GRANT {} ON DATABASE {} TO {}").format(rights, database, app))

    def _bare_tables(self) -> None:
        environment = of_the_owner(self.bare())
        manage("migrate", "--noinput", "--verbosity", "0", environment=environment, quiet=True)
        with psycopg.connect(environment["DATABASE_URL"]) as db:
            db.execute("CREATE TABLE committed (id bigserial PRIMARY KEY, said text NOT NULL)")
            db.execute("INSERT INTO auth_group (name) SELECT 'Row ' || n FROM generate_series(1, 1000) n")
            role = sql.Identifier(APP)
            for right in ("ALL ON ALL TABLES", "ALL ON ALL SEQUENCES"):
                db.execute(sql.SQL("GRANT " + right + " IN SCHEMA public TO {}").format(role))


__all__ = ["BARE", "Databases", "fingerprint"]
