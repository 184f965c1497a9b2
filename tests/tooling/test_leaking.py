"""What listens to everything that leaves the tests hears each way out, and knows the words."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from django.core import mail
from django.http import HttpResponseRedirect

from config.log import OneLine
from notifications.texts import FileGateway
from tests import factories
from tests.leaking import WORDS, Listener

SAID = factories.OWN_WORDS["what_worries_me"]


def test_the_words_are_those_that_the_factories_type() -> None:
    assert len(WORDS) > 25
    assert {*factories.OWN_WORDS.values(), *factories.OTHER_WORDS.values()} <= WORDS
    assert "He squeezed me because I was loud." in WORDS


def test_each_way_out_is_heard(heard: Listener, tmp_path: Path) -> None:
    before = list(heard.found)
    mail.send_mail("About Leo Marsh", "", None, ["tom@example.org"])
    FileGateway(str(tmp_path)).send(to="07700 900123", text=SAID, message_id="1")
    OneLine().format(
        logging.makeLogRecord(
            {"name": "sharing", "levelno": logging.INFO, "msg": "saved %s", "args": (SAID,)}
        )
    )
    HttpResponseRedirect("/people/?name=Leo+Marsh")
    new = [where.partition(":")[0] for where in heard.found[len(before) :]]
    heard.found[:] = before
    assert new == ["e-mail", "text message", "log of sharing", "redirect"]


@pytest.mark.parametrize(
    "said", ["WF-27-0001-X1", "/exchanges/WF-27-0001-X1/", "Designated safeguarding lead"]
)
def test_what_may_leave_is_not_among_the_words(heard: Listener, said: str) -> None:
    before = len(heard.found)
    heard.hear("e-mail", said)
    assert len(heard.found) == before
