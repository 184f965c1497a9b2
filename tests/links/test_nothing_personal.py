"""No name, no word of what was said and no code in what leaves by e-mail, text message, address or log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from agencies.refusals import Refused
from config.log import OneLine
from sharing.operations import links, visits
from sharing.states import State
from tests import factories
from tests.factories import OWN_WORDS, STRANGER, World
from tests.links import post
from tests.links.by_link import Visitor, told

pytestmark = pytest.mark.django_db
CANARIES = (
    *("Leo", "Marsh", "round marks", "squeezed", "gripping", "strategy discussion"),
    *("on duty for the front door", "Adeyemi", "Grace", "07700"),
    *(words[:25] for words in OWN_WORDS.values()),
    *(word for word in STRANGER.values() if "Hill" not in word),
)


def test_through_a_whole_visit(world: World, texts: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    exchange = told(world, State.RECEIVED)
    emails = post.deliver(world)
    visitor = Visitor(world, exchange).comes_in()
    addresses = [visitor.does("restate", **OWN_WORDS)]
    link = factories.link_of(exchange)
    visits.ask_for_code(link, by=None, at=world.clock(), address="192.0.2.7")
    emails += post.deliver(world)
    visits.not_me(link, by=None, at=world.clock(), address=None, **STRANGER)
    code = post.code_in(texts)
    guess = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(5):
        with pytest.raises(Refused):
            visits.enter_code(link, guess, at=world.clock(), address=None)
    for path in ("/link/code/", "/exchanges/WF-27-0009-X9/"):
        visitor.gets(path)
    links.send_new_link(exchange, by=world.priya, at=world.clock())
    emails += post.deliver(world)
    assert len(emails) >= 5
    left = [f"{e.subject}\n{e.body}\n{e.extra_headers}" for e in emails] + addresses
    left += [file.read_text(encoding="utf-8").split("\n\n")[1] for file in texts.glob("*.txt")]
    left += [OneLine().format(record) for record in caplog.records if not record.name.startswith("django.db")]
    found = [(canary, where[:200]) for canary in CANARIES for where in left if canary in where]
    assert not found
    assert not [e.body for e in emails if code in e.body]
