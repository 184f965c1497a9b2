"""Everything that leaves during a run of the tests, searched for what the invented people said.

E-mails as they are put together, text messages, log lines as the service writes them, and where redirects
lead. The words are those that tests/factories types into the fields of the record; most tests use them.
What is kept in the database is asked for elsewhere (tests/architecture/test_nothing_personal*.py), and the
real service with its processes by `make leaks`.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.core.mail import EmailMessage
from django.http import response

from config.log import OneLine
from notifications import texts

FACTORIES = sorted(Path(__file__).with_name("factories").glob("*.py"))
# What the factories write about people, and how a child of theirs is called everywhere.
WRITTEN_AS = frozenset(
    {
        *("anybody_else", "contingency", "decision", "emergency_reason", "meanwhile", "not_informed_why"),
        *("purpose", "question", "rationale", "right_place", "text", "told", "what", "what_happened"),
        *("what_i_ask", "what_i_will_do", "what_was_decided", "what_was_said", "what_worries_me"),
        *("who_does_what", "why_not_asked", "why_you", "words"),
    }
)
NAMES = ("Leo Marsh", "Marsh, Leo", "2019-09-03", "3 September 2019")
SHORTEST = 14


def words_of(source: str) -> set[str]:
    """Return what a module types into the fields of the record: named so in a call or a dictionary."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.Call):
            pairs = [(one.arg, one.value) for one in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [
                (getattr(key, "value", None), value)
                for key, value in zip(node.keys, node.values, strict=True)
            ]
        found |= {
            value.value
            for name, value in pairs
            if name in WRITTEN_AS and isinstance(value, ast.Constant) and isinstance(value.value, str)
        }
    return {words for words in found if len(words) >= SHORTEST}


WORDS = frozenset({*NAMES, *(word for path in FACTORIES for word in words_of(path.read_text()))})


class Listener:
    """Hears what leaves, and keeps where a word was heard that may not leave."""

    def __init__(self) -> None:
        self.heard = 0
        self.found: list[str] = []

    def hear(self, where: str, text: str) -> None:
        self.heard += 1
        if any(word in text for word in WORDS):
            said = sorted(word for word in WORDS if word in text)
            self.found.append(f"{where}: {said}")


@contextmanager
def listening(listener: Listener) -> Iterator[Listener]:
    """Let a listener hear every e-mail, text message, log line and redirect while the block runs."""
    put_together, line, led = EmailMessage.message, OneLine.format, response.HttpResponseRedirectBase.__init__

    def message(self: EmailMessage, *args: Any, **more: Any) -> Any:
        listener.hear("e-mail", f"{self.subject}\n{self.body}\n{self.extra_headers}")
        return put_together(self, *args, **more)

    def write(self: OneLine, record: logging.LogRecord) -> str:
        written = line(self, record)
        if record.levelno >= logging.INFO:  # below that only a test that asks for it gets to see anything
            listener.hear(f"log of {record.name}", written)
        return written

    def lead(self: Any, redirect_to: Any, *args: Any, **more: Any) -> None:
        listener.hear("redirect", unquote_plus(str(redirect_to)))
        led(self, redirect_to, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMessage, "message", message)
        patch.setattr(OneLine, "format", write)
        patch.setattr(response.HttpResponseRedirectBase, "__init__", lead)
        for gateway in (texts.FileGateway, texts.HttpGateway):
            patch.setattr(gateway, "send", _heard(listener, gateway.send))
        yield listener


def _heard(listener: Listener, send: Any) -> Any:
    def heard(self: Any, *, to: str, text: str, message_id: str) -> None:
        listener.hear("text message", text)
        send(self, to=to, text=text, message_id=message_id)

    return heard
