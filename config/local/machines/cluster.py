"""All the machines of the service on this one, each with its own port."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from config.local import parts
from config.local.database import bring_up_to_date, collect_static
from config.local.faults import certificate, procs
from config.local.faults.machine import until
from config.local.layout import STATIC, give_up, make_folder, python, say
from config.local.machines import standby
from config.local.machines.balancer import Balancer
from config.local.machines.pgbouncer import REPLICA, PgBouncer
from config.local.machines.standby import Standby
from config.local.ports import answers, free_port
from config.local.postgres import APP, OWNER, WORKER, Postgres
from config.local.processes import Child
from config.local.services import folder_for, kept_secrets, lock
from config.local.valkey import Valkey

REPLICA_SECONDS = 3
WEB = ("web-1", "web-2")
BEHIND = ("worker-1", "worker-2", "beat-1")
SENDERS = 4


class Cluster:
    """The servers, the pooler, the balancer and the processes of the service, by name."""

    def __init__(self, folder: Path, *, passwords: dict[str, str]) -> None:
        self.folder = folder
        self.primary = Postgres(folder, passwords=passwords)
        self.replica = Standby(folder, primary=self.primary)
        self.pooler = PgBouncer(folder, passwords=passwords)
        self.valkey = Valkey(folder, password=passwords["valkey"])
        self.mail, self.mail_port, self.web_port = make_folder(folder / "mail"), free_port(), free_port()
        self.balancer = Balancer(self.web_port, {name: free_port() for name in WEB})
        self.children: dict[str, Child] = {}
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start everything that keeps something: both servers, the pooler, the broker."""
        say("Starting a primary, a standby, PgBouncer and Valkey.")
        standby.forget(self.folder)
        self.primary.start()
        self.valkey.start()
        owner = {"DATABASE_OWNER_URL": self.primary.url(OWNER)}
        self.environment = {
            "DEMO": "0",
            "MFA_REQUIRED": "0",
            "SECRET_KEY": kept_secrets("machines")["key"],
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "EMAIL_URL": f"smtps://127.0.0.1:{self.mail_port}",
            "SSL_CERT_FILE": str(certificate.make(self.mail)),
            "STATIC_ROOT": str(STATIC),
            "REDIS_URL": self.valkey.url,
            "DATABASE_URL": self.primary.url(APP),
            **owner,
        }
        say("Bringing the database up to date.")
        bring_up_to_date(self.environment)
        collect_static(self.environment)
        standby.let_replicate(self.primary)
        self.replica.start()
        standby.wait_for(self.primary, f"FIRST 1 ({standby.NAME})")
        self.pooler.start(primary=self.primary, replica=self.replica)
        replica = {"REPLICA_URL": self.pooler.url(REPLICA), "REPLICA_SECONDS": str(REPLICA_SECONDS)}
        self.pooled = {
            **self.environment,
            **replica,
            "DATABASE_URL": self.pooler.url(),
            "DATABASE_POOLER": "1",
        }

    def run(self, *names: str) -> None:
        """Start what does not run yet, and wait for what has a port."""
        for name in names:
            if name not in self.children:
                log = make_folder(self.folder / "logs") / f"{name}.log"
                env = self.pooled
                if name.startswith(("worker", "beat")):
                    env = {**env, "DATABASE_URL": self.pooler.url(role=WORKER)}
                self.children[name] = Child(name, self._command(name), env=env, log=log)
        for name in names:
            port = {"sink": self.mail_port, **self.balancer.servers}.get(name)
            if port:
                self.children[name].wait_until(partial(answers, port), seconds=90)

    def _command(self, name: str) -> list[str]:
        match name.partition("-")[0]:
            case "web":
                return parts.web(port=self.balancer.servers[name])
            case "worker":
                return parts.worker("-n", f"{name}@%h")
            case "beat":
                return parts.beat()
            case "sink":
                return python("-m", "config.local.faults.sink", str(self.mail), str(self.mail_port))
        raise give_up(f"There is no process named {name}.")

    def restart(self, name: str) -> None:
        """Restart a web server as an operator does: no new requests, those in hand end, stop, start, back."""
        self.balancer.up.discard(name)
        until(lambda: self.balancer.in_hand[name] == 0, seconds=30, every=0.05)
        self.children.pop(name).stop()
        self.run(name)
        self.balancer.up.add(name)

    def reload(self, name: str) -> None:
        """Have a web server replace its processes, one after the other, with the code as it is."""
        master = self.children[name].process.pid
        before = set(procs.children(master))
        os.kill(master, signal.SIGHUP)
        until(lambda: not before & set(procs.children(master)), seconds=60)
        time.sleep(1)

    def kill(self, name: str) -> None:
        """End a process and all below it with SIGKILL. Nobody else is told."""
        child = self.children.pop(name)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def kill_server(self, server: Postgres) -> None:
        """End a database server with SIGKILL, all of it, and wait until its port is closed."""
        if child := server.child:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            server.child = None
            until(lambda: not answers(server.port), seconds=10)

    def stop(self) -> None:
        for child in self.children.values():
            child.stop()
        self.pooler.stop()
        self.valkey.stop()
        # The one that waits for the other last, or its last commits would wait for ever.
        for server in (self.primary, self.replica):
            server.stop()


@contextmanager
def running() -> Iterator[Cluster]:
    """Run all machines while the block runs. Raises SystemExit where they run from this folder already."""
    folder = folder_for("machines")
    held = lock(folder)
    if held is None:
        raise give_up("make machines is running from this folder already. Stop that one first.")
    make_folder(folder / "logs")
    cluster = Cluster(folder, passwords=kept_secrets("machines"))
    with ExitStack() as stack:
        stack.callback(held.close)
        stack.callback(cluster.stop)
        cluster.start()
        stack.enter_context(cluster.balancer)
        yield cluster
