"""What the two sides do after understanding: agree or differ, say who does what, and say that it was done."""

from __future__ import annotations

from tests.browser.somebody import Somebody


def agrees_on_risk_and_partly_on_action(listener: Somebody, exchange: str, *, why: str) -> None:
    listener.opens_exchange(exchange)
    listener.follows("Say whether you agree")
    listener.is_on("Do you agree?")
    listener.chooses("Agree", to="Do you agree on the risk?")
    listener.chooses("Agree in part", to="Do you agree on what should be done?")
    listener.writes("Where do you differ on what should be done, and why?", why)
    listener.presses("Send this answer")
    listener.is_told("The sender can see your answer.")


def proposes(somebody: Somebody, exchange: str, *, what: str, owner: str, by_when: str) -> None:
    somebody.opens_exchange(exchange)
    somebody.follows("Propose an action")
    somebody.is_on("Propose an action")
    somebody.writes("What will be done?", what)
    somebody.chooses(owner, to="Who will do it?")
    somebody.writes("By when?", by_when)
    somebody.writes("What would make us act sooner?", "Dean comes to the school: we ring 999.")
    somebody.presses("Propose this action")
    somebody.is_told("The action has been proposed.")


def takes_on(owner: Somebody, action: str) -> None:
    owner.opens(f"/actions/{action}/")
    owner.is_on("Action")
    owner.follows("Take it on")
    owner.is_on("Take this action on")
    owner.presses("Take this action on")
    owner.is_told("You have taken this action on.")


def reports(owner: Somebody, action: str, *, what: str) -> None:
    owner.opens(f"/actions/{action}/")
    owner.is_on("Action")
    owner.follows("Say what happened")
    owner.is_on("Say what happened")
    owner.writes("What happened?", what)
    owner.presses("Say that it is done")
    owner.is_on("Action")


def checks_that_it_is_done(other: Somebody, action: str, *, what: str) -> None:
    other.opens(f"/actions/{action}/")
    other.is_on("Action")
    other.sees(what)
    other.follows("Check that it was done")
    other.is_on("Was this action done?")
    other.chooses("Yes, it is done")
    other.presses("Save the check")
    other.is_on("Action")


def writes_the_summary(speaker: Somebody, reference: str, *, decision: str) -> None:
    speaker.opens(f"/concerns/{reference}/summary/")
    speaker.is_on("Summary")
    speaker.writes("What was decided?", decision)
    speaker.presses("Send the summary")
    speaker.is_on("Summary")
    speaker.sees(decision)


def confirms_the_summary(party: Somebody, exchange: str, *, decision: str) -> None:
    """Open one's part of the summary, and say that it is what one recorded."""
    party.opens_exchange(exchange)
    party.is_on("Summary from")
    party.does_not_see(decision)
    party.presses("Open")
    party.sees("Is this what you recorded?", decision)
    party.follows("Answer")
    party.is_on("Is this what you recorded?")
    party.chooses("Yes, it is what I recorded")
    party.presses("Send your answer")
    party.sees("The answer: it is what I recorded")
