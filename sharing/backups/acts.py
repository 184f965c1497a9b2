"""Making a backup, as the role that sees every row, and restoring it, as the owner of the tables."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.db import connection, transaction

from sharing.backups import envelope, manifest
from sharing.backups.manifest import LEFT_OUT, Manifest
from sharing.backups.programs import environment, program

PORTION = 1024 * 1024


class CannotBackUp(Exception):
    """PostgreSQL's program cannot read the database."""


class CannotRestore(Exception):
    """The database is not empty, or did not come back as it was."""


def backup(path: Path, *, key: bytes) -> Manifest:
    """Write the whole database into one encrypted file, as it is at one moment.

    The counts and the content are of the same snapshot. The file appears under its name when it is complete.
    Raises CannotBackUp, and NoProgram where pg_dump is not here.
    """
    if settings.DATABASE_POOLER:
        raise CannotBackUp(
            "DATABASE_POOLER is on, and pg_dump needs a session of its own: take it out of the backup's "
            "environment and set DATABASE_URL to the database server itself, not to the pooler."
        )
    _require_to_see_everything()
    part = path.with_name(path.name + ".part")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        taken = manifest.take()
        with _private(part) as file:
            envelope.write(file, _content(taken, snapshot), key=key)
            file.flush()
            os.fsync(file.fileno())
    part.replace(path)
    return taken


def _require_to_see_everything() -> None:
    """Raise CannotBackUp for a role to which row security would show a part: pg_dump refuses it as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise CannotBackUp(
                "This role does not see every row. Set DATABASE_URL to the address of the backup role "
                "(docs/environment.md)."
            )


def _private(path: Path) -> BinaryIO:
    """Open a new file that only we read."""
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))


def _content(taken: Manifest, snapshot: str) -> Iterator[bytes]:
    """Give the manifest, its length before it, and then what pg_dump writes."""
    head = json.dumps(taken.as_json()).encode()
    yield len(head).to_bytes(4, "big") + head
    command = [
        program("pg_dump"),
        "--format=custom",
        f"--snapshot={snapshot}",
        "--no-owner",
        "--no-privileges",
    ]
    command += [f"--exclude-table-data={table}" for table in LEFT_OUT]
    with (
        TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment()) as dump,
    ):
        yield from iter(lambda: cast("IO[bytes]", dump.stdout).read(PORTION), b"")
        if dump.wait():
            raise CannotBackUp(_first_line(errors, "pg_dump"))


def restore(path: Path, *, key: bytes) -> Manifest:
    """Bring a backup back into an empty database, all of it or nothing.

    The file is read to its end before anything is written, so that one that was changed writes nothing.
    Raises CannotRestore, envelope.CannotOpen, and NoProgram where pg_restore is not here.
    """
    _require_empty()
    with TemporaryFile() as dump, path.open("rb") as file:
        content = envelope.read(file, key=key)
        taken = _split(content, dump)
        dump.seek(0)
        _pour(dump)
    return taken


def _require_empty() -> None:
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise CannotRestore(
                "This database is not empty. Restore into a new one, and look at it before it is used."
            )


def _split(content: Iterator[bytes], dump: Any) -> Manifest:
    """Read the manifest, and write the rest into a file."""
    held = b""
    while len(held) < 4 or len(held) < 4 + int.from_bytes(held[:4], "big"):
        held += next(content)
    end = 4 + int.from_bytes(held[:4], "big")
    taken = Manifest(**json.loads(held[4:end]))
    dump.write(held[end:])
    for portion in content:
        dump.write(portion)
    return taken


def _pour(dump: Any) -> None:
    command = [
        program("pg_restore"),
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
    ]
    name = connection.settings_dict["NAME"]
    with TemporaryFile() as errors:
        done = subprocess.run([*command, f"--dbname={name}"], stdin=dump, stderr=errors, env=environment())
        if done.returncode:
            raise CannotRestore(_first_line(errors, "pg_restore"))


def _first_line(errors: Any, name: str) -> str:
    """Return what a program said first, which names a table at most."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").splitlines()
    return f"{name} stopped: {lines[0] if lines else 'it did not say why'}"
