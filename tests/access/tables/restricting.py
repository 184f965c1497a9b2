"""Who may open a record, opening a closed one in an emergency, and who looked."""

from typing import Any

from agencies import operations as agencies
from records.models import BreakGlass, Restriction
from tests import factories
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene
from tests.restricting import WHY, emergency, restricted

OURS = who.OUR_AGENCY
DECIDE = frozenset({who.OWNER, who.LEAD})


def _logged(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.keep("open record", lambda: factories.logged(scene.world)).reference}


def _let_in(scene: Scene) -> Restriction:
    """A closed record that the colleague may open too."""
    colleague = scene.world.school.colleague
    return scene.keep("let in", lambda: restricted(scene.world, let_in=[colleague]))


def _closed(scene: Scene) -> Restriction:
    """A record that is closed to the colleague."""
    return scene.keep("closed record", lambda: restricted(scene.world))


def _opened(scene: Scene) -> BreakGlass:
    """Another, which the colleague opened in an emergency that outlives the scene."""
    return scene.keep("opened record", lambda: _open(scene))


def _open(scene: Scene) -> BreakGlass:
    world = scene.world
    agencies.set_time_limit(
        world.partnership, by=None, at=world.clock(), key="BREAK_GLASS", duration="960 hours", label="LOCAL",
        source="Invented for the tests", effective_from=world.clock.moment.date(),
    )  # fmt: skip
    return emergency(world)


def _emergency(scene: Scene) -> dict[str, Any]:
    return {"reference": _opened(scene).reference}


PAGES: Table = {
    "restriction": Page(
        sees=OURS,
        args=_logged,
        acts=DECIDE,
        data=lambda s: {"why": "It is about one of us.", "let_in": "Anna Bell", "kept_out": ""},
        typed=("why", "let_in", "kept_out"),
    ),
    "restriction-end": Page(
        sees=OURS,
        args=lambda s: {"reference": _let_in(s).concern.reference},
        alike=False,
        acts=DECIDE,
        data=lambda s: {"why": "They have left."},
        typed=("why",),
        foreign=lambda s: [_logged(s)],
    ),
    # It leads on to a record, and changes nothing for those to whom that is open anyway.
    "break-glass": Page(
        sees=who.WORKERS,
        acts=frozenset({who.COLLEAGUE}),
        by=who.COLLEAGUE,
        data=lambda s: {"reference": _closed(s).concern.reference, "why": WHY},
        typed=("reference", "why"),
        searches=True,
    ),
    "break-glass-opened": Page(
        sees=DECIDE,
        args=_emergency,
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        data=lambda s: {"finding": "JUSTIFIED", "note": "We spoke of it on the day."},
        typed=("note",),
        foreign=lambda s: [{"reference": "WF-99-9999-E1"}],
    ),
    "break-glass-end": Page(
        sees=DECIDE | {who.COLLEAGUE},
        args=_emergency,
        acts=frozenset({who.COLLEAGUE, who.LEAD}),
        by=who.COLLEAGUE,
        only_post=True,
    ),
    "concern-looks": Page(sees=frozenset({who.LEAD}), role=who.LEADS, args=_logged, by=who.LEAD),
    "audit_access_file": Page(sees=frozenset({who.AUDITOR}), role=frozenset({who.AUDITOR}), by=who.AUDITOR),
}
