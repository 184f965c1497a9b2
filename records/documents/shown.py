"""Documents as the pages say them."""

from __future__ import annotations

from typing import Any

from agencies.addresses import reverse
from agencies.days import written
from records import texts
from records.documents.kinds import KINDS, size_in_words
from records.documents.states import SENTENCES, TAGS, Scan, is_open

STRUCK = {"text": "Struck through", "colour": "grey"}


def made(document: Any) -> str:
    """Say when a document was made, as exactly as it is known."""
    if document.made_on is None:
        return str(document.made_note)
    day = written(document.made_on, "j F Y")
    return f"{day}, {document.made_note}" if document.made_note else day


def content(kind: str, size: int) -> str:
    """Say what a content is: “PDF, 1.2 MB”."""
    return f"{KINDS[kind].words}, {size_in_words(size)}"


def line(document: Any, reference: str) -> dict[str, Any]:
    """One document of a list, for parts/task_list.html."""
    struck = hasattr(document, "strike")
    hint = [document.get_kind_display(), f"by {document.written_by}", made(document)]
    more = f", version {document.newest}" if document.newest > 1 else ""
    return {
        "title": f"{document.label} {document.title}",
        "hint": f"{'. '.join([', '.join(hint), content(document.found_kind, document.size) + more])}.",
        "href": reverse("document", args=[reference, document.number]),
        "status": STRUCK if struck else TAGS[Scan(document.scan)],
    }


def facts(document: Any) -> list[dict[str, Any]]:
    """What a document says of itself, for parts/summary_list.html."""
    rows = [
        ("Kind", document.get_kind_display()),
        ("Written or made by", document.written_by),
        ("When it was made", made(document)),
        ("How it came to us", document.source),
        ("About", document.about.name if document.about else ""),
        ("Added", f"{texts.day_and_time(document.added_at)}, by {document.added_by.full_name}"),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def version(one: Any, document: Any) -> dict[str, Any]:
    """One version with what is known of its content, and where it is fetched where it may be."""
    state = Scan(one.scan)
    reference = document.concern.reference
    rows = [
        ("File", f"{one.name}\n{content(one.kind, one.size)}"),
        ("Added", f"{texts.day_and_time(one.added_at)}, by {one.added_by.full_name}"),
        ("Why", one.why),
        ("Others are given", f"A copy without {one.left_out}" if one.left_out else ""),
        ("Fingerprint of the file (SHA-256)", in_groups(one.sha256)),
        ("Fingerprint of the copy (SHA-256)", in_groups(one.copy_sha256)),
    ]
    return {
        "number": one.number,
        "rows": [{"key": key, "value": value} for key, value in rows if value],
        "tag": TAGS[state],
        "sentence": SENTENCES[state],
        "href": (
            reverse("document-file", args=[reference, document.number, one.number]) if is_open(state) else ""
        ),
    }


def in_groups(digest: str) -> str:
    """Write a digest in groups of eight, which can be compared by eye and break on a narrow screen."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
