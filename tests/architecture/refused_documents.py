"""What the database refuses of documents, their versions, what a scanner said and attachments."""

from __future__ import annotations

from records.models import DocumentVersion, ScanResult, ScanToDo
from records.operations import documents as records
from sharing.models import AttachmentOpening
from sharing.operations import attachments, check_back
from tests import documents
from tests.architecture.refusing import append_only, copy_of, delete_raw, refused, set_raw
from tests.factories import World


def _version(w: World) -> DocumentVersion:
    return documents.letter(w).versions.get()


def documents_are_numbered(w: World) -> None:
    refused("documents_are_numbered", copy_of(documents.letter(w)))


def document_says_what_and_whence(w: World) -> None:
    row = documents.letter(w)
    for field in ("title", "written_by", "source"):
        refused("document_says_what_and_whence", copy_of(row, number=9, **{field: ""}))


def document_says_when_it_was_made(w: World) -> None:
    refused("document_says_when_it_was_made", copy_of(documents.letter(w), number=9, made_note=""))


def document_append_only(w: World) -> None:
    append_only(documents.letter(w), "title")


def document_versions_are_numbered(w: World) -> None:
    refused("document_versions_are_numbered", copy_of(_version(w), file_id=None))


def document_version_for_a_reason(w: World) -> None:
    row = _version(w)
    refused("document_version_for_a_reason", copy_of(row, number=2, file_id=None))
    refused("document_version_for_a_reason", copy_of(row, why="The first one.", file_id=None))


def document_copy_says_what_it_lacks(w: World) -> None:
    row = _version(w)
    changes = {"number": 2, "why": "Newer.", "file_id": None}
    refused("document_copy_says_what_it_lacks", copy_of(row, **changes, copy_size=9, copy_sha256="a" * 64))
    refused("document_copy_says_what_it_lacks", copy_of(row, **changes, left_out="the place"))


def document_version_has_a_content(w: World) -> None:
    refused("document_version_has_a_content", copy_of(_version(w), number=2, why="x", file_id=None, size=0))


def document_version_never_changes(w: World) -> None:
    row, other = _version(w), _version(w)
    refused("never changes", set_raw(row, name="other.pdf"))
    refused("never changes", set_raw(row, sha256="b" * 64))
    refused("never changes", set_raw(row, file_id=other.file_id))
    refused("never changes", set_raw(row, copy_id=other.file_id))


def document_version_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_version(w)))


def document_struck_for_a_reason(w: World) -> None:
    one, other = documents.letter(w), documents.letter(w)
    strike = records.strike_document(one, by=w.priya, at=w.clock(), why="A mistake.")
    refused("document_struck_for_a_reason", copy_of(strike, document_id=other.pk, why=""))


def document_strike_append_only(w: World) -> None:
    append_only(
        records.strike_document(documents.letter(w), by=w.priya, at=w.clock(), why="A mistake."), "why"
    )


def scan_result_append_only(w: World) -> None:
    row = ScanResult.objects.create(version=_version(w), outcome="CLEAN", at=w.clock())
    append_only(row, "outcome")


def scan_done_after_asked(w: World) -> None:
    at = w.clock()
    row = ScanToDo.objects.create(version=_version(w), asked_at=w.clock(), next_try_at=w.clock())
    refused("scan_done_after_asked", set_raw(row, done_at=at))


def attachments_are_numbered(w: World) -> None:
    row = documents.prepared(w).attachments.get()
    other = documents.letter(w, row.exchange.cycle.concern).versions.get()
    refused("attachments_are_numbered", copy_of(row, version_id=other.pk))


def attached_once(w: World) -> None:
    refused("attached_once", copy_of(documents.prepared(w).attachments.get(), number=2))


def attached_for_a_reason(w: World) -> None:
    refused("attached_for_a_reason", set_raw(documents.prepared(w).attachments.get(), why_needed=""))


def attachment_is_frozen(w: World) -> None:
    row = documents.sent(w)
    other = documents.letter(w, row.exchange.cycle.concern).versions.get()
    refused("what was sent never changes", set_raw(row, title="Another letter"))
    refused("what was sent never changes", set_raw(row, version_id=other.pk))
    refused("what was sent never changes", delete_raw(row))
    refused("what was sent never changes", copy_of(row, number=2, version_id=other.pk))


def attachment_is_of_the_same_concern(w: World) -> None:
    row, other = documents.prepared(w).attachments.get(), documents.letter(w).versions.get()
    refused("of the same concern", copy_of(row, number=2, version_id=other.pk))
    refused("of the same concern", set_raw(row, version_id=other.pk))


def _opening(w: World) -> AttachmentOpening:
    attachment = documents.opened(w)
    attachments.open_attachment(attachment, by=w.tom, at=w.clock())
    return attachment.openings.get()


def attachment_opened_first_once(w: World) -> None:
    refused("attachment_opened_first_once", copy_of(_opening(w)))


def attachment_opening_append_only(w: World) -> None:
    append_only(_opening(w), "at")


def attachment_opened_while_open(w: World) -> None:
    row = _opening(w)
    unopened = documents.sent(w)
    refused("still open", copy_of(row, attachment_id=unopened.pk))
    closed = documents.opened(w)
    check_back.withdraw(closed.exchange, by=w.priya, at=w.clock(), why="By mistake.")
    refused("still open", copy_of(row, attachment_id=closed.pk))
