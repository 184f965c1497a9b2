"""The ladder of a disagreement: what has to be so before it goes on, and who closes it."""

from __future__ import annotations

from datetime import datetime

from agencies.models import Membership, TimeLimit
from agencies.refusals import Refused
from sharing.ladder import STAGES, Ladder
from sharing.models import Side
from sharing.models.ladder import TOP

LIMITS: dict[int, str] = {number: f"LADDER_{number}" for number in STAGES}
COORDINATOR_IS_TOLD_AT = 3


def limit_key(number: int) -> TimeLimit.Key:
    """Return the partnership's time limit for a stage."""
    return TimeLimit.Key(LIMITS[number])


class NoRiskHolder(Refused):
    """Nobody is named who holds the risk at this stage."""


class OtherSideFirst(Refused):
    """The other side has not said what they think, and still has time to."""


class NotUnderstoodYet(Refused):
    """The outcome is not understood by everybody it went to."""


class NotYoursToClose(Refused):
    """Whoever decided does not also say that it is settled."""


class Settled(Refused):
    """The disagreement is settled already."""


def require_open(ladder: Ladder) -> None:
    """What is settled stays settled."""
    if not ladder.is_open:
        by = ladder.disagreement.settled_by
        raise Settled(
            f"This disagreement is settled{f': {by.full_name} closed it' if by else ''}.",
            "If you still do not agree, open another from the exchange.",
        )


def require_risk_holder(ladder: Ladder) -> None:
    """At every stage somebody is named who holds the risk until it is settled, before anything goes on."""
    if ladder.holder is None:
        raise NoRiskHolder(
            "Nobody is named who holds the risk until this is settled.",
            "Say who does and what they do meanwhile. Then go on.",
            "If somebody is in immediate danger, do not wait: use “Somebody is in immediate danger”.",
        )


def require_both_sides(ladder: Ladder, *, at: datetime) -> None:
    """Nothing is decided before both sides have spoken, or the silent one's time is up."""
    silent = [side for side in Side if not ladder.has_spoken(side)]
    if silent and not ladder.is_late(at):
        name = ladder.now.answers_for(silent[0]).full_name
        raise OtherSideFirst(
            f"{name} has not given the other side yet.",
            "Wait until they have, or until the time limit of this stage has passed.",
        )


def require_next(ladder: Ladder, number: int) -> None:
    """The ladder is climbed one stage at a time, by whoever is first."""
    here = ladder.now
    if number <= here.number:
        raise Refused(
            f"{here.opened_by.full_name} has opened stage {here.number} already, so nothing was done.",
            "Open the disagreement again to see who answers at this stage.",
        )
    if number > TOP:
        raise Refused("There is no stage above this one. What is decided here is the outcome.")
    if number != here.number + 1:
        raise Refused(f"The next stage is stage {here.number + 1}.")


def require_reason(ladder: Ladder, why: str, *, at: datetime) -> None:
    """Before the time limit of a stage, going up needs a reason. After it, going up is offered."""
    if not ladder.is_late(at) and not why.strip():
        raise Refused("This stage still has time. Say why you take it further now.")


def require_understood(ladder: Ladder) -> None:
    """A disagreement is closed when everybody the outcome went to has said it back and was confirmed."""
    if ladder.outcome is None:
        raise NotUnderstoodYet("No outcome is written at this stage, so there is nothing to close.")
    waiting = [copy.listener.full_name for copy in ladder.not_understood]
    if waiting:
        raise NotUnderstoodYet(
            f"The outcome is not understood yet by {' and '.join(waiting)}.",
            "They say it back, and whoever wrote it confirms or corrects. Then it can be closed.",
        )


def require_may_close(ladder: Ladder, by: Membership, side: Side | None) -> None:
    """Whoever was told the outcome says that it is settled. The side that decided does not, below stage 4."""
    outcome = ladder.outcome
    if outcome is None:
        return
    if by.is_same_person(outcome.by):
        raise NotYoursToClose("You wrote the outcome, so somebody else says that it is settled.")
    decided = ladder.side_of_author(outcome)
    if ladder.now.number < TOP and decided is not None and side == decided:
        other = ladder.now.answers_for(decided.other).full_name
        raise NotYoursToClose(
            "Your side wrote the outcome, so the other side says whether it is settled.",
            f"Ask {other} to close it or to take it further.",
        )
