"""Concerns in their cycle: the stages, the record of one, and its summary."""

from typing import Any

from sharing.models import Stage
from tests.access import cast as who
from tests.access.given import at
from tests.access.page import Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
BOTH_SIDES = who.SPEAKING | who.LISTENING
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def step(scene: Scene, **more: Any) -> dict[str, Any]:
    concern = scene.emergency.cycle.concern
    return {"reference": concern.reference, "number": 1, "step": "decision", **more}


PAGES: Table = {
    "concern": Page(sees=OURS, args=at(Stage.ASK)),
    "timeline": Page(sees=OURS, args=at(Stage.ASK)),
    "whole-record": Page(sees=OURS, args=at(Stage.ASK)),
    "start-cycle": Page(
        sees=OURS,
        acts=OURS,
        args=at(None),
        data=lambda s: {"stage": "SHARE", "reason": "I told them by phone."},
        typed=("reason",),
    ),
    "move": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.DO, name="back-to-ask"),
        data=lambda s: {"reason": "The school nurse was not asked."},
        typed=("reason",),
        foreign=lambda s: [at(Stage.DO, name="anywhere")(s), at(Stage.DO, name="start-at-ask")(s)],
    ),
    "proceed": Page(
        sees=frozenset({who.LEAD}),
        role=who.LEADS,
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=at(Stage.SHARE),
        data=lambda s: {"reason": "She goes home at three."},
        typed=("reason",),
    ),
    "step-done": Page(
        sees=OURS,
        acts=OURS,
        args=step,
        foreign=lambda s: [step(s, number=2), step(s, step="nothing")],
    ),
    "worry-now": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"level": "3", "change": "MORE", "why": "It is worse.", "urgency": "HIGH"},
        typed=("why",),
    ),
    "summary": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.RECORD),
        data=lambda s: {"decision": "A strategy discussion today."},
        typed=("decision",),
    ),
    "answer-summary": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=lambda s: {"reference": s.summary.reference},
        data=lambda s: {"matches": "no", "correction": "The visit was agreed for today."},
        typed=("correction",),
    ),
    "record-silence": Page(
        sees=BOTH_SIDES, acts=who.SPEAKING, args=lambda s: {"reference": s.late_summary.reference}
    ),
}
