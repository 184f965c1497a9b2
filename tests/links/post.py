"""The post: e-mails and text messages as they go out, read the way a person reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail

from notifications import operations as notifications
from sharing.operations import links, reminders
from tests.factories import World


@pytest.fixture
def texts(settings: Any, tmp_path: Path) -> Path:
    """A gateway for text messages: a folder in which each is a file."""
    settings.TEXT_URL = f"file://{tmp_path}"
    return tmp_path


def deliver(world: World) -> list[Any]:
    """Send everything that is due, and return the e-mails that went out."""
    before, at = len(mail.outbox), world.clock()
    with time_machine.travel(at, tick=False):
        notifications.send_due(at=at, still_wanted=reminders.still_wanted, ways_in=links.WaysIn())
    return list(mail.outbox[before:])


def link_in(emails: list[Any], to: str) -> str:
    """Return the path of the link in the last e-mail to somebody."""
    found = [e for e in emails if e.to == [to] and "/l/" in e.body]
    return str(re.findall(r"/l/[A-Za-z0-9_-]+/", found[-1].body)[0])


def code_in(folder: Path) -> str:
    """Return the code in the last text message."""
    last = max(folder.glob("*.txt")).read_text(encoding="utf-8")
    return str(re.findall(r"\b\d{8}\b", last)[0])
