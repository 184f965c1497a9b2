"""What is done in the service's own process: python -m config.local.bench.inside COMMAND, answers in JSON.

cast                 who signs in, and what they look at
ready COUNT          make so many concerns ready to be logged, sent, said back and confirmed
statements           count the statements of each page that standard input names, in JSON
reminders COUNT      raise and send so many reminders, and say how many that were a second
seal COUNT           write so many events, and say how many leaves were sealed a second
verify               compare the whole record, and say how many rows that were a second
ticks COUNT          do so many ticks, and say how much memory that took along the way
"""

# ruff: noqa: E402  # what is imported below reads the settings, which have to be there before

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["BACKGROUND"] = "1"  # as manage.py has it: this makes and looks at rows of every agency
django.setup()

from django.db import connection, transaction
from django.db.models import Count, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Membership
from agencies.seeds import DEMO_PASSWORD
from audit.operations import seals
from audit.verify import verify
from config.local.bench.figures import PARTS
from config.local.bench.visitor import filled
from records.models import Concern, Person
from sharing import workflow
from sharing.bulk import tales
from sharing.demo import steps
from sharing.lists import worklist
from sharing.models import Exchange, Obligation, Reminder
from sharing.operations import links, obligations, reminders
from sharing.operations.tick import tick

NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN", "COMMIT")
HOME = 40
SHORT_LIST = 10


def cast() -> dict[str, Any]:
    """Say who signs in as what, and which concerns and exchanges they look at."""
    asked = steps.member(tales.ASKED)
    lead = steps.member("Helen Croft")
    open_ones = Count("obligations", filter=Q(obligations__settled_at=None))
    colleagues = (
        (Membership.objects.filter(agency=asked.agency_id) | Membership.objects.filter(agency=lead.agency_id))
        .filter(role="practitioner")
        .exclude(pk=asked.pk)
    )
    counted = list(colleagues.exclude(user=None).annotate(open=open_ones).values_list("pk", "open"))

    nearest = sorted(counted, key=lambda one: (abs(one[1] - SHORT_LIST), str(one[0])))
    short, page = (Membership.objects.get(pk=pk) for pk, _ in nearest[:2])
    _fill_a_page(page, like=asked)
    home = steps.member(tales.SPEAKER).agency
    owner = (
        Membership.objects.filter(agency=home, concerns_owned__isnull=False, role="practitioner")
        .annotate(own=Count("concerns_owned"))
        .exclude(user__full_name=tales.SPEAKER)
        .order_by("-own", "pk")
        .first()
    )
    if owner is None:
        raise LookupError("Nobody owns a concern")
    own = Concern.objects.filter(owner=owner).order_by("pk")
    exchanges = Exchange.objects.filter(speaker=owner, sent_at__isnull=False).order_by("pk")
    return {
        "password": DEMO_PASSWORD,
        "owner": _person(owner),
        "lead": _person(lead),
        "long": {**_person(asked), "open": _open(asked)},
        "page": {**_person(page), "open": _open(page)},
        "short": {**_person(short), "open": _open(short)},
        "concerns": list(own.values_list("reference", flat=True)[:HOME]),
        "exchanges": list(exchanges.values_list("reference", flat=True)[:HOME]),
        "people": Person.objects.filter(agency=home).count(),
        "nhs_number": Person.objects.filter(agency=home).exclude(nhs_number="").order_by("-pk")[0].nhs_number,
        "speaker": _person(steps.member(tales.SPEAKER)),
        "listener": _person(steps.member(tales.LISTENER)),
    }


def _fill_a_page(member: Membership, *, like: Membership) -> None:
    """Give somebody as much open work as one page shows, with what somebody else's list begins with."""
    there = Obligation.objects.filter(owner=member, settled_at=None).count()
    rows = Obligation.objects.filter(owner=like, settled_at=None).select_related("concern", "other__agency")
    now = timezone.now()
    with transaction.atomic():
        for row in rows.order_by("due_at", "pk")[: max(0, worklist.PAGE - there)]:
            obligations.open_or_move(
                f"bench:{row.pk}", kind=row.kind, reference=row.reference, path=row.path, concern=row.concern,
                owner=member, other=row.other, due_at=row.due_at, at=now, since=row.since,
            )  # fmt: skip


def _person(member: Membership) -> dict[str, Any]:
    return {"email": member.account.email, "id": str(member.pk)}


def _open(member: Membership) -> int:
    return Obligation.objects.filter(owner=member, settled_at=None).count()


def ready(count: int) -> dict[str, list[str]]:
    """Make concerns that wait for each of the writes, by the demo's people."""
    made: dict[str, list[str]] = {"log": [], "send": [], "restate": [], "confirm": []}
    for _ in range(count):
        now = timezone.now()
        with transaction.atomic():
            made["log"].append(steps.draft(tales.begun(now, days=1)).reference)
            tale, concern, exchange = tales.at_share(now, days=1)
            workflow.move(concern, "to-share", by=tale.by, at=tale.clock.tick())
            made["send"].append(exchange.reference)
            tale, concern, exchange = tales.at_share(now, days=1)
            steps.send(tale, concern, exchange)
            steps.hear(exchange, tale.clock)
            made["restate"].append(exchange.reference)
            tale, concern, exchange = tales.at_share(now, days=1)
            steps.send(tale, concern, exchange)
            tales.heard(exchange, tale.clock)
            made["confirm"].append(exchange.reference)
    return made


def statements() -> dict[str, int]:
    """Count the statements of requests: [{"name", "path", "cookies", and for a form what is "given"}]."""
    found = {}
    for asked in json.load(sys.stdin):
        browser = Client(HTTP_HOST="127.0.0.1")
        for name, value in asked["cookies"].items():
            browser.cookies[name] = value
        browser.get(asked["path"])  # what a process reads once
        with CaptureQueriesContext(connection) as seen:
            answer = browser.get(asked["path"])
            if asked.get("given") and answer.status_code == 200:
                sent = browser.post(asked["path"], filled(answer.content.decode(), asked["given"]))
                answer.status_code = 200 if sent.status_code == 302 else sent.status_code
        if answer.status_code != 200:
            raise LookupError(f"{asked['path']}: {answer.status_code}")
        found[asked["name"]] = len(
            [one for one in seen.captured_queries if not one["sql"].startswith(NOT_COUNTED)]
        )
    return found


def remind(count: int) -> dict[str, float]:
    """Raise so many reminders again, send what they say, and say how many that were a second."""
    from notifications import operations as notifications
    from notifications.models import Message

    Message.objects.filter(sent_at=None, dropped_at=None, set_aside_at=None, bounced_at=None).update(
        dropped_at=timezone.now()
    )
    wanted = Reminder.objects.filter(
        obligation__settled_at=None, raised_at__isnull=False, step="LEAD"
    ) | Reminder.objects.filter(obligation__settled_at=None, raised_at__isnull=False, step="AT")
    chosen = list(wanted.order_by("-pk").values_list("pk", flat=True)[:count])
    Message.objects.filter(
        obligation_id__in=Reminder.objects.filter(pk__in=chosen).values("obligation_id"),
        kind__in=("DUE", "LATE"),
    ).delete()
    Reminder.objects.filter(pk__in=chosen).update(raised_at=None)
    started, raised = time.perf_counter(), 0
    while new := reminders.raise_due(limit=500):
        raised += new
    raising = time.perf_counter() - started
    started = time.perf_counter()
    sent = 0
    while gone := notifications.send_due(
        limit=500, seconds=60, still_wanted=reminders.still_wanted, ways_in=links.WaysIn()
    ):
        sent += gone
    sending = time.perf_counter() - started
    return {
        "raised": raised,
        "raised a second": raised / raising,
        "sent": sent,
        "sent a second": sent / sending,
        "together a second": raised / (raising + sending),
    }


WRITE = """
    INSERT INTO audit_event (at, verb, actor, agency, acting_for, subject, concern, also_for, data)
    SELECT now(), 'bench.measured', 'Check Back', '', '', 'bench', 'XX-00-0000', '{}', '{"version": 1}'
    FROM generate_series(1, %s)
"""


def seal(count: int) -> dict[str, float]:
    """Write events with their leaves, and seal them."""
    seals.seal_all()
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [count])
    written = time.perf_counter() - started
    started = time.perf_counter()
    sealed = 0
    while link := seals.seal_batch():
        sealed += link.leaves
    took = time.perf_counter() - started
    return {"leaves": sealed, "written a second": count / written, "sealed a second": sealed / took}


def verify_all() -> dict[str, float]:
    """Compare the whole record with its seals."""
    started = time.perf_counter()
    report = verify(role="check_back_app")
    took = time.perf_counter() - started
    return {"rows": report.rows, "found": report.found, "seconds": took, "a second": report.rows / took}


def ticks(count: int) -> list[float]:
    """Do ticks, and say how much memory this process had when it was warm and along the way, in megabytes."""
    for _ in range(max(20, count // 10)):
        tick(seconds=5)
    along = [_megabytes()]
    for _ in range(PARTS):
        for _ in range(count // PARTS):
            tick(seconds=5)
        along.append(_megabytes())
    return along


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


COMMANDS: dict[str, Callable[..., Any]] = {
    "cast": cast, "ready": ready, "statements": statements, "reminders": remind, "seal": seal,
    "verify": verify_all, "ticks": ticks,
}  # fmt: skip


def main() -> None:
    logging.disable(logging.INFO)
    started = datetime.now(UTC)
    answer = COMMANDS[sys.argv[1]](*map(int, sys.argv[2:]))
    logging.disable(logging.NOTSET)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stderr.write(f"{sys.argv[1]}: {(datetime.now(UTC) - started).total_seconds():.1f} s\n")


if __name__ == "__main__":
    main()
