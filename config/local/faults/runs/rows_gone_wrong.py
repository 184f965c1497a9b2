"""Rows that cannot be sent, and rows that no longer should be."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.local.faults import rows, tally
from config.local.faults.machine import EVERYTHING, Machine
from config.local.faults.scene import Scene, fill
from config.local.faults.tally import Result
from notifications.models import Message
from sharing.models import Obligation, Reminder
from sharing.operations import obligations
from sharing.operations.reminders import raise_due

BROKEN = "bad\n"
# Between the last look whether it is wanted and the mail server's line, on a busy machine.
IN_HAND_SECONDS = 2.0
OVER_SECONDS = 20


def raises(machine: Machine, scene: Scene, count: int) -> Result:
    """One in ten cannot be written as an e-mail, one in ten cannot even be raised."""
    result = Result(
        "row-raises",
        "One in ten addresses has a line break, one in ten reminders an unknown step",
    )
    addresses = [f"{BROKEN if n % 10 == 3 else 'well'}-{n}@sink.example" for n in range(count)]
    machine.stop(*EVERYTHING)
    expected = fill(scene, count, run="raises", addresses=addresses)
    nonsense = Reminder.objects.filter(obligation__key__endswith="7")
    references = set(nonsense.values_list("obligation__reference", flat=True))
    unknown = nonsense.update(step="NONSENSE")
    rows.all_up(machine)
    rows.until_done(expected, seconds=90)
    got = tally.accepted(machine.mail)
    broken = {each for each in expected if "\n" in each}
    never = {each for each in expected if _reference(each) in references}
    result.count({key: at for key, at in expected.items() if key not in broken | never}, got)
    result.lateness(expected, got)
    aside = Message.objects.filter(set_aside_at__isnull=False).count()
    unraised = Reminder.objects.filter(set_aside_at__isnull=False).count()
    result.figures.append(
        f"set aside: {aside} of {len(broken - never)} messages, {unraised} of {unknown} reminders"
    )
    result.require((aside, unraised) == (len(broken - never), unknown), "not all were set aside")
    return result


def changed_before(machine: Machine, scene: Scene, count: int) -> Result:
    """Reminders become messages; a third of it all is done, a third moved; then senders start."""
    result = Result("row-changed", "A third done and a third moved after the reminder became a message")
    machine.stop(*EVERYTHING)
    expected = fill(scene, count, run="changed")
    while raise_due():
        pass
    done, moved = _thirds()
    now = timezone.now()
    with transaction.atomic():
        obligations.settle(*(each.key for each in done), at=now)
        for each in moved:
            _move(each, by=timedelta(days=21))
    rows.all_up(machine)
    over = {each.reference for each in (*done, *moved)}
    rest = {key: at for key, at in expected.items() if _reference(key) not in over}
    rows.until_done(rest, seconds=90)
    got = tally.accepted(machine.mail)
    result.count(rest, got)
    result.figures.append(f"{len(over)} were over or moved")
    return result


def changed_meanwhile(machine: Machine, scene: Scene, count: int) -> Result:
    """While everything goes out, things are done one after the other: none is sent about what was done."""
    result = Result("row-done-meanwhile", "Things are done while the reminders about them go out")
    rows.all_up(machine)
    expected = fill(scene, count, run="meanwhile", over=OVER_SECONDS)
    done = _do_half(random.Random(count))
    rows.until_done(expected, seconds=90)
    got = tally.accepted(machine.mail)
    after = [each.at - done[reference] for each in got if (reference := _reference(each.about)) in done]
    late = max((seconds for seconds in after if seconds > 0), default=0.0)
    result.count(
        {key: at for key, at in expected.items() if _reference(key) not in done},
        [each for each in got if _reference(each.about) not in done],
    )
    result.figures.append(
        f"{len(done)} done meanwhile, {sum(seconds <= 0 for seconds in after)} of them reminded of before; "
        f"the latest went {late * 1000:.0f} ms after it was done"
    )
    result.require(late <= IN_HAND_SECONDS, f"one was sent {late:.0f} s after it was done")
    return result


def _do_half(chance: random.Random) -> dict[str, float]:
    """Settle half of everything within seconds of its time. Returns when each was done, by reference."""
    due = Reminder.objects.values_list("send_at", "obligation__key", "obligation__reference")
    plan = [
        (at.timestamp() + chance.uniform(-1, 6), key, reference)
        for at, key, reference in due
        if chance.random() < 0.5
    ]
    done = {}
    for moment, key, reference in sorted(plan):
        time.sleep(max(0.0, moment - time.time()))
        with transaction.atomic():
            obligations.settle(key, at=timezone.now())
        done[reference] = time.time()
    return done


def _thirds() -> tuple[list[Obligation], list[Obligation]]:
    every = list(Obligation.objects.select_related("concern", "owner", "other").order_by("pk"))
    return every[::3], every[1::3]


def _move(each: Obligation, *, by: timedelta) -> None:
    obligations.open_or_move(
        each.key,
        kind=each.kind,
        reference=each.reference,
        path=each.path,
        concern=each.concern,
        owner=each.owner,
        other=each.other,
        due_at=each.due_at + by,
        at=timezone.now(),
    )


def _reference(about: str) -> str:
    """Return the reference in what a message is about."""
    return about.partition("reference ")[2].split()[0]
