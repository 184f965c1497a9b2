"""What is still to do before a second person can check what would go out, a sentence each."""

from __future__ import annotations

from sharing.models import AccessRequest
from sharing.subject_access import standing
from sharing.subject_access.contents import Contents


def missing(request: AccessRequest, found: Contents) -> list[str]:
    """Say everything that is still to do; nothing where it is ready."""
    sentences = []
    if standing.open_waits(request):
        sentences.append("Whoever asks has not answered what you asked them.")
    if request.identity_on is None:
        sentences.append("Make sure who they are, and that they may ask.")
    if request.collected_at is None:
        return [*sentences, "Gather what is held about the person."]
    if undecided := [one for one in found.shown if one.decision is None]:
        sentences.append(f"Decide on {_pieces(len(undecided))}.")
    on_hold = [one for one in found.going_out if one.undecided_holds]
    if on_hold:
        sentences.append(f"Decide on what is on hold in {_pieces(len(on_hold))}, or hold it back.")
    if kept := [one for one in found.going_out if one.kept_back and not one.undecided_holds]:
        sentences.append(f"You decided to keep back what is on hold: hold {_pieces(len(kept))} back.")
    if found.leaks():
        sentences.append("Words that are held back everywhere still stand in it. Hold those sentences back.")
    return sentences


def _pieces(count: int) -> str:
    return "one piece" if count == 1 else f"{count} pieces"
