"""Asking a ClamAV daemon: its INSTREAM command, over TCP or a socket of this machine, never for long.

https://docs.clamav.net/manual/Usage/Scanning.html, clamd(8): zINSTREAM, then portions, each with its length
in four bytes, then a length of nought. The answer ends with a NUL.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS = 3.0
ANSWER_AT_MOST = 1024
PLAIN = re.compile(r"[^A-Za-z0-9._:/()+-]")


class CannotScan(Exception):
    """The scanner did not answer as one does. `code` says how, `again` whether other files may fare better.

    Codes: NO_CONNECTION, TOO_SLOW, BROKEN_OFF, NO_SENSE, TOO_LARGE, REFUSED.
    """

    def __init__(self, code: str, *, again: bool = False) -> None:
        super().__init__(code)
        self.code, self.again = code, again


class Said(NamedTuple):
    """What the scanner says: whether it found malware, and its own name for that."""

    infected: bool
    name: str = ""


def scan(chunks: Iterable[bytes], *, url: str, seconds: float) -> Said:
    """Send a content to the scanner and return what it says, within `seconds` altogether.

    `url` is tcp://HOST:PORT or unix:///PATH. Raises CannotScan.
    """
    until = time.monotonic() + seconds
    try:
        with _connected(url) as line:
            _send(line, b"zINSTREAM\0", until)
            try:
                for chunk in chunks:
                    _send(line, len(chunk).to_bytes(4, "big") + chunk, until)
                _send(line, bytes(4), until)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has said why, and stopped listening: what it said is read below
            return _read(_answer(line, until))
    except TimeoutError as error:
        raise CannotScan("TOO_SLOW") from error
    except (ConnectionError, OSError) as error:
        raise CannotScan("BROKEN_OFF") from error


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(CONNECT_SECONDS)
            line.connect(unquote(parts.path))
            return line
        return socket.create_connection((parts.hostname or "", parts.port or 3310), CONNECT_SECONDS)
    except OSError as error:
        raise CannotScan("NO_CONNECTION") from error


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _send(line: socket.socket, data: bytes, until: float) -> None:
    line.settimeout(_left(until))
    line.sendall(data)


def _answer(line: socket.socket, until: float) -> bytes:
    """Read up to the NUL that ends an answer. Raises CannotScan where the line ends before."""
    answer = b""
    while b"\0" not in answer:
        line.settimeout(_left(until))
        part = line.recv(ANSWER_AT_MOST)
        if not part:
            raise CannotScan("BROKEN_OFF")
        answer += part
        if len(answer) > ANSWER_AT_MOST:
            raise CannotScan("NO_SENSE")
    return answer.partition(b"\0")[0]


def _read(answer: bytes) -> Said:
    """Read an answer. What is not known for certain to be clean is not clean. Raises CannotScan."""
    text = answer.decode("ascii", "replace").strip()
    if text == "stream: OK":
        return Said(infected=False)
    if text.startswith("stream: ") and text.endswith(" FOUND"):
        name = text.removeprefix("stream: ").removesuffix(" FOUND")
        return Said(infected=True, name=PLAIN.sub("?", name)[:100])
    if "size limit exceeded" in text:
        raise CannotScan("TOO_LARGE", again=True)
    if text.endswith("ERROR"):
        raise CannotScan("REFUSED", again=True)
    raise CannotScan("NO_SENSE")
