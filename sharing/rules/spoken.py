"""What a telephone call has to say of itself before it counts as a read-back that waits to be confirmed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.utils import timezone

from agencies.models import ContactPoint
from agencies.refusals import Refused
from sharing.rules.turns import (
    NEAR_COPY,
    PROMPTS,
    SHORTEST_RESTATEMENT,
    NearCopy,
    NotInYourWords,
    is_only_an_acknowledgement,
)

LONGEST_AGO = timedelta(days=7)
MOST_MINUTES = 600
FEWEST_DIGITS = 3


class NoSuchCall(Refused):
    """The call cannot have been as it is described. The sentence says why."""


class NumberNotChecked(Refused):
    """Nobody knows who is at the end of a number that was not checked."""


def require_call_that_was(called_at: datetime, minutes: int, *, at: datetime) -> None:
    """A call is logged after it was made, within a week, with how long it took."""
    if called_at > at:
        raise NoSuchCall(
            answers={
                "called_time": f"{timezone.localtime(called_at):%H:%M on %A %-d %B} has not come yet. "
                "Give the time at which you spoke."
            }
        )
    if at - called_at > LONGEST_AGO:
        raise NoSuchCall(
            answers={
                "called_on": "That is more than 7 days ago. Look at the date again. "
                "If it was so long ago, send what you told them now, and let them say it back."
            }
        )
    if not 1 <= minutes <= MOST_MINUTES:
        raise NoSuchCall(
            answers={"minutes": f"Give how long you spoke in minutes, from 1 to {MOST_MINUTES}."}
        )


def require_checked_number(point: ContactPoint | None, number: str, how_checked: str) -> None:
    """Call back on a number that somebody checked, or say how you checked it: anybody can give a name."""
    if point is not None:
        if not point.is_checked or point.kind != ContactPoint.Kind.PHONE:
            raise NumberNotChecked(
                "That number is not marked as checked any more.",
                answers={"on_number": "Choose another number, or say how you checked this one."},
            )
        return
    if len(re.findall(r"\d", number)) < FEWEST_DIGITS:
        raise NumberNotChecked(answers={"number": "Write the number that you called back on."})
    if not how_checked.strip():
        raise NumberNotChecked(
            "This is not a number that their agency has marked as checked.",
            answers={
                "how_checked": "Say how you checked it, for example that their switchboard put you through. "
                "If you did not, ring back on a checked number."
            },
        )


def require_read_back(words: dict[str, str]) -> None:
    """Write down what they said back, in their words: that they got it is not what they understood."""
    empty = [name for name in PROMPTS if not words[name].strip()]
    if empty:
        raise NotInYourWords(
            "What they said back is not written down yet.",
            answers={
                name: f"Write what they said under “{PROMPTS[name]}”. If they did not say it, ring again."
                for name in empty
            },
        )
    slight = [name for name in PROMPTS if is_only_an_acknowledgement(words[name])]
    if slight or len(" ".join(words[name].strip() for name in PROMPTS)) < SHORTEST_RESTATEMENT:
        raise NotInYourWords(
            "This says that they got it. It does not yet say what they understood.",
            answers={
                name: f"Ask them, and write in their words: “{PROMPTS[name]}”." for name in slight or PROMPTS
            },
        )


def require_their_words(percent: int, *, knowingly: bool) -> None:
    """A read-back that is nearly the sender's own wording is written down only by somebody who says so."""
    if percent >= NEAR_COPY and not knowingly:
        raise NearCopy(
            f"{percent}% of this is your own wording, so it does not show what they understood.",
            answers={
                "knowingly_a_copy": "Write what they said, in their words, or tick the box if they read "
                "yours back."
            },
        )
