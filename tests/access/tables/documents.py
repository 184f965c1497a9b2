"""Documents belong to the agency whose concern it is; others are given only what was attached for them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from records.models import Document
from sharing.models import Attachment
from sharing.operations import check_back
from tests import documents
from tests.access import cast as who
from tests.access.page import Page, Table
from tests.access.scene import Scene
from tests.records.documents import making

OURS = who.OUR_AGENCY
WORDS = {key: documents.LETTER[key] for key in ("title", "kind", "written_by", "source", "made_note")}


class Upload(SimpleUploadedFile):
    """A file that can be sent again and again."""

    def read(self, *args: Any) -> Any:
        self.seek(0)
        return super().read()


def a_pdf(*more: bytes) -> Upload:
    return Upload("letter.pdf", making.pdf(*more), "application/pdf")


def document(scene: Scene) -> Document:
    """A letter on a concern of the owner's."""
    return scene.keep("document", lambda: documents.letter(scene.world))


def of_the_document(scene: Scene, **more: Any) -> dict[str, Any]:
    one = document(scene)
    return {"reference": one.concern.reference, "number": one.number, **more}


def concern(scene: Scene) -> dict[str, Any]:
    return {"reference": document(scene).concern.reference}


def elsewhere(scene: Scene, **more: Any) -> list[dict[str, Any]]:
    """A number that the concern has no document of."""
    return [of_the_document(scene, **{**more, "number": 99})]


def attachment(scene: Scene) -> Attachment:
    """A letter that went to the listener, who has opened what it came with."""

    def make() -> Attachment:
        one = documents.sent(scene.world)
        check_back.open_exchange(one.exchange, by=scene.world.tom, at=scene.world.clock())
        return one

    return scene.keep("attachment", make)


def of_the_attachment(scene: Scene, number: int = 1) -> dict[str, Any]:
    return {"reference": attachment(scene).exchange.reference, "number": number}


PAGES: Table = {
    "documents": Page(sees=OURS, args=concern),
    "document-add": Page(
        sees=OURS,
        acts=OURS,
        args=concern,
        data=lambda s: {**WORDS, "file": a_pdf()},
        typed=("title", "written_by", "source", "made_note"),
    ),
    "document": Page(sees=OURS, args=of_the_document, foreign=elsewhere),
    "document-renew": Page(
        sees=OURS,
        acts=OURS,
        args=of_the_document,
        data=lambda s: {"file": a_pdf(b"% signed\n"), "why": "The signed copy came."},
        typed=("why",),
        foreign=elsewhere,
    ),
    "document-strike": Page(
        sees=OURS,
        acts=OURS,
        args=of_the_document,
        data=lambda s: {"why": "It is about another child."},
        typed=("why",),
        foreign=elsewhere,
    ),
    "document-file": Page(
        sees=OURS,
        args=lambda s: of_the_document(s, version=1),
        foreign=lambda s: [*elsewhere(s, version=1), of_the_document(s, version=9)],
    ),
    "attachment-file": Page(
        sees=who.SPEAKING | who.LISTENING,
        acts=who.LISTENING,
        by=who.LISTENER,
        args=of_the_attachment,
        foreign=lambda s: [of_the_attachment(s, number=9)],
        only_post=True,
        done=200,
    ),
}
