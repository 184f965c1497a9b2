"""No notice, e-mail, log line, link, audit data or task argument holds a name, a birth date or free text.

Whatever people wrote into any text field of the record, of consent or of sharing is a canary: each
operation is done, what is due is sent, and everything that leaves is searched for all of them.
"""

from __future__ import annotations

import ast
import inspect
import json
import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models
from django.test import override_settings
from django.urls import resolve

from agencies.models import Membership
from audit.models import Access, Event
from config.log import OneLine
from notifications.models import Message
from notifications.operations import send_due
from records.models import Person
from sharing.models import Stage
from sharing.states import State
from sharing.tasks import tick
from tests import factories
from tests.deeds import DEEDS
from tests.factories import World
from tests.rows import taken_back

# Codes and references, which say nothing about anybody. Everything else that holds text is searched for.
NO_CANARY = {
    "key",
    "path",
    "what",
    "reference",
    "from_stage",
    "series",
    "move",
    "by_when",
    "due_why",
    "code",
    "nation",
    "source_url",
    "title",
    "help",
}
# What a file is told from another by: nobody can be read from it.
DIGEST = ("digest", "sha256")
SHORTEST = 6
# Where a notice goes and which agency sends it are what it is for.
NOT_SEARCHED = {"_state", "to_address", "sender_agency"}


def canaries() -> set[str]:
    """Everything that somebody wrote: every text of every row, and names and birth dates of people."""
    found: set[str] = set()
    for label in ("records", "consent", "sharing"):
        for model in apps.get_app_config(label).get_models():
            columns = [
                f.name
                for f in model._meta.concrete_fields
                if isinstance(f, models.TextField | models.CharField)
                and not f.choices
                and f.name not in NO_CANARY
                and not f.name.endswith(DIGEST)
            ]
            for row in model._default_manager.values_list(*columns) if columns else []:
                found |= {value.strip() for value in row if value and len(value.strip()) >= SHORTEST}
    for person in Person.objects.all():
        found |= {name for name in (person.first_name, person.last_name, person.known_as) if name}
        if person.born_on:
            found |= set(written(person.born_on))
    return found


def written(day: date) -> list[str]:
    """A birth date in the ways that people and programs write it."""
    return [
        day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%-d %B %Y}", f"{day:%d %b %Y}", f"{day:%Y%m%d}",
        f"{day:%d.%m.%Y}",
    ]  # fmt: skip


def leaving(caplog: pytest.LogCaptureFixture) -> Iterator[tuple[str, str]]:
    """Everything that leaves the database or outlives the request: what it is, and its text."""
    for message in Message.objects.all():
        row = {
            k: str(v) for k, v in vars(message).items() if k not in ("_state", "to_address", "sender_agency")
        }
        yield f"message {message.kind}", json.dumps(row, ensure_ascii=False)
    for email in mail.outbox:
        yield "e-mail", f"{email.subject}\n{email.body}\n{email.extra_headers}"
    for event in Event.objects.all():
        yield (
            f"event {event.verb}",
            f"{event.verb} {event.subject} {json.dumps(event.data, ensure_ascii=False)}",
        )
    for look in Access.objects.all():
        yield "access", f"{look.action} {look.subject} {look.why}"
    line = OneLine()
    for record in caplog.records:
        if not record.name.startswith("django.db"):
            yield f"log {record.name}", f"{line.format(record)}\n{record.getMessage()}\n{record.__dict__!r}"


def search(caplog: pytest.LogCaptureFixture, names: set[str]) -> list[str]:
    """Say where a canary sings."""
    return [
        f"{where}: “{canary}”"
        for where, text in leaving(caplog)
        for canary in names
        if canary in text or json.dumps(canary)[1:-1] in text
    ]


@pytest.fixture
def in_memory() -> Iterator[None]:
    """Keep e-mails where the test can read them."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(DEEDS))
def test_no_operation_says_anything_personal(
    world: World, name: str, in_memory: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    DEEDS[name](world)()
    send_due(at=world.clock())
    found = canaries()
    assert search(caplog, found) == []


@pytest.mark.django_db
def test_the_whole_loop_says_nothing_personal(
    world: World, in_memory: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A concern of somebody with an unmistakable name, all the way round, with each notice sent."""
    caplog.set_level(logging.DEBUG)
    child = factories.child(
        world, first_name="Zebedee", last_name="Quillfeather", known_as="Zebbo", born_on=date(2018, 3, 29),
        communication_needs="Signs with Makaton only", safe_contact_rule="Never ring the landline at all",
    )  # fmt: skip
    concern = factories.concern_at(world, Stage.CLOSED, about=child)
    factories.exchange_at(world, State.NOT_MINE)
    sent = send_due(at=world.clock())
    assert sent == Message.objects.count() == len(mail.outbox) > 8
    found = canaries()
    assert {"Zebedee", "Quillfeather", "Zebbo", "2018-03-29", "29 March 2018"} <= found
    assert len(found) > 30
    assert search(caplog, found) == []
    practitioners = {m.full_name for m in Membership.objects.select_related("user")}
    mails = [f"{email.subject}\n{email.body}" for email in mail.outbox]
    assert not [name for name in practitioners for text in mails if name in text]
    assert all(concern.reference in text or "WF-27-0002" in text for text in mails)


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["path", "reference", "data", "log", "mail"])
def test_a_planted_canary_is_found(
    world: World, where: str, in_memory: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    factories.exchange_at(world, State.SENT)
    message = Message.objects.earliest("queued_at")
    if where == "path":
        Message.objects.filter(pk=message.pk).update(path="/exchanges/Marsh/")
    elif where == "reference":
        Message.objects.filter(pk=message.pk).update(reference="Leo")
    elif where == "data":
        Event.objects.create(verb="x", at=world.clock(), subject="x", data={"why": "Marsh"})
    elif where == "log":
        logging.getLogger("sharing").info("sent to %s", "Leo")
    else:
        mail.send_mail("About Leo", "", None, ["tom@example.org"])
    assert search(caplog, canaries())


@pytest.mark.django_db
def test_every_link_in_a_notice_leads_to_a_page(world: World) -> None:
    paths: set[str] = set()
    for name in sorted(DEEDS):
        if name.startswith("sharing."):
            with taken_back():
                DEEDS[name](world)()
                paths |= set(Message.objects.values_list("path", flat=True))
    assert len(paths) > 10
    for path in paths:
        assert resolve(path).view_name
        assert not set("?#%&= ") & set(path)


def test_the_one_task_takes_no_argument() -> None:
    assert not inspect.signature(tick.run).parameters
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert not entry.get("args")
        assert not entry.get("kwargs")


def test_nothing_is_published_from_our_code() -> None:
    """The beat sends the tick; nobody calls delay or apply_async, so nothing can be put in an argument."""
    sends = {"delay", "apply_async", "send_task", "delay_on_commit", "apply_async_on_commit", "retry"}
    found = []
    for app in ("config", "audit", "notifications", "agencies", "records", "consent", "sharing"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    called: Any = node.func
                    if called.attr in sends and not ast.unparse(called).startswith("super()"):
                        found.append(f"{path.relative_to(settings.BASE_DIR)}: {ast.unparse(called)}")
    assert found == []
