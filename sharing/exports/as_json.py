"""A concern as one JSON document, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from records.models import Concern
from sharing.exports.reading import plainly, tables_of
from sharing.exports.tables import FORMAT

CONTENT_TYPE = "application/json"
OWN = (
    "reference", "urgency", "voice_status", "voice_not_obtained_why", "voice_plan", "think_family",
    "late_why", "started_at", "logged_at",
)  # fmt: skip


def head_of(concern: Concern, *, at: datetime, by: str, purpose: str, for_whom: str) -> dict[str, Any]:
    """Return what stands before the tables: the format, who made the export when and why, and the concern."""
    own = {name: plainly(getattr(concern, name)) for name in OWN}
    own |= {"agency": concern.agency.name, "owner": concern.owner.label}
    return {
        "format": FORMAT,
        "exported_at": plainly(at),
        "exported_by": by,
        "purpose": purpose,
        "for_whom": for_whom,
        "concern": own,
    }


def write(concern: Concern, head: dict[str, Any]) -> Iterator[bytes]:
    """Give the document in pieces, so that its length takes no memory."""
    yield (json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "tables": {').encode()
    between = ""
    for table, rows in tables_of(concern):
        yield f'{between}\n  "{table.name}": ['.encode()
        comma = ""
        for row in rows:
            yield f"{comma}\n   {json.dumps(row, ensure_ascii=False)}".encode()
            comma = ","
        yield b"]"
        between = ","
    yield b"\n }\n}\n"
