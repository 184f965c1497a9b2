"""A proxy that can stop forwarding while its sockets stay open: python -m config.local.faults.proxy PORT TO.

SIGUSR1 makes every connection of that moment half-open: nothing goes through it ever again and nobody is
told, as when a firewall forgets a connection. Connections made afterwards work.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys


class Proxy:
    """Forwards bytes, until told to forget the connections there are."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.age = 0

    def forget(self) -> None:
        """Stop forwarding on every connection of this moment."""
        self.age += 1

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        born = self.age
        await asyncio.gather(self._forward(reader, far_writer, born), self._forward(far_reader, writer, born))

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, born: int) -> None:
        with contextlib.suppress(OSError):
            while some := await reader.read(65536):
                if born == self.age:
                    writer.write(some)
                    await writer.drain()
            if born == self.age:
                writer.close()


async def serve(port: int, to: int) -> None:
    """Serve until the process is stopped."""
    proxy = Proxy(to)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, proxy.forget)
    server = await asyncio.start_server(proxy.connect, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
