"""Documents: added, renewed, struck through; never overwritten, never lost."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from agencies import files
from agencies.refusals import NotAllowed, OutOfDate
from audit.models import Event
from records import operations as records
from records.models import DocumentVersion
from records.operations import documents as operations
from records.operations.documents import NotADocument, StruckThrough, TooMany
from records.operations.locks import NotADraft
from tests import factories
from tests.documents import LETTER, letter, looked
from tests.factories import World
from tests.records.documents import making
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def test_what_is_kept_is_what_came_with_its_digest(world: World) -> None:
    document = letter(world)
    version = document.versions.get()
    assert files.content_of(version.file) == making.pdf()  # type: ignore[arg-type]
    assert version.sha256 == sha256(making.pdf()).hexdigest()
    assert (version.name, version.kind, version.size) == ("letter.pdf", "PDF", len(making.pdf()))
    assert document.label == "D1"
    event = Event.objects.get(verb="records.document.added")
    assert event.data["sha256"] == version.sha256
    assert event.concern == document.concern.reference
    assert LETTER["title"] not in str(event.data)


def test_documents_are_numbered_within_their_concern(world: World) -> None:
    concern = factories.logged(world)
    assert [letter(world, concern).number for _ in range(3)] == [1, 2, 3]
    assert letter(world).number == 1


def test_a_document_comes_onto_a_draft_too(world: World) -> None:
    assert letter(world, factories.draft(world)).number == 1


def test_a_photo_is_kept_as_it_is_and_others_are_given_one_without_the_place(world: World) -> None:
    photo = making.jpeg(making.exif())
    version = letter(world, content=looked(photo, name="photo.jpg"), kind="PHOTO").versions.get()
    assert version.file is not None
    assert version.for_others is not None
    assert files.content_of(version.file) == photo
    copy = files.content_of(version.for_others)
    assert b"54.0466" in photo
    assert b"54.0466" not in copy
    assert version.copy_sha256 == sha256(copy).hexdigest() != version.sha256
    assert "where" in version.left_out


@pytest.mark.parametrize("missing", ["title", "written_by", "source", "kind", "made_note"])
def test_a_document_says_what_it_is_and_whence(world: World, missing: str) -> None:
    concern = factories.logged(world)
    empty: dict[str, Any] = {missing: " "}
    with nothing_changes(), pytest.raises(NotADocument):
        letter(world, concern, **empty)


def test_it_cannot_have_been_made_in_the_future(world: World) -> None:
    day = date(2027, 1, 11) + timedelta(days=40)
    concern = factories.logged(world)
    with nothing_changes(), pytest.raises(NotADocument, match="future"):
        letter(world, concern, made_on=day)


def test_it_is_about_somebody_of_the_concern_or_nobody(world: World) -> None:
    concern, stranger = factories.logged(world), factories.child(world, first_name="Wren")
    with nothing_changes(), pytest.raises(NotADocument, match="people on this concern"):
        letter(world, concern, about=stranger)
    child = factories.main_person(concern)
    assert letter(world, concern, about=child).about == child


def test_nobody_of_another_agency_adds_one(world: World) -> None:
    concern = factories.logged(world)
    with nothing_changes(), pytest.raises(NotAllowed):
        records.add_document(concern, by=world.tom, at=world.clock(), content=looked(), **LETTER)


def test_nothing_is_added_to_a_discarded_draft(world: World) -> None:
    concern = factories.draft(world)
    records.discard_draft(concern, by=world.priya, at=world.clock(), why="Written twice.")
    with nothing_changes(), pytest.raises(NotADraft):
        letter(world, concern)


def test_a_new_version_comes_after_the_one_before_which_stays(world: World) -> None:
    document = letter(world)
    newer = making.pdf(b"% signed\n")
    version = records.add_version(
        document, by=world.school.colleague, at=world.clock(), content=looked(newer), why="Signed.",
        seen_version=1,
    )  # fmt: skip
    assert version.number == 2
    kept = [files.content_of(one.file) for one in document.versions.all() if one.file]
    assert kept == [making.pdf(), newer]


def test_a_version_from_an_older_page_is_refused_with_what_changed(world: World) -> None:
    document = letter(world)
    newer = looked(making.pdf(b"% signed\n"))
    records.add_version(document, by=world.school.colleague, at=world.clock(), content=newer, why="Signed.")
    with nothing_changes(), pytest.raises(OutOfDate, match="added version 2"):
        records.add_version(
            document, by=world.priya, at=world.clock(), content=looked(making.png(), name="a.png"),
            why="Scanned.", seen_version=1,
        )  # fmt: skip


def test_the_same_file_again_is_no_new_version(world: World) -> None:
    document = letter(world)
    with nothing_changes(), pytest.raises(NotADocument, match="same file"):
        records.add_version(document, by=world.priya, at=world.clock(), content=looked(), why="Again.")


def test_a_version_needs_a_reason(world: World) -> None:
    document = letter(world)
    with nothing_changes(), pytest.raises(NotADocument, match="why"):
        records.add_version(
            document, by=world.priya, at=world.clock(), content=looked(making.png(), name="a.png"), why=" "
        )


def test_a_mistaken_document_is_struck_through_once_and_stays(world: World) -> None:
    document = letter(world)
    strike = records.strike_document(document, by=world.priya, at=world.clock(), why="Another child.")
    assert strike.why == "Another child."
    assert DocumentVersion.objects.filter(document=document, file__isnull=False).count() == 1
    with nothing_changes(), pytest.raises(StruckThrough, match="already"):
        records.strike_document(document, by=world.school.lead, at=world.clock(), why="Yes.")
    with nothing_changes(), pytest.raises(StruckThrough):
        records.add_version(
            document, by=world.priya, at=world.clock(), content=looked(making.png(), name="a.png"), why="x"
        )


def test_nobody_fills_a_concern_or_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    concern = factories.logged(world)
    monkeypatch.setattr(operations, "DOCUMENTS_AT_MOST", 2)
    letter(world, concern), letter(world, concern)
    with nothing_changes(), pytest.raises(TooMany, match="This concern has 2"):
        letter(world, concern)
    monkeypatch.setattr(operations, "FILES_A_DAY_AT_MOST", 2)
    with pytest.raises(TooMany, match="since this time yesterday"):
        letter(world)
    world.clock.jump_to(world.clock.moment + timedelta(days=1, minutes=5))
    assert letter(world).number == 1


def test_the_content_can_be_disposed_of_and_what_it_was_stays(world: World) -> None:
    from agencies.operations import files as keeping

    version = letter(world).versions.get()
    file = version.file
    assert file is not None
    DocumentVersion.objects.filter(pk=version.pk).update(file=None, copy=None)
    keeping.remove(file)
    version.refresh_from_db()
    assert version.file is None
    assert version.sha256 == sha256(making.pdf()).hexdigest()
