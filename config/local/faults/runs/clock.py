"""One sender's clock is wrong by an hour."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from config.local.faults import rows, tally
from config.local.faults.machine import Machine
from config.local.faults.scene import Scene, fill
from config.local.faults.tally import Result
from config.local.layout import python

HOUR = 3600


def ahead(machine: Machine, scene: Scene, count: int) -> Result:
    """A sender whose clock is an hour ahead must not send what is due in an hour."""
    return _stepped(
        machine, scene, count, Result("clock-ahead", "One sender's clock is an hour ahead"), by=HOUR
    )


def behind(machine: Machine, scene: Scene, count: int) -> Result:
    """A sender whose clock stepped back an hour must neither lose nor repeat."""
    return _stepped(
        machine, scene, count, Result("clock-behind", "One sender's clock is an hour behind"), by=-HOUR
    )


def _stepped(machine: Machine, scene: Scene, count: int, result: Result, *, by: int) -> Result:
    rows.all_up(machine)
    over = max(20.0, count / 50)
    expected = fill(scene, count, run=result.run, over=over)
    not_yet = fill(
        scene, count // 10, run=f"{result.run}-not-yet", due=timezone.now() + timedelta(minutes=30)
    )
    ends = time.monotonic() + over
    senders = 0
    while time.monotonic() < ends:
        machine.other("shifted", python("-m", "config.local.faults.shifted", str(by), "send_due"))
        senders += 1
        machine.children["shifted"].process.wait(60)
        machine.stop("shifted")
        time.sleep(1)
    rows.until_done(expected, seconds=120)
    got = tally.accepted(machine.mail)
    early = sum(each.about in not_yet for each in got)
    result.require(early == 0, f"{early} sent half an hour early")
    result.count(expected, [each for each in got if each.about not in not_yet])
    result.lateness(expected, got)
    result.figures.append(
        f"{senders} such senders beside the right ones, {early} of {len(not_yet)} sent early"
    )
    return result
