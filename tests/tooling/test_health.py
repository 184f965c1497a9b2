"""/health/ says which part is not well, quickly and without a word about anybody."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.beat import Scheduler, SchedulingError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from audit.operations import seals
from config.beat import SeenScheduler
from config.celery import app
from notifications import operations
from notifications.models import Heartbeat
from sharing.models import Reminder
from sharing.states import State
from tests import factories

PARTS = {"broker", "database", "migrations", "worker", "beat", "outbox", "hold", "reminders", "seals"}


@pytest.fixture
def everybody_seen(db: None) -> None:
    operations.beat("worker", at=timezone.now())
    operations.beat("beat", at=timezone.now())


@pytest.fixture
def frozen_broker(settings: Settings) -> Iterator[None]:
    """A broker that accepts a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield


def ask(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/health/")
    return response.status_code, response.json()


@pytest.mark.usefixtures("everybody_seen")
def test_all_well_is_200_with_every_part_named(client: Client) -> None:
    status, answer = ask(client)
    assert (status, answer.pop("ok")) == (200, True)
    assert set(answer) == PARTS
    assert all(part["ok"] for part in answer.values())
    assert answer["migrations"] == {"ok": True, "waiting": 0}
    assert answer["outbox"] == answer["reminders"] == {"ok": True, "waiting": 0, "oldest_seconds": 0}


@pytest.mark.django_db
def test_worker_and_beat_that_were_never_seen_are_not_well(client: Client) -> None:
    status, answer = ask(client)
    assert status == 503
    assert answer["worker"] == answer["beat"] == {"ok": False, "seconds_ago": None}
    assert answer["database"]["ok"]


@pytest.mark.usefixtures("everybody_seen")
def test_worker_unseen_for_minutes_is_not_well_though_the_beat_is(client: Client) -> None:
    operations.beat("worker", at=timezone.now() - timedelta(minutes=5))
    status, answer = ask(client)
    assert status == 503
    assert (answer["worker"]["ok"], answer["beat"]["ok"]) == (False, True)


@pytest.mark.usefixtures("everybody_seen", "frozen_broker")
def test_frozen_broker_is_told_within_its_second(client: Client) -> None:
    began = time.monotonic()
    status, answer = ask(client)
    assert time.monotonic() - began < 2
    assert status == 503
    assert answer["broker"] == {"ok": False}


@pytest.mark.django_db(transaction=True)
def test_beat_is_seen_only_once_its_tick_is_with_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = SeenScheduler(app=app)
    tick = scheduler.schedule["tick"]

    def refuse(*args: object, **kwargs: object) -> None:
        raise SchedulingError

    with monkeypatch.context() as patch:
        patch.setattr(Scheduler, "apply_async", refuse)
        with pytest.raises(SchedulingError):
            scheduler.apply_async(tick)
    assert not Heartbeat.objects.filter(name="beat").exists()

    scheduler.apply_async(tick)
    assert Heartbeat.objects.filter(name="beat").exists()


@pytest.mark.usefixtures("everybody_seen")
def test_a_record_that_nobody_seals_is_not_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_world()
    assert ask(client)[1]["seals"]["ok"]
    monkeypatch.setattr(seals, "TOO_LONG", timedelta(0))
    status, answer = ask(client)
    assert (status, answer["seals"]["ok"]) == (503, False)
    assert answer["seals"]["waiting"] > 0


@pytest.mark.usefixtures("everybody_seen")
def test_reminders_that_nobody_raises_are_not_well(client: Client) -> None:
    factories.exchange_at(factories.make_world(), State.SENT)
    Reminder.objects.update(send_at=timezone.now() - timedelta(minutes=5))
    status, answer = ask(client)
    assert status == 503
    assert not answer["reminders"]["ok"]
    assert answer["reminders"]["waiting"] == Reminder.objects.count() > 3
    assert 300 <= answer["reminders"]["oldest_seconds"] < 330
