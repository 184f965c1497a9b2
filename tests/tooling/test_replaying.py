"""What is brought about by the writes of a story is what the story brought about, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import override_settings

from sharing.models import Exchange, Stage
from sharing.operations import check_back
from sharing.states import ActionState, State
from tests import factories, replaying, rows
from tests.factories import World

Dump = dict[str, list[str]]
STORIES: dict[str, Callable[[World], Any]] = {
    "nothing": lambda world: None,
    **{f"exchange {one}": partial(factories.exchange_at, state=one) for one in State},
    **{f"concern {one}": partial(factories.concern_at, stage=one) for one in Stage},
    **{f"action {one}": partial(factories.action_at, state=one) for one in ActionState},
    "ladder": partial(factories.at_stage, number=3),
    "breach": factories.breach,
    "link": factories.link,
}


def dump() -> Dump:
    """Read every row of ours, but for when the database says that it was written."""
    with connection.cursor() as cursor:
        found = {}
        for name in rows.tables():
            cursor.execute(f"SELECT to_jsonb(t) - 'recorded_at' FROM {name} t ORDER BY 1")
            found[name] = [row for (row,) in cursor.fetchall()]
        for name in ("audit_leaf", "records_personword"):
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name] = cursor.fetchall()
    return {name: lines for name, lines in found.items() if lines}


@contextmanager
def taken_back() -> Iterator[None]:
    """Leave the database as empty as it was, and begin as a test does."""
    with transaction.atomic():
        replaying.begin()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def nothing_is_kept(db: None) -> Iterator[None]:
    """Know no story yet, whichever tests ran before."""
    kept, replaying.STAGE.told = replaying.STAGE.told, {}
    yield
    replaying.STAGE.told = kept


def told(story: Callable[[World], Any]) -> tuple[Dump, Any, Any]:
    with taken_back():
        world = factories.make_world()
        result = story(world)
        return dump(), getattr(result, "pk", None), world.clock.moment


@pytest.mark.parametrize("name", STORIES)
def test_what_is_played_is_what_was_told(nothing_is_kept: None, name: str) -> None:
    first = told(STORIES[name])
    known = dict(replaying.STAGE.told)
    assert known, "Nothing was kept"
    again = told(STORIES[name])
    assert replaying.STAGE.told == known, "It was told again"
    assert again == first


@pytest.mark.usefixtures("nothing_is_kept")
class TestToldAnew:
    """Whatever could come out in another way is brought about by the operations."""

    def is_told(self, prepare: Callable[[World], Any]) -> bool:
        """Say whether an exchange is sent by its operations, after some preparation, though that is known."""
        told(lambda world: factories.exchange_at(world, State.SENT))
        known = len(replaying.STAGE.told)
        heard: list[str] = []
        with taken_back():
            world = factories.make_world()
            prepare(world)
            with connection.execute_wrapper(_into(heard)):
                factories.exchange_at(world, State.SENT)
        return bool(heard) or len(replaying.STAGE.told) > known

    def test_not_in_a_world_where_nothing_happened(self) -> None:
        assert not self.is_told(lambda world: None)

    def test_after_any_write(self) -> None:
        assert self.is_told(lambda world: factories.name_deputy(world.priya, world.school.colleague))

    def test_after_a_write_past_django(self) -> None:
        assert self.is_told(lambda world: connection.connection.execute("DELETE FROM agencies_deputy"))

    def test_not_after_a_write_that_was_taken_back(self) -> None:
        def nothing(world: World) -> None:
            with rows.taken_back():
                factories.name_deputy(world.priya, world.school.colleague)

        assert not self.is_told(nothing)

    def test_at_another_moment(self) -> None:
        assert self.is_told(lambda world: world.clock())

    def test_where_settings_differ(self) -> None:
        with override_settings(BASE_URL="http://elsewhere.example"):
            assert self.is_told(lambda world: None)

    def test_where_a_function_was_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.is_told(lambda world: monkeypatch.setattr(check_back, "receive", check_back.receive))


def test_an_operation_that_breaks_fails_every_test_that_rests_on_it(
    nothing_is_kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(exchange: Exchange, **_: Any) -> Exchange:
        raise RuntimeError("Broken on purpose")

    told(lambda world: factories.exchange_at(world, State.SENT))
    monkeypatch.setattr(check_back, "receive", broken)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            told(lambda world: factories.exchange_at(world, State.RECEIVED))


def test_a_rule_of_the_database_has_its_say_again(nothing_is_kept: None) -> None:
    """A row that the database refuses now is refused to who plays a story too."""
    told(lambda world: factories.exchange_at(world, State.SENT))
    for story in replaying.STAGE.told.values():
        story.writes = story.writes.replace(b"'HIGH'", b"'NO SUCH URGENCY'")
    with pytest.raises(psycopg.Error, match=r"check constraint|too long"):
        told(lambda world: factories.exchange_at(world, State.SENT))


def _into(heard: list[str]) -> Callable[..., Any]:
    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        heard.append(sql)
        return execute(sql, params, many, context)

    return wrapper
