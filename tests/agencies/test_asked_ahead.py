"""What an operation names is asked in one round trip, and each answer is given once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group

from agencies.models import Membership
from agencies.prepared import Asking, Prepared, asks_ahead
from config.postgresql import direct
from tests.factories import World

NAMES = Prepared(lambda *, name: Group.objects.filter(name=name).values_list("name", flat=True))
PEOPLE = Prepared(lambda *, role: Membership.objects.filter(role=role).order_by("pk"))


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The first word of each statement of each round trip."""
    made: list[list[str]] = []
    sent = direct.send

    def send(at: Any, statements: Any) -> Any:
        made.append([text.split()[0] for text, _ in statements])
        return sent(at, statements)

    monkeypatch.setattr(direct, "send", send)
    return made


def _to_count(name: str, **_: Any) -> list[Asking[Any]]:
    return [NAMES.asking(name=name), PEOPLE.asking(role="lead")]


@asks_ahead(_to_count)
def count(name: str, *, more: str = "") -> tuple[int, int, int]:
    found, people = len(NAMES.all(name=more or name)), len(PEOPLE.all(role="lead"))
    Group.objects.create(name=name)
    return found, people, len(NAMES.all(name=name))


@pytest.mark.django_db
def test_an_answer_that_came_ahead_is_given_once(world: World, trips: list[list[str]]) -> None:
    leads = len(PEOPLE.all(role="lead"))
    trips.clear()
    assert count("Once") == (0, leads, 1)
    assert ["SELECT", "SELECT"] in [[word for word in trip if word == "SELECT"] for trip in trips]


@pytest.mark.django_db
def test_a_question_with_other_values_than_were_foreseen_is_asked(world: World) -> None:
    Group.objects.create(name="Other")
    assert count("This", more="Other")[0] == 1


@pytest.mark.django_db
def test_what_came_ahead_is_forgotten_with_the_operation(world: World) -> None:
    class Stopped(Exception):
        pass

    @asks_ahead(_to_count)
    def stop(name: str) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        stop("Kept")
    Group.objects.create(name="Kept")
    assert NAMES.all(name="Kept") == ["Kept"]
