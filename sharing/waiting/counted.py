"""How a time limit that was given was counted, in sentences for whoever doubts the date.

An exchange and a question keep only the moment at which they are due. It is counted again here, from when
it was sent, with the limit and the opening hours that were known then. Where that does not lead to the same
moment, nothing is said rather than something wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from agencies import access as agencies_access
from agencies import rules as agencies_rules
from agencies.models import Agency, TimeLimit
from agencies.opening import due_when_open
from agencies.refusals import Refused
from agencies.working_time import OPEN_ALL_HOURS, Unit, due, parse_duration
from sharing.models import Action, Enquiry, Exchange
from sharing.waiting.chasing import Chased
from sharing.waiting.limits import CHECK_BACK_LIMIT

IN_ONE_SENTENCE = {
    Unit.WORKING_DAYS: (
        "The limit is counted in the working days of {agency}: they end when it closes, and days on which "
        "it is closed do not count."
    ),
    Unit.HOURS: "The limit is counted in clock hours: nights, weekends and bank holidays count.",
    Unit.MINUTES: "The limit is counted in clock minutes: nights, weekends and bank holidays count.",
    Unit.AT: "The limit is a time on a day, by the clock at {agency}.",
}
ALL_HOURS = "{agency} is open all hours, so the limit counts at once, and a working day is 24 hours."
EACH_SENTENCE_SAYS_IT = (OPEN_ALL_HOURS, "Hours are clock hours", "Minutes are clock minutes")


@dataclass(frozen=True)
class Counted:
    """How a time limit was counted: a sentence for the page, and the rest for whoever asks."""

    sentence: str
    limit: str
    why: tuple[str, ...]
    start: datetime | None = None
    policy: TimeLimit | None = None

    @property
    def skips_days(self) -> bool:
        """Say whether days could have been skipped: clock time skips none."""
        return parse_duration(self.limit).unit is Unit.WORKING_DAYS

    @property
    def policy_label(self) -> str:
        return self.policy.get_label_display() if self.policy else ""


def exchange_counted(exchange: Exchange, turn: Chased, *, is_spoken: bool = False) -> Counted | None:
    """Say how the limit of a turn of a check-back was counted; None where it cannot be said for certain.

    `is_spoken`: what waits is that words typed after a call are confirmed in writing.
    """
    key = TimeLimit.Key.SPOKEN if is_spoken else CHECK_BACK_LIMIT[exchange.urgency]
    when_open = turn.since == exchange.sent_at
    return _counted(turn.owner.agency, key, start=turn.since, due_at=turn.due_at, when_open=when_open)


def enquiry_counted(enquiry: Enquiry) -> Counted | None:
    """Say how the limit for an answer was counted; None where it cannot be said for certain."""
    key, agency = TimeLimit.Key.ANSWER, enquiry.asked_of.agency
    return _counted(agency, key, start=enquiry.asked_at, due_at=enquiry.respond_by)


def action_counted(action: Action) -> Counted:
    """Say how the limit of an action was counted, from the reasons that were kept with it."""
    return _told(action.by_when, action.owner.agency, action.due_why.splitlines())


def _counted(
    agency: Agency, key: TimeLimit.Key, *, start: datetime, due_at: datetime, when_open: bool = False
) -> Counted | None:
    """Count again from what was known then. `when_open`: hours begin when the agency opens (limits.py)."""
    try:
        day = timezone.localdate(start)
        policy = agencies_rules.time_limit(agency, key, on=day, known_at=start)
        calendar = agencies_access.calendar_of(agency, known_at=start)
        answer = (due_when_open if when_open else due)(start, policy.duration, calendar)
    except Refused:
        return None
    if answer.at != due_at:
        return None
    return _told(policy.duration, agency, answer.why, start=start, policy=policy)


def _told(
    limit: str,
    agency: Agency,
    why: Sequence[str],
    *,
    start: datetime | None = None,
    policy: TimeLimit | None = None,
) -> Counted:
    all_hours = OPEN_ALL_HOURS in why
    sentence = (ALL_HOURS if all_hours else IN_ONE_SENTENCE[parse_duration(limit).unit]).format(
        agency=agency.name
    )
    reasons = tuple(one for one in why if not one.startswith(EACH_SENTENCE_SAYS_IT))
    return Counted(sentence=sentence, limit=limit, why=reasons, start=start, policy=policy)
