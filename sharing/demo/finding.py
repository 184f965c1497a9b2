"""Somebody with a former name among others of nearly the same name, a draft in jargon, and some words."""

from __future__ import annotations

from datetime import datetime, timedelta

from records import operations as records
from sharing.demo import steps
from sharing.demo.steps import Said, Tale, born

WEEK = timedelta(days=7)


def a_family_with_names_that_are_easily_misspelt(now: datetime) -> None:
    """Try Find with “katherine omalley”, “jayden pryce”, “reece” or “2016”."""
    by, at = steps.member("Priya Nair"), now - 6 * WEEK
    jaden = records.record_person(
        by=by, at=at, kind="CHILD", first_name="Jaden", last_name="Rhys", born_on=born(10, now)
    )
    records.change_person(jaden, by=by, at=at + WEEK, last_name="Price", known_as="Jay")
    mother = records.record_person(
        by=by, at=at, kind="PARENT_OR_CARER", first_name="Catherine", last_name="O’Malley-Price"
    )
    records.relate(jaden, mother, kind="PARENT", by=by, at=at)
    for first, last in (("Jayda", "Price"), ("Kathryn", "Malley"), ("Siân", "Reece")):
        records.record_person(by=by, at=at, kind="CHILD", first_name=first, last_name=last)


def a_draft_in_words_that_others_may_not_know(now: datetime) -> None:
    """Open the draft's statements as Anna Bell: advice stands below each, and holds nothing back."""
    tale = Tale(
        by=steps.member("Anna Bell"),
        clock=steps.working_morning(now, 1),
        about={"kind": "CHILD", "first_name": "Corey", "last_name": "Vance", "born_on": born(9, now)},
        said=[
            Said("FACT_SEEN", "He seems withdrawn and is often late. Was CIN, now NFA by the MASH.", "staff"),
            Said("REPORTED", "Mother is hard to reach. She DNA'd the TAF.", "School"),
            Said("OPINION", "I think it is neglect. On 3 November I saw mould of 30 cm.", "Me", rests_on=[1]),
        ],
        voice_why_not="He went home before anybody had spoken with him alone.",
        voice_plan="Speak with him on Monday in the library, where he likes to be.",
    )
    steps.draft(tale)


def words_of_the_school_and_of_the_partnership(now: datetime) -> None:
    """The school leaves one abbreviation alone and explains one of its own."""
    by, at = steps.member("Priya Nair"), now - 3 * WEEK
    records.add_word(by=by, at=at, term="SENCO", plain="", kind="ABBREVIATION", is_left_alone=True)
    records.add_word(
        by=by,
        at=at + timedelta(minutes=2),
        term="nest",
        plain="the quiet room beside the library",
        kind="JARGON",
    )


STORIES = (
    a_family_with_names_that_are_easily_misspelt,
    a_draft_in_words_that_others_may_not_know,
    words_of_the_school_and_of_the_partnership,
)
