"""Corrections: those of a concern, one of them, telling by hand, flagged actions, proposals."""

from sharing.models import Stage
from sharing.states import State
from tests.access import cast as who
from tests.access.page import Page, Table

OURS = who.OUR_AGENCY
BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})

PAGES: Table = {
    "corrections": Page(sees=OURS, args=lambda s: {"reference": s.concern(Stage.ASK).reference}),
    "correction": Page(sees=OURS, args=lambda s: {"reference": s.corrected.reference}),
    "told-by-hand": Page(
        sees=OURS,
        acts=OURS,
        args=lambda s: {"reference": s.by_hand.correction.reference, "number": s.by_hand.pk},
        data=lambda s: {"how": "I rang, and she said it back."},
        typed=("how",),
        foreign=lambda s: [{"reference": s.corrected.reference, "number": s.by_hand.pk}],
    ),
    "withdraw-unopened": Page(
        sees=OURS,
        acts=frozenset({who.OWNER}),
        args=lambda s: {"reference": s.corrected.reference},
        data=lambda s: {"why": "It says the wrong side."},
        typed=("why",),
    ),
    "still-right": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=lambda s: {"reference": s.flagged.reference},
        data=lambda s: {"answer": "STILL_RIGHT", "why": "The side changes nothing."},
        typed=("why",),
    ),
    "propose-correction": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=lambda s: {"reference": s.exchange(State.UNDERSTOOD).reference},
        data=lambda s: {"item_number": "1", "should_say": "The right arm.", "how_known": "I saw it."},
        typed=("should_say", "how_known"),
    ),
    "proposed-correction": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=lambda s: {"reference": s.proposed.exchange.reference, "number": s.proposed.item.number},
        data=lambda s: {"why": "Two people saw the left arm."},
        typed=("why",),
        foreign=lambda s: [{"reference": s.proposed.exchange.reference, "number": 2}],
    ),
}
