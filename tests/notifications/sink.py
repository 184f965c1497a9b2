"""A small mail server of the tests' own: it keeps what it is given, and fails as it is told to."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Email
from email.parser import BytesParser

DROPS = ""  # an answer that is none: the connection is closed instead


@dataclass
class Sink:
    """What has arrived, and what is answered. An answer of DROPS hangs up without a word."""

    greeting: str = "220 sink"
    to_recipient: Callable[[str], str] = lambda address: "250 ok"
    to_text: Callable[[Email], str] = lambda email: "250 kept"
    keeps: bool = True
    count: int = 0
    emails: list[Email] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def ids(self) -> list[str]:
        return [str(email["Message-ID"]) for email in self.emails]

    @property
    def recipients(self) -> list[str]:
        return [str(email["To"]) for email in self.emails]


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        sink = self.server.sink
        sink.connections += 1
        if not self.say(sink.greeting):
            return
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word in (b"EHLO", b"HELO"):
                answer = "250 sink"
            elif word == b"RCPT":
                answer = sink.to_recipient(line.decode().split("<")[1].split(">")[0])
            elif word == b"DATA":
                self.say("354 go on")
                answer = self.take(sink)
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                answer = "250 ok"
            if not self.say(answer):
                return

    def take(self, sink: Sink) -> str:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        sink.count += 1
        if not sink.keeps:
            return "250 kept"
        email = BytesParser().parsebytes(b"".join(lines))
        sink.emails.append(email)
        return sink.to_text(email)

    def say(self, answer: str) -> bool:
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer) and not answer.startswith(("421", "554 no"))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: Sink


@contextmanager
def running(sink: Sink) -> Iterator[Sink]:
    """Run a mail server on a free port of this machine while the block runs."""
    with _Server(("127.0.0.1", sink.port), _Conversation) as server:
        server.sink = sink
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()


def main() -> None:
    """Run by itself on a free port, keep nothing, and print the port, then at the end the count."""
    with running(Sink(keeps=False)) as sink:
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(f"{sink.count} {sink.connections}\n")


if __name__ == "__main__":
    main()
