"""The demo can be loaded at any hour, and nothing in its story happens later than that."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from pytest_django.fixtures import Settings

from audit.models import Event
from notifications.models import Message
from sharing.models import Cycle, Exchange


@pytest.mark.parametrize(
    "hour",
    [
        # UTC and London have the same day then, but had not when this hour struck in summer.
        "2026-11-22T23:30:00Z",
        "2026-11-23T06:10:00Z",
        "2026-07-15T12:20:00Z",
    ],
)
def test_it_can_be_loaded_at_any_hour_and_its_story_has_happened_by_then(
    db: None, settings: Settings, hour: str
) -> None:
    settings.DEMO = True
    now = datetime.fromisoformat(hour)
    with time_machine.travel(now, tick=False):
        call_command("load_demo", weeks=0, stdout=StringIO())
    assert Cycle.objects.exists()
    assert not [(one.verb, one.subject, one.at) for one in Event.objects.filter(at__gt=now)]
    assert not [(one.kind, one.reference, one.queued_at) for one in Message.objects.filter(queued_at__gt=now)]
    for moment in ("sent_at", "opened_at", "received_at", "understood_at"):
        assert not Exchange.objects.filter(**{f"{moment}__gt": now}).exists(), moment
