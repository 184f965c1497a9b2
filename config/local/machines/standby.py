"""A server that streams from another one, made with pg_basebackup and promoted with pg_ctl."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from config.local.layout import give_up, make_folder
from config.local.postgres import BIN, SUPERUSER, Postgres
from config.local.suite import migrations_digest

REPLICATOR = "check_back_replicator"
NAME = "standby"
AUTO = "postgresql.auto.conf"


class Standby(Postgres):
    """A copy of `primary` that follows it, and answers readers meanwhile."""

    def __init__(self, folder: Path, *, primary: Postgres) -> None:
        super().__init__(folder, passwords=primary.passwords)
        self.primary = primary
        self.data = folder / "standby"
        self.log = folder / "logs" / "standby.log"

    def _initialise(self) -> None:
        """Copy the primary as it stands. Raises SystemExit with what pg_basebackup said where it cannot."""
        make_folder(self.data, private=True)
        if self.account:
            os.chown(self.data, self.account.pw_uid, self.account.pw_gid)
        given = psycopg.conninfo.make_conninfo(
            host="127.0.0.1",
            port=self.primary.port,
            user=REPLICATOR,
            password=self.passwords[SUPERUSER],
            application_name=NAME,
        )
        command = ["pg_basebackup", "-d", given, "-D", self.data, "-R", "-X", "stream", "--checkpoint=fast"]
        self._run(*map(str, command), "--no-sync")

    def _provision(self) -> None:
        """Nothing: what the primary has arrives by itself."""

    def promote(self) -> None:
        """Make it the primary. Raises SystemExit where pg_ctl says that it could not."""
        self._run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", "60")

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [str(BIN / program), *args],
            cwd="/",
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise give_up(f"{program} failed:\n{done.stdout}")


def forget(folder: Path) -> None:
    """Remove an earlier standby, and that the primary waits for it at each commit.

    The primary too where the migrations that made it are not those of today.
    """
    shutil.rmtree(folder / "standby", ignore_errors=True)
    mark = folder / "migrations"
    if not mark.exists() or mark.read_text() != migrations_digest():
        shutil.rmtree(folder / "postgres", ignore_errors=True)
    mark.write_text(migrations_digest())
    settings = folder / "postgres" / AUTO
    if settings.exists():
        settings.write_text("")


def let_replicate(primary: Postgres) -> None:
    """Make the role that a standby connects as."""
    with psycopg.connect(primary.url(SUPERUSER, database="postgres"), autocommit=True) as db:
        known = db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [REPLICATOR]).fetchone()
        db.execute(
            sql.SQL("{} ROLE {} LOGIN REPLICATION PASSWORD {}").format(
                sql.SQL("ALTER" if known else "CREATE"),
                sql.Identifier(REPLICATOR),
                sql.Literal(primary.passwords[SUPERUSER]),
            )
        )


def wait_for(primary: Postgres, names: str) -> None:
    """Let every commit wait until these standbys have it on their disks; "" is for none."""
    with psycopg.connect(primary.url(SUPERUSER, database="postgres"), autocommit=True) as db:
        db.execute("SET synchronous_commit = local")  # not for itself
        db.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(names)))
        db.execute("SELECT pg_reload_conf()")


def ask(server: Postgres, question: str) -> object:
    """Ask a server something as its superuser and return the one value it answers, None where it does not."""
    try:
        with psycopg.connect(server.url(SUPERUSER), autocommit=True, connect_timeout=2) as db:
            row = db.execute(question.encode()).fetchone()
            return row[0] if row else None
    except psycopg.Error:
        return None
