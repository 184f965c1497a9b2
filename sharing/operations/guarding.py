"""The one place where what is about to be told is looked through for protected details."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from agencies import deciding
from agencies.models import Membership
from agencies.operations import lead_of
from agencies.refusals import NeedsDecision
from audit import operations as audit
from notifications.models import Message
from records.models import Concern
from sharing import guard
from sharing.guard import Finding, Place
from sharing.guard.kept import protected_and_readers
from sharing.models import Action, Enquiry, Exchange, GuardDecision, Transfer
from sharing.operations import parties

Sent = Exchange | Enquiry | Action | Transfer


class ProtectedDetailFound(NeedsDecision):
    """What is about to be sent holds something that its recipient must not come to know.

    The sentences say which kind and where. The details themselves are in `findings`, for the page of
    whoever is sending, and nowhere else.
    """

    template = "components/protected_found.html"

    def __init__(
        self, findings: Sequence[Finding], *, recipient: Membership, seen: Iterable[str], also: str = ""
    ) -> None:
        self.findings, self.recipient, self.also = findings, recipient, also
        super().__init__(
            "This has not been sent: it holds something that must not reach whoever it goes to.",
            *(f"{one.label}: {one.where}." for one in findings),
            *([also] if also else []),
            seen=deciding.written(seen),
        )


def require_nothing_protected(
    about: Sent,
    *,
    concern: Concern,
    speaker: Membership,
    listener: Membership,
    texts: Iterable[Place],
    by: Membership,
    at: datetime,
) -> GuardDecision | None:
    """Let something be sent only where it holds nothing that its readers must not know, or by a decision.

    `about` is what is being sent, which is saved already; `texts` are all its places. With a decision in
    force (deciding.py) that covers everything found, that decision is written down and the lead of
    whoever sends it is told. The caller holds the lock of the concern.

    Raises ProtectedDetailFound.
    """
    protected, readers = protected_and_readers(concern, speaker=speaker, listener=listener, at=at)
    findings = guard.found(protected, texts, readers)
    if not findings:
        return None
    keys = {_key(one, listener) for one in findings}
    decision = deciding.current()
    seen = decision.seen if decision else frozenset()
    if decision is None or not keys <= seen:
        raise ProtectedDetailFound(findings, recipient=listener, seen=keys | seen)
    if not decision.why.strip():
        also = "Say why you send it all the same."
        raise ProtectedDetailFound(findings, recipient=listener, seen=seen, also=also)
    return _write_down(about, findings, decision.why, concern=concern, listener=listener, by=by, at=at)


def _key(one: Finding, listener: Membership) -> str:
    """Name a finding without saying what was found."""
    return f"{one.key}@{one.where}@{listener.pk}"


def _write_down(
    about: Sent,
    findings: Sequence[Finding],
    why: str,
    *,
    concern: Concern,
    listener: Membership,
    by: Membership,
    at: datetime,
) -> GuardDecision:
    found = [{"kind": one.kind, "where": one.where} for one in findings]
    written = GuardDecision.objects.create(
        concern=concern,
        reference=about.reference,
        exchange=about if isinstance(about, Exchange) else getattr(about, "exchange", None),
        recipient=listener,
        found=found,
        why=why,
        by=by,
        at=at,
    )
    # In another agency's concern it is for the sender's own agency alone: no event there, no other side.
    event = audit.record(
        "sharing.guard.sent_all_the_same",
        by=by,
        at=at,
        subject=about.reference,
        concern=concern.reference if concern.agency_id == by.agency_id else "",
        data={"found": found, "recipient": str(listener.pk)},
    )
    lead = lead_of(by)
    if lead is not None:
        parties.tell_if_possible(lead, Message.Kind.MANAGER, about=about, sender=by, at=at, event=event)
    return written
