"""Moving a concern on, and what is said while the gate is closed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.somebody import Somebody

MOVES = {"Go on to Do": "to-do", "Go on to Share": "to-share", "Go on to Record": "to-record"}


def finds_the_gate_closed(speaker: Somebody, reference: str, move: str, *missing: str) -> None:
    """Read on the concern what is missing; look at the move all the same, and be told the same."""
    speaker.opens_concern(reference)
    gate = speaker.page.locator(".app-gate--closed")
    sentences = [
        one.evaluate("line => line.firstChild.textContent.trim()") for one in gate.locator("li").all()
    ]
    for part in missing:
        assert any(part in sentence for sentence in sentences), f"“{part}” is not among {sentences}"
    speaker.opens(f"/concerns/{reference}/move/{MOVES[move]}/")
    speaker.is_on(move)
    speaker.sees("This cannot be done yet", *sentences)
    expect(speaker.page.get_by_role("button", name=move)).to_have_count(0)


def goes_on(speaker: Somebody, reference: str, move: str) -> None:
    speaker.opens_concern(reference)
    speaker.presses(move)
    speaker.is_on("Concern")
    speaker.does_not_see("The concern has not been moved")


def cannot(speaker: Somebody, reference: str, move: str, *missing: str) -> None:
    """Look at a move that cannot be made yet, and read what is missing."""
    speaker.opens_concern(reference)
    speaker.follows(move)
    speaker.is_on(move)
    speaker.sees("This cannot be done yet", *missing)
