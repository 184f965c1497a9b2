"""The demo can be loaded at any hour."""

from __future__ import annotations

from io import StringIO

import time_machine
from django.core.management import call_command
from pytest_django.fixtures import Settings

from sharing.models import Cycle


def test_it_can_be_loaded_in_the_last_hour_of_the_day(db: None, settings: Settings) -> None:
    """UTC and London have the same day then, but had not when this hour struck in summer."""
    settings.DEMO = True
    with time_machine.travel("2026-11-22T23:30:00Z"):
        call_command("load_demo", weeks=0, stdout=StringIO())
    assert Cycle.objects.exists()
