"""What people said about sharing, and what was decided."""

from __future__ import annotations

from datetime import timedelta

from agencies.models import Membership
from consent import operations as consent
from consent.models import Basis, SharingDecision, View
from records.models import Concern, Person
from tests.factories.cycles import the_cycle
from tests.factories.record import main_person
from tests.factories.world import World


def lawful_basis(kind: str, code: str) -> Basis:
    """Return a lawful basis from the reference data."""
    return Basis.objects.get(kind=kind, code=code, nation="ENG", effective_to=None)


def view(
    world: World,
    concern: Concern,
    *,
    about: Person | None = None,
    answer: str = "GIVEN",
    conditions: str = "",
    by: Membership | None = None,
) -> View:
    """Record what somebody said about sharing: the first person whom the concern is about."""
    at = world.clock()
    asked = answer != "NOT_ASKED"
    return consent.record_view(
        concern,
        about or main_person(concern),
        answer=answer,
        conditions=conditions,
        why_not_asked="" if asked else "It would put him at risk today.",
        asked_at=at - timedelta(minutes=1) if asked else None,
        capacity="NOT_COMPETENT",
        by=by or concern.owner,
        at=at,
    )


def decide(
    world: World,
    concern: Concern,
    *,
    about: Person | None = None,
    outcome: str = "SHARE",
    by: Membership | None = None,
) -> SharingDecision:
    """Decide whether to share about somebody, in the concern's current cycle."""
    person = about or main_person(concern)
    latest = View.objects.filter(concern=concern, person=person).last()
    latest = latest or view(world, concern, about=person, by=by)
    at = world.clock()
    shares = outcome != "NOT_SHARE"
    reasons = {
        "necessary": "Nobody else can act tonight.",
        "relevant": "They are on duty.",
        "adequate": "Yes.",
    }
    return consent.decide(
        concern,
        the_cycle(concern).number,
        person,
        outcome=outcome,
        purpose="So that somebody who can act tonight knows.",
        rationale="The risk is today and the social worker can act on it.",
        despite_why="The risk outweighs the wish." if shares and latest.objects_to_sharing else "",
        article_6=lawful_basis("ARTICLE_6", "6(1)(e)") if shares else None,
        informed="NOT_YET",
        not_informed_why="It would put the child at risk.",
        inform_review_at=at + timedelta(days=1),
        principles=reasons if shares else {},
        by=by or concern.owner,
        at=at,
    )
