"""What the commands behind the Makefile say where they cannot go on."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run one of the local commands as a newcomer would, without the servers of these tests."""
    ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    environment = {k: v for k, v in os.environ.items() if k not in ours} | changes
    command = [sys.executable, "-m", "config.local", *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_demo_says_that_its_port_is_taken_and_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("demo", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Port {port} is in use by another program. Choose another: make demo PORT={port + 1}"
    )


def test_demo_refuses_a_port_that_is_none() -> None:
    assert "which is no port number" in run("demo", PORT="http").stderr


def test_naming_only_some_of_your_own_servers_is_refused() -> None:
    done = run("psql", DATABASE_URL="postgresql://app@db.example/check_back")
    assert done.returncode == 1
    assert done.stderr.startswith("To use your own servers, set DATABASE_OWNER_URL and REDIS_URL as well")


def test_reset_leaves_your_own_database_alone() -> None:
    address = "postgresql://app@db.example/check_back"
    done = run("reset", DATABASE_URL=address, DATABASE_OWNER_URL=address, REDIS_URL="redis://broker.example")
    assert done.returncode == 1
    assert "stays there" in done.stderr


def test_tests_refuse_to_run_without_a_browser_rather_than_leave_some_out() -> None:
    done = run("test", PATH="/nowhere", CHROMIUM="")
    assert done.returncode == 1
    assert "The browser tests need Chromium" in done.stderr


def test_unknown_command_prints_what_there_is() -> None:
    assert "run the whole service until Ctrl-C" in run("nonsense").stderr
