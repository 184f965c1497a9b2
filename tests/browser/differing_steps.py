"""What people do who do not agree: say so, give their side, hold the risk, go up, decide, and close."""

from __future__ import annotations

from tests.browser.somebody import Somebody

DIFFER = "We do not agree"


def says_that_we_do_not_agree(somebody: Somebody, exchange: str, *, about: str, why: str) -> str:
    """Say so from the exchange, in one step. Returns the reference of the disagreement."""
    somebody.opens_exchange(exchange)
    somebody.follows("We do not agree about something")
    somebody.is_on("We do not agree about something")
    somebody.chooses(about)
    somebody.writes("What do you think, and why?", why)
    somebody.presses("Tell the other side")
    somebody.is_on(DIFFER)
    somebody.sees(why)
    return somebody.reference_on_page()


def opens(somebody: Somebody, reference: str) -> None:
    somebody.opens(f"/disagreements/{reference}/")
    somebody.is_on(DIFFER)


def gives_their_side(somebody: Somebody, reference: str, *, side: str, theirs: str) -> None:
    """Read what the other side thinks, and add one's own."""
    opens(somebody, reference)
    somebody.sees("Give your side", theirs)
    somebody.follows("Give your side")
    somebody.is_on("What does your side think?")
    somebody.writes("What does your side think, and why?", side)
    somebody.presses("Add this")
    somebody.is_on(DIFFER)
    somebody.sees(theirs, side)


def says_who_holds_the_risk(somebody: Somebody, reference: str, who: str, *, meanwhile: str) -> None:
    opens(somebody, reference)
    somebody.follows("Say who holds the risk")
    somebody.is_on("Who holds the risk until this is settled?")
    somebody.chooses(who)
    somebody.writes("What do they do until this is settled?", meanwhile)
    somebody.presses("Save who holds the risk")
    somebody.is_on(DIFFER)
    somebody.sees(meanwhile)


def takes_it_further(somebody: Somebody, reference: str, stage: int, *, why: str) -> None:
    opens(somebody, reference)
    somebody.follows(f"Take it to stage {stage}")
    somebody.is_on(f"Take it to stage {stage}?")
    somebody.writes("Why do you take it further?", why)
    somebody.presses("Take it to the next stage")
    somebody.is_on(DIFFER)
    somebody.sees(f"Stage {stage} of 4", why)


def writes_the_outcome(somebody: Somebody, reference: str, *, decided: str) -> None:
    opens(somebody, reference)
    somebody.follows("Write the outcome")
    somebody.is_on("What was decided?")
    somebody.writes("What was decided?", decided)
    somebody.writes("Why?", "Neither side has seen it for themselves.")
    somebody.writes("Who does what, by when?", "Tom books it today. Priya tells the teacher.")
    somebody.presses("Send the outcome")
    somebody.is_on(DIFFER)
    somebody.sees(decided)


def closes(somebody: Somebody, reference: str) -> None:
    opens(somebody, reference)
    somebody.sees("Everybody understands what was decided. Is it settled?")
    somebody.follows("Close it")
    somebody.is_on("Is it settled?")
    somebody.presses("Close the disagreement")
    somebody.is_on(DIFFER)
    somebody.sees("This is settled")
