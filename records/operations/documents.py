"""Documents: added, added to by a new version, struck through as a mistake. None of it ever overwrites."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from agencies.models import Membership
from agencies.operations import files
from agencies.refusals import OutOfDate, Refused
from audit.operations import record
from records.documents.looking import Looked
from records.documents.models import Document, DocumentStrike, DocumentVersion, ScanToDo
from records.documents.states import is_scanned_here
from records.models import Concern, Person
from records.operations.locks import lock_concern
from records.verbs import Verb

# Nobody fills the record up, by mistake or not.
DOCUMENTS_AT_MOST = 300
FILES_A_DAY_AT_MOST = 100


class NotADocument(Refused):
    """Something that every document says of itself is missing or cannot be true."""


class StruckThrough(Refused):
    """The document is a mistake, so nothing is added to it."""


class TooMany(Refused):
    """A concern holds as many documents as it may, or somebody has added as many as one does in a day."""


@transaction.atomic
def add_document(
    concern: Concern,
    *,
    by: Membership,
    at: datetime,
    content: Looked,
    title: str,
    kind: str,
    written_by: str,
    source: str,
    made_on: date | None = None,
    made_note: str = "",
    about: Person | None = None,
) -> Document:
    """Add a document to a draft or a logged concern, with its first version.

    `made_on` or `made_note` is needed: when it was made, exactly or roughly. `content` is a file that was
    looked into. Raises NotAllowed, NotADraft (discarded), NotADocument, TooMany.
    """
    locked = lock_concern(concern, by=by)
    wrong = [
        (not title.strip(), "Say what the document is."),
        (kind not in Document.Kind.values, "Choose what kind of document it is."),
        (not written_by.strip(), "Say who wrote or made it."),
        (not source.strip(), "Say where it comes from."),
        (made_on is None and not made_note.strip(), "Say when it was made, or roughly when."),
        (
            made_on is not None and made_on > timezone.localdate(at),
            "It cannot have been made in the future.",
        ),
        (
            about is not None and not locked.subjects.filter(person=about).exists(),
            "Choose whom it is about from the people on this concern.",
        ),
    ]
    sentences = [sentence for is_wrong, sentence in wrong if is_wrong]
    if sentences:
        raise NotADocument(*sentences)
    number = (locked.documents.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > DOCUMENTS_AT_MOST:
        raise TooMany(f"This concern has {DOCUMENTS_AT_MOST} documents. Put what is left into one PDF first.")
    document = Document.objects.create(
        concern=locked, number=number, title=title, kind=kind, written_by=written_by, source=source,
        made_on=made_on, made_note=made_note, about=about, added_by=by, added_at=at,
    )  # fmt: skip
    version = _keep(document, content, number=1, why="", by=by, at=at)
    _write_down(Verb.DOCUMENT_ADDED, version, by=by, at=at)
    return document


@transaction.atomic
def add_version(
    document: Document,
    *,
    by: Membership,
    at: datetime,
    content: Looked,
    why: str,
    seen_version: int | None = None,
) -> DocumentVersion:
    """Add a version to a document. The ones before stay, and whoever was given one still has that one.

    `seen_version` is the number of the version that the page showed. Raises NotAllowed, NotADraft,
    StruckThrough, OutOfDate where a colleague added one meanwhile, NotADocument.
    """
    lock_concern(document.concern, by=by)
    if DocumentStrike.objects.filter(document=document).exists():
        raise StruckThrough(
            f"{document.label} has been struck through as a mistake. Add this as a document of its own."
        )
    if not why.strip():
        raise NotADocument("Say why there is a new version.")
    newest = document.versions.select_related("added_by__user").latest("number")
    if seen_version is not None and seen_version != newest.number:
        raise OutOfDate(
            f"{newest.added_by.full_name} added version {newest.number} of {document.label} before you.",
            "Look at that first. What you wrote is kept; choose the file again if you still want to add it.",
        )
    version = _keep(document, content, number=newest.number + 1, why=why, by=by, at=at)
    if version.sha256 == newest.sha256:
        raise NotADocument(
            f"This is the same file as version {newest.number}, to the letter. Choose the new one."
        )
    _write_down(Verb.DOCUMENT_RENEWED, version, by=by, at=at)
    return version


@transaction.atomic
def strike_document(document: Document, *, by: Membership, at: datetime, why: str) -> DocumentStrike:
    """Strike a document through as a mistake. It stays readable to those who may, and says so everywhere.

    Raises NotAllowed, NotADraft, NotADocument without a reason, StruckThrough where it is already.
    """
    locked = lock_concern(document.concern, by=by)
    if not why.strip():
        raise NotADocument("Say why it is a mistake, so that readers understand.")
    before = DocumentStrike.objects.filter(document=document).select_related("by__user").first()
    if before is not None:
        raise StruckThrough(f"{before.by.full_name} has struck {document.label} through already.")
    strike = DocumentStrike.objects.create(document=document, why=why, by=by, at=at)
    record(
        Verb.DOCUMENT_STRUCK,
        by=by,
        at=at,
        subject=locked.reference,
        concern=locked.reference,
        data={"document": document.label},
    )
    return strike


def _keep(
    document: Document, content: Looked, *, number: int, why: str, by: Membership, at: datetime
) -> DocumentVersion:
    """Keep a content and the copy for others, and have it scanned where a scanner is set up."""
    today = DocumentVersion.objects.filter(added_by=by, added_at__gt=at - timedelta(days=1))
    if today.count() >= FILES_A_DAY_AT_MOST:
        raise TooMany(
            f"You have added {FILES_A_DAY_AT_MOST} files since this time yesterday. "
            "Go on tomorrow, or ask a colleague."
        )
    file = files.keep(content.portions(), at=at)
    copy = files.keep(content.cleaned(), at=at) if content.cleaned else None
    version = DocumentVersion.objects.create(
        document=document,
        number=number,
        file=file,
        copy=copy,
        name=content.name,
        kind=content.kind.code,
        size=file.size,
        sha256=file.sha256,
        copy_size=copy.size if copy else None,
        copy_sha256=copy.sha256 if copy else "",
        left_out=content.left_out,
        why=why,
        added_by=by,
        added_at=at,
    )
    if is_scanned_here():
        ScanToDo.objects.create(version=version, asked_at=at, next_try_at=at)
    return version


def _write_down(verb: Verb, version: DocumentVersion, *, by: Membership, at: datetime) -> None:
    """Audit what was added by its digest: the event shows later that the content is still the same."""
    concern = version.document.concern.reference
    data = {
        "document": version.document.label,
        "document_version": version.number,
        "kind": version.kind,
        "size": version.size,
        "sha256": version.sha256,
    }
    if version.copy_sha256:
        data["copy_sha256"] = version.copy_sha256
    record(verb, by=by, at=at, subject=concern, concern=concern, data=data)
