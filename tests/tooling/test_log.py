"""No log line holds what somebody typed, whatever goes wrong with it."""

import json
import logging
import sys

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.log import OneLine
from notifications.models import Message

CANARY = "Canary Fernsby\nTraceback of ValueError"


def line_for(message: str, *args: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    return OneLine().format(logging.LogRecord("t", logging.ERROR, "", 0, message, args, info))


@pytest.mark.django_db
def test_refused_row_is_not_in_the_log() -> None:
    now = timezone.now()
    with pytest.raises(DatabaseError, match="Canary") as caught, transaction.atomic():
        Message.objects.create(to_address="", sender_agency=CANARY, queued_at=now, next_try_at=now)
    error = caught.value
    line = line_for("Task tick raised: %r and %s", error, error, error=error)
    assert "Canary" not in line
    assert "Fernsby" not in line
    assert "message_has_an_address" in line
    assert json.loads(line)["exceptions"][0]["class"] == "django.db.utils.IntegrityError"


def test_value_quoted_by_an_exception_is_not_in_the_log() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        line = line_for("failed", error=error)
    assert "Canary" not in line
    assert "test_log.py" in line


def test_our_own_mistakes_say_what_they_are() -> None:
    try:
        sys.no_such_thing  # type: ignore[attr-defined]  # noqa: B018  # the mistake itself
    except AttributeError as error:
        line = line_for("failed", error=error)
    assert "no_such_thing" in line


def test_record_stays_on_one_line() -> None:
    assert "\n" not in line_for("one\ntwo %s", "three\nfour")


def test_what_postgresql_adds_to_a_message_is_cut() -> None:
    line = line_for("refused: duplicate key\nDETAIL:  Key (first_name)=(Leo) already exists.")
    assert "Leo" not in line
    assert "duplicate key (details left out)" in line
