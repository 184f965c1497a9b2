"""What people write stays in the record: it is in no notice, event, log line, address or task.

The people and texts of the factories are the canaries: whatever was typed into the record is looked
for, word for word, wherever it must not be.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.core import mail
from django.db import models, transaction
from django.test import Client
from django.utils.formats import date_format

from agencies.models import Membership
from audit.models import Access, Event
from config.celery import app
from config.log import OneLine
from notifications import operations as outbox
from notifications.models import Message
from sharing.models import Stage
from sharing.operations import record
from sharing.states import ActionState, State
from tests import factories
from tests.deeds import DEEDS
from tests.factories import World
from tests.signing_in import SignedIn

RECORD = ("records", "consent", "sharing")
# What the service itself writes into such fields, and what it may say aloud.
NO_CANARY = {
    "content_kind",  # "PDF": what kind of file it is
    "until",  # and until when a record is kept, which is of no person
    "keep_until",
    "review_on",
    "key",
    "path",
    "what",
    "last_error",
    "reference",
    "stage",
    "from_stage",
    "to_stage",
    "move",
    "step",
    "series",
    "code",
    "nation",
    # What is decided about a word of the trade.
    "plain",
    "term",
    "digest",
    "ready_digest",
    "content_digest",
    "file_digest",
    "sha256",
    "copy_sha256",
    "search_name",
    "sort_name",
    "word",
}
# Headings of a summary, kept where an item's source stands.
HEADINGS = {"Decision"}
LINKS = re.compile(r'(?:href|action)="([^"#]+)')


def canaries() -> set[str]:
    """Every text, name and date of birth in the record, but the names of those who work there."""
    found: set[str] = set()
    for model in (model for label in RECORD for model in apps.get_app_config(label).get_models()):
        if getattr(model, "reference_data", False) or model.__name__ == "Basis":
            continue
        names = [field.name for field in model._meta.concrete_fields if _may_say_something(field)]
        for row in model._default_manager.values_list(*names) if names else ():
            found |= {one for value in set(row) - {None} for one in spellings(value)}
    known = " ".join(member.label for member in Membership.objects.select_related("user", "agency"))
    return {one for one in found - HEADINGS if len(one) > 2 and one not in known}


def _may_say_something(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.DateField)
    is_a_word_of_ours = field.name in NO_CANARY or bool(field.choices)
    return is_text and not is_a_word_of_ours and not isinstance(field, models.DateTimeField)


def spellings(value: Any) -> set[str]:
    """How a text or a day could be written."""
    if isinstance(value, date):
        return {value.isoformat(), date_format(value, "j F Y"), f"{value:%d/%m/%Y}"}
    return {value, *value.split("\n")}


def strayed(text: str, birds: set[str]) -> list[str]:
    """Return the canaries that stand in a text as words of their own."""
    low = text.lower()
    near = (bird for bird in birds if bird.lower() in low)
    return sorted(bird for bird in near if re.search(rf"(?<!\w){re.escape(bird.lower())}(?!\w)", low))


def strayed_into(texts: Iterable[str], birds: set[str]) -> set[str]:
    """Return the canaries that stand in any of many texts."""
    lows = [text.lower() for text in texts]
    whole = "\0".join(lows)
    near = {bird for bird in birds if bird.lower() in whole}
    return {bird for low in lows for bird in strayed(low, near)} if near else set()


def rows(*tables: type[models.Model]) -> Iterator[str]:
    for table in tables:
        for row in table._default_manager.values():
            yield f"{table.__name__} {row}"


def everything_happens(world: World) -> None:
    """A concern at every stage, an exchange and an action in every state, a question and an answer."""
    for stage in (None, *Stage):
        factories.concern_at(world, stage)
    for state in State:
        factories.exchange_at(world, state)
    for way in ActionState:
        factories.action_at(world, way)
    factories.answered(world, factories.enquiry(world, factories.concern_at(world, Stage.ASK)))
    concern = factories.concern_at(world, Stage.RECORD)
    record.write_summary(
        factories.the_cycle(concern), by=world.priya, at=world.clock(), decision="A strategy discussion."
    )


class RolledBack(Exception):
    """The deed has been looked at and is undone."""


@pytest.mark.django_db
def test_no_operation_lets_anything_personal_into_a_notice_an_event_or_the_access_log(world: World) -> None:
    stray = {}
    for name, prepare in DEEDS.items():
        try:
            with transaction.atomic():
                prepare(world)()
                if found := strayed_into(rows(Message, Event, Access), canaries()):
                    stray[name] = sorted(found)
                raise RolledBack
        except RolledBack:
            pass
    assert stray == {}


@pytest.mark.django_db
def test_no_e_mail_says_anything_personal(world: World) -> None:
    everything_happens(world)
    birds = canaries()
    assert {"Leo", "Marsh", "2019-09-03", "3 September 2019", factories.OWN_WORDS["what_happened"]} <= birds
    outbox.send_due(at=world.clock(), limit=2000, seconds=60)
    assert len(mail.outbox) > 50
    for one in mail.outbox:
        whole = one.message().as_string() + one.body + one.subject
        assert strayed(whole, birds) == []


def walk(client: Client, start: str, *, at_most: int) -> tuple[set[str], list[str]]:
    """Open every page that can be reached by links, and give all addresses seen and those opened."""
    opened: list[str] = []
    seen, waiting = {start}, [start]
    while waiting and len(opened) < at_most:
        address = waiting.pop(0)
        opened.append(address)
        answer = client.get(address)
        links = set(LINKS.findall(answer.content.decode())) if answer.status_code == 200 else set()
        if answer.status_code == 302:
            links = {answer.headers["Location"]}
        ours = {link.replace("&amp;", "&") for link in links if link.startswith(("/", "?"))}
        ours = {address.partition("?")[0] + link if link.startswith("?") else link for link in ours}
        waiting += sorted(link for link in ours - seen if not link.startswith(("/static/", "/accounts/")))
        seen |= ours
    return seen, opened


@pytest.mark.django_db
def test_no_address_and_no_log_line_holds_anything_personal(
    world: World, signed_in: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    everything_happens(world)
    birds = canaries()
    caplog.set_level(logging.INFO)
    for member in (world.priya, world.tom, world.amara, world.school.lead):
        seen, opened = walk(signed_in(member), "/", at_most=120)
        assert len(opened) > 5
        assert strayed_into(map(unquote, seen), birds) == set()
    search_and_mistype(signed_in(world.priya))
    lines = "\n".join(OneLine().format(each) for each in caplog.records if each.name != "django.db.backends")
    assert strayed(lines, birds | {"Canarybird"}) == []
    assert strayed("\n".join(rows(Access)), birds | {"Canarybird"}) == []


def search_and_mistype(client: Client) -> None:
    """Send a name to pages that look for it, that refuse it and that there is none of."""
    client.post("/people/", {"name": "Canarybird Marsh", "form_id": "x"})
    client.post("/concerns/new/", {"name": "Canarybird Marsh", "born_on_0": "3"})
    client.post("/people/new/", {"first_name": "Canarybird", "born_on_0": "Canarybird"})
    client.post("/no-such-page/", {"first_name": "Canarybird"})


def test_no_task_takes_an_argument() -> None:
    """What Celery carries can be read by whoever reads the broker, so it carries nothing."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert ours
    for name, task in ours.items():
        assert not inspect.signature(task.run).parameters, name
    assert all(not entry.get("args") and not entry.get("kwargs") for entry in app.conf.beat_schedule.values())
