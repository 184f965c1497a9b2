"""Pieces of the record as the components of the pages want them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from agencies.days import written
from records import rules, striking
from records.models import Person, Statement, Strike

COLOURS = {
    Statement.Kind.FACT_SEEN: "blue",
    Statement.Kind.FACT_HEARD: "blue",
    Statement.Kind.REPORTED: "orange",
    Statement.Kind.HISTORY: "grey",
    Statement.Kind.OPINION: "purple",
    Statement.Kind.VOICE: "teal",
}


# What every page says of an entry besides its kind, always in words.
STRUCK = {"text": "Struck through", "colour": "red"}
CORRECTED = {"text": "Corrected", "colour": "orange"}
LATE = {"text": "Written down late", "colour": "yellow"}
LATER = {"text": "Entered later", "colour": "grey"}


def marks(
    *, struck: bool = False, corrected: bool = False, late: bool = False, later: bool = False
) -> list[dict[str, str]]:
    """Return the marks of an entry for parts/statement.html, the same on every page."""
    found = ((struck, STRUCK), (corrected, CORRECTED), (late, LATE), (later, LATER))
    return [mark for is_so, mark in found if is_so]


def struck_through(strike: Strike | None) -> dict[str, str] | None:
    """Say who struck something through, when and why, for parts/statement.html."""
    if strike is None:
        return None
    return {"by": strike.by.full_name, "when": day_and_time(strike.at), "why": striking.in_words(strike)}


def day_and_time(at: datetime) -> str:
    """Say a moment in local time: “12 January 2027, 08:55”."""
    return written(timezone.localtime(at), "j F Y, H:i")


def happened(statement: Statement) -> str:
    """Say when it happened, as exactly as it is known."""
    note = statement.happened_note
    if statement.happened_at is None:
        return note
    if statement.time_is_known:
        return f"{day_and_time(statement.happened_at)}{f' ({note})' if note else ''}"
    return f"{written(timezone.localtime(statement.happened_at), 'j F Y')}, {note}"


def shown(statement: Statement, *, hours: int | None = None, strike: Strike | None = None) -> dict[str, Any]:
    """Return a statement for parts/statement.html. Its author and grounds are fetched already.

    `strike` is what struck it through. `hours` is within how many hours the agency wants things written
    down; without it nothing is marked late.
    """
    kind = Statement.Kind(statement.kind)
    label = f"Voice: {statement.get_voice_of_display().lower()}" if statement.voice_of else kind.label
    grounds = [f"S{ground.number} {ground.text}" for ground in statement.rests_on.all()]
    late = hours is not None and rules.is_late(statement, within=hours)
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
        "marks": marks(struck=strike is not None, corrected=statement.version > 1, late=late),
        "struck_through": struck_through(strike),
    }


def header(person: Person) -> dict[str, Any]:
    """Return a person for parts/person_header.html."""
    return {
        "name": person.name,
        "date_of_birth": person.born_on,
        "age": person.age_on(timezone.localdate()),
        "kind": person.get_kind_display(),
        "reference": person.reference,
        "safe_contact": person.safe_contact_rule,
        "communication": [person.communication_needs] if person.communication_needs else [],
    }
