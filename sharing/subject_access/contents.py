"""What whoever asked gets, word for word: the page that shows it and the PDF are made of this and of
nothing else.

Everything here has been redacted: what is held back is not in it. `digest` names exactly this; a
second person
checks that digest, and a bundle is made of no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from sharing.models import (
    AccessPiece,
    AccessRequest,
    DisclosureHold,
    HeldWord,
    HoldDecision,
    PieceDecision,
)
from sharing.subject_access import grounds
from sharing.subject_access.parts import PART, Segment, Words, leaks, plain, redact, split

Answer = PieceDecision.Answer

CORRECTING = (
    "If something in it is wrong, you can ask us to correct it. You can also ask us to erase it or to use it "
    "less, or object to how we use it; the law says when we must do so (UK GDPR, articles 16 to 21)."
)
COMPLAINING = (
    "If you are not content with this answer, tell us, and we look at it again (Data Protection Act 2018, "
    "section 164A). You can also complain to the Information Commissioner’s Office: ico.org.uk, telephone "
    "0303 123 1113, Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF. You can also go to court."
)
RIGHTS = (CORRECTING, COMPLAINING)
ALL_DUE = "This is all the personal data that you are entitled to receive in answer to your request."
USED_FOR = (
    "We hold it to protect children and adults from harm. The parts headed “Told as” say whom we "
    "told and when; "
    "the other parts say where each thing came from. Our privacy notice says how long we keep it."
)
BARS = "Where words are held back, it says so in square brackets: [held back: …]."
TITLE = "Answer to a subject access request"
# What the template itself says. Words that stand in here are not taken to be held back: nobody could read it.
HEADINGS = "What is enclosed. What is held back. Your rights. Contents. Page of. On paper."
LABELS = "Source. By. Reference. To. About. Your request of. Version. Made on. Given by."
FIXED = (TITLE, ALL_DUE, USED_FOR, BARS, *RIGHTS, HEADINGS, LABELS)


@dataclass
class Shown:
    """One piece as it stands: its row, what was decided last, and what of it would go out."""

    piece: AccessPiece
    decision: PieceDecision | None
    holds: list[Any]
    undecided_holds: list[Any]
    kept_back: bool
    heading: str = ""
    dated: str = ""
    source: list[Segment] = field(default_factory=list)
    author: list[Segment] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def goes_out(self) -> bool:
        return self.decision is not None and self.decision.answer != Answer.HOLD

    @property
    def has_bars(self) -> bool:
        return any(one.is_held for one in (*self.segments, *self.source, *self.author))

    @property
    def is_in_the_way(self) -> bool:
        """Say whether it stops the bundle: not decided, or on hold and not released."""
        if self.decision is None:
            return True
        return self.goes_out and (bool(self.undecided_holds) or self.kept_back)


@dataclass
class Contents:
    """All pieces as they stand, and the letter that goes before them."""

    request: AccessRequest
    shown: list[Shown]
    words: list[HeldWord]

    @property
    def held_words(self) -> list[Words]:
        return [Words(one.words, one.get_instead_display()) for one in self.words]

    @property
    def going_out(self) -> list[Shown]:
        return [one for one in self.shown if one.goes_out]

    @property
    def held_back(self) -> list[Shown]:
        """Those of which something or all is held back."""
        return [one for one in self.shown if one.decision and (not one.goes_out or one.has_bars)]

    @property
    def in_the_way(self) -> list[Shown]:
        return [one for one in self.shown if one.is_in_the_way]

    @property
    def grounds(self) -> set[str]:
        """The grounds on which anything is held back; of words only those that stood in something."""
        said = {one.decision.ground for one in self.shown if one.decision and one.decision.ground}
        barred = any(segment.is_held and PART not in segment.text for one in self.going_out
                     for segment in (*one.segments, *one.source, *one.author))  # fmt: skip
        return said | ({one.ground for one in self.words} if barred else set())

    @property
    def letter(self) -> dict[str, Any]:
        """The facts of the letter. Days are in numbers, so that no name of a month is in it."""
        told = grounds.told(self.grounds)
        return {
            "title": TITLE,
            "reference": self.request.reference,
            "agency": self.request.agency.name,
            "to": self.request.asked_by_name,
            "about": self.request.person.name,
            "received": f"{self.request.received_on:%d/%m/%Y}",
            "all_due": ALL_DUE,
            "used_for": USED_FOR,
            "bars": BARS if any(one.has_bars for one in self.going_out) else "",
            "held_back": told,
            "rights": list(RIGHTS),
        }

    def _sections(self) -> Iterator[dict[str, Any]]:
        """The pieces that go out, under their headings, in order."""
        current: dict[str, Any] | None = None
        for one in self.going_out:
            heading = plain(redact(one.piece.section, self.held_words))
            if current is None or current["heading"] != heading:
                if current is not None:
                    yield current
                current = {"heading": heading, "pieces": []}
            current["pieces"].append(
                {
                    "heading": one.heading,
                    "dated": one.dated,
                    "source": _as_data(one.source),
                    "author": _as_data(one.author),
                    "lines": _in_lines(one.segments),
                }
            )
        if current is not None:
            yield current

    @cached_property
    def data(self) -> dict[str, Any]:
        """Everything of it, for the page and for the template of the PDF."""
        return {"letter": self.letter, "sections": list(self._sections())}

    @property
    def digest(self) -> str:
        """Name exactly what would go out."""
        written = json.dumps(self.data, ensure_ascii=False, sort_keys=True)
        return sha256(written.encode()).hexdigest()

    def leaks(self) -> bool:
        """Say whether words that are held back stand in anything that would go out."""
        return leaks(texts_of(self.data), self.held_words)


def texts_of(value: Any) -> Iterator[str]:
    """Give every text in nested lists and dictionaries; a line cut into segments is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        if value and isinstance(value[0], dict) and set(value[0]) == {"text", "held"}:
            yield "".join(one["text"] for one in value)
        else:
            for one in value:
                yield from texts_of(one)


def _as_data(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [{"text": one.text, "held": one.is_held} for one in segments]


def _in_lines(segments: Iterable[Segment]) -> list[list[dict[str, Any]]]:
    """Cut segments at the ends of lines."""
    written: list[list[dict[str, Any]]] = [[]]
    for one in segments:
        for number, text in enumerate([one.text] if one.is_held else one.text.split("\n")):
            if number:
                written.append([])
            if text:
                written[-1].append({"text": text, "held": one.is_held})
    return [line for line in written if line]


# --- Reading it ---------------------------------------------------------------------------------


def current_pieces(request: AccessRequest) -> QuerySet[AccessPiece]:
    """Return the pieces that count now."""
    return AccessPiece.objects.filter(request=request, replaced_at__isnull=True)


def of(request: AccessRequest) -> Contents:
    """Read what would go out as it stands. Four statements, however many pieces there are."""
    words = list(request.held_words.filter(taken_back_at__isnull=True).order_by("pk"))
    shown = states_of(request, current_pieces(request))
    found = Contents(request, shown, words)
    for one in shown:
        if one.goes_out:
            _fill(one, found.held_words)
    return found


def states_of(request: AccessRequest, pieces: QuerySet[AccessPiece]) -> list[Shown]:
    """Return pieces with what was decided of each, and what is on hold. Three statements."""
    latest = PieceDecision.objects.filter(piece=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = list(pieces.annotate(decided=Subquery(latest)).select_related("from_agency"))
    numbers = [row.decided for row in rows if row.decided]
    decisions = PieceDecision.objects.select_related("by__user", "by__agency").in_bulk(numbers)
    holds: dict[str, list[Any]] = {}
    for hold in open_holds(request, [key for row in rows for key in row.carries]):
        holds.setdefault(hold.key, []).append(hold)
    shown = []
    for row in rows:
        own = list(dict.fromkeys(hold for key in row.carries for hold in holds.get(key, [])))
        shown.append(
            Shown(
                piece=row,
                decision=decisions.get(row.decided) if row.decided else None,
                holds=own,
                undecided_holds=[one for one in own if not one.decided],
                kept_back=any(one.decided == HoldDecision.Answer.KEEP_BACK for one in own),
            )
        )
    return shown


def open_holds(request: AccessRequest, keys: Iterable[str]) -> list[Any]:
    """Return what is on hold among some keys of the record, with what was `decided` of it for this
    request."""
    rows = DisclosureHold.objects.filter(agency=request.agency_id, key__in=list(keys), lifted_at__isnull=True)
    latest = HoldDecision.objects.filter(request=request, hold=OuterRef("pk")).order_by("-pk")
    rows = rows.annotate(decided=Subquery(latest.values("answer")[:1]))
    return list(rows.select_related("added_by__user", "added_by__agency", "concern").order_by("pk"))


def _fill(one: Shown, words: list[Words]) -> None:
    held = one.decision.held if one.decision and one.decision.answer == Answer.PART else []
    one.heading = plain(redact(one.piece.heading, words))
    one.dated = plain(redact(one.piece.dated, words))
    one.source = redact(one.piece.source, words)
    one.author = redact(one.piece.author, words)
    one.segments = redact(one.piece.text, words, held)


def parts_of(piece: AccessPiece) -> list[tuple[int, str]]:
    """Return the numbered parts of a piece that can be ticked."""
    return list(enumerate(split(piece.text), start=1))
