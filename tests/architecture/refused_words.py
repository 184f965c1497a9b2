"""What the database refuses of the words that are explained."""

from __future__ import annotations

from records import operations as records
from records.models import Word
from tests.architecture.refusing import copy_of, delete_raw, refused, set_raw
from tests.factories import World


def _word(w: World) -> Word:
    return records.add_word(
        by=w.school.lead, at=w.clock(), term="Huddle", plain="morning meeting", kind="JARGON"
    )


def word_of_an_agency_or_of_all(w: World) -> None:
    row, name = _word(w), "word_of_an_agency_or_of_all"
    refused(name, copy_of(row, term="Nest", agency_id=None))
    refused(name, copy_of(row, term="Nest", partnership_id=w.partnership.pk))


def word_has_plain_words(w: World) -> None:
    row = _word(w)
    refused("word_has_plain_words", copy_of(row, term="Nest", plain=""))
    refused("word_has_plain_words", copy_of(row, term=""))


def word_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = _word(w), "word_withdrawn_when_and_by_whom"
    refused(name, set_raw(row, withdrawn_at=w.clock()))
    refused(name, set_raw(row, withdrawn_by_id=w.school.lead.pk))


def a_word_once_an_agency(w: World) -> None:
    refused("a_word_once_an_agency", copy_of(_word(w), term="HUDDLE"))


def a_word_once_a_partnership(w: World) -> None:
    row = _word(w)
    everybodys = {"agency_id": None, "partnership_id": w.partnership.pk}
    copy_of(row, **everybodys)()
    refused("a_word_once_a_partnership", copy_of(row, term="huddle", **everybodys))


def word_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_word(w)))


def word_never_changes(w: World) -> None:
    refused("Cannot update", set_raw(_word(w), plain="meeting of the morning"))


def word_withdrawn_once(w: World) -> None:
    row = records.withdraw_word(_word(w), by=w.school.lead, at=w.clock())
    refused("Cannot update", set_raw(row, withdrawn_at=w.clock()))
