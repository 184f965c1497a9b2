"""Where on the site something that is missing can be supplied."""

from __future__ import annotations

from typing import NamedTuple

from agencies.addresses import reverse
from records.models import Concern
from sharing.models import Cycle
from sharing.rules import Missing

# What each page that a rule names is called in a link.
WORDS: dict[str, str] = {
    "ask": "Answer the Ask questions",
    "worry-now": "Say how worried you are now",
    "ask-advice": "Ask for advice",
    "enquiry": "Open the question",
    "sharing-decisions": "Record the sharing decision",
    "choose-listener": "Choose who to tell",
    "prepare": "Choose what they are told",
    "preview": "Look at it and send it",
    "do": "Open Do",
    "exchange": "Open the check-back",
    "action": "Open the action",
    "meeting": "Open the meeting",
    "summary": "Open the summary",
    "transfer": "Open the hand-over",
}
OF_A_THING = frozenset({"enquiry", "prepare", "preview", "exchange", "action", "meeting", "transfer"})


class Sentence(NamedTuple):
    """What is missing in a sentence, and a link to where it is supplied."""

    text: str
    href: str
    link_text: str
    about: str  # what is missing alone, for whoever hears the links one by one


def link_to(missing: Missing, *, concern: Concern, cycle: Cycle) -> Sentence:
    """Turn something that is missing into its sentence and a link to its page."""
    if missing.page in OF_A_THING:
        where = [missing.reference]
    elif missing.page == "sharing-decisions":
        where = [concern.reference, str(cycle.number)]
    else:
        where = [concern.reference]
    return Sentence(missing.sentence, reverse(missing.page, args=where), WORDS[missing.page], missing.what)
