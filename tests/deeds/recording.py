"""The record: one way to do each operation."""

from __future__ import annotations

from typing import Any, cast

from records import operations as records
from records.entries import Words
from records.models import ChronologyImport, Concern, Statement
from tests import factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World


def _statement(concern: Concern, number: int) -> Statement:
    return concern.statements.get(number=number, version=1)


@deed(records.start_concern)
def _(w: World) -> Deed:
    return do(records.start_concern, by=w.priya, w=w, about=factories.child(w))


@deed(records.add_subject)
def _(w: World) -> Deed:
    return do(records.add_subject, factories.draft(w), by=w.priya, w=w, person=factories.child(w))


@deed(records.remove_subject)
def _(w: World) -> Deed:
    return do(records.remove_subject, factories.draft(w).subjects.get(), by=w.priya, w=w)


@deed(records.set_voice)
def _(w: World) -> Deed:
    return do(
        records.set_voice, factories.draft(w), by=w.priya, w=w, status="NOT_OBTAINED",
        why_not="He is asleep now.", plan="Ask him after lunch alone.",
    )  # fmt: skip


@deed(records.set_think_family)
def _(w: World) -> Deed:
    concern, sister = factories.draft(w), factories.child(w, first_name="Isla")
    means = {sister: "She is two and sees all of it."}
    return do(
        records.set_think_family, concern, by=w.priya, w=w, means=means, anybody_else="An uncle nearby."
    )


@deed(records.give_worry)
def _(w: World) -> Deed:
    why = "He flinched when I came near."
    return do(records.give_worry, factories.draft(w), by=w.priya, w=w, level=4, change="MORE", why=why)


@deed(records.log_concern)
def _(w: World) -> Deed:
    return do(records.log_concern, factories.draft(w), by=w.priya, w=w, late_why="The office was shut.")


@deed(records.discard_draft)
def _(w: World) -> Deed:
    return do(records.discard_draft, factories.draft(w), by=w.priya, w=w, why="Written twice by mistake.")


@deed(records.give_concern)
def _(w: World) -> Deed:
    return do(records.give_concern, factories.logged(w), by=w.priya, w=w, to=w.school.colleague)


@deed(records.add_statement)
def _(w: World) -> Deed:
    return do(
        records.add_statement, factories.logged(w), by=w.priya, w=w, kind="REPORTED",
        text="Fell off a trampoline.", source="His mother, by phone", happened_note="before nine",
    )  # fmt: skip


@deed(records.change_statement)
def _(w: World) -> Deed:
    row = _statement(factories.draft(w), 1)
    return do(records.change_statement, row, by=w.priya, w=w, text="Five marks, not four, in a row.")


@deed(records.remove_statement)
def _(w: World) -> Deed:
    return do(records.remove_statement, _statement(factories.draft(w), 3), by=w.priya, w=w)


@deed(records.amend_statement)
def _(w: World) -> Deed:
    row, why = _statement(factories.logged(w), 1), "I counted them again."
    return do(records.amend_statement, row, by=w.priya, w=w, why=why, text="Five marks on the arm.")


@deed(records.strike_statement)
def _(w: World) -> Deed:
    row = _statement(factories.concern_at(w, "SHARE"), 1)
    words = {"reason": "WRONG_PERSON", "why": "That was his brother."}
    return do(records.strike_statement, row, by=w.priya, w=w, **words)


def _entry(w: World, **words: Any) -> Words:
    said: dict[str, Any] = {
        "happened_at": factories.LONG_AGO, "precision": "DAY", "kind": "CONTACT", "source": "The old file",
        "text": "A health visitor found nobody at home.", **words,
    }  # fmt: skip
    return cast(Words, said)


@deed(records.add_entry)
def _(w: World) -> Deed:
    return do(records.add_entry, factories.child(w), by=w.priya, w=w, **_entry(w))


@deed(records.add_entries)
def _(w: World) -> Deed:
    batch = ChronologyImport.objects.create(
        agency=w.priya.agency, by=w.priya, asked_at=w.clock(), size=1, sha256="0" * 64
    )
    said = [_entry(w), _entry(w, text="The health visitor came again.")]
    return do(records.add_entries, factories.child(w), said, by=w.priya, w=w, batch=batch)


@deed(records.strike_entry)
def _(w: World) -> Deed:
    entry = records.add_entry(factories.child(w), by=w.priya, at=w.clock(), **_entry(w))
    words = {"reason": "WRONG_PERSON", "why": "That was his brother."}
    return do(records.strike_entry, entry, by=w.priya, w=w, **words)


@deed(records.protect_detail)
def _(w: World) -> Deed:
    return do(
        records.protect_detail, factories.child(w), by=w.priya, w=w, kind="SCHOOL", value="Ashdown Academy",
        kept_from="AGENCIES", agencies=[w.care.agency], why="His father works there.",
    )  # fmt: skip


@deed(records.end_protection)
def _(w: World) -> Deed:
    detail = records.protect_detail(
        factories.child(w), by=w.priya, at=w.clock(), kind="NAME", value="Amelia Hart",
        kept_from="EVERYBODY", why="It is her new name.",
    )  # fmt: skip
    return do(records.end_protection, detail, by=w.priya, w=w, why="Everybody may know it now.")


@deed(records.record_person)
def _(w: World) -> Deed:
    return do(records.record_person, by=w.priya, w=w, kind="CHILD", first_name="Isla", last_name="Marshall")


@deed(records.change_person)
def _(w: World) -> Deed:
    rule = "Never ring the landline at home."
    return do(records.change_person, factories.child(w), by=w.priya, w=w, safe_contact_rule=rule)


@deed(records.relate)
def _(w: World) -> Deed:
    sister, note = factories.child(w, first_name="Isla"), "Half-sister on the father's side"
    return do(records.relate, factories.child(w), sister, by=w.priya, w=w, kind="SIBLING", note=note)


@deed(records.end_relationship)
def _(w: World) -> Deed:
    one, other = factories.child(w), factories.child(w, first_name="Isla")
    row = records.relate(one, other, by=w.priya, at=w.clock(), kind="SIBLING")
    return do(records.end_relationship, row, by=w.priya, w=w)


@deed(records.add_word)
def _(w: World) -> Deed:
    return do(records.add_word, by=w.school.lead, w=w, term="TAS", plain="team around the school",
              kind="ABBREVIATION")  # fmt: skip


@deed(records.withdraw_word)
def _(w: World) -> Deed:
    word = records.add_word(by=w.school.lead, at=w.clock(), term="Huddle", plain="meeting", kind="JARGON")
    return do(records.withdraw_word, word, by=w.school.lead, w=w)
