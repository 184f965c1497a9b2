"""Pieces of the record as the components of the pages want them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from records.models import Person, Statement

COLOURS = {
    Statement.Kind.FACT_SEEN: "blue",
    Statement.Kind.FACT_HEARD: "blue",
    Statement.Kind.REPORTED: "orange",
    Statement.Kind.HISTORY: "grey",
    Statement.Kind.OPINION: "purple",
    Statement.Kind.VOICE: "teal",
}


def day_and_time(at: datetime) -> str:
    """Say a moment in local time: “12 January 2027, 08:55”."""
    return date_format(timezone.localtime(at), "j F Y, H:i")


def happened(statement: Statement) -> str:
    """Say when it happened, as exactly as it is known."""
    note = statement.happened_note
    if statement.happened_at is None:
        return note
    if statement.time_is_known:
        return f"{day_and_time(statement.happened_at)}{f' ({note})' if note else ''}"
    return f"{date_format(timezone.localtime(statement.happened_at), 'j F Y')}, {note}"


def shown(statement: Statement) -> dict[str, Any]:
    """Return a statement for components/statement.html. Its author and grounds are fetched already."""
    kind = Statement.Kind(statement.kind)
    label = f"Voice: {statement.get_voice_of_display().lower()}" if statement.voice_of else kind.label
    grounds = [f"S{ground.number} {ground.text}" for ground in statement.rests_on.all()]
    return {
        "number": statement.number,
        "label": statement.label,
        "kind": {"text": label, "colour": COLOURS[kind]},
        "text": statement.text,
        "verbatim": statement.is_verbatim,
        "source": statement.source,
        "happened": happened(statement),
        "written": f"{day_and_time(statement.written_at)}, by {statement.author.full_name}",
        "reference": statement.label,
        "rests_on": grounds,
        "replaced_why": statement.replaced_why,
    }


def header(person: Person) -> dict[str, Any]:
    """Return a person for components/person_header.html."""
    return {
        "name": person.name,
        "date_of_birth": person.born_on,
        "age": person.age_on(timezone.localdate()),
        "kind": person.get_kind_display(),
        "reference": person.reference,
        "safe_contact": person.safe_contact_rule,
        "communication": [person.communication_needs] if person.communication_needs else [],
    }
