"""Gathering what is held about somebody, and deciding piece by piece what of it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Membership
from agencies.refusals import Refused
from sharing import rules
from sharing.guard.search import words_of
from sharing.models import (
    AccessPiece,
    AccessRequest,
    AgencyView,
    DisclosureHold,
    Ground,
    HeldWord,
    HoldDecision,
    PieceDecision,
)
from sharing.operations.access_requests import NotInTime, changed, lock_request
from sharing.subject_access import contents, grounds
from sharing.subject_access.collect import collect as everything_held
from sharing.subject_access.parts import CLOSES, OPENS, PART, found, split

Answer = PieceDecision.Answer
FEWEST_LETTERS = 2


class CannotBeHeldBack(Refused):
    """Words that stand in the answer itself, or that are no words."""


@transaction.atomic
def collect(
    request: AccessRequest, *, by: Membership, at: datetime, seen_version: int | None = None
) -> AccessRequest:
    """Gather everything that the agency holds about the person as of now.

    Pieces that have not changed stay with what was decided of them; those that changed, or are gone, are
    replaced. Raises Refused where there are concerns that are closed to whoever gathers.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    pieces, hidden = everything_held(request.person, by=by)
    if hidden:
        which, them = ("One concern is", "it") if hidden == 1 else (f"{hidden} concerns are", "them")
        raise Refused(
            f"{which} closed to you, and the answer must hold what is in {them} too.",
            "Ask somebody to whom it is open to gather the pieces, or to open it to you.",
        )
    before = {one.key: one for one in contents.current_pieces(request)}
    wanted = {one.key: one for one in pieces}
    stay = {key for key, one in before.items() if key in wanted and wanted[key].digest == one.digest}
    gone = [one.pk for key, one in before.items() if key not in stay]
    AccessPiece.objects.filter(pk__in=gone).update(replaced_at=at)
    AccessPiece.objects.bulk_create(
        AccessPiece(
            request=request, key=one.key, order=order, section=one.section[:120], heading=one.heading[:200],
            dated=one.dated[:200], source=one.source, author=one.author, text=one.text, others=one.others,
            warnings=one.warnings, from_agency=one.from_agency, carries=one.carries, digest=one.digest,
            collected_at=at,
        )
        for order, one in enumerate(pieces)
        if one.key not in stay
    )  # fmt: skip
    request.collected_at = at
    changed(
        request, "sharing.access.collected", "collected_at", by=by, at=at, unready=True, pieces=len(pieces),
        new=len(pieces) - len(stay),
    )  # fmt: skip
    return request


def _require_piece(request: AccessRequest, piece: AccessPiece) -> AccessPiece:
    now = contents.current_pieces(request).filter(pk=piece.pk).first()
    if now is None:
        raise rules.AlreadyDone("This piece was gathered again and has changed. Decide on it as it is now.")
    return now


def _require_ground(request: AccessRequest, ground: str, why: str) -> None:
    """What is held back is held back on a ground that can apply here, and for a reason. Raises Refused."""
    if ground not in Ground.values:
        raise Refused("Choose on which ground it is held back.")
    if not grounds.fits(ground, request):
        raise Refused(
            "This ground is only for requests that somebody makes for another person.",
            "The person asks for themselves. Choose another ground, or disclose it.",
        )
    if not why.strip():
        raise Refused(
            "Say why it is held back. It is what the Information Commissioner or a court would ask."
        )


@transaction.atomic
def decide_piece(
    piece: AccessPiece,
    *,
    by: Membership,
    at: datetime,
    answer: str,
    ground: str = "",
    why: str = "",
    held: Sequence[int] = (),
    seen_version: int | None = None,
) -> PieceDecision:
    """Decide what of one piece goes out. It can be decided again: the latest counts, and the others stay.

    `held` are the numbers of the parts that are held back, where some are. Raises Refused, AlreadyDone.
    """
    request = lock_request(piece.request, by=by, seen_version=seen_version)
    piece = _require_piece(request, piece)
    if answer not in Answer.values:
        raise Refused("Say whether it is disclosed.")
    parts = sorted(set(held)) if answer == Answer.PART else []
    if answer == Answer.PART:
        if not parts:
            raise Refused("Tick the sentences that are held back, or disclose all of it.")
        if parts[0] < 1 or parts[-1] > len(split(piece.text)):
            raise Refused("One of the sentences is not in this piece. Open it again.")
    if answer == Answer.DISCLOSE:
        ground = why = ""
    else:
        _require_ground(request, ground, why)
    decision = PieceDecision.objects.create(
        piece=piece, answer=answer, ground=ground, why=why, held=parts, by=by, at=at
    )
    changed(
        request, "sharing.access.piece_decided", by=by, at=at, unready=True, piece=piece.pk, answer=answer,
        ground=ground,
    )  # fmt: skip
    return decision


@transaction.atomic
def disclose_many(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    pieces: Sequence[int],
    seen_version: int | None = None,
) -> int:
    """Disclose several pieces as they are: such as name nobody else, warn of nothing and are not on hold.

    Each gets its own decision. Returns how many. Raises Refused where none was chosen or one has to be read.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    chosen = contents.states_of(request, contents.current_pieces(request).filter(pk__in=list(pieces)))
    if not chosen:
        raise Refused("Tick at least one piece.")
    if any(one.piece.others or one.piece.warnings or one.holds for one in chosen):
        raise Refused(
            "One of them names somebody else, warns of something or is on hold. Open it and decide."
        )
    PieceDecision.objects.bulk_create(
        PieceDecision(piece=one.piece, answer=Answer.DISCLOSE, by=by, at=at) for one in chosen
    )
    changed(request, "sharing.access.pieces_disclosed", by=by, at=at, unready=True, pieces=len(chosen))
    return len(chosen)


# --- Words ----------------------------------------------------------------------------------------


def _require_can_be_held_back(request: AccessRequest, words: str) -> None:
    """Words that stand in the letter cannot be held back from it. Raises CannotBeHeldBack."""
    if sum(len(one) for one in words_of(words)) < FEWEST_LETTERS:
        raise CannotBeHeldBack(f"Write at least {FEWEST_LETTERS} letters or numbers.")
    own = (request.person.first_name, request.person.last_name, request.person.known_as)
    if any(found(name, words) for name in (request.person.name, *own)):
        raise CannotBeHeldBack(
            f"“{words}” is in the name of the person whom this is about, so it would be held back "
            "everywhere.",
            "Write the first name of the other person, or tick the sentences in which they are named.",
        )
    labels = [f"{OPENS}{label}{CLOSES}" for label in (PART, *HeldWord.Instead.labels)]
    fixed = (request.asked_by_name, request.agency.name, request.reference, *contents.FIXED, *labels,
             *(text for one in grounds.GROUNDS.values() for text in (one.told, one.law)))  # fmt: skip
    if any(found(text, words) for text in fixed):
        raise CannotBeHeldBack(
            f"“{words}” is in the letter itself, so it cannot be held back everywhere.",
            "Write more words, such as a full name, or tick the sentences in which they stand.",
        )


@transaction.atomic
def hold_back_words(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    words: Sequence[str],
    instead: str,
    ground: str,
    why: str,
    seen_version: int | None = None,
) -> list[HeldWord]:
    """Hold words back wherever they stand in what goes out. Those that are held back already are left out.

    Raises CannotBeHeldBack, Refused.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    _require_ground(request, ground, why)
    if instead not in HeldWord.Instead.values:
        raise Refused("Choose what it says in their place.")
    known = {one.words.casefold() for one in request.held_words.filter(taken_back_at__isnull=True)}
    wanted = [one.strip() for one in words if one.strip()]
    fresh = [one for one in dict.fromkeys(wanted) if one.casefold() not in known]
    if not fresh:
        raise Refused("Write the words, a line each. Those that you wrote are held back already.")
    for one in fresh:
        _require_can_be_held_back(request, one)
    rows = [
        HeldWord.objects.create(
            request=request, words=one, instead=instead, ground=ground, why=why, by=by, at=at
        )
        for one in fresh
    ]
    changed(request, "sharing.access.words_held", by=by, at=at, unready=True, count=len(rows), ground=ground)
    return rows


@transaction.atomic
def take_back_words(
    held: HeldWord, *, by: Membership, at: datetime, seen_version: int | None = None
) -> HeldWord:
    """Hold words back no longer. Raises AlreadyDone."""
    request = lock_request(held.request, by=by, seen_version=seen_version)
    held = HeldWord.objects.select_for_update().get(pk=held.pk)
    if held.taken_back_at is not None:
        raise rules.AlreadyDone("These words are not held back any more.")
    held.taken_back_at, held.taken_back_by = at, by
    held.save(update_fields=["taken_back_at", "taken_back_by"])
    changed(request, "sharing.access.words_taken_back", by=by, at=at, unready=True, words=held.pk)
    return held


# --- What is on hold, and what others say -----------------------------------------------------------


@transaction.atomic
def decide_hold(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    hold: DisclosureHold,
    answer: str,
    why: str,
    whom_asked: str = "",
    asked_on: date | None = None,
    their_view: str = "",
    seen_version: int | None = None,
) -> HoldDecision:
    """Decide whether what is on hold may go out in answer to this request, and why. The latest counts.

    Raises AlreadyDone where it is not on hold any more, NotInTime, Refused.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    hold = DisclosureHold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is not None or hold.agency_id != request.agency_id:
        raise rules.AlreadyDone("This is not on hold any more, so there is nothing to decide.")
    if answer not in HoldDecision.Answer.values or not why.strip():
        raise Refused("Say whether it may be disclosed, and why. Where nobody was asked, say why not.")
    asked = (bool(whom_asked.strip()), asked_on is not None, bool(their_view.strip()))
    if any(asked) and not all(asked):
        said = (
            ("whom_asked", "Say whom you asked"),
            ("asked_on", "Enter the day on which you asked"),
            ("their_view", "Write what they said"),
        )
        raise Refused(
            answers={
                name: f"{what}. Leave all three empty if you asked nobody."
                for (name, what), is_there in zip(said, asked, strict=True)
                if not is_there
            }
        )
    if asked_on is not None and asked_on > timezone.localdate(at):
        raise NotInTime("You cannot have asked after today. Check the day.")
    decision = HoldDecision.objects.create(
        request=request, hold=hold, answer=answer, why=why, whom_asked=whom_asked if all(asked) else "",
        asked_on=asked_on, their_view=their_view if all(asked) else "", by=by, at=at,
    )  # fmt: skip
    changed(request, "sharing.access.hold_decided", by=by, at=at, unready=True, hold=hold.pk, answer=answer)
    return decision


@transaction.atomic
def record_agency_view(
    request: AccessRequest,
    *,
    by: Membership,
    at: datetime,
    agency: Agency,
    answer: str,
    words: str,
    whom: str = "",
    asked_on: date | None = None,
    seen_version: int | None = None,
) -> AgencyView:
    """Write down what another agency says about disclosing what came from it, or why it was not asked.

    Raises NotInTime, Refused.
    """
    request = lock_request(request, by=by, seen_version=seen_version)
    if answer not in AgencyView.Answer.values or not words.strip():
        raise Refused("Say what they answered, or why they were not asked.")
    not_asked = answer == AgencyView.Answer.NOT_ASKED
    if not not_asked and (not whom.strip() or asked_on is None):
        raise Refused("Say whom you asked, and on which day.")
    if asked_on is not None and asked_on > timezone.localdate(at):
        raise NotInTime("You cannot have asked after today. Check the day.")
    view = AgencyView.objects.create(
        request=request, agency=agency, answer=answer, words=words, whom="" if not_asked else whom,
        asked_on=None if not_asked else asked_on, by=by, at=at,
    )  # fmt: skip
    changed(request, "sharing.access.agency_view", by=by, at=at, of=agency.reference, answer=answer)
    return view
