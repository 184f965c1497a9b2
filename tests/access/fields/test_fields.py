"""Each field in which people write is read by those whom the table names, where it says, and by nobody else.

Marks stand in every field of the scene of the address matrix, which has everything that a page can be about,
and of one long story, which is followed by links, searched, exported and printed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoDbBlocker

from notifications import operations as notifications
from notifications.models import Message
from tests.access import cast as who
from tests.access import things, walk
from tests.access.fields import done, policy
from tests.access.fields.empty import EMPTY
from tests.access.fields.marking import Marker, fields, marking, name_of
from tests.access.fields.reading import Found, Reader, of_the_scene, of_the_story, of_what_was_done
from tests.access.fields.whole import Whole
from tests.access.fields.wordless import WORDLESS
from tests.access.scene import Scene, on_stage

# Those like others are asked where they differ: in the emergency, and in what they were once told.
READERS = sorted(who.WITH_A_ROLE | {who.NOBODY, who.BY_LINK, who.LEFT, who.PAST_LISTENER, who.GLASS})
NOTICES, TITLE, AUDIT = "notice", "title", "audit"


class Sight(NamedTuple):
    """One field of a row of one side, read by somebody in a kind of place."""

    field: str
    whose: str
    one: str
    place: str


class Everything:
    """What was read of the scene and of the story, and which fields had words in them."""

    def __init__(self) -> None:
        self.sights: set[Sight] = set()
        self.filled: set[str] = set()
        self.opened: dict[str, set[str]] = defaultdict(set)

    def add_reader(self, reader: Reader, marker: Marker) -> None:
        self.add(reader.one, reader.found, marker, reader.scene)
        for place, times in reader.opened.items():
            self.opened[place] |= {reader.one} if times else set()

    def add(self, one: str, found: Found, marker: Marker, scene: Scene | Whole) -> None:
        sides = {
            marker.letter(scene.world.school.agency.pk): policy.OURS_IS,
            marker.letter(scene.world.care.agency.pk): policy.THEIRS_IS,
        }
        for place, each in found.items():
            for field, letter in each:
                self.sights.add(Sight(field, sides.get(letter, policy.OTHERS_IS), one, place))
        ours = marker.letter(scene.world.school.agency.pk)
        self.filled |= {field for field, letter in marker.marked if letter == ours}

    def add_notices(self, marker: Marker, scene: Scene | Whole) -> None:
        text = "\n".join(str(notifications.written(one).message()) for one in Message.objects.all())
        assert text
        self.add("whoever has the mail", {NOTICES: marker.read(text)}, marker, scene)


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Everything:
    """Everything that everybody reads, once for all the tests."""
    read = Everything()
    with django_db_blocker.unblock():
        read_the_scene(read)
        read_what_was_done(read)
        read_the_story(read)
    return read


def read_the_scene(read: Everything) -> None:
    marker = Marker()

    def build(scene: Scene) -> None:
        with marking(marker):
            walk.build(scene)
            things.build(scene)

    with on_stage(build) as scene:
        for one in READERS:
            read.add_reader(of_the_scene(scene, one, marker), marker)
        read.add_notices(marker, scene)


def read_what_was_done(read: Everything) -> None:
    marker, made = Marker(), []

    def build(scene: Scene) -> None:
        with marking(marker):
            made.append(done.build(scene))

    with on_stage(build) as scene:
        for one in READERS:
            read.add_reader(of_what_was_done(scene, one, marker, made[0]), marker)
        read.add_notices(marker, scene)


def read_the_story(read: Everything) -> None:
    marker = Marker()
    with transaction.atomic():
        with marking(marker):
            story = Whole()
        with time_machine.travel(story.world.clock(), tick=False):
            story.cast.sign_in()
            for one in who.WITH_A_ROLE:
                read.add_reader(of_the_story(story, one, marker), marker)
            read.add_notices(marker, story)
        transaction.set_rollback(True)


def test_every_field_in_which_people_write_has_a_row() -> None:
    names = {name_of(field) for field in fields()}
    missing = sorted(name for name in names if policy.row_of(name) is None)
    assert not missing, (
        f"Nobody has said who may read {', '.join(missing)}. Add a row to tests/access/fields/policy.py, or "
        "a line to tests/access/fields/wordless.py where nobody writes there."
    )
    models = {name.rpartition(".")[0] for name in names}
    assert sorted(set(policy.TABLE) - names - models) == []


def test_the_lists_name_no_field_that_there_is_not() -> None:
    names = {name_of(field) for field in fields(all_of_them=True)}
    assert sorted(set(WORDLESS) - names) == []
    assert sorted(set(EMPTY) - names) == []


def test_nobody_reads_what_is_not_theirs(everything: Everything) -> None:
    wrong = [one for one in everything.sights if one.one not in policy.may_read(one.field, one.whose)]
    assert told(wrong) == []


def test_a_field_stands_where_it_may_and_nowhere_else(everything: Everything) -> None:
    wrong = [
        one
        for one in everything.sights
        if one.whose == policy.OURS_IS and one.place not in places_of(one.field)
    ]
    assert told(wrong) == []


def test_no_title_no_notice_and_no_page_of_the_audit_has_a_word(everything: Everything) -> None:
    assert told([one for one in everything.sights if one.place in {TITLE, NOTICES, AUDIT}]) == []


def test_whoever_has_to_read_a_field_can(everything: Everything) -> None:
    readers: dict[str, set[str]] = defaultdict(set)
    for one in everything.sights:
        if one.whose == policy.OURS_IS:
            readers[one.field].add(one.one)
    lacking = {
        field: sorted(missing)
        for field in sorted(everything.filled)
        if (missing := must_read(field) - readers[field])
    }
    assert lacking == {}


def test_every_field_has_to_be_read_by_somebody() -> None:
    """A field that nobody has to read would pass whatever the pages do."""
    unread = {name_of(field) for field in fields() if not must_read(name_of(field))}
    assert unread == {name for name, row in policy.TABLE.items() if row is policy.OF_NO_PAGE}


def test_every_kind_of_place_was_read(everything: Everything) -> None:
    """Otherwise a place without words would say nothing: nobody came there."""
    read = {one.place for one in everything.sights}
    assert read == {"page", "list", "search", "paper", "pdf", "file", "export"}
    assert who.AUDITOR in everything.opened[AUDIT]
    assert who.LEAD in everything.opened[AUDIT]


def test_fields_that_nothing_here_fills_are_known(everything: Everything) -> None:
    empty = {name_of(field) for field in fields()} - everything.filled
    assert empty == EMPTY, (
        "Tell tests/access/fields/empty.py which fields have no words in the scene and story"
    )


def places_of(field: str) -> frozenset[str]:
    row = policy.row_of(field)
    return row.places if row else frozenset()


def must_read(field: str) -> who.Who:
    row = policy.row_of(field)
    return row.must if row else frozenset()


def told(sights: list[Sight]) -> list[str]:
    """Say each field once, with everybody who read it and where."""
    grouped: dict[str, set[str]] = defaultdict(set)
    for one in sights:
        grouped[f"{one.field} of {one.whose}"].add(f"{one.one} ({one.place})")
    return [f"{field}: {', '.join(sorted(each))}" for field, each in sorted(grouped.items())]
