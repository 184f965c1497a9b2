"""Time limits that we suggest where a partnership has not yet decided its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agencies.models import TimeLimit

SOURCE = "Suggested default of Check Back, until the partnership decides its own"

SUGGESTED: Mapping[TimeLimit.Key, str] = MappingProxyType(
    {
        TimeLimit.Key.CHECK_BACK_URGENT: "4 hours",
        TimeLimit.Key.CHECK_BACK_HIGH: "1 working day",
        TimeLimit.Key.CHECK_BACK_STANDARD: "2 working days",
        TimeLimit.Key.DECISION: "1 working day",
        TimeLimit.Key.ANSWER: "2 working days",
        TimeLimit.Key.SKIPPED_STEP: "1 working day",
        TimeLimit.Key.SPOKEN: "1 working day",
        TimeLimit.Key.STILL_RIGHT: "1 working day",
        TimeLimit.Key.MINUTES: "1 working day",
        TimeLimit.Key.TRANSFER: "1 working day",
        TimeLimit.Key.CONFERENCE: "15 working days",
        TimeLimit.Key.BREACH: "72 hours",
        TimeLimit.Key.LINK: "72 hours",
        TimeLimit.Key.DISPOSAL: "5 working days",
        TimeLimit.Key.BREAK_GLASS: "4 hours",
        TimeLimit.Key.LADDER_1: "1 working day",
        TimeLimit.Key.LADDER_2: "2 working days",
        TimeLimit.Key.LADDER_3: "5 working days",
        TimeLimit.Key.LADDER_4: "10 working days",
        TimeLimit.Key.REMIND_BEFORE: "1 working day",
        TimeLimit.Key.REMIND_BEFORE_SHORT: "30 minutes",
        TimeLimit.Key.REMIND_LEAD: "1 working day",
        TimeLimit.Key.REMIND_LEAD_URGENT: "1 hour",
        TimeLimit.Key.REMIND_OTHER_LEAD: "2 working days",
        TimeLimit.Key.REMIND_OTHER_LEAD_URGENT: "2 hours",
    }
)
