"""What was decided and done: Consent for views and decisions, Task for actions, AuditEvent for the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from consent.models import SharingDecision, View
from sharing.exports.fhir.whom import SYSTEM, Everybody, Resource, code, identifier, key

Row = dict[str, Any]
SCOPE = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
}
SHARED = {SharingDecision.Outcome.SHARE, SharingDecision.Outcome.SHARE_PART}


def consents(everybody: Everybody, views: Iterable[Row], decisions: Iterable[Row]) -> Iterator[Resource]:
    """Give what each person said about sharing, and what was decided, each under what it rests on."""
    concern = everybody.concern.reference
    for number, row in enumerate(views, start=1):
        label = View.Answer(row["answer"]).label
        yield {
            "resourceType": "Consent",
            "id": key("view", f"{concern}/{number}"),
            "status": "active",
            "scope": SCOPE,
            "category": [code("consent", "view", "What the person said about sharing")],
            "patient": everybody.patient(row["person"]),
            "dateTime": row["asked_at"] or row["recorded_at"],
            "performer": [everybody.who(row["recorded_by"])],
            "policyRule": code("view", row["answer"], f"{label}. {row['their_words']}".strip()),
        }
    for number, row in enumerate(decisions, start=1):
        bases = [row[name] for name in ("article_6", "article_9", "paragraph_18", "confidentiality")]
        label = SharingDecision.Outcome(row["outcome"]).label
        yield {
            "resourceType": "Consent",
            "id": key("decision", f"{concern}/{number}"),
            "status": "active",
            "scope": SCOPE,
            "category": [code("consent", "decision", "Decision on sharing")],
            "patient": everybody.patient(row["person"]),
            "dateTime": row["decided_at"],
            "performer": [everybody.who(row["decided_by"])],
            "policyRule": code("decision", row["outcome"], f"{label}. {row['rationale']}".strip()),
            "provision": {
                "type": "permit" if row["outcome"] in SHARED else "deny",
                "purpose": [{"system": f"{SYSTEM}/lawful-basis", "code": basis} for basis in bases if basis],
            },
        }


def _status(row: Row) -> str:
    if row["withdrawn_at"]:
        return "cancelled"
    if row["declined_at"]:
        return "rejected"
    if row["checked_at"]:
        return "completed"
    return "accepted" if row["accepted_at"] else "requested"


def tasks(everybody: Everybody, actions: Iterable[Row]) -> Iterator[Resource]:
    """Give each agreed action."""
    for row in actions:
        yield {
            "resourceType": "Task",
            "id": key("action", row["reference"]),
            "identifier": [identifier("action", row["reference"])],
            "status": _status(row),
            "intent": "order",
            "description": row["what"],
            "for": everybody.patient(None),
            "authoredOn": row["proposed_at"],
            "requester": everybody.who(row["proposed_by"]),
            "owner": everybody.who(row["owner"]),
            "restriction": {"period": {"end": row["due_at"]}} if row["due_at"] else None,
            "note": [{"text": row["contingency"]}],
        }


def audit_events(everybody: Everybody, events: Iterable[Row]) -> Iterator[Resource]:
    """Give each act on the concern, in its order."""
    for row in events:
        yield {
            "resourceType": "AuditEvent",
            "id": key("event", str(row["id"])),
            "type": {"system": f"{SYSTEM}/verb", "code": row["verb"]},
            "recorded": row["recorded_at"],
            "period": {"start": row["at"], "end": row["recorded_at"]}
            if row["at"] <= row["recorded_at"]
            else None,
            "agent": [{"who": {"display": row["actor"]}, "requestor": True, "altId": row["agency"]}],
            "source": {"observer": {"display": "Check Back"}},
            "entity": [{"what": {"identifier": identifier("subject", row["subject"])}}],
        }
