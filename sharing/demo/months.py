"""The demo's past: months of exchanges, all settled, so that the learning page has something to show.

Told by people who have no part in the stories, so that nobody's worklist fills up with it. The same every
time it is told, but for the day it is told on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from agencies.models import Membership
from records.models import Concern
from sharing import workflow
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange
from sharing.operations import check_back, differ, disclosure, record

WEEK = timedelta(weeks=1)
WEEKS = 24
SAID = (
    Said("FACT_SEEN", "Three appointments were missed since the start of term.", "Our appointment book"),
    Said("REPORTED", "A neighbour heard shouting on two evenings.", "Neighbour, by phone"),
    Said("HISTORY", "The family moved here from another area a year ago.", "Our records"),
    Said("OPINION", "I think that they are coping less well than they say.", "My own view", rests_on=[1]),
    Said("VOICE", "It is louder at ours than at yours.", "To me, alone", verbatim=True, voice_of="WORDS"),
)
# How often, in a hundred, each statement is not said back as it was meant. What is least plain fails most.
MISHEARD = (8, 22, 10, 34, 16)
WORDS = (
    (
        "They have not kept the last three times, and somebody next door has been worried by noise.",
        "That nobody outside the home sees how they are from one week to the next.",
        "I ring them tomorrow, and go round the same day if nobody answers.",
    ),
    (
        "You tell me that visits were not kept, and that it is your own impression that things are harder.",
        "They say all is well, so we could miss it if it gets worse.",
        "I speak with the school nurse this week; sooner if they miss another one.",
    ),
)


@dataclass(frozen=True)
class Habit:
    """Who tells whom how often: so many exchanges in four weeks, and how fast they answer (hours)."""

    speaker: str
    listeners: Sequence[str]
    in_four_weeks: int
    hours: float


HABITS = (
    Habit("Anna Bell", ("Nadia Rahman", "Helen Croft"), 6, 5),
    Habit("Dr Simon Hale", ("Ruth Adeyemi", "Nadia Rahman"), 2, 20),
    Habit("Ruth Adeyemi", ("Helen Croft", "Rufus Lane"), 2, 14),
    Habit("Silas Webb", ("Helen Croft", "Nadia Rahman"), 2, 9),
    Habit("Nadia Rahman", ("Lena Hollis", "Silas Webb"), 2, 12),
    Habit("Esi Mensah", ("Nadia Rahman",), 1, 30),
)
CHILDREN = ("Ivy Garland", "Rhys Pennant", "Zara Malik", "Toby Fenwick", "Ella Brook", "Jude Sayers")


def tell_months(now: datetime, *, weeks: int = WEEKS) -> int:
    """Tell what was exchanged in the weeks before `now` (UTC), and return how many exchanges it was."""
    chance = Random(28)  # noqa: S311  # for the same past every time, not for secrets
    return sum(
        _past_of(habit, child, now, weeks, chance) for habit, child in zip(HABITS, CHILDREN, strict=True)
    )


def _past_of(habit: Habit, child: str, now: datetime, weeks: int, chance: Random) -> int:
    """Tell one person's concern, which goes on all the time, and close it."""
    listeners = [steps.member(name) for name in habit.listeners]
    clock = Clock(now - weeks * WEEK)
    tale = _tale(steps.member(habit.speaker), child, clock)
    concern = steps.log(tale, start="start-at-share", reason="We told them by phone, and write it down now.")
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    moments = [one for one in _moments(clock.now, habit, weeks, chance) if one < now - 2 * WEEK]
    for number, moment in enumerate(moments):
        clock.now = max(clock.now, moment)
        _exchange(tale, concern, listeners[number % len(listeners)], habit, now, chance)
    _close(tale, concern)
    return len(moments)


def _tale(by: Membership, child: str, clock: Clock) -> Tale:
    first, last = child.split()
    about = {"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(9, clock.now)}
    return Tale(by=by, clock=clock, about=about, said=SAID, level=2, urgency="HIGH")


def _moments(start: datetime, habit: Habit, weeks: int, chance: Random) -> Iterator[datetime]:
    """Spread somebody's exchanges over the weeks, in working hours."""
    for number in range(weeks // 4 * habit.in_four_weeks):
        days = 28 * number / habit.in_four_weeks + chance.uniform(0, 3)
        yield start + timedelta(days=1 + days)


def _exchange(
    tale: Tale, concern: Concern, listener: Membership, habit: Habit, now: datetime, chance: Random
) -> None:
    """Tell one thing, and have it said back until it is understood. It goes better as time passes."""
    clock = tale.clock
    exchange = steps.prepare(
        tale, concern, listener, key=range(1, len(SAID) + 1),
        why_you="You are responsible for them in our area.", what_i_ask="Say what you can offer them.",
    )  # fmt: skip
    exchange = disclosure.send(exchange, by=tale.by, at=clock.tick(), meant=listener.pk)
    weeks_ago = (now - clock.now) / WEEK
    hours = habit.hours * chance.uniform(0.5, 1.6) * (0.5 + weeks_ago / WEEKS)
    check_back.receive(exchange, by=listener, at=clock.tick(round(hours * 20)))
    misheard = [
        n for n, often in enumerate(MISHEARD, 1) if chance.uniform(0, 100) < often * (0.3 + weeks_ago / WEEKS)
    ]
    if misheard:
        _restate(exchange, clock, hours, WORDS[0])
        wrong = {n: chance.choice(("WRONG", "MISSING")) for n in misheard}
        steps.correct(exchange, clock, note="Say these points again.", wrong=wrong)
    _restate(exchange, clock, hours, WORDS[1])
    steps.confirm(exchange, clock)
    at = clock.tick(round(hours * 15))
    differ.answer_agreement(exchange, by=listener, at=at, risk="AGREE", action="AGREE")


def _restate(exchange: Exchange, clock: Clock, hours: float, words: Sequence[str]) -> None:
    happened, worries, will_do = words
    check_back.restate(
        exchange,
        by=exchange.listener,
        at=clock.tick(round(hours * 30)),
        what_happened=happened,
        what_worries_me=worries,
        what_i_will_do=will_do,
    )


def _close(tale: Tale, concern: Concern) -> None:
    """Write the summary, have everybody confirm it, and close."""
    by, clock = tale.by, tale.clock
    workflow.move(concern, "to-record", by=by, at=clock.tick())
    cycle = steps.now_at(concern)
    record.write_summary(cycle, by=by, at=clock.tick(), decision="The plan goes on without us.")
    for summary in cycle.exchanges.filter(kind="SUMMARY"):
        record.answer_summary(summary, by=summary.listener, at=clock.tick(30), matches=True)
    workflow.move(concern, "close", by=by, at=clock.tick())
