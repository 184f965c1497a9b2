"""What is known and what was said.

Observation for statements and worry, Communication for exchanges and rounds, Task for what an exchange asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from records.models import Statement, Worry
from sharing.exports.fhir.whom import Everybody, Resource, code, identifier, key, reference, text
from sharing.models import Exchange
from sharing.rules import PROMPTS

Row = dict[str, Any]


def observations(
    everybody: Everybody, statements: Iterable[Row], strikes: Iterable[Row], worries: Iterable[Row]
) -> Iterator[Resource]:
    """Give each version of each statement, and each time that somebody said how worried they were."""
    rows = list(statements)
    no_longer = {(row["number"], row["replaces"]) for row in rows if row["replaces"]}
    no_longer |= {(row["statement"], row["version"]) for row in strikes}
    for row in rows:
        is_old = (row["number"], row["version"]) in no_longer
        name = f"{everybody.concern.reference}/S{row['number']}/{row['version']}"
        yield {
            "resourceType": "Observation",
            "id": key("statement", name),
            "identifier": [identifier("statement", name)],
            # What was amended or struck through stays readable, and is marked as what no longer counts.
            "status": "entered-in-error" if is_old else "amended" if row["replaces"] else "final",
            "code": code("statement-kind", row["kind"], Statement.Kind(row["kind"]).label),
            "subject": everybody.patient(row["about"]),
            "effectiveDateTime": row["happened_at"],
            "issued": row["entered_at"],
            "performer": [everybody.who(row["author"])],
            "valueString": row["text"],
            "note": [{"text": f"Source: {row['source']}"}, {"text": row["happened_note"]}],
        }
    for number, row in enumerate(worries, start=1):
        yield {
            "resourceType": "Observation",
            "id": key("worry", f"{everybody.concern.reference}/{number}"),
            "status": "final",
            "code": text("How worried somebody was"),
            "subject": everybody.patient(None),
            "effectiveDateTime": row["at"],
            "performer": [everybody.who(row["by"])],
            "valueCodeableConcept": code(
                "worry", str(row["level"]), f"{Worry.Level(row['level']).label}. "
                f"{Worry.Change(row['change']).label}"
            ),
            "note": [{"text": row["why"]}],
        }  # fmt: skip


def communications(
    everybody: Everybody, exchanges: Iterable[Row], items: Iterable[Row], rounds: Iterable[Row]
) -> Iterator[Resource]:
    """Give each exchange with what it asks of its listener, and each restatement in answer to it."""
    told: dict[str, list[Row]] = defaultdict(list)
    said: dict[str, list[Row]] = defaultdict(list)
    for row in items:
        told[row["exchange"]].append(row)
    for row in rounds:
        said[row["exchange"]].append(row)
    for row in exchanges:
        if row["sent_at"]:
            yield _exchange(everybody, row, told[row["reference"]])
            yield _asked(everybody, row)
            for one in said[row["reference"]]:
                yield _restatement(everybody, row, one)


def _exchange(everybody: Everybody, row: Row, items: list[Row]) -> Resource:
    gone = row["withdrawn_at"] or row["not_mine_at"]
    return {
        "resourceType": "Communication",
        "id": key("exchange", row["reference"]),
        "identifier": [identifier("exchange", row["reference"])],
        "inResponseTo": [reference("exchange", row["about"])] if row["about"] else [],
        "status": "stopped" if gone else "completed" if row["understood_at"] else "in-progress",
        "statusReason": text(row["withdrawn_why"]) if row["withdrawn_why"] else None,
        "category": [code("exchange-kind", row["kind"], Exchange.Kind(row["kind"]).label)],
        "subject": everybody.patient(None),
        "sent": row["sent_at"],
        "received": row["received_at"],
        "sender": everybody.who(row["speaker"]),
        "recipient": [everybody.who(row["listener"])],
        "reasonCode": [text(row["why_you"])] if row["why_you"] else [],
        "payload": [{"contentString": _item(item)} for item in items],
    }


def _item(item: Row) -> str:
    label = Statement.Kind(item["kind"]).label
    return f"{item['number']}. {item['text']} ({label}. Source: {item['source']})"


def _status(row: Row) -> str:
    """What FHIR calls where an exchange is. It has no word for “understood”: that is businessStatus."""
    if row["withdrawn_at"]:
        return "cancelled"
    if row["not_mine_at"]:
        return "rejected"
    if row["understood_at"]:
        return "completed"
    return "received" if row["received_at"] else "requested"


def _asked(everybody: Everybody, row: Row) -> Resource:
    state = "Understood, confirmed by the sender" if row["understood_at"] else "Not confirmed as understood"
    return {
        "resourceType": "Task",
        "id": key("asked", row["reference"]),
        "identifier": [identifier("exchange", row["reference"])],
        "status": _status(row),
        "businessStatus": text(state),
        "intent": "order",
        "priority": {"URGENT": "stat", "HIGH": "urgent"}.get(row["urgency"], "routine"),
        "description": row["what_i_ask"] or "Say back what you understood.",
        "focus": reference("exchange", row["reference"]),
        "for": everybody.patient(None),
        "authoredOn": row["sent_at"],
        "requester": everybody.who(row["speaker"]),
        "owner": everybody.who(row["listener"]),
        "restriction": {"period": {"end": row["respond_by"]}} if row["respond_by"] else None,
    }


def _restatement(everybody: Everybody, exchange: Row, row: Row) -> Resource:
    name = f"{exchange['reference']}/{row['number']}"
    answer = {"CONFIRMED": "Understood", "CORRECTED": "To be said again"}.get(row["outcome"], "Not checked")
    return {
        "resourceType": "Communication",
        "id": key("round", name),
        "identifier": [identifier("round", name)],
        "inResponseTo": [reference("exchange", exchange["reference"])],
        "status": "completed",
        "category": [code("round", row["outcome"] or "OPEN", answer)],
        "subject": everybody.patient(None),
        "sent": row["restated_at"],
        "received": row["checked_at"],
        "sender": everybody.who(exchange["listener"]),
        "recipient": [everybody.who(exchange["speaker"])],
        "payload": [
            {"contentString": f"{prompt}: {row[name]}"} for name, prompt in PROMPTS.items() if row[name]
        ],
        "note": [{"text": row["note"]}],
    }
