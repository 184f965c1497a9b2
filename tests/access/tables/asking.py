"""Questions to others before anything is shared: whom to ask, what is assumed, what they answer."""

from typing import Any

from sharing.models import Stage
from tests.access import cast as who
from tests.access.given import at, of
from tests.access.page import Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
# A question is part of the concern, so colleagues at the agency that asks see what it waits for.
ASKING = OURS
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def asked(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.enquiry.reference}


def assumption(scene: Scene) -> dict[str, Any]:
    assert scene.assumption
    return {"reference": scene.concern(Stage.ASK).reference, "number": 1}


PAGES: Table = {
    "ask": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"who_needs_to_know": "The nurse.", "advice_needed": "no", "advice_note": "Clear."},
        typed=("who_needs_to_know", "advice_note"),
    ),
    "ask-find": Page(sees=OURS, acts=OURS, args=at(Stage.ASK), data=lambda s: {"who": "Tom"}, searches=True),
    "ask-list": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"of": s.world.gp.colleague.pk},
        only_post=True,
    ),
    "ask-by-hand": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {
            "name": "Duty midwife",
            "agency_name": "The hospital",
            "role": "Midwife",
            "how_to_reach": "The ward",
        },
        typed=("name", "agency_name", "role", "how_to_reach"),
    ),
    "assumption-add": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"text": "That the aunt knows.", "how_tested": "I rang her; she does."},
        typed=("text", "how_tested"),
    ),
    "assumption-test": Page(
        sees=OURS,
        acts=OURS,
        args=assumption,
        data=lambda s: {"how_tested": "I rang them; they had not."},
        typed=("how_tested",),
        foreign=lambda s: [{**assumption(s), "number": 99}],
    ),
    "ask-enquiry": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"told": "I am asking about Leo.", "question": "Do you know him?"},
        typed=("told", "question"),
        searches=True,  # the words are shown as they will be read, and sent by a second press
    ),
    "ask-advice": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"told": "I am not naming them.", "question": "What would you do?"},
        typed=("told", "question"),
        searches=True,
    ),
    "enquiry": Page(sees=ASKING | who.LISTENING, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=asked),
    "enquiry-answer": Page(
        sees=ASKING | who.LISTENING,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=asked,
        data=lambda s: {
            "knows": "yes",
            "count": "1",
            "text_1": "Two missed appointments.",
            "kind_1": "HISTORY",
            "source_1": "Our records",
            "when_1": "Since the autumn",
        },
        typed=("text_1", "source_1", "when_1"),
    ),
    "enquiry-explain": Page(
        sees=ASKING | who.LISTENING,
        acts=ASKING,
        args=asked,
        data=lambda s: {"why": "I rang twice; nobody was there."},
        typed=("why",),
    ),
}
