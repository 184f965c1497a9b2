"""What people do when something they shared, or were told, turns out to be different."""

from __future__ import annotations

from tests.browser.somebody import Somebody


def says_that_an_item_is_wrong(listener: Somebody, exchange: str, *, item: str, right: str, how: str) -> None:
    listener.opens_exchange(exchange)
    listener.follows("Something here is wrong")
    listener.is_on("Something here is wrong")
    listener.chooses(item)
    listener.writes("What should it say?", right)
    listener.writes("How do you know?", how)
    listener.presses("Send this to the sender")
    listener.sees("Proposed correction of item 1", "Not answered yet")


def goes_to_what_was_proposed(speaker: Somebody, *, right: str) -> None:
    speaker.goes_home()
    speaker.sees("Correct something that somebody says is wrong, or say why not")
    speaker.follows("Answer")
    speaker.is_on("Proposed correction")
    speaker.sees(right)


def corrects_the_statement(speaker: Somebody, *, label: str, right: str, why: str) -> None:
    """Read who knows already, then save the new version with the reason."""
    speaker.follows(f"Correct {label}")
    speaker.is_on(f"Correct {label}")
    speaker.sees("Who has been told already", "What cannot be undone", "What was read cannot be unread")
    speaker.writes("Why is it corrected?", why)
    speaker.writes("What was seen?", right)
    speaker.presses("Save and continue")
    speaker.is_on("Corrections")
    speaker.sees(f"{label} was corrected")


def looks_at_the_correction(somebody: Somebody, correction: str, *sentences: str) -> None:
    somebody.opens(f"/corrections/{correction}/")
    somebody.is_on("was corrected")
    somebody.sees(*sentences)


def says_that_an_action_is_still_right(owner: Somebody, action: str, *, why: str) -> None:
    owner.goes_home()
    owner.sees("Look again at an action: what it rests on was corrected")
    owner.opens(f"/actions/{action}/")
    owner.is_on("Action")
    owner.follows("Say whether it is still right")
    owner.is_on("Is this action still right?")
    owner.chooses("Yes, it is still right")
    owner.writes("Why?", why)
    owner.presses("Save the answer")
    owner.is_on("Action")
    owner.sees("Still right", why)
