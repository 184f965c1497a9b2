"""The whole service in its own folder, and ways to break it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from config.local import parts
from config.local.faults import certificate, procs
from config.local.layout import STATIC, give_up, make_folder, python
from config.local.ports import answers, free_port
from config.local.postgres import Postgres
from config.local.processes import Child
from config.local.services import kept_secrets
from config.local.valkey import Valkey

# How many processes of each kind send messages, which is what a crash can make it send twice.
SENDERS = {"worker-1": 2, "worker-2": 2, "timer": 1, "web": 0, "beat-1": 0, "beat-2": 0}
EVERYTHING = tuple(SENDERS)
# In production once a minute. More often here, so that a run without a broker ends sooner.
TIMER_SECONDS = 15


class Machine:
    """The processes by name. Those that are killed are forgotten and can be started again."""

    def __init__(
        self, folder: Path, *, postgres: Postgres, valkey: Valkey, addresses: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.postgres = postgres
        self.valkey = valkey
        self.web_port, self.mail_port, self.proxy_port = free_port(), free_port(), free_port()
        self.children: dict[str, Child] = {}
        self.mail = make_folder(folder / "mail")
        self.environment = {
            "DEMO": "0",
            "MFA_REQUIRED": "0",
            "SECRET_KEY": kept_secrets("faults")["key"],
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "EMAIL_URL": f"smtps://127.0.0.1:{self.mail_port}",
            "SSL_CERT_FILE": str(certificate.make(self.mail)),
            "STATIC_ROOT": str(STATIC),
            **addresses,
        }

    def command(self, name: str) -> list[str]:
        """Return the command line of one of the processes."""
        match name.partition("-")[0]:
            case "web":
                return parts.web(port=self.web_port)
            case "worker":
                return parts.worker("-n", f"{name}@%h")
            case "beat":
                return parts.beat()
            case "timer":
                return python("-m", "config.local.faults.timer", str(TIMER_SECONDS))
            case "sink":
                return python("-m", "config.local.faults.sink", str(self.mail), str(self.mail_port))
            case "proxy":
                ports = (str(self.proxy_port), str(self.valkey.port))
                return python("-m", "config.local.faults.proxy", *ports)
        raise give_up(f"There is no process named {name}.")

    def start(self, *names: str, **changes: str) -> None:
        """Start what does not run yet, with `changes` to its environment, and wait for what has a port."""
        ports = {"web": self.web_port, "sink": self.mail_port, "proxy": self.proxy_port}
        for name in names:
            if name not in self.children:
                log = make_folder(self.folder / "logs") / f"{name}.log"
                self.children[name] = Child(
                    name, self.command(name), env={**self.environment, **changes}, log=log
                )
        for name in names:
            if port := ports.get(name):
                self.children[name].wait_until(partial(answers, port), seconds=60)

    def other(
        self, name: str, command: list[str], *, port: int = 0, changes: Mapping[str, str] | None = None
    ) -> None:
        """Start a process that is not part of the service, and wait for its port where it has one."""
        log = self.folder / "logs" / f"{name}.log"
        self.children[name] = Child(name, command, env={**self.environment, **(changes or {})}, log=log)
        if port:
            self.children[name].wait_until(partial(answers, port), seconds=60)

    def mend(self) -> None:
        """Bring PostgreSQL and the broker back where a run left them dead or frozen."""
        if self.postgres.settings:
            self.postgres.stop()
            self.postgres.settings = ()
        for part in (self.postgres, self.valkey):
            if part.child is None or not part.child.is_running:
                part.start()
            part.child.process.send_signal(signal.SIGCONT) if part.child else None
        for name in [name for name, child in self.children.items() if not child.is_running]:
            self.children.pop(name).stop()

    def stop(self, *names: str) -> None:
        """Stop some processes in an orderly way."""
        for name in names:
            if child := self.children.pop(name, None):
                child.stop()

    def only(self, *names: str) -> None:
        """Run these processes of the service and no other ones."""
        self.stop(*(name for name in list(self.children) if name not in (*names, "sink")))
        self.start("sink", *names)

    def kill(self, name: str) -> int:
        """End a process and all it started with SIGKILL. Returns how many senders died."""
        child = self.children.pop(name)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        return SENDERS.get(name, 0)

    def kill_part(self, name: str) -> int:
        """End one of the processes below a process with SIGKILL. Returns how many senders died."""
        below = procs.children(self.children[name].process.pid)
        if not below:
            return 0
        os.kill(below[-1], signal.SIGKILL)
        return min(1, SENDERS.get(name, 0))

    def tell(self, name: str, number: signal.Signals) -> None:
        """Send a process a signal."""
        self.children[name].process.send_signal(number)

    def broker(self, number: signal.Signals) -> None:
        """Send the broker a signal."""
        if self.valkey.child:
            self.valkey.child.process.send_signal(number)

    def behind_proxies(self) -> dict[str, str]:
        """Start proxies before the broker, PostgreSQL and the mail server. Returns the addresses of those."""
        ports = {
            "REDIS_URL": self.valkey.port,
            "DATABASE_URL": self.postgres.port,
            "EMAIL_URL": self.mail_port,
        }
        addresses = {}
        for name, to in ports.items():
            port = free_port()
            command = python("-m", "config.local.faults.proxy", str(port), str(to))
            self.other(f"proxy-{name.partition('_')[0].lower()}", command, port=port)
            addresses[name] = self.environment[name].replace(f":{to}", f":{port}")
        return addresses

    def crash_the_database(self) -> None:
        """End PostgreSQL's first process with SIGKILL; the others notice and end."""
        if child := self.postgres.child:
            below = procs.children(child.process.pid)
            child.process.kill()
            child.process.wait()
            self.postgres.child = None
            until(lambda: not any(procs.megabytes(each) for each in below), seconds=30)

    @property
    def proxied(self) -> str:
        """The broker's address through the proxy."""
        return self.valkey.url.replace(f":{self.valkey.port}/", f":{self.proxy_port}/")


def until(true: Callable[[], bool], *, seconds: float, every: float = 0.2) -> float | None:
    """Wait until something is so and return how many seconds that took, None where it never was."""
    started = time.monotonic()
    while not true():
        if time.monotonic() - started > seconds:
            return None
        time.sleep(every)
    return time.monotonic() - started
