"""Every write to the record: each locks its row, checks, changes and audits in one transaction."""

from records.operations.break_glass import break_glass, end_break_glass, review_break_glass
from records.operations.concerns import (
    add_subject,
    discard_draft,
    give_concern,
    give_worry,
    log_concern,
    remove_subject,
    set_think_family,
    set_voice,
    start_concern,
)
from records.operations.documents import add_document, add_version, strike_document
from records.operations.entries import add_entries, add_entry
from records.operations.imports import begin_adding, start_import
from records.operations.people import change_person, end_relationship, record_person, relate
from records.operations.protection import end_protection, protect_detail
from records.operations.references import next_reference
from records.operations.restriction import change_named, end_restriction, restrict
from records.operations.statements import add_statement, amend_statement, change_statement, remove_statement
from records.operations.striking import strike_entry, strike_statement
from records.operations.words import add_word, withdraw_word

__all__ = [
    "add_document",
    "add_entries",
    "add_entry",
    "add_statement",
    "add_subject",
    "add_version",
    "add_word",
    "amend_statement",
    "begin_adding",
    "break_glass",
    "change_named",
    "change_person",
    "change_statement",
    "discard_draft",
    "end_break_glass",
    "end_protection",
    "end_relationship",
    "end_restriction",
    "give_concern",
    "give_worry",
    "log_concern",
    "next_reference",
    "protect_detail",
    "record_person",
    "relate",
    "remove_statement",
    "remove_subject",
    "restrict",
    "review_break_glass",
    "set_think_family",
    "set_voice",
    "start_concern",
    "start_import",
    "strike_document",
    "strike_entry",
    "strike_statement",
    "withdraw_word",
]
