"""What reached the wrong person, and the register of breaches."""

from typing import Any

from django.utils import timezone

from sharing.states import State
from tests.access import cast as who
from tests.access.given import told
from tests.access.page import Page, Table
from tests.access.scene import Scene


def in_the_register(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("new").number}


def to_be_reported(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("to report").number}


def to_be_closed(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("to close").number}


def reported_now(scene: Scene) -> dict[str, Any]:
    """A report at the moment when the breach was entered."""
    at = timezone.localtime(scene.breach("to report").opened_at)
    return {
        "on_0": at.day,
        "on_1": at.month,
        "on_2": at.year,
        "at_time": f"{at:%H:%M}",
        "reference": "IC-1234",
    }


PAGES: Table = {
    "incident": Page(
        sees=who.SPEAKING,
        acts=who.SPEAKING,
        args=told(State.NOT_MINE),
        data=lambda s: {
            "contained": "YES",
            "seen": "READ",
            "what_was_done": "They have deleted the notice.",
            "who_decided": "The data protection officer",
            "is_breach": "NO",
            "breach_why": "They knew it already.",
        },
        typed=("what_was_done", "who_decided", "breach_why"),
    ),
    "misdirected": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=lambda s: {"note": "I picked the wrong line of the list."},
        typed=("note",),
    ),
    "breaches": Page(sees=who.LEADS, role=who.LEADS),
    "breach": Page(sees=frozenset({who.LEAD}), args=in_the_register),
    "breach-decide": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=lambda s: {**in_the_register(s), "about": "ico"},
        data=lambda s: {"answer": "YES", "why": "It is likely to put him at risk."},
        typed=("why",),
        foreign=lambda s: [{**in_the_register(s), "about": "nobody"}],
    ),
    "breach-report": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=to_be_reported,
        data=reported_now,
        typed=("reference",),
    ),
    "breach-close": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=to_be_closed,
        data=lambda s: {"how_told": "By telephone.", "what_was_learned": "Posts come first in the list."},
        typed=("how_told", "what_was_learned"),
    ),
}
