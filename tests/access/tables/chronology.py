"""Chronologies, people's histories by hand and from a file, and whom what was received is about."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.operations import jobs
from records import operations as records
from records.models import ChronologyEntry, ChronologyImport, Person
from sharing.models import AboutOurPerson, Exchange, Stage
from sharing.operations import about
from sharing.states import State
from tests import factories
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
ENTRY: dict[str, Any] = {
    "day": "03/2019", "clock": "", "kind": "HOME", "text": "Moved to her aunt’s.", "source": "The old file",
}  # fmt: skip
FILE = (
    "Our reference,Date,What happened,Source\n{person},03/2019,Moved in with an aunt,Old file\n,,,\nP-9,x,,\n"
)


def concern(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.concern(Stage.ASK).reference}


def person(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.person.reference}


def entry(scene: Scene) -> ChronologyEntry:
    def make() -> ChronologyEntry:
        return records.add_entry(
            scene.person, by=scene.world.priya, at=scene.world.clock(), happened_at=factories.LONG_AGO,
            precision="DAY", kind="CONTACT", text="Nobody was at home.", source="The old file",
        )  # fmt: skip

    return scene.keep("chronology entry", make)


def batch(scene: Scene) -> ChronologyImport:
    """A file of the owner's that has been read."""

    def make() -> ChronologyImport:
        data = FILE.format(person=scene.person.reference).encode()
        at = scene.world.clock()
        records.start_import(data=data, by=scene.world.priya, at=at, back="/people/", found="/people/?{pk}")
        jobs.work(at=at)
        return ChronologyImport.objects.get(by=scene.world.priya)

    return scene.keep("chronology import", make)


def told(scene: Scene) -> Exchange:
    return scene.exchange(State.UNDERSTOOD)


def theirs(scene: Scene) -> Person:
    """A child of the listener's agency, whom something that they were told is about."""

    def make() -> AboutOurPerson:
        return about.link_person(
            told(scene), person=scene.foreign_person, by=scene.world.tom, at=scene.world.clock()
        )

    return scene.keep("about our person", make).person


def another(scene: Scene) -> Person:
    """Another child of the listener's agency, whom nothing is about yet."""
    return scene.keep(
        "another of theirs",
        lambda: factories.child(scene.world, by=scene.world.tom, first_name="Yuna", last_name="Quist"),
    )


PAGES: Table = {
    "concern-chronology": Page(sees=OURS, args=concern),
    "concern-chronology-paper": Page(sees=OURS, args=concern),
    "person-chronology": Page(sees=OURS, args=person),
    "person-chronology-paper": Page(sees=OURS, args=person),
    "chronology-entry-add": Page(
        sees=OURS, acts=OURS, args=person, data=lambda s: ENTRY, typed=("text", "source")
    ),
    "chronology-entry-strike": Page(
        sees=OURS,
        acts=frozenset({who.OWNER, who.LEAD}),
        args=lambda s: {"reference": s.person.reference, "number": entry(s).number},
        data=lambda s: {"reason": "TWICE", "why": "It is there twice."},
        typed=("why",),
        foreign=lambda s: [{"reference": s.person.reference, "number": 99}],
    ),
    "chronology-import": Page(
        sees=who.WORKERS,
        acts=who.WORKERS,
        data=lambda s: {"file": SimpleUploadedFile("history.csv", b"Our reference,Date\n")},
    ),
    "chronology-template": Page(sees=who.WORKERS),
    "chronology-found": Page(
        sees=frozenset({who.OWNER}),
        acts=frozenset({who.OWNER}),
        args=lambda s: {"batch_id": batch(s).pk},
    ),
    "chronology-wrong": Page(sees=frozenset({who.OWNER}), args=lambda s: {"batch_id": batch(s).pk}),
    "about-our-person": Page(
        sees=who.LISTENING,
        acts=who.LISTENING,
        by=who.LISTENER,
        args=lambda s: {"reference": told(s).reference},
        data=lambda s: {"who": "OTHER", "reference": another(s).reference},
        typed=("reference",),
    ),
    "not-about-our-person": Page(
        sees=who.LISTENING,
        acts=who.LISTENING,
        by=who.LISTENER,
        args=lambda s: {"reference": told(s).reference, "person": theirs(s).reference},
        data=lambda s: {"why": "She only has the same name."},
        typed=("why",),
        foreign=lambda s: [{"reference": told(s).reference, "person": s.person.reference}],
    ),
}
