"""A mail server that writes down each message it accepts: python -m config.local.faults.sink FOLDER PORT.

A line is in the file `accepted` before the sender hears 250, so what a sender believes delivered is there.
The address asks for a fault, once per address: later-* hears 451, drop-* is accepted and hears nothing,
slow-* hears nothing until the sender has given up. bounce-* hears 550 always.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path

HEADERS = BytesHeaderParser()
LONGER_THAN_ANY_TIME_OUT = 40.0


class Sink:
    """Accepts everything, except where the address asks for something else."""

    def __init__(self, folder: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.file = os.open(folder / "accepted", flags, 0o600)
        self.done: set[str] = set()
        self.connections = 0

    def is_first(self, address: str) -> bool:
        """Say whether this address is asked for the first time."""
        if address in self.done:
            return False
        self.done.add(address)
        return True

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends, however it ends."""
        self.connections += 1
        number = self.connections
        try:
            await self._commands(number, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _commands(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        recipient = ""
        writer.write(b"220 localhost sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                writer.write(self._answer(recipient))
            elif verb == b"DATA":
                writer.write(b"354 Go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                if not await self._accept(number, recipient, content):
                    return
                writer.write(b"250 Accepted\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 Bye\r\n")
                return
            else:
                writer.write(b"250-localhost\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 OK\r\n")
            await writer.drain()

    def _answer(self, recipient: str) -> bytes:
        """Answer RCPT TO."""
        if recipient.startswith("bounce-"):
            return b"550 5.1.1 No such mailbox\r\n"
        if recipient.startswith("later-") and self.is_first(recipient):
            return b"451 4.3.0 Try again later\r\n"
        return b"250 OK\r\n"

    async def _accept(self, number: int, recipient: str, content: bytes) -> bool:
        """Take a message. Returns False where the connection ends without an answer."""
        if recipient.startswith("slow-") and self.is_first(recipient):
            await asyncio.sleep(LONGER_THAN_ANY_TIME_OUT)
            return False
        headers = HEADERS.parsebytes(content)
        line = {
            "at": time.time(),
            "id": headers["Message-ID"],
            "to": recipient,
            "subject": str(make_header(decode_header(headers["Subject"]))),
            "connection": number,
        }
        os.write(self.file, f"{json.dumps(line)}\n".encode())
        return not (recipient.startswith("drop-") and self.is_first(recipient))


async def serve(folder: Path, port: int) -> None:
    """Serve until the process is stopped."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    server = await asyncio.start_server(Sink(folder).talk, "127.0.0.1", port, ssl=context)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
