"""Families that move to the next area, and decisions that come back, one of them late."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange, Transfer
from sharing.operations import decisions, differ, transfers


def _last_friday(now: datetime, hour: int, minute: int) -> datetime:
    """The latest Friday afternoon whose Monday morning has passed."""
    # Until ten on Monday its story goes on; before that it is the Friday of the week before.
    local = now.astimezone(ZoneInfo("Europe/London")) - timedelta(days=2, hours=24 - hour + 10)
    friday = local - timedelta(days=(local.weekday() - 4) % 7)
    at = friday.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return at if at <= local else at - timedelta(days=7)


def _moved(clock: Clock, now: datetime, first: str, last: str) -> tuple[Tale, Exchange]:
    """The front door tells Northmoor in writing about a family that has moved there."""
    tale = Tale(
        by=steps.member("Tom Ashdown"),
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(6, now)},
        related=[
            (
                {"kind": "CHILD", "first_name": "Amir", "last_name": last, "born_on": born(3, now)},
                "SIBLING",
                "He is too young to say what happens to him.",
            )
        ],
        said=[
            Said("FACT_SEEN", "On a child protection plan here since March, for neglect.", "Our record"),
            Said("FACT_HEARD", "The family signed a lease in Northmoor last week.", "Mother, by phone"),
            Said("VOICE", "I like my new room.", f"{first}, to me", verbatim=True, voice_of="WISHES"),
        ],
    )
    concern = steps.log(tale)
    sana = steps.member("Sana Malik")
    steps.settle_ask(tale, concern, who="Children’s services where they live now.", worked_with=sana)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        sana,
        key=[1, 2],
        why_you="The family lives in your area now.",
        what_i_ask="Take the plan on, and hold a conference.",
    )
    return tale, steps.send(tale, concern, exchange)


def _ask(tale: Tale, exchange: Exchange, *, called_at: datetime, said: str) -> Transfer:
    at = tale.clock.tick()
    movers = [tale.person] if tale.person else []
    return transfers.propose(
        exchange,
        by=tale.by,
        at=at,
        why="They moved for good, and the school there has a place for her.",
        people=movers,
        known_since=timezone.localdate(called_at),
        called_at=called_at,
        with_whom="the duty desk at Northmoor",
        what_was_said=said,
    )


def _understand(exchange: Exchange, clock: Clock) -> None:
    steps.hear(
        exchange,
        clock,
        "The family lives with us now, on a plan that you made because the children were neglected.",
        "That nobody sees them between the two areas, and that the little one cannot tell anybody.",
        "I see both at home this week. If I find nobody in twice, I ring you the same day.",
    )
    steps.confirm(exchange, clock)


def telephoned_on_friday_and_opened_on_monday(now: datetime) -> None:
    """Understood on Monday; the answer has not come, so that it is chased and offered for escalation."""
    called_at = _last_friday(now, 16, 40)
    clock = Clock(called_at - timedelta(hours=2))
    tale, exchange = _moved(clock, now, "Layla", "Haddad")
    clock.now = called_at + timedelta(minutes=4)
    _ask(tale, exchange, called_at=called_at, said="They have it, and take it from here.")
    clock.now = called_at + timedelta(days=2, hours=16, minutes=12)
    _understand(exchange, clock)


def northmoor_has_accepted(now: datetime) -> None:
    """Accepted in writing: Northmoor is responsible, and its conference is still to come."""
    clock = steps.working_morning(now, 4)
    tale, exchange = _moved(clock, now, "Mina", "Farrokh")
    transfer = _ask(tale, exchange, called_at=clock.now, said="Send it in writing, then we look at it.")
    _understand(exchange, clock)
    sana = steps.member("Sana Malik")
    transfers.accept(
        transfer,
        by=sana,
        at=clock.tick(40),
        words="We take on the plan for both children, and see them at home on Thursday.",
        taken_on_by=sana,
    )


def _referral(clock: Clock, now: datetime, first: str, last: str) -> Exchange:
    """The school asks the front door for a decision, which has understood what it was told."""
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(9, now)},
        said=[
            Said("FACT_SEEN", "Asked for food from other children on six days this month.", "Class teacher"),
            Said("VOICE", "We eat when Mum is up.", f"{first}, to me", verbatim=True, voice_of="LIVED"),
        ],
        level=3,
    )
    concern = steps.log(tale)
    tom = steps.member("Tom Ashdown")
    steps.settle_ask(tale, concern, who="Children’s social care.", worked_with=tom)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        tom,
        key=[1],
        why_you="You decide on referrals for our area.",
        what_i_ask="Decide whether this family needs an assessment.",
        asks_decision=True,
    )
    steps.send(tale, concern, exchange)
    steps.hear(
        exchange,
        clock,
        f"{first} is hungry at school more than one day a week, and says that meals depend on Mum.",
        "I do not know who looks after the food when she is not well.",
        "I look at what we know of the family. If you hear of a night without food, ring me at once.",
    )
    steps.confirm(exchange, clock)
    differ.answer_agreement(exchange, by=tom, at=clock.tick(), risk="AGREE", action="AGREE")
    return exchange


def a_decision_came_back(now: datetime) -> None:
    """The front door decided; the school has said the decision back, and it is confirmed."""
    clock = steps.working_morning(now, 3)
    exchange = _referral(clock, now, "Connor", "Doyle")
    decision = decisions.decide(
        exchange,
        by=exchange.listener,
        at=clock.tick(90),
        decided="A family help assessment begins this week. It is not a child protection enquiry.",
        why="Meals are missed, and his mother has asked her doctor for help.",
        what_next="I visit on Thursday with the family help worker, and write to you by Friday at 17:00.",
        what_would_change_it="A night without food, or that nobody answers the door twice.",
    )
    steps.hear(
        decision,
        clock,
        "Somebody from family help looks at how they manage, starting with a visit from you on Thursday.",
        "It rests on his mother going on with her doctor, and I see him only at school.",
        "I keep a note of what he eats here. If he says there was no supper, I ring you that morning.",
    )
    steps.confirm(decision, clock)


def a_decision_is_late(now: datetime) -> None:
    """Understood, and no decision by its limit: chased, and offered to the school for escalation."""
    _referral(steps.working_morning(now, 5), now, "Elsie", "Hart")


STORIES = (
    telephoned_on_friday_and_opened_on_monday,
    northmoor_has_accepted,
    a_decision_came_back,
    a_decision_is_late,
)
