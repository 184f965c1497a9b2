"""Disagreements, and the stages they go up."""

from sharing.states import State
from tests.access import cast as who
from tests.access.given import now, told
from tests.access.page import Given, Page, Table

BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def differing(which: str) -> Given:
    """A disagreement of the scene, by name."""
    return lambda s: {"reference": getattr(s, which).reference}


PAGES: Table = {
    "disagree": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=told(State.UNDERSTOOD),
        data=lambda s: {"about": "THRESHOLD", "position": "It is a level three."},
        typed=("position",),
    ),
    "disagreement": Page(sees=BOTH_SIDES, args=differing("differing")),
    "add-position": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {"position": "The aunt is away tonight."},
        typed=("position",),
        again=True,
    ),
    "name-risk-holder": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {
            "holder": f"post:{s.world.care.agency.reference}",
            "post": "Duty social worker",
            "meanwhile": "Rings the family every morning.",
        },
        typed=("post", "meanwhile"),
    ),
    "open-next-stage": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("held"),
        data=lambda s: {
            "stage": 2,
            "why": "He goes home tonight.",
            "for_speaker": s.world.school.lead.pk,
            "for_listener": s.world.care.lead.pk,
        },
        typed=("why",),
    ),
    "immediate-danger": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {
            "who_was_called": "999, and the duty desk.",
            **now(),
            "what_was_agreed": "A car goes to the school.",
            "stage": "stay",
        },
        typed=("who_was_called", "what_was_agreed"),
        again=True,
    ),
    "write-outcome": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=differing("held"),
        data=lambda s: {
            "what_was_decided": "A visit together.",
            "why": "Neither has seen him at home.",
            "who_does_what": "Tom books it today.",
        },
        typed=("what_was_decided", "why", "who_does_what"),
    ),
    "close-disagreement": Page(
        sees=BOTH_SIDES,
        acts=who.SPEAKING,
        args=differing("decided"),
        data=lambda s: {"note": "We both accept it."},
        typed=("note",),
    ),
    "partnership-disagreements": Page(sees=frozenset({who.COORDINATOR}), role=frozenset({who.COORDINATOR})),
}
