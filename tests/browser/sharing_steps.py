"""What somebody does at Do and Share: decide, choose whom to tell and what, look at it, send it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from tests.browser.somebody import Somebody

KEY, SHARE, HOLD = "Share it, and it must be said back", "Share it", "Hold it back"


def decides_to_share(speaker: Somebody, reference: str, name: str) -> None:
    """Write down why he was not asked, the lawful basis, that his mother is not told yet, and the reasons."""
    speaker.opens(f"/concerns/{reference}/do/")
    speaker.is_on("Do")
    speaker.follows("Record the sharing decision")
    speaker.is_on("Sharing decisions")
    speaker.follows("Record")
    speaker.is_on(f"What did {name} say about sharing?")
    speaker.chooses("They were not asked")
    speaker.writes("Why were they not asked?", "He is 7 and goes home to the adult he told us about.")
    speaker.chooses("Child too young", to="Can they decide this for themselves?")
    speaker.presses("Save what they said")
    says_what_is_decided(speaker)
    says_what_allows_it(speaker)
    says_that_nobody_is_told_yet(speaker)
    gives_reasons(speaker)
    speaker.is_on("Sharing decisions")
    speaker.sees("Decided")


def says_what_is_decided(speaker: Somebody) -> None:
    speaker.is_on("Decide about sharing")
    speaker.chooses("Share")
    speaker.writes("What is the purpose, and which risk is it about?", "That he is not hurt again tonight.")
    speaker.presses("Continue")


def says_what_allows_it(speaker: Somebody) -> None:
    speaker.is_on("What allows you to share")
    speaker.group("What is the lawful basis?").get_by_role("radio").first.check()
    speaker.chooses("Substantial public interest")
    speaker.chooses("Asking for consent would put the protection at risk")
    speaker.chooses("The public interest in protecting someone", to="Was it told in confidence?")
    speaker.presses("Continue")


def says_that_nobody_is_told_yet(speaker: Somebody) -> None:
    speaker.is_on("Telling them")
    speaker.chooses("No, it is not safe")
    speaker.writes("Why is it not safe or not possible to tell them yet?", "Dean may learn what Leo told us.")
    tomorrow = timezone.localtime() + timedelta(days=1)
    speaker.writes_date("Date you will look at this again", tomorrow.date())
    speaker.writes("Time you will look at this again", "12:00")
    speaker.presses("Continue")


def gives_reasons(speaker: Somebody) -> None:
    speaker.is_on("Your reasons")
    speaker.writes("Why is sharing needed, and why this much and no more?", "Only they can act tonight.")
    speaker.writes("Why do the people you tell need to know this?", "They are on duty for the front door.")
    speaker.writes("Is it enough for them to understand and act? What is missing?", "Yes. Surname of Dean.")
    speaker.writes("What are your reasons?", "The risk is today, and asking first would add to it.")
    speaker.presses("Save the decision")


def chooses_whom_to_tell(speaker: Somebody, reference: str, who: str, agency: str) -> None:
    """Find one person in the directory, and say how one knows that it is the right place."""
    speaker.opens(f"/concerns/{reference}/do/")
    speaker.is_on("Do")
    speaker.follows("Choose somebody to tell")
    finds_and_chooses(speaker, who, agency)


def finds_and_chooses(speaker: Somebody, who: str, agency: str) -> None:
    speaker.writes("Name, role or agency", who.split()[-1])
    speaker.presses("Search the directory")
    speaker.sees("Found in the directory", agency)
    speaker.follows(f"Choose {who}")
    speaker.is_on("Is this the right place?")
    speaker.writes(
        "Is this the right person and the right place? How do you know?", "On the duty list; I rang to check."
    )
    speaker.chooses("They are responsible")
    speaker.presses("Choose this person")


def chooses_what_to_tell(
    speaker: Somebody, who: str, choices: Mapping[str, str], *, held_back_because: str, urgency: str = "High"
) -> None:
    """Say of each statement whether it is shared, and look at the whole as the recipient will."""
    speaker.is_on("What to tell this person")
    for label, choice in choices.items():
        speaker.group(f"Share {label} or hold it back?").get_by_label(choice, exact=True).check()
        if choice == HOLD:
            speaker.writes(f"Why do you hold {label} back?", held_back_because)
    speaker.writes("Why are you telling this person?", "You are on duty for the front door today.")
    speaker.writes("What do you ask of them?", "Decide before 3.15 whether he can go home.")
    speaker.chooses(urgency, to="How urgent is it?")
    speaker.presses("Save and see it as they will")
    speaker.is_on("This is what they will see")
    speaker.sees(f"Shared with {who}", "Held back from them", held_back_because)


def sends(speaker: Somebody, exchange: str, who: str) -> None:
    speaker.opens(f"/exchanges/{exchange}/preview/")
    speaker.follows("Go on to send it")
    speaker.is_on("Check before you send")
    speaker.ticks("I have read it as they will see it")
    speaker.presses("Send it")
    speaker.is_on(f"What you told {who}")
    speaker.is_told(f"{who} has been told that something waits for them.")
