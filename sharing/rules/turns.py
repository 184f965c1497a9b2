"""An exchange: whose turn it is, what was said, and who may check it."""

from __future__ import annotations

import re
from typing import Any

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from consent.models import SharingDecision
from sharing.models import Round, Verdict
from sharing.states import State


class NotYourTurn(Refused):
    """It is somebody else's turn, or nobody's."""


class AlreadyDone(Refused):
    """What was asked for has been done before."""


class NotInYourWords(Refused):
    """A restatement says nothing, or only that something was received."""


class NearCopy(Refused):
    """A restatement is nearly the speaker's own wording."""


class AnotherPersonMustCheck(Refused):
    """The person who restated or reported cannot be the one who confirms."""


SHORTEST_RESTATEMENT = 40
NEAR_COPY = 60
PROMPTS = {
    "what_happened": "What has happened, as I understand it",
    "what_worries_me": "What worries me, and why",
    "what_i_will_do": "What I will do first, and what would make me act sooner",
}
# The words of "noted, thanks" and its like.
ACKNOWLEDGEMENTS = frozenset(
    re.findall(
        r"\w+",
        """
    noted ok okay thanks thank you received understood acknowledged seen read got will do fine yes
    all clear confirmed happy with this no problem cheers ta many for the your email message it
    that i have and as above per copy none n a na ve nothing same agreed agree
    """,
    )
)


def require_role(by: Membership) -> None:
    """Only practitioners and leads exchange information."""
    if not by.may(Permission.EXCHANGE):
        raise NotAllowed("Your role does not share or receive information about people.")


def require_version(thing: Any, seen: int | None, changed: str) -> None:
    """A page that is older than what it shows is refused, with what changed."""
    if seen is not None and thing.version != seen:
        raise OutOfDate(
            "This page is out of date, so nothing has been saved.",
            changed or "Something was changed while you had the page open.",
            "What you wrote is still here. Read what changed, then save again.",
        )


def require_state(state: State, wanted: frozenset[State], sentence: str) -> None:
    """The exchange is at the point where this can be done."""
    if state not in wanted:
        raise NotYourTurn(f"This cannot be done now: the exchange is {state.value}.", sentence)


def is_only_an_acknowledgement(text: str) -> bool:
    """Every word is one that people use to say they got a message."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return not words or all(word in ACKNOWLEDGEMENTS for word in words)


def require_own_words(what_happened: str, what_worries_me: str, what_i_will_do: str) -> None:
    """Say in your own words what happened, what worries you and what you will do first.

    Source: fact sheet ("heard and clearly understood"); Mahajan 2020 on asking what would make you
    act sooner (domain facts, section 2). Raises NotInYourWords.
    """
    given = dict(zip(PROMPTS, (what_happened, what_worries_me, what_i_will_do), strict=True))
    empty = [field for field, text in given.items() if not text.strip()]
    if empty:
        raise NotInYourWords(
            "Something is not said back yet.",
            answers={field: f"Write something under “{PROMPTS[field]}”." for field in empty},
        )
    slight = [field for field, text in given.items() if is_only_an_acknowledgement(text)]
    together = " ".join(text.strip() for text in given.values())
    if slight or len(together) < SHORTEST_RESTATEMENT:
        raise NotInYourWords(
            "This says that you got it. It does not yet say what you understood.",
            answers={field: f"Say in your own words: “{PROMPTS[field]}”." for field in slight or PROMPTS},
        )


def similarity(restated: str, source: str) -> int:
    """Return how much of a restatement stands word for word in the source, in percent.

    Counted in runs of four words. No machine judges understanding: the figure is shown to the
    speaker, who does.
    """

    def runs(text: str) -> list[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return [tuple(words[i : i + 4]) for i in range(len(words) - 3)]

    said = runs(restated)
    if not said:
        return 0
    known = set(runs(source))
    return round(100 * sum(run in known for run in said) / len(said))


def require_not_a_copy(percent: int, *, knowingly: bool) -> None:
    """A near copy of the source is sent only by somebody who says so."""
    if percent >= NEAR_COPY and not knowingly:
        raise NearCopy(
            f"{percent}% of this is the sender’s own wording, so it does not show what you understood.",
            answers={
                "knowingly_a_copy": "Put it in your own words, or tick the box to send it as it is. "
                "The sender will see the figure."
            },
        )


def require_another_person(by: Membership, first: Membership, what: str) -> None:
    """Nobody confirms their own words, in whichever role they sign in."""
    if by.is_same_person(first):
        raise AnotherPersonMustCheck(f"You {what} yourself, so somebody else has to check it.")


def require_verdicts(key_items: list[int], verdicts: dict[int, str], *, outcome: str, note: str) -> None:
    """Every key item has a verdict; confirming needs each understood; correcting says what to correct."""
    if not set(verdicts.values()) <= set(Verdict.Answer.values):
        raise Refused("Say of each key item whether it was understood, not as you meant it, or missing.")
    unjudged = [number for number in key_items if number not in verdicts]
    if unjudged:
        raise Refused(answers={f"verdict_{n}": f"Say whether item {n} was understood." for n in unjudged})
    not_understood = [n for n in key_items if verdicts[n] != "UNDERSTOOD"]
    if outcome == Round.Outcome.CONFIRMED and not_understood:
        numbers = ", ".join(str(number) for number in not_understood)
        raise Refused(
            f"You marked item {numbers} as missing or not as you meant it, so this cannot be confirmed.",
            answers={"outcome": "Ask for it to be said again, or change the mark."},
        )
    if outcome == Round.Outcome.CORRECTED and not note.strip():
        raise Refused(answers={"note": "Write what should be said again, so that they know what to change."})


def decisions_that_share() -> frozenset[str]:
    """The outcomes of a sharing decision under which something is shared."""
    return frozenset({SharingDecision.Outcome.SHARE, SharingDecision.Outcome.SHARE_PART})
