"""How long records are kept, holds, and disposal by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from records.models import Concern, Disposal, LegalHold, RetentionClass
from sharing.models import Stage
from sharing.operations import disposal, retention
from tests import factories
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene
from tests.access.tables.agencies import COORDINATOR, day

LEAD = frozenset({who.LEAD})
BOTH_LEADS = frozenset({who.LEAD, who.LISTENERS_LEAD})
REASON = "Nobody has asked for it in years."


def classes(scene: Scene) -> list[RetentionClass]:
    """The partnership's suggested classes."""
    world = scene.world
    return scene.keep(
        "classes", lambda: retention.suggest_classes(world.partnership, by=None, at=world.clock())
    )


def second_lead(scene: Scene) -> Any:
    """Another lead of the owner's agency."""
    return scene.keep(
        "second lead", lambda: factories.member(scene.world.school.agency, "Sam Ferris", "lead")
    )


def own_class(scene: Scene) -> RetentionClass:
    """A class of the owner's agency: until the age of 5."""
    return scene.keep("own class", lambda: _own_class(scene))


def _own_class(scene: Scene) -> RetentionClass:
    world = scene.world
    return retention.add_class(
        world.school.agency, by=world.school.lead, at=world.clock(), record_kind="CHILD", trigger="BIRTH",
        years=5, source="Our schedule", effective_from=world.clock().date(),
    )  # fmt: skip


def closed(scene: Scene) -> Concern:
    """A concern of the owner's that is closed, with the suggested classes in place."""
    classes(scene)
    return scene.concern(Stage.CLOSED)


def due(scene: Scene) -> Concern:
    """Another that is closed and up for review."""
    return scene.keep("due", lambda: _due(scene))


def _due(scene: Scene) -> Concern:
    world = scene.world
    classes(scene)
    own_class(scene)
    concern = factories.concern_at(world, Stage.CLOSED)
    retention.choose_class(concern, by=world.school.lead, at=world.clock(), record_kind="CHILD")
    return concern


def proposed(scene: Scene) -> Disposal:
    """A disposal that the other lead has proposed."""
    return scene.keep("proposed disposal", lambda: _proposed(scene))


def _proposed(scene: Scene) -> Disposal:
    return disposal.propose(_due(scene), by=second_lead(scene), at=scene.world.clock(), why=REASON)


def hold(scene: Scene) -> LegalHold:
    """A hold of the owner's agency."""
    return scene.keep("hold", lambda: _hold(scene))


def _hold(scene: Scene) -> LegalHold:
    world = scene.world
    return retention.place_hold(
        closed(scene), by=world.school.lead, at=world.clock(), reason="POLICE", reference="OP 7",
        why="They are looking into it.",
    )  # fmt: skip


def of_concern(**more: Any) -> Page:
    """A page on what an agency holds of a closed concern."""
    usual: dict[str, Any] = {
        "sees": BOTH_LEADS,
        "role": who.LEADS,
        "args": lambda s: {"reference": closed(s).reference},
        "foreign": lambda s: [{"reference": s.draft.reference}],
        "by": who.LEAD,
    }
    return Page(**{**usual, **more})


def of_disposal(**more: Any) -> Page:
    usual: dict[str, Any] = {
        "sees": LEAD,
        "role": who.LEADS,
        "args": lambda s: {"reference": proposed(s).reference},
        "by": who.LEAD,
    }
    return Page(**{**usual, **more})


def _until(scene: Scene) -> dict[str, Any]:
    later = scene.world.clock.moment.date() + timedelta(days=60 * 365)
    return {"until_0": later.day, "until_1": later.month, "until_2": later.year, "why": REASON}


A_HOLD = {"reason": "INQUIRY", "reference": "IICSA 4", "why": "We were asked to keep everything."}

PAGES: Table = {
    "retention": Page(sees=who.LEADS, role=who.LEADS, by=who.LEAD),
    "retention-classes": Page(sees=who.LEADS, role=who.LEADS, by=who.LEAD),
    "retention-class-add": Page(
        sees=who.LEADS,
        role=who.LEADS,
        acts=who.LEADS,
        by=who.LEAD,
        data=lambda s: {
            "record_kind": "ADULT", "trigger": "CLOSURE", "years": "9", "source": "Our schedule",
            **day(s, "effective_from", 3),
        },
        typed=("source",),
        again=True,
    ),
    "retention-class-withdraw": Page(
        sees=LEAD,
        role=who.LEADS,
        args=lambda s: {"number": own_class(s).pk},
        foreign=lambda s: [{"number": classes(s)[0].pk}],
        acts=LEAD,
        by=who.LEAD,
        only_post=True,
    ),
    "retention-defaults": Page(sees=COORDINATOR, role=COORDINATOR, by=who.COORDINATOR),
    "retention-suggest": Page(
        sees=COORDINATOR, role=COORDINATOR, acts=COORDINATOR, by=who.COORDINATOR, only_post=True,
        data=lambda s: _without_one(s),
    ),
    "hold-end": Page(
        sees=LEAD,
        role=who.LEADS,
        args=lambda s: {"number": hold(s).number},
        foreign=lambda s: [{"number": 999}],
        acts=LEAD,
        by=who.LEAD,
        data=lambda s: {"why": "The police have closed it."},
        typed=("why",),
    ),
    "person-hold": Page(
        sees=LEAD,
        role=who.LEADS,
        args=lambda s: {"reference": s.person.reference},
        foreign=lambda s: [{"reference": s.foreign_person.reference}],
        acts=LEAD,
        by=who.LEAD,
        data=lambda s: A_HOLD,
        typed=("reference", "why"),
        again=True,
    ),
    "concern-retention": of_concern(),
    "retention-choose": of_concern(
        acts=BOTH_LEADS, data=lambda s: {"record_kind": "CHILD", "why": "As usual."}, typed=("why",)
    ),
    "retention-keep": of_concern(acts=BOTH_LEADS, data=_until, typed=("why",)),
    "concern-hold": of_concern(
        acts=BOTH_LEADS, data=lambda s: A_HOLD, typed=("reference", "why"), again=True
    ),
    "disposal-propose": of_concern(
        args=lambda s: {"reference": due(s).reference},
        acts=LEAD,
        data=lambda s: {"why": REASON},
        typed=("why",),
    ),
    "disposal": of_disposal(),
    "disposal-approve": of_disposal(acts=LEAD, only_post=True),
    "disposal-stop": of_disposal(acts=LEAD, data=lambda s: {"why": "It is needed."}, typed=("why",)),
}  # fmt: skip


def _without_one(scene: Scene) -> dict[str, Any]:
    """Withdraw a suggested class, so that one is missing. Returns nothing to say in a form."""
    classes(scene)
    rows = RetentionClass.objects.filter(record_kind="ADOPTION", withdrawn_at__isnull=True)
    scene.keep("no class for adoption", lambda: rows.update(withdrawn_at=scene.world.clock()))
    return {}
