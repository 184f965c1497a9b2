"""PgBouncer from Debian's package, as a child process with its settings under .local."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from config.local.layout import give_up, make_folder, say
from config.local.ports import free_port
from config.local.postgres import APP, DATABASE, SUPERUSER, Postgres
from config.local.processes import Child

REPLICA = f"{DATABASE}_replica"
# So few that every test shares them; a web server of ours has sixteen of its own at most.
SERVERS = 12
SETTINGS = f"""
[pgbouncer]
listen_addr = 127.0.0.1
unix_socket_dir =
auth_type = scram-sha-256
admin_users = {SUPERUSER}
pool_mode = transaction
default_pool_size = {SERVERS}
max_client_conn = 500
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 8
server_check_delay = 5
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
"""


def program() -> str:
    """Return the path of PgBouncer.

    Where there is none, root on a machine with apt gets it installed. Raises SystemExit where that fails
    and for everybody else.
    """
    if found := _found():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing PgBouncer with apt. This is done once.")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-qy", "--no-install-recommends", "pgbouncer"],
        ):
            done = subprocess.run(
                command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            if done.returncode:
                raise give_up(f"{done.stdout}\nPgBouncer could not be installed, and make machines needs it.")
        if found := _found():
            return found
    raise give_up(
        "make machines needs PgBouncer, and it is not on the PATH. "
        "Install it (on Debian: sudo apt install pgbouncer) and run this again."
    )


def _found() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class PgBouncer:
    """One pooler before both servers: `check_back` is the primary, `check_back_replica` the standby."""

    def __init__(self, folder: Path, *, passwords: dict[str, str]) -> None:
        self.folder = make_folder(folder / "pgbouncer")
        self.log = folder / "logs" / "pgbouncer.log"
        self.passwords = passwords
        self.port = free_port()
        self.child: Child | None = None

    def url(self, database: str = DATABASE, *, role: str = APP) -> str:
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{database}"

    def start(self, *, primary: Postgres, replica: Postgres) -> None:
        """Start it. Raises SystemExit with the end of its log where it does not."""
        users = "".join(f'"{role}" "{self.passwords[role]}"\n' for role in self.passwords)
        self._write("users.txt", users)
        self._point(primary=primary, replica=replica)
        account = primary.account  # it refuses to run as root, like PostgreSQL
        self.child = Child(
            "PgBouncer",
            [program(), str(self.folder / "pgbouncer.ini")],
            log=self.log,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            stop_with=signal.SIGINT,
        )
        self.child.wait_until(lambda: bool(self.show("VERSION")), seconds=20)

    def point_to(self, *, primary: Postgres, replica: Postgres) -> None:
        """Write who is the primary now and have it read, as an operator does after a promotion."""
        self._point(primary=primary, replica=replica)
        if self.child:
            self.child.process.send_signal(signal.SIGHUP)

    def show(self, what: str) -> list[dict[str, Any]]:
        """Ask its console, for example for POOLS. Returns nothing where it does not answer."""
        try:
            with psycopg.connect(
                host="127.0.0.1", port=self.port, dbname="pgbouncer", user=SUPERUSER,
                password=self.passwords[SUPERUSER], autocommit=True, connect_timeout=2,
            ) as console:  # fmt: skip
                cursor = console.execute(f"SHOW {what}".encode())
                names = [column.name for column in cursor.description or []]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except psycopg.Error:
            return []

    def stop(self) -> None:
        if self.child:
            self.child.stop(seconds=10)

    def _point(self, *, primary: Postgres, replica: Postgres) -> None:
        where = "[databases]\n" + "".join(
            f"{name} = host=127.0.0.1 port={server.port} dbname={DATABASE}\n"
            for name, server in ((DATABASE, primary), (REPLICA, replica))
        )
        more = f"listen_port = {self.port}\nauth_file = {self.folder / 'users.txt'}\n"
        self._write("pgbouncer.ini", where + SETTINGS + more)

    def _write(self, name: str, content: str) -> None:
        """Write a file that everybody may pass over and only PgBouncer's account and we may read."""
        path = self.folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
        if os.geteuid() == 0:
            import pwd

            from config.local.postgres import SYSTEM_USER

            account = pwd.getpwnam(SYSTEM_USER)
            for each in (self.folder, path):
                os.chown(each, account.pw_uid, account.pw_gid)
