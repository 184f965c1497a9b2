"""The same pages about things in another condition, and who may then open them.

Written from decisions 0009 (handing over), 0012 (links) and 0022 (closed records): a closed record is its
owner's, its leads' and those named; an emergency opens it to be read and added to while it lasts; what was
told to somebody passes on with their work, and ends with their role.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone

from agencies.models import Membership
from records import operations as records
from records.models import Concern
from sharing.models import Exchange
from sharing.states import State
from tests import factories, rows
from tests.access import cast as who
from tests.access import walk
from tests.access.matrix import OF_THE_SESSION, WITHOUT_HEAD, Walk
from tests.access.scene import Scene
from tests.restricting import WHY

EXCHANGE = re.compile(r"^\w+-\d+-\d+-X\d+$")
KEEP_IT_OPEN = frozenset({who.OWNER, who.LEAD})
# An emergency opens reading (on paper too), adding a statement and telling somebody as urgent: 0022.
DONE_IN_AN_EMERGENCY = frozenset(
    {"urgent", "choose-listener", "outside-choose-add", "concern-paper-pdf", "decision-paper-pdf"}
)
REFUSED = frozenset({302, 403, 404, 409, 422})


def closed(found: Walk) -> None:
    """A record that is closed to all but named people, and what two emergencies change about that."""
    concern = _record_behind(found)
    if concern is None or who.COLLEAGUE not in found.page.sees:
        return
    cast, address = found.scene.cast, found.page.address(found.name, found.scene)
    with rows.taken_back():
        now = timezone.now()
        lead = cast[who.LEAD]
        records.restrict(concern, by=lead, at=now - timedelta(hours=7), why="It is about one of us.")
        records.break_glass(concern, by=cast[who.GLASS], at=now - timedelta(minutes=5), why=WHY)
        over = records.break_glass(concern, by=cast[who.GLASS_OVER], at=now - timedelta(hours=6), why=WHY)
        records.end_break_glass(over, by=cast[who.GLASS_OVER], at=now - timedelta(hours=5))
        found.watch.forget()
        asked = {who.OWNER, who.LEAD, who.COLLEAGUE, who.GLASS_OVER}
        found.about("a closed record", address, lambda one: one in KEEP_IT_OPEN, asked, WITHOUT_HEAD)
        in_an_emergency(found, address)


def in_an_emergency(found: Walk, address: str) -> None:
    """Whoever opened it in an emergency reads it, and writes nothing but what an emergency opens."""
    thing = "a closed record, in an emergency"
    if found.page.acts is None:
        found.about(thing, address, lambda one: True, {who.GLASS}, WITHOUT_HEAD)
        return
    if found.name in DONE_IN_AN_EMERGENCY or found.page.searches:
        return
    found.cells[thing, "post"] += 1
    with rows.taken_back():
        answer = found.ask(who.GLASS, "post", address)
    written = answer.written.keys() - walk.KEPT_FOR_THE_WRITER - walk.PRESSED - OF_THE_SESSION
    if answer.status not in REFUSED or written:
        found.wrong.append(f"post of {thing}: answered {answer.status} and wrote {sorted(written)}")


def _record_behind(found: Walk) -> Concern | None:
    """Return the concern of the owner's agency that a page is about, where it can be closed."""
    reference = str(found.page.args(found.scene).get("reference", ""))
    ours = Concern.objects.filter(
        reference=reference, agency=found.scene.world.school.agency, logged_at__isnull=False,
        disposed_at__isnull=True, restrictions__isnull=True,
    )  # fmt: skip
    return ours.first()


# --- Past recipients -------------------------------------------------------------------------------


def past(found: Walk) -> None:
    """What was told to somebody who handed it over, or whose role has ended, or was withdrawn."""
    parts = found.page.args(found.scene)
    if set(parts) != {"reference"} or not EXCHANGE.match(parts["reference"]):
        return
    page, scene = found.page, found.scene
    listeners = {who.LISTENER, who.DEPUTY} & page.sees

    def now_theirs(one: str) -> bool:
        if one == who.BYSTANDER:
            return bool(listeners)
        return one in page.sees and one not in {who.LISTENER, who.DEPUTY}

    def address(exchange: Exchange) -> str:
        return page.address(found.name, scene, {"reference": exchange.reference})

    people = {who.LISTENER, who.BYSTANDER, who.PAST_LISTENER}
    found.about("what was handed over", address(handed_over(scene)), now_theirs, people, WITHOUT_HEAD)
    left = address(told_before_leaving(scene))
    found.about("what was told to somebody who left", left, lambda one: False, {who.LISTENER_LEFT})
    withdrawn = address(scene.exchange(State.WITHDRAWN))
    for one in sorted(who.LISTENING & page.sees):
        taken_from(found, one, withdrawn)


def taken_from(found: Walk, one: str, address: str) -> None:
    """Whoever was told what was then withdrawn is told so, or finds nothing. Nothing is written."""
    for method in ("get", "post"):
        found.cells["what was withdrawn", method] += 1
        with rows.taken_back():
            answer = found.ask(one, method, address)
        written = answer.written.keys() - walk.LEFT_BEHIND - walk.KEPT_FOR_THE_WRITER - walk.PRESSED
        if answer.status not in REFUSED | {200, 405} or written - OF_THE_SESSION:
            found.wrong.append(f"{method} of what was withdrawn by {one}: {answer.status}, {sorted(written)}")


def handed_over(scene: Scene) -> Exchange:
    """What was told to somebody, understood, and handed over to their colleague."""
    return scene.keep("handed over", lambda: _handed_over(scene, who.PAST_LISTENER))


def _handed_over(scene: Scene, one: str) -> Exchange:
    leaver = scene.cast[one]
    exchange = factories.exchange_at(scene.world, State.UNDERSTOOD, listener=leaver)
    factories.propose(scene.world, exchange)
    concern, successor = exchange.cycle.concern, scene.cast[who.BYSTANDER]
    factories.taken_over(scene.world, concern, leaver=leaver, successor=successor)
    return factories.again(exchange)


def told_before_leaving(scene: Scene) -> Exchange:
    """What was told to somebody, understood, and handed over before their role ended."""
    return scene.keep("told before leaving", lambda: _told_before_leaving(scene))


def _told_before_leaving(scene: Scene) -> Exchange:
    member = scene.cast[who.LISTENER_LEFT]
    exchange = _handed_over(scene, who.LISTENER_LEFT)
    Membership.objects.filter(pk=member.pk).update(ended_at=scene.world.clock(), ended_by=member)
    return exchange


def build(scene: Scene) -> Any:
    """Make them, before anybody signs in."""
    return handed_over(scene), told_before_leaving(scene), scene.exchange(State.WITHDRAWN)
