"""Actions: proposed, agreed, reported and checked."""

from sharing.states import ActionState
from tests.access import cast as who
from tests.access.given import now
from tests.access.page import Given, Page, Table

BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def an_action(state: ActionState) -> Given:
    return lambda s: {"reference": s.action(state).reference}


PAGES: Table = {
    "action": Page(sees=BOTH_SIDES, args=an_action(ActionState.PROPOSED)),
    "propose-action": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=lambda s: {"reference": s.action(ActionState.PROPOSED).exchange.reference},
        data=lambda s: {
            "what": "Ring the nurse.",
            "owner": s.world.priya.pk,
            "by_when": "2 working days",
            "contingency": "He is not at school.",
        },
        typed=("what", "contingency"),
    ),
    "action-accept": Page(
        sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=an_action(ActionState.PROPOSED)
    ),
    "action-decline": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=an_action(ActionState.PROPOSED),
        data=lambda s: {"why": "The nurse goes."},
        typed=("why",),
    ),
    "action-report": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=an_action(ActionState.AGREED),
        data=lambda s: {
            "what_happened": "Seen and safe.",
            **now(),
        },
        typed=("what_happened",),
    ),
    "action-check": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=an_action(ActionState.REPORTED),
        data=lambda s: {"is_done": "no", "note": "The room was not looked at."},
        typed=("note",),
    ),
    "action-withdraw": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=an_action(ActionState.PROPOSED),
        data=lambda s: {"why": "Not needed any more."},
        typed=("why",),
    ),
}
