"""Documents that go with a disclosure: chosen with a reason, frozen with it, opened by its listener."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import Membership
from agencies.prepared import Prepared
from agencies.refusals import Refused
from records.documents.shown import made
from records.documents.states import Scan, is_open, scan_state
from records.models import Concern, DocumentVersion
from sharing.models import Attachment, AttachmentOpening, Exchange
from sharing.operations import parties
from sharing.operations.check_back import lock_exchange


class NotOpen(Refused):
    """The content of an attachment cannot be given to this person now."""


def choices(concern: Concern) -> list[Any]:
    """Return the newest version of each document that can be attached, with its `scan`, by number.

    A document that was struck through, holds malware or has been disposed of is not among them.
    """
    rows = (
        DocumentVersion.objects.filter(document__concern=concern, document__strike__isnull=True)
        .order_by("document__number", "-number")
        .distinct("document__number")
        .annotate(scan=scan_state())
        .select_related("document")
    )
    return [one for one in rows if one.scan not in (Scan.INFECTED, Scan.GONE)]


def choose(exchange: Exchange, attach: Mapping[int, str]) -> None:
    """Put the documents that go with a disclosure, by number and each with why, in place of those before.

    In the transaction of `disclosure.choose_items`, which holds the lock. Raises Refused.
    """
    offered = {one.document.number: one for one in choices(exchange.cycle.concern)} if attach else {}
    missing = sorted(number for number in attach if number not in offered)
    if missing:
        labels = ", ".join(f"D{number}" for number in missing)
        raise Refused(f"This cannot be attached any more: {labels}. Look at the documents and choose again.")
    for number, why in attach.items():
        if not why.strip():
            raise Refused(f"Say why they need D{number}, or leave it out.")
    exchange.attachments.all().delete()
    Attachment.objects.bulk_create(
        _copy(exchange, offered[document], number, attach[document])
        for number, document in enumerate(sorted(attach), start=1)
    )


def _copy(exchange: Exchange, version: DocumentVersion, number: int, why: str) -> Attachment:
    """Freeze what is said of a document, and which of its versions it is."""
    document = version.document
    return Attachment(
        exchange=exchange,
        number=number,
        version=version,
        title=document.title,
        kind=document.kind,
        written_by=document.written_by,
        source=document.source,
        made=made(document),
        why_needed=why,
        content_kind=version.kind,
        size=version.copy_size or version.size,
        sha256=version.copy_sha256 or version.sha256,
        left_out=version.left_out,
    )


CHOSEN = Prepared(
    lambda *, exchange: Attachment.objects.filter(exchange=exchange).select_related("version__document")
)


def missing_before_sending(exchange: Exchange, chosen: Sequence[Attachment]) -> list[str]:
    """Say which of the attachments that were chosen cannot go with a disclosure as it was prepared."""
    if not chosen:
        return []
    offered = {one.document_id: one for one in choices(exchange.cycle.concern)}
    sentences = []
    for one in chosen:
        label, now = one.version.document.label, offered.get(one.version.document_id)
        if now is None:
            sentences.append(
                f"{label} cannot be sent any more: look at it under documents, and leave it out."
            )
        elif now.pk != one.version_id:
            sentences.append(f"There is a newer version of {label} since you chose. Choose again.")
    return sentences


@transaction.atomic
def open_attachment(attachment: Attachment, *, by: Membership, at: datetime) -> DocumentVersion:
    """Write down, the first time, that somebody on the listener's side opened it; return its version.

    Raises NotOpen where it was withdrawn, was not theirs, has not been opened itself, or the file is closed.
    """
    exchange, _ = lock_exchange(attachment.exchange)
    if exchange.sent_at is None or exchange.withdrawn_at or exchange.not_mine_at:
        raise NotOpen("This was withdrawn or was not for you, so its attachments are closed.")
    if exchange.opened_at is None:
        raise NotOpen("Open what you were told first. Its attachments come with it.")
    version = DocumentVersion.objects.annotate(scan=scan_state()).get(pk=attachment.version_id)
    require_open_to_others(version)
    if not AttachmentOpening.objects.filter(attachment=attachment, by=by).exists():
        AttachmentOpening.objects.create(attachment=attachment, by=by, at=at)
        parties.write_down(
            "sharing.attachment.opened", by=by, at=at, about=exchange, attachment=attachment.number
        )
    return version


def require_open_to_others(version: Any) -> None:
    """Raise NotOpen where a version that came with its `scan` cannot be given to others."""
    state = Scan(version.scan)
    if state == Scan.INFECTED:
        raise NotOpen("Malware was found in this document, so nobody can open it. Ask whoever sent it.")
    if state == Scan.GONE:
        raise NotOpen("The content of this document has been disposed of.")
    if not is_open(state):
        raise NotOpen(
            "This document is still to be scanned for malware.",
            "Try again in a minute. If it goes on, ring whoever sent it.",
        )
