"""`make demo`: the whole service on one machine until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from config.local import parts
from config.local.database import bring_up_to_date, collect_static, manage
from config.local.environment import of_the_demo, of_the_worker
from config.local.layout import MAIL, TEXTS, give_up, make_folder, say
from config.local.ports import answers, is_taken
from config.local.processes import AskedToStop, Child, stop_when_asked
from config.local.services import folder_for, given_servers, lock, running


def port_from_environment() -> int:
    """Return PORT, 8000 unless set. Raises SystemExit where it is no port."""
    value = os.environ.get("PORT", "").strip() or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise give_up(f"PORT is {value}, which is no port number. Try: make demo PORT=8001")
    return int(value)


def run() -> int:
    """Run the demo until it is asked to stop. Returns 0 then, 1 where one of its processes died."""
    port = port_from_environment()
    if is_taken(port):
        raise give_up(f"Port {port} is in use by another program. Choose another: make demo PORT={port + 1}")
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        with ExitStack() as stack:
            environment = of_the_demo(stack.enter_context(running("demo")), port=port)
            say("Bringing the database up to date.")
            bring_up_to_date(environment)
            collect_static(environment)
            _load_once(environment)
            children = _start(environment, port=port, stack=stack)
            say(f"\nCheck Back is running at http://localhost:{port}\n")
            say(manage("demo_signins", environment=environment, quiet=True).rstrip())
            say(f"\nLogs are in {_logs()}. Press Ctrl-C to stop; the data stays for next time.")
            return _watch(children)
    except AskedToStop:
        say("Stopped. Start again with make demo.")
        return 0


def reset() -> None:
    """Remove the demo's data. Raises SystemExit while the demo runs, or where the data is on your server."""
    if given := given_servers():
        _marker(given).unlink(missing_ok=True)
        raise give_up(
            "DATABASE_URL is set, so the demo's data is in your own database and stays there. Empty that "
            "database yourself; the next make demo then loads the demonstration data again."
        )
    held = lock(folder_for("demo"))
    if held is None:
        raise give_up("The demo is running. Stop it with Ctrl-C first.")
    shutil.rmtree(MAIL, ignore_errors=True)
    shutil.rmtree(TEXTS, ignore_errors=True)
    shutil.rmtree(folder_for("demo"))
    held.close()
    say("The demo's data is gone. The next make demo starts afresh.")


def _logs() -> Path:
    return make_folder(folder_for("demo") / "logs")


def _marker(addresses: Mapping[str, str]) -> Path:
    """Return the file that says the demonstration data was loaded, one for each database."""
    own = given_servers() is not None
    which = hashlib.sha256(addresses["DATABASE_URL"].encode()).hexdigest()[:12] if own else "built-in"
    return make_folder(folder_for("demo")) / f"loaded-{which}"


def _load_once(environment: Mapping[str, str]) -> None:
    """Load the demonstration data into a database that has not had it from us."""
    marker = _marker(environment)
    if marker.exists():
        return
    say("Loading the demonstration partnership, its people and concerns. This is done once.")
    manage("load_demo", environment=environment, quiet=True)
    marker.touch()


def _start(environment: Mapping[str, str], *, port: int, stack: ExitStack) -> list[Child]:
    """Start web, worker and beat. What is entered into `stack` is stopped in the opposite order."""
    say("Starting the web server, the worker and the beat.")
    commands = {"worker": parts.worker(), "beat": parts.beat(), "web": parts.web(port=port)}
    children = []
    for name, command in commands.items():
        env = environment if name == "web" else of_the_worker(environment)
        child = Child(name, command, env=env, log=_logs() / f"{name}.log")
        stack.callback(child.stop)
        children.append(child)
    children[-1].wait_until(lambda: answers(port), seconds=60)
    return children


def _watch(children: list[Child]) -> int:
    """Wait until a process ends by itself, say which, and return 1."""
    while all(child.is_running for child in children):
        time.sleep(0.5)
    for child in children:
        if not child.is_running:
            say(child.what_it_said())
    say("The demo stops.")
    return 1
