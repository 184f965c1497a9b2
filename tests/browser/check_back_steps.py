"""What the two sides of an exchange do: open, confirm receipt, say back, check."""

from __future__ import annotations

from sharing.rules import PROMPTS
from tests.browser.somebody import Somebody

HAPPENED, WORRIES, FIRST = PROMPTS.values()


def opens_what_was_sent(listener: Somebody, reference: str, *, sender: str, secret: str) -> None:
    """See reference and sender before anything else; open it; confirm that it arrived."""
    listener.opens_exchange(reference)
    listener.is_on(sender)
    listener.sees(reference, "Open what you were sent")
    listener.does_not_see(secret)
    listener.presses("Open")
    listener.sees("Confirm that this reached the right person", secret)
    listener.is_on(sender)
    listener.presses("Confirm receipt")
    listener.sees("Say back what you understood")
    listener.is_on(sender)


def says_back(listener: Somebody, *, happened: str, worries: str, first: str) -> None:
    """Say back what was understood, by the three prompts, from the page of the exchange."""
    listener.follows("Say it")
    listener.is_on("Say back what you understood")
    writes_restatement(listener, happened=happened, worries=worries, first=first)
    listener.is_on("from")


def writes_restatement(listener: Somebody, *, happened: str, worries: str, first: str) -> None:
    listener.writes(HAPPENED, happened)
    listener.writes(WORRIES, worries)
    listener.writes(FIRST, first)
    listener.presses("Send this back to be checked")


def confirms(speaker: Somebody, reference: str) -> None:
    """Find every key item understood, and confirm the whole."""
    speaker.opens(f"/exchanges/{reference}/check/")
    speaker.is_on("Check what was said back")
    for radio in speaker.page.get_by_role("radio", name="Understood", exact=True).all():
        radio.check()
    speaker.chooses("Yes, they understood it as I meant it")
    speaker.presses("Save and tell them")
    speaker.sees("Understood")


def corrects(speaker: Somebody, reference: str, *, note: str) -> None:
    """Ask for it to be said again: the last key item is missing."""
    speaker.opens(f"/exchanges/{reference}/check/")
    speaker.is_on("Check what was said back")
    for group in speaker.page.get_by_role("group", name="Key item").all():
        group.get_by_label("Understood", exact=True).check()
    speaker.page.get_by_role("group", name="Key item").last.get_by_label("Missing", exact=True).check()
    speaker.chooses("Not yet: ask them to say it again")
    speaker.writes("What should they look at again?", note)
    speaker.presses("Save and tell them")


def tries_to_say_only_thanks(listener: Somebody) -> None:
    """Answer “Noted, thanks”, be asked for more, and find every word still there."""
    listener.follows("Say it back")
    listener.is_on("Say back what you understood")
    writes_restatement(
        listener, happened="Noted, thanks.", worries="Noted, thanks.", first="Will look into it."
    )
    listener.is_on("Say back what you understood")
    listener.is_told("This has not been saved")
    listener.still_has(HAPPENED, "Noted, thanks.")
    listener.still_has(FIRST, "Will look into it.")
    listener.opens(listener.page.url.replace("restate/", ""))


def says_it_again(listener: Somebody, *, happened: str) -> None:
    """Read what to look at again, and say it once more. What was said before is filled in."""
    listener.goes_home()
    listener.follows("Say it again")
    listener.sees("Say it again", "Something was missing or different")
    listener.follows("Say it again")
    listener.is_on("Say back what you understood")
    listener.sees("What to look at again")
    listener.writes(HAPPENED, happened)
    listener.presses("Send this back to be checked")
    listener.is_on("from")
