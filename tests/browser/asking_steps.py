"""What people do at Ask: look for who else knows something, ask them, and hear the answer back."""

from __future__ import annotations

from tests.browser.somebody import Somebody

TOLD = "We are looking into a worry about Leo Marsh, born 3 September 2019, who is on your list."
QUESTION = "Do you know the family, and are you worried about him?"
ANSWER = "Leo missed two appointments this autumn. Both were booked again and kept."
WORRY_OF_THE_DOCTOR = "He was quieter than usual at the last one. I am a little worried."


def starts_with_ask(speaker: Somebody) -> None:
    speaker.is_on("Where do you start?")
    speaker.chooses("Ask")
    speaker.presses("Start")
    speaker.is_on("Ask")


def lists_and_asks(speaker: Somebody, who: str, surname: str) -> None:
    """Put somebody of the directory on the list, and send them a question that was looked at first."""
    speaker.follows("Add from the directory")
    speaker.is_on("Add somebody who works with them")
    speaker.writes("Name, role or agency", surname)
    speaker.presses("Search the directory")
    speaker.sees("Found in the directory", who)
    speaker.presses("Add to the list")
    speaker.is_on("Ask")
    speaker.sees(who)
    speaker.follows("Ask a question")
    speaker.is_on(who)
    speaker.writes("What they need to be told, to answer", TOLD)
    speaker.writes("What you ask them", QUESTION)
    speaker.presses("See what they will see")
    speaker.sees(f"What {who} will see", "They see nothing else of this concern.")
    speaker.presses("Send")
    speaker.is_on("Ask")
    speaker.sees("Questions sent")


def answers_the_question(listener: Somebody, asker: str) -> None:
    """Answer with a fact from the record and an opinion, kept apart."""
    listener.goes_home()
    listener.sees("Answer a question")
    listener.follows("Answer")
    listener.is_on("Question")
    listener.sees(asker)
    listener.does_not_see(TOLD)
    listener.presses("Open")
    listener.sees(TOLD, QUESTION, asker)
    listener.is_on("Question")
    listener.follows("Answer")
    listener.is_on("Your answer")
    listener.chooses("Yes, and this is what I can tell you")
    first = listener.group("Statement 1")
    listener.writes("What do you know?", ANSWER, within=first)
    first.get_by_label("Something in our records from before").check()
    listener.writes("Where is this from?", "Our appointment book", within=first)
    listener.presses("Add another statement")
    listener.is_on("Your answer")
    second = listener.group("Statement 2")
    listener.writes("What do you know?", WORRY_OF_THE_DOCTOR, within=second)
    second.get_by_label("My professional opinion").check()
    listener.writes("Where is this from?", "My view after seeing him", within=second)
    listener.presses("Send your answer")


def tests_an_assumption(speaker: Somebody, reference: str) -> None:
    speaker.opens(f"/concerns/{reference}/ask/")
    speaker.is_on("Ask")
    speaker.follows("Name an assumption")
    speaker.is_on("Name an assumption")
    speaker.writes("What are you assuming?", "That his mother has seen the marks.")
    speaker.presses("Save and continue")
    speaker.is_on("Ask")
    speaker.sees("Not tested yet.")
    speaker.follows("Say how you tested it")
    speaker.writes("How did you test it, and what did you find?", "Asked her by phone: she has not.")
    speaker.presses("Save and continue")
    speaker.is_on("Ask")
    speaker.sees("Tested:", "Asked her by phone: she has not.")


def says_who_needs_to_know(speaker: Somebody, reference: str) -> None:
    """Answer the last questions of Ask: who needs to know, and that no advice is needed."""
    speaker.opens(f"/concerns/{reference}/ask/")
    speaker.is_on("Ask")
    speaker.writes("Who needs to know, and why?", "The duty social worker today: he goes home at 3.15.")
    speaker.chooses("No", to="Do you need advice")
    speaker.writes("Why, or why not? (optional)", "The partnership's threshold is plain here.")
    speaker.presses("Save")
