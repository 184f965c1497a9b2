"""On paper: the print page of a decision, an exchange, a concern and minutes, and the PDF of each."""

from collections.abc import Callable
from typing import Any

from sharing.models import Stage
from sharing.states import State
from tests import factories
from tests.access import cast as who
from tests.access.cast import Who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene
from tests.access.tables.meetings import minuted

OURS = who.OUR_AGENCY
BOTH_SIDES = who.SPEAKING | who.LISTENING
EITHER_SIDE = OURS | who.LISTENING
REASON = {
    "purpose": "OTHER",
    "purpose_words": "The serious case review that Judith Ames leads.",
    "for_whom": "Judith Ames, Wyrefold Partnership Office",
}


def decided(scene: Scene) -> dict[str, Any]:
    """A person whom the decision of the first cycle is about."""
    concern = scene.concern(Stage.SHARE)
    person = factories.main_person(concern).reference
    return {"reference": concern.reference, "cycle_number": 1, "person": person}


def undecided(scene: Scene) -> list[dict[str, Any]]:
    return [{**decided(scene), "cycle_number": 7}, {**decided(scene), "person": "P-999999"}]


def minutes(scene: Scene) -> dict[str, Any]:
    return {"reference": minuted(scene).reference, "number": 1}


def shown_and_made(
    name: str, sees: Who, args: Given, foreign: Callable[[Scene], list[dict[str, Any]]] = lambda s: []
) -> Table:
    """The print page, and the page that asks what a PDF is for."""
    return {
        name: Page(sees=sees, args=args, foreign=foreign),
        f"{name}-pdf": Page(
            sees=sees,
            acts=sees,
            args=args,
            foreign=foreign,
            data=lambda s: REASON,
            typed=("purpose_words", "for_whom"),
            again=True,
        ),
    }


PAGES: Table = {
    **shown_and_made("concern-paper", OURS, lambda s: {"reference": s.concern(Stage.ASK).reference}),
    **shown_and_made(
        "exchange-paper", BOTH_SIDES, lambda s: {"reference": s.exchange(State.UNDERSTOOD).reference}
    ),
    **shown_and_made("decision-paper", OURS, decided, undecided),
    **shown_and_made("minutes-paper", EITHER_SIDE, minutes, lambda s: [{**minutes(s), "number": 2}]),
}
