"""Documents and what they are attached to: one way to do each operation."""

from __future__ import annotations

from records.operations import documents as records
from sharing.operations import attachments
from tests import documents, factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import World
from tests.records.documents import making


@deed(records.add_document)
def _(w: World) -> Deed:
    concern = factories.logged(w)
    return do(records.add_document, concern, by=w.priya, w=w, content=documents.looked(), **documents.LETTER)


@deed(records.add_version)
def _(w: World) -> Deed:
    newer = documents.looked(making.pdf(b"% signed\n"))
    return do(
        records.add_version, documents.letter(w), by=w.priya, w=w, content=newer, why="The signed copy came."
    )


@deed(records.strike_document)
def _(w: World) -> Deed:
    why = "It is about another child of that name."
    return do(records.strike_document, documents.letter(w), by=w.priya, w=w, why=why)


@deed(attachments.open_attachment)
def _(w: World) -> Deed:
    return do(attachments.open_attachment, documents.opened(w), by=w.tom, w=w)
