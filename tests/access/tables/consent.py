"""What people said about sharing, and the decision, one short page at a time."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from agencies import drafts
from tests import factories
from tests.access import cast as who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY

OUTCOME = {"outcome": "SHARE", "purpose": "So that somebody can act tonight.", "request": "Nobody."}
BASIS = {"article_6": "6(1)(e)", "article_9": "none", "confidentiality": "none"}
REASONS = {
    "necessary": "Nobody else can act tonight.",
    "relevant": "They are on duty.",
    "adequate": "Yes.",
    "rationale": "The risk is today.",
}


def informed(scene: Scene) -> dict[str, Any]:
    review = timezone.localtime(scene.world.clock.moment + timedelta(days=30))
    return {
        "informed": "NOT_YET",
        "not_informed_why": "It would put him at risk.",
        "review_on_0": review.day,
        "review_on_1": review.month,
        "review_on_2": review.year,
        "review_time": "9:00",
    }


def person_in_it(scene: Scene) -> dict[str, Any]:
    """The child of a concern at Do, whose decision everybody at the agency has begun on the pages before."""
    concern = scene.deciding
    person = factories.main_person(concern)
    if "drafts of a decision" not in scene.made:
        scene.made["drafts of a decision"] = True
        for one in OURS:
            for step, answers in (("outcome", OUTCOME), ("basis", BASIS), ("informed", informed(scene))):
                key = f"decide-{step}:{concern.reference}:1:{person.reference}"
                data = {name: str(answer) for name, answer in answers.items()}
                drafts.keep(scene.cast[one].pk, key, data, at=scene.world.clock())
    return {"reference": concern.reference, "cycle_number": 1, "person": person.reference}


def decided(scene: Scene) -> dict[str, Any]:
    concern = scene.concern("SHARE")
    person = factories.main_person(concern)
    return {"reference": concern.reference, "cycle_number": 1, "person": person.reference}


def somebody_elses(args: Given) -> Any:
    """Somebody who is not in the concern: of my agency, of another, of none."""
    return lambda s: [
        {**args(s), "person": s.person.reference},
        {**args(s), "person": s.foreign_person.reference},
        {**args(s), "person": "P-999999"},
    ]


def a_step(**more: Any) -> Page:
    return Page(
        sees=OURS, acts=OURS, **{"args": person_in_it, "foreign": somebody_elses(person_in_it), **more}
    )


PAGES: Table = {
    "sharing-decisions": Page(
        sees=OURS, args=lambda s: {"reference": s.deciding.reference, "cycle_number": 1}
    ),
    "record-view": a_step(
        data=lambda s: {
            "answer": "NOT_ASKED",
            "why_not_asked": "It would warn the person who may be harming him.",
            "answered_by": "SELF",
            "capacity": "NOT_COMPETENT",
            "capacity_note": "He is seven.",
            "service": "NOT_ASKED",
        },
        typed=("why_not_asked", "capacity_note"),
    ),
    "sharing-decision": a_step(data=lambda s: OUTCOME, typed=("purpose", "request")),
    "sharing-decision-basis": a_step(data=lambda s: BASIS),
    "sharing-decision-informed": a_step(data=informed, typed=("not_informed_why",)),
    "sharing-decision-reasons": a_step(data=lambda s: REASONS, typed=tuple(REASONS)),
    "sharing-decision-record": Page(sees=OURS, args=decided, foreign=somebody_elses(decided)),
}
