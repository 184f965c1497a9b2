"""A backup is one encrypted file; a restore brings all of it back into an empty server and sends nothing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config.local.postgres import APP, OWNER, ROLES, SUPERUSER, Postgres
from notifications import operations as notifications
from notifications.models import Hold
from sharing.backups import acts, envelope, manifest
from sharing.states import ActionState
from tests import factories
from tests.conftest import as_owner, of_the_role
from tests.factories import World

KEY = envelope.new_key()
WORDS = factories.OWN_WORDS["what_worries_me"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """Another PostgreSQL server, with its roles and an empty database."""
    passwords = dict.fromkeys((SUPERUSER, *ROLES), "drill")
    found = Postgres(tmp_path / "server", passwords=passwords, for_tests=True)
    (tmp_path / "server" / "logs").mkdir(parents=True)
    found.start()
    yield found
    found.stop()


def url_of_the_test_database() -> str:
    """The address of the tests' database for the role that backs it up."""
    given = {**connection.settings_dict, **of_the_role("BACKUP")}
    return f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def manage(*command: str, url: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    """Run a command as whoever looks after the service does, in a process of its own."""
    environment = {**os.environ, "DATABASE_URL": url, "BACKUP_KEY": key}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def rows_there(server: Postgres, table: str) -> int:
    with psycopg.connect(server.url(OWNER)) as db:
        found: Any = db.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0])


def test_no_backup_is_made_through_a_pooler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASE_POOLER", True)
    with pytest.raises(acts.CannotBackUp, match="to the database server itself"):
        acts.backup(tmp_path / "no", key=b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_restore_brings_everything_back_and_sends_nothing(
    world: World, server: Postgres, tmp_path: Path
) -> None:
    factories.action_at(world, ActionState.REPORTED)
    call_command("seal_record", stdout=io.StringIO())
    with as_owner():
        before = manifest.take()
    kept = tmp_path / "drill.checkback"

    made = manage("backup", str(kept), url=url_of_the_test_database())
    assert made.returncode == 0, made.stderr
    assert kept.stat().st_mode & 0o077 == 0, "nobody else may read it"
    assert WORDS.encode() not in kept.read_bytes()
    assert not list(tmp_path.glob("*.part"))

    back = manage("restore", str(kept), url=server.url(OWNER))
    assert back.returncode == 0, back.stdout + back.stderr
    assert f"All {sum(before.rows.values())} rows" in back.stdout
    for table, count in before.rows.items():
        if table not in NEW_AFTER_A_RESTORE:
            assert rows_there(server, table) == count
    assert rows_there(server, "notifications_hold") == 1
    assert rows_there(server, "agencies_session") == 0

    again = manage("restore", str(kept), url=server.url(OWNER))
    assert "not empty" in again.stderr

    held = manage("send_due", url=server.url(APP))
    assert "Sent 0 messages" in held.stdout, held.stderr
    assert manage("lift_hold", url=server.url(APP)).returncode == 0
    sent = manage("send_due", url=server.url(APP))
    assert "Sent 0 messages" not in sent.stdout


# The hold is written by the restore, and looking the record over is written down.
NEW_AFTER_A_RESTORE = {"notifications_hold", "audit_verification", "audit_event", "audit_leaf"}


def sealed(content: bytes, *, key: str = KEY) -> bytearray:
    file = io.BytesIO()
    envelope.write(file, [content], key=envelope.key_from(key))
    return bytearray(file.getvalue())


def opened(file: bytes | bytearray, *, key: str = KEY) -> bytes:
    return b"".join(envelope.read(io.BytesIO(bytes(file)), key=envelope.key_from(key)))


@pytest.mark.parametrize("size", [0, 1, envelope.PORTION, envelope.PORTION + 1, 3 * envelope.PORTION])
def test_what_was_sealed_is_opened(size: int) -> None:
    content = os.urandom(size)
    assert opened(sealed(content)) == content


def test_another_key_opens_nothing() -> None:
    with pytest.raises(envelope.CannotOpen, match="the key is not its own"):
        opened(sealed(b"words"), key=envelope.new_key())


@pytest.mark.parametrize("place", [0, 25, 60, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    file = sealed(b"words" * 100)
    file[place] ^= 1
    with pytest.raises(envelope.CannotOpen):
        opened(file)


def test_a_file_cut_short_is_noticed_even_between_portions() -> None:
    file = sealed(os.urandom(3 * envelope.PORTION))
    portion = envelope.LENGTH + envelope.PORTION + envelope.TAG
    head = len(envelope.MAGIC) + envelope.SALT
    for end in (head + portion, head + 2 * portion, head + portion + 7):
        with pytest.raises(envelope.CannotOpen):
            opened(file[:end])


def test_portions_that_change_places_are_noticed() -> None:
    file = bytes(sealed(os.urandom(3 * envelope.PORTION)))
    portion = envelope.LENGTH + envelope.PORTION + envelope.TAG
    head = len(envelope.MAGIC) + envelope.SALT
    first, second = file[head : head + portion], file[head + portion : head + 2 * portion]
    with pytest.raises(envelope.CannotOpen):
        opened(file[:head] + second + first + file[head + 2 * portion :])


def test_a_key_of_another_form_is_refused() -> None:
    for text in ("", "secret", "YWJj"):
        with pytest.raises(envelope.CannotOpen, match="--new-key"):
            envelope.key_from(text)


@pytest.mark.django_db
def test_messages_are_held_once_and_let_go_once(world: World) -> None:
    at = world.clock()
    assert notifications.hold(why="A restore.", at=at) == notifications.hold(why="Another.", at=at)
    assert notifications.held_since() == at
    assert notifications.lift_hold(at=world.clock())
    assert not notifications.lift_hold(at=world.clock())
    assert Hold.objects.get().why == "A restore."
    call_command("hold", "Restored from the archive.", stdout=io.StringIO())
    assert notifications.held_since() is not None
    assert notifications.send_due(at=world.clock()) >= 0
