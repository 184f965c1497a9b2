"""The bundle: every resource checked against the standard's own models, and written one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from records.models import Concern
from sharing.exports.fhir import acts, sayings, whom
from sharing.exports.reading import rows_of
from sharing.exports.tables import ALL

CONTENT_TYPE = "application/fhir+json"
Resource = dict[str, Any]


def resources_of(concern: Concern) -> Iterator[Resource]:
    """Give every resource of a concern: whom it is about first, what was done to it last."""
    tables = {table.name: table for table in ALL}
    read = {name: rows_of(table, concern) for name, table in tables.items()}
    people = list(read["people"])
    everybody = whom.Everybody(concern, people)
    yield from everybody.patients()
    yield from everybody.flags()
    yield from sayings.observations(everybody, read["statements"], read["strikes"], read["worries"])
    yield from acts.consents(everybody, read["views"], read["sharing_decisions"])
    yield from sayings.communications(everybody, read["exchanges"], read["items"], read["rounds"])
    yield from acts.tasks(everybody, read["actions"])
    yield from acts.audit_events(everybody, read["events"])
    yield from everybody.practitioners()


def write(concern: Concern, head: dict[str, Any]) -> Iterator[bytes]:
    """Give the bundle in pieces. `head` is what the other forms begin with; of it the moment is kept.

    Raises pydantic.ValidationError where a resource does not keep to the standard, which is a fault of ours.
    """
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": whom.identifier("concern", concern.reference),
        "timestamp": head["exported_at"],
    }
    yield (json.dumps(bundle, indent=1)[:-2] + ',\n "entry": [').encode()
    comma = ""
    for resource in resources_of(concern):
        entry = {"fullUrl": whom.full_url(resource), "resource": checked(resource)}
        yield f"{comma}\n  {json.dumps(entry, ensure_ascii=False)}".encode()
        comma = ","
    yield b"\n ]\n}\n"


def checked(resource: Resource) -> Resource:
    """Return a resource without what is empty, as the standard's model accepts it.

    The library is imported here, because it takes half a second that only an export needs.
    """
    from fhir.resources.R4B import get_fhir_model_class

    kept: Resource = _without_nothing(resource)
    get_fhir_model_class(resource["resourceType"]).model_validate(kept)
    return kept


def _without_nothing(value: Any) -> Any:
    """Leave out what is empty: FHIR has no empty texts, lists or objects."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [inner for inner in map(_without_nothing, value) if inner not in (None, "", [], {})]
    return value
