"""What stands before the web servers, as nginx does in production: takes turns, and leaves out the dead.

A request goes to the other server where the first does not accept it; where the first breaks off before its
answer has begun, only if it was a GET. A POST that was broken off is answered with 502: the person sends it
again, and its one-time id makes sure that it is saved once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

HEAD = b"\r\n\r\n"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Balancer:
    """Runs in a thread of its own, from `with` until its end. `up` are the servers that get new requests."""

    def __init__(self, port: int, servers: Mapping[str, int]) -> None:
        self.port = port
        self.servers = dict(servers)
        self.up = set(servers)
        self.answered = dict.fromkeys(servers, 0)
        self.elsewhere = 0
        self.in_hand = dict.fromkeys(servers, 0)
        self._turn = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._ready = threading.Event()
        self._end: Callable[[], None] = lambda: None

    def __enter__(self) -> Balancer:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._end()
        self._thread.join(10)

    async def _serve(self) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)

        self._end = end
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        async with server:
            self._ready.set()
            await ended.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _request(reader)
            writer.write(await self._from_one(asked))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _from_one(self, asked: bytes) -> bytes:
        """Return the first whole answer."""
        self._turn += 1
        names = sorted(self.up)
        names = names[self._turn % len(names) :] + names[: self._turn % len(names)] if names else []
        for name in names:
            try:
                ours = await asyncio.open_connection("127.0.0.1", self.servers[name])
            except OSError:
                self.elsewhere += 1
                continue
            if answer := await self._ask(name, asked, *ours):
                return answer
            if not asked.startswith((b"GET", b"HEAD")):
                return BAD_GATEWAY
            self.elsewhere += 1
        return BAD_GATEWAY

    async def _ask(
        self, name: str, asked: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        self.in_hand[name] += 1
        try:
            writer.write(asked)
            await writer.drain()
            answer = await reader.read(-1)
            self.answered[name] += bool(answer)
            return answer
        except OSError:
            return b""
        finally:
            self.in_hand[name] -= 1
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Read one request, and ask the server to close after it: then its answer ends with the connection."""
    head = (await reader.readuntil(HEAD)).removesuffix(HEAD)
    lines = head.split(b"\r\n")
    named = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
    body = await reader.readexactly(int(named.get(b"content-length", b"0")))
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close"]) + HEAD + body
