"""What was said to somebody, and its check-back."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from sharing.states import State
from tests import factories
from tests.access import cast as who
from tests.access.given import told
from tests.access.page import Page, Table
from tests.access.scene import Scene

BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def a_call(scene: Scene) -> dict[str, Any]:
    """A call to the listener of half an hour before, on a number that no agency has checked."""
    at = timezone.localtime(scene.world.clock.moment - timedelta(minutes=30))
    return {
        "with_whom": str(scene.world.tom.pk),
        "on_number": "OTHER",
        "number": "01632 960 155",
        "how_checked": "Their switchboard put me through.",
        "called_on_0": at.day,
        "called_on_1": at.month,
        "called_on_2": at.year,
        "called_time": f"{at:%H:%M}",
        "minutes": 6,
        "what_was_said": "What is written here, and that he is still in school.",
        **factories.OWN_WORDS,
        "verdict_1": "UNDERSTOOD",
        "verdict_2": "UNDERSTOOD",
        "outcome": "CONFIRMED",
    }


PAGES: Table = {
    "exchange": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.SENT),
        in_vain=True,  # somebody else who presses "Open" has opened nothing
    ),
    "receive": Page(sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=told(State.OPENED)),
    "not-mine": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.OPENED),
        data=lambda s: {"note": "The duty desk."},
        typed=("note",),
    ),
    "restate": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.RECEIVED),
        data=lambda s: factories.OWN_WORDS,
        typed=tuple(factories.OWN_WORDS),
    ),
    "log-call": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=a_call,
        typed=("number", "how_checked", "what_was_said", *factories.OWN_WORDS),
    ),
    "confirm-call": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.LISTENER}),
        by=who.LISTENER,
        args=told(State.SPOKEN),
    ),
    "say-differently": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.SPOKEN),
        data=lambda s: factories.OTHER_WORDS,
        typed=tuple(factories.OTHER_WORDS),
    ),
    "check": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=told(State.RESTATED),
        data=lambda s: {
            "verdict_1": "UNDERSTOOD",
            "verdict_2": "WRONG",
            "note_2": "The other arm.",
            "outcome": "CORRECTED",
            "note": "Say the second point again.",
        },
        typed=("note", "note_2"),
    ),
    "my-copy": Page(
        sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=told(State.RESTATED), done=200
    ),
    "agreement": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.RECEIVED),
        data=lambda s: {
            "risk": "PARTLY",
            "risk_why": "The aunt is there.",
            "action": "DISAGREE",
            "action_why": "A visit is enough.",
        },
        typed=("risk_why", "action_why"),
        again=True,
    ),
    "withdraw": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=lambda s: {"why": "Another child of that name."},
        typed=("why",),
    ),
}
