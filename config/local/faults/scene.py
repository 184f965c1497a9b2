"""Invented people and what waits for them: obligations with a due reminder, many at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import ContactPoint, Membership, User
from config.local.faults.machine import Machine
from config.local.faults.users import Browser, Writer
from notifications.models import Message
from notifications.operations.mail import written
from records.models import Concern
from sharing.models import Obligation, Reminder, Stage
from sharing.operations import disclosure
from tests import factories
from tests.conftest import empty_tables

KINDS = {Reminder.Step.AT: Message.Kind.DUE, Reminder.Step.LEAD: Message.Kind.LATE}
PEOPLE = 40
TRIES = 5
# Counted from the end: what is urgent was written last.
BY_TENTH = {0: Reminder.Priority.URGENT, 1: Reminder.Priority.ESCALATION}
PREFIX = "FR-"


@dataclass
class Scene:
    """A partnership with a concern. `others` wait for what the owners of the obligations have to do."""

    world: factories.World
    concern: Concern

    @property
    def lead(self) -> Membership:
        """Who is told when one of the owners is late."""
        return self.world.care.lead


def fresh() -> Scene:
    """Empty every table, and make the partnership, its people and one concern anew."""
    _empty_tables()
    world = factories.make_world()
    world.clock.moment = timezone.now() - timedelta(days=12)
    return Scene(world, factories.logged(world))


def _empty_tables() -> None:
    """Empty every table. A sender of the run before may hold some, and then one of the two gives way."""
    for _ in range(TRIES - 1):
        with suppress(OperationalError):
            empty_tables()
            return
        time.sleep(1)
    empty_tables()


def exchanges(scene: Scene, count: int) -> list[str]:
    """Send disclosures of twelve days ago through the product's operations, and return their references.

    Their reminders are due by now.
    """
    sent = []
    for _ in range(count):
        concern = factories.concern_at(scene.world, Stage.SHARE)
        exchange = factories.the_cycle(concern).exchanges.latest("pk")
        sent.append(disclosure.send(exchange, by=exchange.speaker, at=scene.world.clock()).reference)
    return sent


def session_of(member: Membership) -> str:
    """Sign somebody in and return the cookie that shows it."""
    client = Client()
    client.force_login(member.account)
    session = client.session
    session.update({"hat": str(member.pk), "hats_count": 1})
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def writers(machine: Machine, scene: Scene, count: int) -> list[Writer]:
    """Make so many people at the school, each signed in and with a logged concern of their own."""
    made = []
    for number in range(count):
        member = factories.member(
            scene.world.school.agency, f"Writer {number}", manager=scene.world.school.lead
        )
        concern = factories.logged(
            scene.world, by=member, about=factories.child(scene.world, by=member, first_name=f"Leo {number}")
        )
        browser = Browser(session_of(member), port=machine.web_port)
        made.append(Writer(browser, concern.reference))
    return made


def fill(
    scene: Scene,
    count: int,
    *,
    run: str,
    due: datetime | None = None,
    over: float = 0,
    addresses: Sequence[str] = (),
    first: int = 0,
) -> dict[str, float]:
    """Write obligations that each have one reminder, in one transaction.

    Returns what the notices are about, as `tally` sees it, and when they are due (seconds since 1970):
    at `due`, else now, spread evenly over so many seconds. The last tenth is urgent, the tenth before
    it late and for the lead. `addresses` are given out one after the other,
    numbers from `first` on.
    """
    with transaction.atomic():
        owners = _owners(scene, addresses or [f"{run}-{n}@sink.example" for n in range(PEOPLE)])
        lead = ContactPoint.objects.filter(member=scene.lead).values_list("address", flat=True).get()
        start, step = due or timezone.now(), timedelta(seconds=over / count)
        made, expected = [], {}
        for n in range(count):
            tenth = (count - 1 - n) // max(1, count // 10)
            priority = BY_TENTH.get(tenth, Reminder.Priority.ORDINARY)
            kind = Reminder.Step.LEAD if priority == Reminder.Priority.ESCALATION else Reminder.Step.AT
            owner, address = owners[n % len(owners)]
            at = start + step * n
            made.append(_reminder(scene, f"{run}:{first + n}", owner, priority=priority, step=kind, at=at))
            told = lead if kind == Reminder.Step.LEAD else address
            expected[about(kind, made[-1].obligation.reference, told)] = at.timestamp()
        Obligation.objects.bulk_create([each.obligation for each in made], batch_size=1000)
        Reminder.objects.bulk_create(made, batch_size=1000)
    return expected


def about(step: str, reference: str, address: str) -> str:
    """Return what the notice of a reminder is about: its subject and recipient."""
    message = Message(kind=KINDS[Reminder.Step(step)], reference=reference, to_address=address)
    return f"{written(message).subject} {address}"


def _reminder(
    scene: Scene, key: str, owner: Membership, *, priority: int, step: str, at: datetime
) -> Reminder:
    run, _, number = key.rpartition(":")
    due = at - timedelta(days=1) if step == Reminder.Step.LEAD else at
    reference = f"{PREFIX}{'L' if run.endswith('not-yet') else '26'}-{int(number):05}-X1"
    obligation = Obligation(
        key=key,
        kind=Obligation.Kind.RECEIVE,
        reference=reference,
        path=f"/exchanges/{reference}",
        concern=scene.concern,
        owner=owner,
        owner_agency_id=owner.agency_id,
        other=scene.world.priya,
        other_agency_id=scene.world.priya.agency_id,
        is_urgent=priority == Reminder.Priority.URGENT,
        since=due - timedelta(days=2),
        due_at=due,
    )
    return Reminder(obligation=obligation, step=step, version=1, priority=priority, send_at=at)


def _owners(scene: Scene, addresses: Sequence[str]) -> list[tuple[Membership, str]]:
    """Make somebody at social care for each address."""
    names = enumerate(addresses)
    users = [User(email=address.replace("\n", ""), full_name=f"Person {n}") for n, address in names]
    User.objects.bulk_create(users, batch_size=1000)
    members = [
        Membership(
            user=user,
            agency=scene.lead.agency,
            role="practitioner",
            job_title="Duty social worker",
            manager=scene.lead,
            started_at=factories.LONG_AGO,
        )
        for user in users
    ]
    Membership.objects.bulk_create(members, batch_size=1000)
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                agency=member.agency,
                member=member,
                label="Work e-mail",
                kind=ContactPoint.Kind.EMAIL,
                address=address,
                checked_at=factories.LONG_AGO,
                checked_by=member,
            )
            for member, address in zip(members, addresses, strict=True)
        ],
        batch_size=1000,
    )
    return list(zip(members, addresses, strict=True))
