"""A copy of this checkout that can be broken. The working tree itself is never touched."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.local.layout import ROOT
from config.local.sabotage.variant import Variant

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", "node_modules", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis"
)


class Checkout:
    """The copy, and the tests' database that its tests use."""

    def __init__(self, folder: Path, *, owner_url: str) -> None:
        self.root = folder
        self.owner_url = owner_url
        # Python compiles a file again where its date in whole seconds is another than it was.
        self.clock = int(time.time())

    def make(self) -> None:
        """Copy the checkout afresh."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(ROOT, self.root, ignore=LEFT_OUT)

    @contextmanager
    def broken_by(self, variant: Variant) -> Iterator[None]:
        """Break the copy while the block runs, and put it right again."""
        path = self.root / variant.file
        whole = path.read_text() if variant.file else ""
        if variant.file:
            self._write(path, variant.broken(self.root))
        try:
            self._tell_database(variant.sql)
            yield
        finally:
            self._tell_database(variant.sql_back)
            if variant.file:
                self._write(path, whole)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text)
        self.clock += 1
        os.utime(path, (self.clock, self.clock))

    def _tell_database(self, sql: str) -> None:
        if sql:
            with psycopg.connect(self.owner_url, autocommit=True) as connection:
                connection.execute(sql.encode())
