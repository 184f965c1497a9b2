"""A scanner of our own on a socket: the real protocol, and everything that can go wrong with it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.records.documents.corpus import EICAR

Line = socket.socket
BEGINS = b"zINSTREAM\0"


@dataclass
class Clamd:
    """Where it answers, and what it was sent."""

    url: str = ""
    received: list[bytes] = field(default_factory=list)
    calls: int = 0


def read_stream(line: Line) -> bytes:
    """Read a stream as clamd does: portions with their length, until one of nought."""
    file = line.makefile("rb")
    assert file.read(len(BEGINS)) == BEGINS
    content = b""
    while length := int.from_bytes(file.read(4), "big"):
        content += file.read(length)
    return content


def honest(line: Line, clamd: Clamd) -> None:
    """Say that EICAR was found where it is in it."""
    content = read_stream(line)
    clamd.received.append(content)
    line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


def frozen(line: Line, clamd: Clamd) -> None:
    """Take everything and never answer."""
    read_stream(line)
    time.sleep(5)


def deaf(line: Line, clamd: Clamd) -> None:
    """Take the connection and nothing more: what is sent piles up."""
    time.sleep(5)


def half_open(line: Line, clamd: Clamd) -> None:
    """Break off in the middle of the answer."""
    read_stream(line)
    line.sendall(b"stream: O")


def cut(line: Line, clamd: Clamd) -> None:
    """Break off as soon as something comes, as one that was killed. Sooner might be while it is rung up."""
    line.recv(1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def garbage(line: Line, clamd: Clamd) -> None:
    """Answer like something else altogether."""
    read_stream(line)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n\0")


def endless(line: Line, clamd: Clamd) -> None:
    """Answer without an end."""
    read_stream(line)
    line.sendall(b"stream: OK " * 1000)


def almost(line: Line, clamd: Clamd) -> None:
    """Answer something that only begins like a clean bill."""
    read_stream(line)
    line.sendall(b"stream: OK, but I did not look\0")


def too_large(line: Line, clamd: Clamd) -> None:
    """Say that the stream is too long, and stop listening before its end."""
    line.recv(1024)
    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")


def out_of_order(line: Line, clamd: Clamd) -> None:
    """Say that it cannot."""
    read_stream(line)
    line.sendall(b"stream: Can't allocate memory ERROR\0")


@contextmanager
def clamd(behave: Callable[[Line, Clamd], None] = honest, *, path: str = "") -> Iterator[Clamd]:
    """Run a scanner that behaves in one way, over TCP or at a path of this machine."""
    server = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_STREAM)
    server.bind(path or ("127.0.0.1", 0))
    server.listen(8)
    running = Clamd(f"unix://{path}" if path else f"tcp://127.0.0.1:{server.getsockname()[1]}")

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            running.calls += 1
            threading.Thread(target=answer, args=(line,), daemon=True).start()

    def answer(line: Line) -> None:
        with line:
            try:
                behave(line, running)
            except (OSError, AssertionError):
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def nobody() -> str:
    """Return an address where nobody answers."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{line.getsockname()[1]}"
