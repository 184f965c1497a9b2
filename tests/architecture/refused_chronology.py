"""What the database refuses of strikes and of people's history: one function for each constraint and trigger.

tests/architecture/test_database_refuses.py runs them.
"""

from __future__ import annotations

from typing import Any

from records import operations as records
from records.models import ChronologyEntry, ChronologyImport, ImportRow, Statement, Strike
from sharing.models import Correction
from sharing.operations import about
from sharing.states import State
from tests import correcting, factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw, sql
from tests.deeds.chronology import linked
from tests.factories import World

STRUCK: dict[str, Any] = {"reason": "TWICE", "why": "It is there twice."}


def struck(w: World) -> Strike:
    """A statement that somebody was given and that was struck through."""
    concern = correcting.concern_of(factories.exchange_at(w, State.UNDERSTOOD))
    return records.strike_statement(correcting.statement(concern), by=w.priya, at=w.clock(), **STRUCK)


def entry(w: World) -> ChronologyEntry:
    """An entry of a child's history."""
    return records.add_entry(
        factories.child(w), by=w.priya, at=w.clock(), happened_at=factories.LONG_AGO, precision="DAY",
        kind="CONTACT", text="Nobody was at home.", source="The old file",
    )  # fmt: skip


def a_version_is_corrected_and_struck_through_once(w: World) -> None:
    row = Correction.objects.get(statement=struck(w).statement)
    refused("a_version_is_corrected_and_struck_through_once", copy_of(row, reference="C"))


def one_thing_is_struck_through(w: World) -> None:
    row = struck(w)
    refused("one_thing_is_struck_through", copy_of(row, statement_id=None))
    refused("one_thing_is_struck_through", copy_of(row, entry_id=entry(w).pk))


def struck_through_for_a_reason(w: World) -> None:
    concern = factories.concern_at(w, None)
    statement = correcting.statement(concern)
    refused("struck_through_for_a_reason", copy_of(struck(w), statement_id=statement.pk, why=""))


def strike_append_only(w: World) -> None:
    append_only(struck(w), "why")


def what_counts_now_is_struck_through(w: World) -> None:
    row, says = struck(w), "what counts now in a logged concern"
    draft = factories.draft(w)
    refused(says, copy_of(row, statement_id=correcting.statement(draft).pk))
    concern = factories.logged(w)
    first = correcting.statement(concern)
    correcting.amend(w, concern)
    refused(says, copy_of(row, statement_id=first.pk))
    refused(says, copy_of(row, statement_id=correcting.statement(concern).pk, by_id=w.tom.pk))
    refused("by its own agency", copy_of(row, statement_id=None, entry_id=entry(w).pk, by_id=w.tom.pk))


def struck_statement_is_not_corrected(w: World) -> None:
    row = struck(w).statement
    assert row is not None
    changes = {"version": row.version + 1, "replaces_id": row.pk, "replaced_why": "It was the other arm."}
    refused("not corrected any more", copy_of(row, **changes))
    assert Statement.objects.filter(concern=row.concern, number=row.number).count() == 1


def chronology_entries_are_numbered(w: World) -> None:
    refused("chronology_entries_are_numbered", copy_of(entry(w), digest="0" * 64))


def the_same_entry_once(w: World) -> None:
    refused("the_same_entry_once", copy_of(entry(w), number=2))


def an_entry_says_what_and_whence(w: World) -> None:
    row = entry(w)
    for empty in ("text", "source"):
        changes = {"number": 2, "digest": "0" * 64, empty: ""}
        refused("an_entry_says_what_and_whence", copy_of(row, **changes))


def chronology_entry_append_only(w: World) -> None:
    append_only(entry(w), "text")


def an_entry_is_of_its_own_agency(w: World) -> None:
    changes = {"number": 2, "digest": "0" * 64, "author_id": w.tom.pk}
    refused("of the agency of whoever writes it", copy_of(entry(w), **changes))


def _import(w: World) -> ChronologyImport:
    return ChronologyImport.objects.create(
        agency=w.priya.agency, by=w.priya, asked_at=w.clock(), size=1, sha256="0" * 64
    )


def imported_only_after_it_was_read(w: World) -> None:
    row = _import(w)
    refused("imported_only_after_it_was_read", lambda: _update(row, "begun_at", w.clock()))


def import_finished_only_after_it_began(w: World) -> None:
    row = _import(w)
    refused("import_finished_only_after_it_began", lambda: _update(row, "finished_at", w.clock()))


def added_no_more_than_was_right(w: World) -> None:
    row = _import(w)
    refused("added_no_more_than_was_right", lambda: _update(row, "added", 1))


def import_is_never_deleted(w: World) -> None:
    row = _import(w)
    refused("import_is_never_deleted|Cannot delete", lambda: _delete(row))


def import_is_frozen(w: World) -> None:
    row = _import(w)
    refused("import_is_frozen|Cannot update", lambda: _update(row, "sha256", "1" * 64))
    refused("import_is_frozen|Cannot update", lambda: _update(row, "size", 2))


def _delete(row: ChronologyImport) -> None:
    sql("DELETE FROM records_chronologyimport WHERE uuid = %s", row.pk)


def _update(row: ChronologyImport, name: str, value: object) -> None:
    sql(f"UPDATE records_chronologyimport SET {name} = %s WHERE uuid = %s", value, row.pk)


def _line(w: World) -> ImportRow:
    return ImportRow.objects.create(batch=_import(w), line=2, state="WRONG")


def a_line_of_a_file_once(w: World) -> None:
    refused("a_line_of_a_file_once", copy_of(_line(w)))


def a_right_row_says_everything(w: World) -> None:
    refused("a_right_row_says_everything", copy_of(_line(w), line=3, state="RIGHT"))


def received_about_a_person_once(w: World) -> None:
    refused("received_about_a_person_once", copy_of(linked(w)))


def about_a_person_ended_when_by_whom_and_why(w: World) -> None:
    row, name = linked(w), "about_a_person_ended_when_by_whom_and_why"
    pairs(row, "ended_at", "ended_by_id", name, w)
    refused(name, set_raw(row, ended_at=w.clock(), ended_by_id=w.tom.pk, ended_why=""))


def about_a_person_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(linked(w)))


def about_a_person_never_changes(w: World) -> None:
    row = linked(w)
    other = factories.child(w, by=w.tom, first_name="Zora", last_name="Quist")
    refused("about_a_person_never_changes|Cannot update", set_raw(row, person_id=other.pk))


def about_a_person_ends_once(w: World) -> None:
    row = about.end_link_to_person(linked(w), by=w.tom, at=w.clock(), why="Only the same name.")
    refused("Cannot update", set_raw(row, ended_why="Another reason."))


def received_about_a_person_of_its_own(w: World) -> None:
    row = linked(w)
    says = "about a person of the agency that received it"
    refused(says, copy_of(row, person_id=factories.child(w).pk))
    other = factories.child(w, by=w.tom, first_name="Zora", last_name="Quist")
    unread = factories.exchange_at(w, State.SENT)
    refused(says, copy_of(row, person_id=other.pk, exchange_id=unread.pk))
    refused(says, copy_of(row, person_id=other.pk, linked_by_id=w.priya.pk))
