"""What the factories bring about, brought about again by the statements that it took the first time.

Most tests begin with the same people and the same few stories. Telling one by the real operations takes
hundreds of statements, most of which only look; what it writes is a few dozen. The first test of a process
that asks for a story is told it by the operations, and what they wrote is kept. The next is given the same
rows by the same writes, sent together: every trigger, constraint and rule of the database has its say again.

A story is told anew wherever it could come out in another way: where the test has written anything since the
story before, where it changes settings, functions or the time of day, outside a transaction, and where one
of its values is not a plain one. tests/tooling/test_replaying.py compares
the two ways, row by row. With TELL_EVERY_STORY in the environment
nothing is kept.
"""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial, wraps
from types import FunctionType
from typing import Any, TypeVar, cast
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.conf import Settings, settings
from django.core import mail
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.client_cursor import ClientCursorMixin

from config import env
from config.postgresql import direct

Factory = TypeVar("Factory", bound=Callable[..., Any])

ONLY_LOOKS = re.compile(rb"[\s(]*(SELECT|SHOW|EXPLAIN|DECLARE|FETCH|CLOSE)\b", re.IGNORECASE)
# What is written `SELECT` and does something all the same.
DOES = re.compile(rb"\b(set_config|setval|nextval|pg_\w*advisory\w*|records_dispose)\s*\(", re.IGNORECASE)
SAVEPOINT = re.compile(rb'(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) "?(\w+)"?$', re.IGNORECASE)
PLAIN = (str, int, float, bool, bytes, date, datetime, time, timedelta, UUID, type(None))
SEQUENCES = "SELECT schemaname || '.' || quote_ident(sequencename), last_value, start_value FROM pg_sequences"
OF_TABLES = """
    SELECT DISTINCT d.refobjid::regclass::text FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.objid = ANY(%s::regclass[])
    AND has_table_privilege(%s, d.refobjid, 'SELECT')
"""


Counted = dict[str, tuple[int | None, int]]


class Unplain(Exception):
    """A value of a story can differ without being seen to."""


@dataclass
class Story:
    """What a story wrote, where the counters stood before and after, and what was returned."""

    writes: bytes
    sequences: list[tuple[str, int | None, int]]
    tables: list[str]
    on_commit: list[Any]
    moment: datetime | None
    result: bytes
    after: int


@dataclass
class Stage:
    """What this process knows: the stories, and which of them, alone, this test's database holds now."""

    told: dict[Hashable, Story] = field(default_factory=dict)
    may: bool = False
    now: int | None = None  # the story that brought the database where it is; None where that is not known
    counted: dict[int, Counted] = field(default_factory=dict)  # where the counters stand after each story
    last: int = 0
    written: list[bytes] = field(default_factory=list)
    open: list[int] = field(default_factory=list)  # where in `written` the stories begin that are being told
    spoiled: bool = False
    savepoints: dict[bytes, tuple[int | None, int]] = field(default_factory=dict)
    silent: bool = False
    owner: BaseDatabaseWrapper | None = None

    def new(self) -> int:
        self.last += 1
        return self.last


STAGE = Stage()
ROOT = -1
FIRST = ["agencies_partnership", "agencies_agency", "agencies_user", "agencies_membership"]


def begin() -> None:
    """Know nothing of the database as a test begins, and keep stories until it changes what they rest on."""
    STAGE.may = "TELL_EVERY_STORY" not in os.environ
    STAGE.now = None
    STAGE.savepoints.clear()
    if not STAGE.open:
        STAGE.written.clear()


@contextmanager
def every_story_is_told() -> Iterator[None]:
    """Keep no story and use none while the block runs."""
    before, STAGE.may = STAGE.may, False
    try:
        yield
    finally:
        STAGE.may = before


def hear(query: bytes, render: Callable[[], bytes] | None = None) -> None:
    """Take note of a statement that is about to be sent, on whichever connection."""
    if STAGE.silent or (ONLY_LOOKS.match(query) and not DOES.search(query)):
        return
    if found := SAVEPOINT.match(query):
        what, name = found[1].upper(), found[2]
        if what == b"SAVEPOINT":
            STAGE.savepoints[name] = (STAGE.now, len(STAGE.written))
        elif what.startswith(b"ROLLBACK"):
            STAGE.now, size = STAGE.savepoints.get(name, (None, -1))
            if STAGE.open and size < STAGE.open[-1]:
                STAGE.spoiled = True
            elif size >= 0:
                del STAGE.written[size:]
        return
    STAGE.now = None
    if STAGE.open:
        STAGE.written.append(render() if render else query)


@contextmanager
def hearing() -> Iterator[None]:
    """Hear every statement of this process while the block runs."""
    send, execute = ClientCursorMixin._execute_send, psycopg.Cursor.execute
    many, copy, together = psycopg.Cursor.executemany, psycopg.Cursor.copy, direct.send

    def sent(self: Any, query: Any, **more: Any) -> None:
        hear(query.query)
        send(self, query, **more)

    def executed(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        # Those that bind values themselves are heard as they are sent.
        if not isinstance(self, ClientCursorMixin):
            said = query if isinstance(query, bytes) else query.encode() if isinstance(query, str) else b"?"
            hear(said, partial(_mogrified, self.connection, query, params))
        return execute(self, query, params, **more)

    def without_cursors(raw: Any, statements: Any) -> Any:
        for text, values in statements:
            hear(text.encode(), partial(_mogrified, raw, text, values))
        return together(raw, statements)

    def at_once(real: Any) -> Any:
        def done(self: Any, *args: Any, **more: Any) -> Any:
            STAGE.now, STAGE.spoiled = None, True
            return real(self, *args, **more)

        return wraps(real)(done)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientCursorMixin, "_execute_send", sent)
        patch.setattr(psycopg.Cursor, "execute", executed)
        patch.setattr(direct, "send", without_cursors)
        patch.setattr(psycopg.Cursor, "executemany", at_once(many))
        patch.setattr(psycopg.Cursor, "copy", at_once(copy))
        for how in ("setattr", "delattr", "setitem", "delitem", "setenv", "delenv"):
            patch.setattr(pytest.MonkeyPatch, how, _changing(getattr(pytest.MonkeyPatch, how)))
        yield


def _changing(real: Any) -> Any:
    def changed(*args: Any, **more: Any) -> Any:
        if mail.message not in args:  # where every test is told what this machine is called
            STAGE.may = False  # until the test is over
        return real(*args, **more)

    return wraps(real)(changed)


def _mogrified(raw: Any, query: Any, params: Any) -> bytes:
    return psycopg.ClientCursor(raw).mogrify(query, params).encode()


def leave() -> None:
    """Let go of the database, so that it can be dropped."""
    if STAGE.owner is not None:
        STAGE.owner.close()
        STAGE.owner = None


def plain(value: Any) -> Hashable:
    """Return what stands for a value in the name of a story. Raises Unplain where nothing does."""
    if isinstance(value, models.Model):
        loaded = {name: plain(one) for name, one in vars(value).items() if not name.startswith("_")}
        return (value._meta.label, tuple(sorted(loaded.items(), key=lambda pair: pair[0])))
    if isinstance(value, PLAIN):
        return (type(value).__name__, value)
    if isinstance(value, FunctionType) and value.__closure__ is None:
        return ("function", value)
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *map(plain, value))
    if isinstance(value, dict):
        return ("dict", *((name, plain(one)) for name, one in value.items()))
    raise Unplain(type(value))


def begins(make: Factory) -> Factory:
    """Keep what a factory makes in an empty database."""

    @wraps(make)
    def made(*args: Any, **more: Any) -> Any:
        if not _may_be_kept():
            return make(*args, **more)
        return _told(make, ROOT, None, args, more)

    return cast(Factory, made)


def goes_on(make: Factory) -> Factory:
    """Keep what a factory brings about in a world where nothing happened but stories that are kept."""

    @wraps(make)
    def made(world: Any, *args: Any, **more: Any) -> Any:
        if STAGE.now is None or not _may_be_kept():
            return make(world, *args, **more)
        return _told(make, STAGE.now, world, args, more)

    return cast(Factory, made)


def _may_be_kept() -> bool:
    return (
        STAGE.may
        and connection.in_atomic_block
        and not connection.queries_logged
        and not time_machine.traveller_stack
        and type(vars(settings)["_wrapped"]) is Settings  # and nothing over them
    )


def _told(make: Callable[..., Any], since: int, world: Any, args: Any, more: Any) -> Any:
    """Give what a story brings about: by its writes where they are kept, else by telling and keeping it."""
    given = args if world is None else (world, *args)
    _catch_up()
    try:
        values = tuple(map(plain, args)), tuple((name, plain(more[name])) for name in sorted(more))
    except Unplain:
        return make(*given, **more)
    key = (since, make, world and world.clock.moment, values)
    story = STAGE.told.get(key)
    if since == ROOT and _is_anything_in(story.tables if story else FIRST):
        return make(*given, **more)
    if story is None:
        return _keep(key, since, make, world, given, more)
    _play(story)
    if world is not None:
        assert story.moment is not None
        world.clock.moment = story.moment
    return pickle.loads(story.result)  # noqa: S301  # our own


def _keep(key: Hashable, since: int, make: Callable[..., Any], world: Any, given: Any, more: Any) -> Any:
    """Tell a story by the operations, and keep what they wrote."""
    before = _as_it_stood(since)
    to_do: list[Any] = connection.run_on_commit
    first, known = len(STAGE.written), len(to_do)
    outer, STAGE.spoiled = STAGE.spoiled, False
    STAGE.open.append(first)
    try:
        result = make(*given, **more)
        _catch_up()
        writes, spoiled = STAGE.written[first:], STAGE.spoiled
    finally:
        STAGE.open.pop()
        STAGE.spoiled = outer or STAGE.spoiled
        if not STAGE.open:
            STAGE.written.clear()
    if spoiled or not writes:
        return result
    try:
        kept = pickle.dumps(result)
    except (pickle.PicklingError, AttributeError, TypeError):
        return result
    after = _sequences()
    moved = [(name, *before[name]) for name in sorted(before) if before[name] != after.get(name)]
    story = Story(
        writes=b";\n".join(writes),
        sequences=moved,
        tables=[] if world else [*FIRST, *_tables_of([name for name, _, _ in moved])],
        on_commit=[(run, robust) for _, run, robust in to_do[known:]],
        moment=world and world.clock.moment,
        result=kept,
        after=STAGE.new(),
    )
    STAGE.told[key] = story
    STAGE.now = story.after
    STAGE.counted[story.after] = after
    return result


def _catch_up() -> None:
    """Send what waits for the next statement, which is none of Django's."""
    known: Any = connection
    known.catch_up()


def _play(story: Story) -> None:
    """Send the writes of a story, with every counter where it stood before."""
    _set_sequences(story.sequences)
    if STAGE.open:
        STAGE.written.append(story.writes)
    raw: Any = connection.connection
    with _silently():
        psycopg.ClientCursor(raw).execute(story.writes)
    to_do: list[Any] = connection.run_on_commit
    for run, robust in story.on_commit:
        to_do.append((set(connection.savepoint_ids), run, robust))
    STAGE.now = story.after


def _as_it_stood(since: int) -> Counted:
    """Put every counter where it stood after the story that was told last, and return where that is."""
    now = _sequences()
    then = STAGE.counted.setdefault(since, now)
    _set_sequences([(name, *then[name]) for name in sorted(then) if then[name] != now[name]])
    return then


def _ask_the_owner(question: str, *params: Any) -> list[Any]:
    """Ask on a connection of the owner's to the same database: the application may not set a counter."""
    name = connection.settings_dict["NAME"]
    if STAGE.owner is None or STAGE.owner.settings_dict["NAME"] != name:
        owner = connection.copy()
        other = env.database("DATABASE_OWNER_URL")
        owner.settings_dict.update({key: other[key] for key in ("USER", "PASSWORD", "HOST", "PORT")})
        owner.connect()
        STAGE.owner = owner
    raw: Any = STAGE.owner.connection
    with _silently():
        rows: list[Any] = raw.execute(question, params or None).fetchall()
    return rows


@contextmanager
def _silently() -> Iterator[None]:
    """Hear nothing while the block runs, which is no part of any story."""
    STAGE.silent = True
    try:
        yield
    finally:
        STAGE.silent = False


def _sequences() -> Counted:
    """Return where each counter stands, and where it starts."""
    return {name: (last, start) for name, last, start in _ask_the_owner(SEQUENCES)}


def _set_sequences(sequences: list[tuple[str, int | None, int]]) -> None:
    if not sequences:
        return
    parts = ", ".join(
        f"setval('{name}', {start if last is None else last}, {'false' if last is None else 'true'})"
        for name, last, start in sequences
    )
    _ask_the_owner(f"SELECT {parts}")


def _tables_of(sequences: list[str]) -> list[str]:
    """Return the tables whose rows are counted by these."""
    return [name for (name,) in _ask_the_owner(OF_TABLES, sequences, connection.settings_dict["USER"])]


def _is_anything_in(tables: list[str]) -> bool:
    """Say whether the test has rows already that a story might meet."""
    found = " OR ".join(f"EXISTS (SELECT FROM {name})" for name in tables)
    raw: Any = connection.connection
    row: Any = psycopg.ClientCursor(raw).execute(f"SELECT {found}").fetchone()
    return bool(row[0])
