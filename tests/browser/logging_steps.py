"""What somebody does to log a concern: about Leo, who is 7 and invented."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from tests.browser.somebody import Somebody

SEEN = "A bruise about 3 cm by 2 cm on the left upper arm, with four small round marks in a row."
TOLD = "His mother said that he fell off the trampoline."
SPOKEN = "Dean squeezed me cos I was loud with Isla."
HISTORY = "No trampoline is mentioned in our record, and attendance this half-term is 81%."
OPINION = "In my view the marks are consistent with gripping. I am not medically qualified."


def logs_a_concern(speaker: Somebody) -> str:
    """Log a concern from an empty agency, page by page. Returns its reference."""
    reference = starts_a_concern(speaker)
    says_who_else_is_in_the_home(speaker)
    says_what_is_known(speaker)
    says_what_the_child_said(speaker)
    says_how_worried(speaker)
    thinks_of_the_family(speaker)
    checks_and_logs(speaker)
    return reference


def starts_a_concern(speaker: Somebody) -> str:
    """Look for the child first, find nobody, and write down who he is."""
    speaker.goes_home()
    speaker.follows("Log a concern")
    speaker.is_on("Who are you worried about?")
    speaker.writes("Name", "Leo Marsh")
    speaker.writes_date("Date of birth", date(2019, 9, 3))
    speaker.presses("Search")
    speaker.is_on("Nobody found")
    speaker.presses("Add a new person")
    speaker.is_on("Add a person")
    speaker.still_has("First name", "Leo")
    speaker.still_has("Last name", "Marsh")
    speaker.chooses("Child or young person")
    speaker.writes("How to contact them safely (optional)", "Do not ring the home landline.")
    speaker.presses("Save and continue")
    speaker.is_on("Draft concern")
    return speaker.reference_on_page()


def says_who_else_is_in_the_home(speaker: Somebody) -> None:
    """Add his little sister, as family."""
    speaker.follows("Who it is about")
    speaker.is_on("Who it is about")
    speaker.follows("Add a family member")
    speaker.is_on("Who is related to them?")
    speaker.writes("Name", "Isla Marsh")
    speaker.presses("Search")
    speaker.is_on("Nobody found")
    speaker.presses("Add a new person")
    speaker.is_on("Add a person")
    speaker.chooses("Child or young person")
    speaker.picks("Brother or sister", from_list="Who are they to Leo Marsh?")
    speaker.presses("Save and continue")
    speaker.is_on("Who it is about")
    speaker.sees("Isla Marsh")
    speaker.follows("Continue")
    speaker.is_on("Draft concern")


def says_what_is_known(speaker: Somebody) -> None:
    """Write down one thing at a time, each of its kind: seen, told, from before, and an opinion on them."""
    speaker.follows("What you know")
    adds(speaker, "Fact, seen", "What was seen?", SEEN, "Who saw it?", "Anna Bell, class teacher")
    adds(speaker, "Reported", "What were you told?", TOLD, "Who told you, and how?", "His mother, by phone")
    adds(speaker, "History", "What is known from before?", HISTORY, "Where is this recorded?", "Our register")
    speaker.chooses("Professional opinion")
    speaker.presses("Continue")
    speaker.is_on("Professional opinion")
    speaker.writes("What do you think it means?", OPINION)
    speaker.ticks("S1")
    speaker.writes("Whose opinion is it?", "Mine")
    speaker.writes("If you cannot give a date, when was it roughly?", "On seeing the arm")
    speaker.presses("Save and continue")
    speaker.is_on("What you know")
    speaker.sees("S4", "This opinion rests on")


def adds(speaker: Somebody, kind: str, question: str, text: str, whose: str, source: str) -> None:
    """Add one statement that happened an hour ago."""
    speaker.is_on("What you know")
    speaker.chooses(kind)
    speaker.presses("Continue")
    speaker.writes(question, text)
    speaker.writes(whose, source)
    an_hour_ago = timezone.localtime() - timedelta(hours=1)
    speaker.writes_date("Date", an_hour_ago.date())
    speaker.writes("Time", f"{an_hour_ago:%H:%M}")
    speaker.presses("Save and continue")
    speaker.is_on("What you know")
    speaker.sees(text)


def says_what_the_child_said(speaker: Somebody) -> None:
    """Write down his own words, as he said them."""
    speaker.follows("That is all for now")
    speaker.is_on("Draft concern")
    speaker.follows("Their voice")
    speaker.is_on("Their voice")
    speaker.chooses("Yes")
    speaker.presses("Save and continue")
    speaker.chooses("Leo Marsh", to="Whose voice is it?")
    speaker.chooses("Their words")
    speaker.writes("What did they say, want or feel?", SPOKEN)
    speaker.ticks("These are their exact words")
    speaker.writes("Who did they say it to, and how?", "To me, unprompted, seen alone")
    speaker.writes("If you cannot give a date, when was it roughly?", "This morning")
    speaker.presses("Save and continue")
    speaker.is_on("What you know")
    speaker.sees(SPOKEN)
    speaker.follows("That is all for now")


def says_how_worried(speaker: Somebody) -> None:
    speaker.is_on("Draft concern")
    speaker.follows("How worried you are")
    speaker.is_on("How worried you are")
    speaker.chooses("Very worried", to="How worried are you?")
    speaker.chooses("This is the first time", to="Is that more or less than before?")
    speaker.writes("What makes you this worried? (optional)", "He goes home with Dean at 3.15.")
    speaker.chooses("High", to="How soon does somebody need to act?")
    speaker.presses("Save and continue")


def thinks_of_the_family(speaker: Somebody) -> None:
    speaker.is_on("Draft concern")
    speaker.follows("Think Family")
    speaker.is_on("Think Family")
    speaker.writes("What might this mean for Isla Marsh?", "She is a toddler in the same home with Dean.")
    speaker.presses("Save and continue")


def checks_and_logs(speaker: Somebody) -> None:
    speaker.is_on("Draft concern")
    speaker.follows("Check and log")
    speaker.is_on("Check and log")
    speaker.sees(SEEN, TOLD, SPOKEN, HISTORY, OPINION)
    speaker.does_not_see("Still missing")
    speaker.presses("Log this concern")
    speaker.is_on("Where do you start?")
