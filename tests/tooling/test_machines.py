"""The balancer of make machines, and when a standby that really streams may be read."""

from __future__ import annotations

import re
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from agencies import stale
from config.local.faults.machine import until
from config.local.layout import ROOT, make_folder
from config.local.machines import standby
from config.local.machines.balancer import Balancer
from config.local.machines.runs import RUNS
from config.local.machines.standby import Standby, ask
from config.local.ports import free_port
from config.local.postgres import Postgres
from config.local.services import folder_for

Serve = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start web servers that note what they are asked; a `broken` one breaks off without an answer."""
    servers = []

    def start(*, broken: bool = False) -> tuple[int, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.command)
                if not broken:
                    self.send_response(200)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"ok")

            do_POST = do_GET  # noqa: N815  # the library's name

            def log_message(self, *args: object) -> None:
                return

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1], asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_requests_take_turns_and_one_that_is_taken_out_gets_none(serve: Serve) -> None:
    (one, ones), (two, twos) = serve(), serve()
    with Balancer(port := free_port(), {"web-1": one, "web-2": two}) as balancer:
        for _ in range(4):
            urlopen(f"http://127.0.0.1:{port}/").read()
        assert (len(ones), len(twos)) == (2, 2)
        balancer.up.discard("web-1")
        for _ in range(4):
            urlopen(f"http://127.0.0.1:{port}/").read()
        assert (len(ones), len(twos)) == (2, 6)


@pytest.mark.parametrize("how", ["refuses", "breaks off"])
def test_a_page_comes_from_the_other_server(how: str, serve: Serve) -> None:
    dead = free_port() if how == "refuses" else serve(broken=True)[0]
    living, _ = serve()
    with Balancer(port := free_port(), {"web-1": dead, "web-2": living}):
        for _ in range(4):
            assert urlopen(f"http://127.0.0.1:{port}/").status == 200


def test_a_form_is_never_sent_to_two_servers(serve: Serve) -> None:
    (one, ones), (two, twos) = serve(broken=True), serve()
    with Balancer(port := free_port(), {"web-1": one, "web-2": two}) as balancer:
        balancer._turn = 1  # the broken one's
        with pytest.raises(HTTPError, match="502"):
            urlopen(f"http://127.0.0.1:{port}/", data=b"a=1")
    assert (ones, twos) == (["POST"], [])


def test_every_run_stands_in_the_page_for_operators() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert [name for name in RUNS if not re.search(rf"^\| {name} \|", page, re.MULTILINE)] == []


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user reaches: each start of pytest closes those that it gives."""
    path = folder_for("test") / "with-a-standby"
    shutil.rmtree(path, ignore_errors=True)
    make_folder(path / "logs")
    yield path
    shutil.rmtree(path)


@pytest.fixture
def primary(folder: Path) -> Iterator[Postgres]:
    found = Postgres(folder, passwords=defaultdict(lambda: "drill"))
    found.start()
    yield found
    found.stop()


def test_a_standby_is_read_while_it_follows_and_not_when_it_stands_still_or_leads(
    primary: Postgres, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standby.let_replicate(primary)
    replica = Standby(folder, primary=primary)
    replica.start()
    monkeypatch.setattr("django.conf.settings.REPLICA_SECONDS", 1)
    monkeypatch.setattr(stale, "LOOK_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(stale, "_written", lambda: ask(primary, stale.WRITTEN))
    monkeypatch.setattr(stale, "_replayed", lambda: ask(replica, stale.REPLAYED))
    fresh = stale.Freshness()
    try:
        assert until(fresh.is_good, seconds=20) is not None
        ask(replica, "SELECT pg_wal_replay_pause()::text")
        ask(primary, "SELECT pg_create_restore_point('something is written')::text")
        ask(primary, "SELECT pg_switch_wal()::text")
        assert until(lambda: not fresh.is_good(), seconds=20) is not None
        ask(replica, "SELECT pg_wal_replay_resume()::text")
        assert until(fresh.is_good, seconds=20) is not None
        replica.promote()
        assert until(lambda: not fresh.is_good(), seconds=20) is not None
    finally:
        replica.stop()
