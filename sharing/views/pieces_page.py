"""How pieces read: in the list, a page at a time, and one by one with what of it would go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.text import Truncator

from agencies.addresses import reverse
from sharing.forms.redaction import ground_help
from sharing.models import AccessPiece, AccessRequest, AgencyView, Ground, HeldWord, PieceDecision
from sharing.subject_access import access, contents
from sharing.subject_access.contents import Shown
from sharing.subject_access.grounds import GROUNDS
from sharing.subject_access.parts import Words, found, redact
from sharing.told import moment

PAGE = 25
ALL, TO_DECIDE, HELD = "all", "to-decide", "held"
SHOWS = {TO_DECIDE: "To be decided", HELD: "Held back", ALL: "All"}
Answer = PieceDecision.Answer
TAGS = {
    Answer.DISCLOSE: {"text": "Disclosed", "colour": "green"},
    Answer.PART: {"text": "Parts held back", "colour": "purple"},
    Answer.HOLD: {"text": "Held back", "colour": "red"},
}
OPEN = {"text": "To be decided", "colour": "blue"}
ON_HOLD = {"text": "On hold", "colour": "orange"}


def shown_in(query: Mapping[str, str]) -> tuple[str, int]:
    """Read which pieces are shown, and which page of them."""
    show, number = query.get("show", ""), query.get("page", "1")
    valid = number.isascii() and number.isdigit() and int(number[:6]) > 0
    return show if show in SHOWS else TO_DECIDE, int(number[:6]) if valid else 1


def query(show: str, number: int) -> str:
    return urlencode({"show": show, "page": number})


def wanted(shown: Sequence[Shown], show: str) -> list[Shown]:
    """Return those that a list shows."""
    if show == TO_DECIDE:
        return [one for one in shown if one.is_in_the_way]
    if show == HELD:
        return [one for one in shown if one.decision and one.decision.answer != Answer.DISCLOSE]
    return list(shown)


def names_nobody(one: Shown) -> bool:
    """Say whether a piece can be disclosed from the list: nothing in it asks to be looked at."""
    return not (one.decision or one.piece.others or one.piece.warnings or one.holds)


def choices(shown: Sequence[Shown], *, also: Sequence[str] = ()) -> list[tuple[int, str]]:
    """The pieces that can be ticked in the list, and those ticked on a page that may be older."""
    return [
        (one.piece.pk, f"{one.piece.heading}: {Truncator(one.piece.text).chars(200)}")
        for one in shown
        if names_nobody(one) or str(one.piece.pk) in also
    ]


def listed(request: AccessRequest, shown: Sequence[Shown], *, show: str, number: int) -> dict[str, Any]:
    """A page of the list of pieces. What can be ticked stands in the form below it."""
    rows = wanted(shown, show)
    page = rows[(number - 1) * PAGE : number * PAGE]
    more = len(rows) > number * PAGE
    return {
        "request_": request,
        "shows": [
            {
                "text": f"{text} ({len(wanted(shown, name))})",
                "href": f"?{query(name, 1)}",
                "active": name == show,
            }
            for name, text in SHOWS.items()
        ],
        "rows": [_row(request, one) for one in page],
        "agencies": agencies(request, shown),
        "next_url": f"?{query(show, number + 1)}" if more else "",
        "can_tick": any(names_nobody(one) for one in shown),
    }


def _row(request: AccessRequest, one: Shown) -> dict[str, Any]:
    meta = [one.piece.section, *([f"Names {', '.join(one.piece.others)}"] if one.piece.others else [])]
    meta += ["Look at it with care"] if one.piece.warnings else []
    return {
        "heading": one.piece.heading,
        "text": Truncator(one.piece.text).chars(240),
        "meta": meta,
        "tags": tags(one),
        "href": reverse("subject-access-piece", args=[request.reference, one.piece.pk]),
    }


def tags(one: Shown) -> list[dict[str, str]]:
    """What was decided, and whether it is on hold."""
    first = TAGS[Answer(one.decision.answer)] if one.decision else OPEN
    return [first, *([ON_HOLD] if one.undecided_holds or one.kept_back else [])]


def agencies(request: AccessRequest, shown: Sequence[Shown]) -> list[dict[str, str]]:
    """The other agencies from which something came, with what each said last."""
    others = {one.piece.from_agency for one in shown if one.piece.from_agency}
    said: dict[int, AgencyView] = {}
    for view in AgencyView.objects.filter(request=request).order_by("pk") if others else ():
        said[view.agency_id] = view
    return [
        {
            "name": other.name,
            "said": said[other.pk].get_answer_display() if other.pk in said else "Not asked yet",
            "href": reverse("subject-access-view", args=[request.reference, other.reference]),
        }
        for other in sorted(others, key=lambda one: one.name)
    ]


def initial(one: Shown) -> dict[str, Any]:
    """What the form of a piece begins with: what was decided last."""
    last = one.decision
    return {} if last is None else {
        "answer": last.answer, "held": last.held, "ground": last.ground, "why": last.why,
    }  # fmt: skip


def after_deciding(one: AccessPiece, *, answer: str) -> str:
    """Lead on to the next piece to be decided, or to the request after the last.

    Where parts are held back the same page comes first: it shows what is left of the words.
    """
    here = one.request.reference
    if answer == Answer.PART:
        return reverse("subject-access-piece", args=[here, one.pk])
    others = access.undecided_besides(one)
    if others:
        return reverse("subject-access-piece", args=[here, others[0]])
    return reverse("subject-access-request", args=[here])


def _still_to_decide(one: AccessPiece) -> dict[str, str] | None:
    """Say how many other pieces are to be decided, and which is next."""
    others = access.undecided_besides(one)
    if not others:
        return None
    return {
        "text": "One other piece is" if len(others) == 1 else f"{len(others)} other pieces are",
        "href": reverse("subject-access-piece", args=[one.request.reference, others[0]]),
    }


def piece(request: AccessRequest, one: Shown) -> dict[str, Any]:
    """The page of one piece: what it says, what is to be thought of, and what of it would go out."""
    rows = request.held_words.filter(taken_back_at__isnull=True)
    words = [Words(row.words, row.get_instead_display()) for row in rows]
    held = one.decision.held if one.decision and one.decision.answer == Answer.PART else []
    return {
        "request_": request,
        "piece": one.piece,
        "tags": tags(one),
        "decision": one.decision,
        "decided": _decided(one.decision) if one.decision else "",
        "goes_out": one.goes_out,
        "segments": redact(one.piece.text, words, held),
        "source": redact(one.piece.source, words),
        "author": redact(one.piece.author, words),
        "holds": [_hold(request, hold) for hold in one.holds],
        "grounds": ground_help(request),
        "back": reverse("subject-access-pieces", args=[request.reference]),
        "still": _still_to_decide(one.piece),
    }


def _decided(one: PieceDecision) -> str:
    ground = f" {Ground(one.ground).label}. {GROUNDS[Ground(one.ground)].law}." if one.ground else ""
    return f"{one.get_answer_display()}.{ground} {one.by.full_name}, {moment(one.at)}."


def _hold(request: AccessRequest, hold: Any) -> dict[str, str]:
    decided = {
        "RELEASE": "You decided that it may be disclosed.",
        "KEEP_BACK": "You decided to keep it back.",
    }
    return {
        "text": f"{hold.get_kind_display()}: {hold.why}",
        "who": f"{hold.added_by.full_name}, {moment(hold.added_at)}",
        "decided": decided.get(hold.decided or "", "Nobody has decided about it for this request."),
        "href": reverse("subject-access-hold", args=[request.reference, hold.pk]),
    }


def suggestions(request: AccessRequest, held: Sequence[HeldWord]) -> list[str]:
    """The names of other people in the pieces, whole, first and last, that are not held back yet."""
    known = {one.words.casefold() for one in held}
    names: dict[str, None] = {}
    for others in contents.current_pieces(request).exclude(others=[]).values_list("others", flat=True):
        for name in others:
            full = name.partition(" (known as")[0]
            for way in (full, full.partition(" ")[0], full.rpartition(" ")[2]):
                if len(way) > 1 and not found(request.person.name, way):
                    names[way] = None
    return [name for name in names if name.casefold() not in known]
