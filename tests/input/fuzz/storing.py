"""Storing payloads in every field there is, then visiting every page, export, print view and mail."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.core import mail

from agencies.files import content_of
from agencies.models import Job
from agencies.operations import jobs
from agencies.spreadsheet import harmless
from notifications import operations as notifications
from tests import rows
from tests.access import cast as who
from tests.access import walk
from tests.access.tables import PAGES
from tests.input.fuzz import playing
from tests.input.fuzz.cases import Case
from tests.input.fuzz.payloads import MARK, STORED, XSS
from tests.input.fuzz.requests import Request
from tests.input.fuzz.sheets import FORMS, Sheet

ROUNDS = 10
SHORTEST = f"<i {MARK}>"
# A box of many lines takes all of them; what a form refuses is tried once more with one alone.
WHOLE = "\n".join(one.text for one in STORED)
ENDS = re.compile(
    r"discard|withdraw|end|remove|strike|close|decline|not-mine|take-back|call-off|dispos|stop|leave|over"
)
READERS = (who.LEAD, who.LISTENER, who.LISTENERS_LEAD, who.AUDITOR, who.ADMINISTRATOR, who.COORDINATOR)


def store_and_visit(player: playing.Player, *, rounds: Iterable[int]) -> None:
    """Do some of the rounds: other payloads in every box, in another order, then a look at everything."""
    for number in rounds:
        dice = random.Random(number)  # for an order
        with rows.taken_back():
            made = store(player, number, dice)
            for name in made:
                player.tally.stored_in.add(name)
            look(player)
            work(player)
            read_mail(player)


def store(player: playing.Player, number: int, dice: random.Random) -> set[str]:
    """Fill every form in, one after the other, and keep what is taken. Returns the boxes that were filled."""
    made: set[str] = set()
    order = dice.sample(FORMS, len(FORMS))
    for name in sorted(order, key=lambda one: bool(ENDS.search(one))):
        sheet = player.sheet(name)
        if sheet.typed and not sheet.files:
            made |= _fill(player, sheet, number)
    return made


def _fill(player: playing.Player, sheet: Sheet, number: int) -> set[str]:
    """Post a form with as many payloads as there is room for. Returns the boxes, or none where refused."""
    fields = getattr(sheet.form, "fields", {})
    room = {one: getattr(fields.get(one), "max_length", None) or len(SHORTEST) for one in sheet.typed}
    for alone in (False, True):
        texts = {
            one: _that_fits(1 if alone else room[one], number + at) for at, one in enumerate(sheet.typed)
        }
        with rows.taken_back() as taken:
            player.scene.made.pop(("version", sheet.name), None)  # what was sent before has stayed
            good = walk.filled_in(player.scene, sheet.name, sheet.page)
            browser = player.scene.cast.browser(sheet.page.by)
            answer = browser.post(sheet.address, {**good, **texts})
            player.tally.stored["forms sent"] += 1
            if answer.status_code == 302:
                taken.keep()
                return {f"{sheet.name}/{one}" for one in texts}
            if answer.status_code >= 500:
                player.tally.failed[f"{sheet.name}/stored/{number}"] = [f"answered {answer.status_code}"]
        if answer.status_code != 422:
            break
    return set()


def _that_fits(room: int, number: int) -> str:
    """Return as many payloads as there is room for, beginning with others for another number."""
    if len(WHOLE) < room:
        return WHOLE
    text = ""
    for at in range(len(XSS)):
        one = XSS[(number * 5 + at) % len(XSS)]
        if len(text) + len(one) < room:
            text = f"{text} {one}".strip()
    return text or SHORTEST


def look(player: playing.Player) -> None:
    """Open every page as whoever it is for."""
    for name in walk.own_names():
        page = PAGES[name]
        if page.only_post:
            continue
        sheet = player.sheet(name)
        people = {page.by, *(one for one in READERS if one in page.sees)}
        for one in sorted(people & page.sees) or [page.by]:
            request = Request(sheet.address, is_get=True)
            player.looks(sheet, Case(name, "writer", "stored", one, 0), request, by=one)
            player.tally.stored["pages looked at"] += 1


def work(player: playing.Player) -> None:
    """Do the work that was asked for, and look into the files that it made."""
    jobs.work(at=player.scene.world.clock())
    for job in Job.objects.select_related("file"):
        if job.failed_at:
            player.tally.stored["exports not made"] += 1
        if not job.file:
            continue
        player.tally.stored["exports read"] += 1
        wrong = list(wrong_in(job.file_name, content_of(job.file)))
        if wrong:
            player.tally.failed[f"{job.kind}/export"] = wrong


def wrong_in(name: str, content: bytes) -> Iterator[str]:
    """Say what in a file would act by itself, or could not be read."""
    if name.endswith(".json"):
        json.loads(content)
    elif name.endswith(".csv"):
        yield from _formulas(name, content.decode("utf-8-sig"))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            for part in bundle.namelist():
                if "/" in part or ".." in part:
                    yield f"{name} has a part at {part}"
                yield from wrong_in(part, bundle.read(part))
    elif name.endswith(".pdf"):
        if re.search(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|OpenAction\s*<<)\b", content):
            yield f"{name} has something that runs"
        if f"({MARK}".encode() in content:
            yield f"{name} leads to an address that was typed"


def _formulas(name: str, text: str) -> Iterator[str]:
    for cells in csv.reader(io.StringIO(text, newline="")):
        for cell in cells:
            if cell and harmless(cell) != cell and not cell.startswith("'"):
                yield f"{name} has the cell {cell[:40]!r}"


def read_mail(player: playing.Player) -> None:
    """Send what is due and read it: no words of the record are in any message."""
    mail.outbox.clear()
    notifications.send_due(at=player.scene.world.clock(), seconds=60)
    for message in mail.outbox:
        player.tally.stored["mails read"] += 1
        whole: Any = message.message().as_string() + message.subject + str(message.body)
        if MARK in whole:
            player.tally.failed[f"mail/{message.subject}"] = ["has words of the record in it"]
