"""A lead's list of their agency's work, and what is done from it."""

from datetime import timedelta
from typing import Any

from sharing.models import Obligation
from sharing.states import State
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene


def waiting(scene: Scene) -> dict[str, Any]:
    """What the listener has been sent and has not opened."""
    reference = scene.exchange(State.SENT).reference
    return {"number": Obligation.objects.get(reference=reference, settled_at=None).pk}


def to_be_checked(scene: Scene) -> dict[str, Any]:
    """What was said back to the speaker, who has not checked it."""
    reference = scene.exchange(State.RESTATED).reference
    return {"number": Obligation.objects.get(reference=reference, settled_at=None).pk}


def of_the_senders_own(scene: Scene) -> list[dict[str, Any]]:
    """What reached the wrong person, which is the affair of whoever sent it; and what does not exist."""
    reference = scene.exchange(State.NOT_MINE).reference
    return [{"number": Obligation.objects.get(reference=reference, settled_at=None).pk}, {"number": 10**9}]


def until(scene: Scene) -> dict[str, Any]:
    """The lead's own name, and a day next week."""
    day = (scene.world.clock.moment + timedelta(days=7)).date()
    return {
        "deputy": scene.world.school.lead.pk,
        "ends_on_0": day.day,
        "ends_on_1": day.month,
        "ends_on_2": day.year,
    }


BOTH_LEADS = frozenset({who.LEAD, who.LISTENERS_LEAD})

PAGES: Table = {
    "lead": Page(sees=who.LEADS, role=who.LEADS, by=who.LEAD),
    "lead-chase": Page(
        sees=BOTH_LEADS,
        role=who.LEADS,
        args=waiting,
        foreign=of_the_senders_own,
        at_home=frozenset({who.LEAD}),
        acts=BOTH_LEADS,
        by=who.LISTENERS_LEAD,
        only_post=True,
    ),
    # Only whoever leads the person it waits for.
    "lead-take-over": Page(
        sees=frozenset({who.LEAD}),
        role=who.LEADS,
        args=to_be_checked,
        foreign=lambda s: [waiting(s)],
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        data=until,
    ),
}
