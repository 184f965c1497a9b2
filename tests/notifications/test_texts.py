"""Text messages: the two gateways, against a folder and against a real server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from config import env
from notifications import texts
from notifications.texts import FileGateway, HttpGateway, NotSent

WORDS = {"to": "+447700900123", "text": "12345678 is your code.", "message_id": "an-id"}


class Server(HTTPServer):
    """Keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.to = 202, ""
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = json.loads(body or b"null")
        self.server.requests.append((self.command, self.path, dict(self.headers), told))
        self.send_response(self.server.status)
        if self.server.to:
            self.send_header("Location", self.server.to)
        self.end_headers()

    do_GET = do_POST  # noqa: N815  # http.server's name

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def test_a_gateway_is_posted_the_number_the_words_and_an_id(server: Server) -> None:
    HttpGateway(f"http://se%2Fcret@{server.address}/texts?from=us").send(**WORDS)
    ((method, path, headers, body),) = server.requests
    assert (method, path) == ("POST", "/texts?from=us")
    assert headers["Authorization"] == "Bearer se/cret"
    assert headers["Content-Type"] == "application/json"
    assert body == {"to": "+447700900123", "text": "12345678 is your code.", "id": "an-id"}


def test_without_a_token_none_is_sent(server: Server) -> None:
    HttpGateway(f"http://{server.address}/").send(**WORDS)
    assert "Authorization" not in server.requests[0][2]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_any_other_answer_means_that_it_was_not_taken_and_says_nothing_of_the_text(
    server: Server, status: int
) -> None:
    server.status = status
    with pytest.raises(NotSent) as refused:
        HttpGateway(f"http://token@{server.address}/").send(**WORDS)
    assert str(refused.value) == f"the gateway answered {status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_answer_that_points_elsewhere_is_not_followed(server: Server, status: int) -> None:
    server.status, server.to = status, f"http://{server.address}/elsewhere"
    with pytest.raises(NotSent):
        HttpGateway(f"http://token@{server.address}/").send(**WORDS)
    assert len(server.requests) == 1


def test_a_gateway_that_is_not_there_is_an_error_that_is_tried_again() -> None:
    with pytest.raises(OSError, match="refused"):
        HttpGateway("http://127.0.0.1:9/").send(**WORDS)


def test_a_folder_gets_a_file_for_each_text(tmp_path: Path) -> None:
    gateway = FileGateway(str(tmp_path / "texts"))
    gateway.send(**WORDS)
    gateway.send(**{**WORDS, "message_id": "another"})
    first, second = sorted((tmp_path / "texts").iterdir())
    assert first.read_text() == "To: +447700900123\n\n12345678 is your code.\n"
    assert second.name.endswith("-another.txt")


def test_the_environment_names_the_gateway(settings: Any, tmp_path: Path) -> None:
    settings.TEXT_URL = f"file://{tmp_path}"
    assert isinstance(texts.gateway(), FileGateway)
    settings.TEXT_URL = "https://token@texts.example/send"
    assert isinstance(texts.gateway(), HttpGateway)
    settings.TEXT_URL = ""
    assert not texts.is_set_up()
    with pytest.raises(NotSent):
        texts.gateway()


@pytest.mark.parametrize("wrong", ["http://texts.example/", "ftp://x/", "texts"])
def test_a_gateway_without_a_secured_line_stops_the_start(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXT_URL", wrong)
    with pytest.raises(SystemExit):
        env.texts("TEXT_URL")
