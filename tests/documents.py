"""Documents for the tests of everything: a letter on a concern, and a disclosure that it goes with."""

from __future__ import annotations

import io
from typing import Any

from records import operations as records
from records.documents.looking import Looked, look
from records.models import Concern, Document
from sharing.models import Attachment, Exchange
from sharing.operations import check_back, disclosure
from tests import factories
from tests.factories import World
from tests.records.documents import making

LETTER: dict[str, Any] = {
    "title": "Letter from the hospital",
    "kind": "LETTER",
    "written_by": "Dr Imran Shah, paediatrician",
    "source": "By post on Friday",
    "made_note": "early in January",
}
WHY = "You decide on it, and it says what the doctor saw."


def looked(content: bytes | None = None, *, name: str = "letter.pdf") -> Looked:
    """A file that was looked into: a small PDF unless another is given."""
    return look(io.BytesIO(making.pdf() if content is None else content), name=name)


def letter(w: World, concern: Concern | None = None, content: Looked | None = None, **more: Any) -> Document:
    """A letter on a concern, which is a new one unless it is given."""
    concern = concern or factories.logged(w)
    words = {**LETTER, **more}
    return records.add_document(concern, by=concern.owner, at=w.clock(), content=content or looked(), **words)


def choice(number: int = 1, **more: Any) -> dict[str, Any]:
    """What `choose_items` needs to attach a document and share the first statement."""
    return {
        "share": [1],
        "key": [1],
        "held_back": {2: "Not needed.", 3: "Not needed."},
        "why_you": "You are on duty today.",
        "what_i_ask": "Decide today.",
        "urgency": "HIGH",
        "attach": {number: WHY},
        **more,
    }


def prepared(w: World, content: Looked | None = None, **more: Any) -> Exchange:
    """A disclosure that is ready to be sent, with a letter."""
    concern = factories.at_share(w)
    document = letter(w, concern, content)
    exchange = factories.prepared(w, concern, **more)
    return disclosure.choose_items(exchange, by=exchange.speaker, at=w.clock(), **choice(document.number))


def sent(w: World, content: Looked | None = None, **more: Any) -> Attachment:
    """A letter that went with a disclosure."""
    exchange = factories.dispatched(w, prepared(w, content, **more))
    return exchange.attachments.get()


def opened(w: World, content: Looked | None = None) -> Attachment:
    """A letter whose listener has opened what it came with, and not the letter."""
    attachment = sent(w, content)
    check_back.open_exchange(attachment.exchange, by=w.tom, at=w.clock())
    attachment.exchange.refresh_from_db()
    return attachment
