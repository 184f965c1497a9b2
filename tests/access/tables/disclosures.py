"""Choosing whom to tell and what, until it is sent."""

from sharing.models import Stage
from sharing.states import State
from tests.access import cast as who
from tests.access.given import at, of, told
from tests.access.page import Page, Table

OURS = who.OUR_AGENCY

PAGES: Table = {
    "do": Page(sees=OURS, args=at(Stage.DO)),
    "choose-listener": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.DO),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"expects": "ACCOUNTABLE", "right_place": "On the duty list, and I rang."},
        typed=("right_place",),
    ),
    "urgent": Page(sees=OURS, acts=OURS, args=at(Stage.DO), data=lambda s: {"who": "Tom"}, searches=True),
    # What is prepared and not sent yet is the speaker's side's alone.
    "prepare": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.PREPARED),
        data=lambda s: {
            "choice_1": "KEY",
            "choice_2": "SHARE",
            "choice_3": "HOLD",
            "why_3": "My opinion adds nothing.",
            "why_you": "You are on duty.",
            "what_i_ask": "Decide today.",
            "urgency": "HIGH",
        },
        typed=("why_3", "why_you", "what_i_ask"),
    ),
    "preview": Page(sees=who.SPEAKING, args=told(State.PREPARED)),
    "send": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.PREPARED),
        data=lambda s: {"checked": "on"},
    ),
    "discard": Page(sees=who.SPEAKING, acts=frozenset({who.OWNER}), args=told(State.PREPARED)),
}
