"""Who has been told already, for the page of somebody who is about to change it: said before it is saved.

Records and consent ask for this by a name in the settings, because they know nothing of sharing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agencies.models import Membership
from records.models import Concern, Person, Statement
from sharing import corrected
from sharing.models import Correction, Exchange, ProposedCorrection
from sharing.rules.corrections import CAN, CANNOT
from sharing.states import state_of
from sharing.told import moment

Kind = Correction.Kind


def of_statement(statement: Statement) -> dict[str, Any]:
    """Say who was given a statement, and what correcting it does. For components/told_before.html."""
    given = list(corrected.that_carry(statement.concern, statement.number))
    return _box(Kind.STATEMENT_AMENDED, given) | {"proposed": _proposed(statement)}


def of_struck_statement(statement: Statement) -> dict[str, Any]:
    """Say who was given a statement, and what striking it through does. For components/told_before.html."""
    given = list(corrected.that_carry(statement.concern, statement.number))
    return _box(Kind.STATEMENT_STRUCK, given) | {"proposed": _proposed(statement)}


def _proposed(statement: Statement) -> list[dict[str, str]]:
    proposed = ProposedCorrection.objects.filter(
        answer=ProposedCorrection.Answer.OPEN,
        item__statement__concern=statement.concern,
        item__statement__number=statement.number,
    ).select_related("by__user", "by__agency")
    return [{"who": one.by.label, "words": one.words, "how_known": one.how_known} for one in proposed]


def about_person(concern: Concern, person: Person) -> dict[str, Any]:
    """Say who was told about a person in one concern, and what it does to record that they agree to less."""
    box = _box(Kind.CONSENT_WITHDRAWN, list(corrected.about(concern, person)))
    box["asked"] = [f"{q.asked_of.label}, by question {q.reference}" for q in corrected.asked(concern)]
    return box


def in_any_concern(person: Person, *, to: Membership) -> dict[str, Any]:
    """Say who was told about a person in any concern that somebody may open, before a detail is protected.

    Those told in a concern that is closed to them are asked not to pass it on all the same.
    """
    given: list[Any] = []
    rows = Concern.objects.visible_to(to).filter(subjects__person=person, logged_at__isnull=False)
    for concern in rows.order_by("pk"):
        given += list(corrected.about(concern, person))
    return _box(Kind.PROTECTED_ADDED, given)


def _box(kind: str, given: Sequence[Any]) -> dict[str, Any]:
    people = corrected.present_listeners(given)
    agencies = {member.agency_id for member in people}
    return {
        "rows": [_row(exchange) for exchange in given],
        "people": len(people),
        "agencies": len(agencies),
        "actions": corrected.resting_actions(e.pk for e in given).count() if given else 0,
        "can": CAN[kind],
        "cannot": CANNOT[kind],
        "proposed": [],
        "asked": [],
    }


def _row(exchange: Exchange) -> dict[str, str]:
    state = state_of(exchange, last_outcome=exchange.last_outcome)  # type: ignore[attr-defined]  # annotated
    return {
        "who": exchange.listener.label,
        "reference": exchange.reference,
        "when": moment(exchange.sent_at),
        "how_far": f"opened on {moment(exchange.opened_at)}, now {state.value}"
        if exchange.opened_at
        else "not opened yet",
    }
