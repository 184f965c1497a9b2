"""Calls in the night: one that waits to be confirmed in writing, one confirmed, one put differently."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agencies.models import ContactPoint
from records.models import Concern
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange
from sharing.operations import differ, spoken

NIGHT_WORKER = "Faye Okoro"


def a_doctor_rings_the_duty_team_at_night(now: datetime) -> None:
    """Last night at ten past ten: logged, typed for the night social worker, and not yet confirmed by her."""
    clock = _evening(now, nights_ago=1)
    tale = Tale(
        by=steps.member("Dr Amara Osei"),
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Rowan",
            "last_name": "Petrie",
            "born_on": born(3, now),
            "safe_contact_rule": "Ring his grandmother, not the home.",
        },
        said=[
            Said(
                "FACT_HEARD",
                "His mother is out, and the neighbour who has him has been drinking.",
                "His grandmother, to me by phone at 21:45",
            ),
            Said("FACT_HEARD", "The front door does not lock, and he has got out twice.", "His grandmother"),
            Said("OPINION", "I think he is not safe there until the morning.", "Me", rests_on=[1, 2]),
        ],
        level=4,
        urgency="URGENT",
        voice_why_not="He is three, and I have not seen him tonight.",
        voice_plan="Whoever visits sees him awake and speaks with him.",
    )
    concern = steps.log(tale)
    exchange = _prepared(tale, concern, what_i_ask="See tonight whether he can stay there.")
    _ring(
        exchange,
        clock,
        minutes=9,
        what_was_said="All three points, and where his grandmother lives.",
        heard=(
            "A boy of three is with a neighbour who is drinking, in a flat he can walk out of.",
            "That nobody sober is with him until his mother is back, and nobody knows when that is.",
            "I go there with a colleague within the hour; the police at once if the door is open.",
        ),
        emergency_reason="He could be in the street tonight.",
    )


def a_call_is_confirmed_in_the_morning(now: datetime) -> None:
    """Three nights ago: what the health visitor typed is what the night social worker said."""
    clock = _evening(now, nights_ago=3)
    tale = Tale(
        by=steps.member("Joanne Tully"),
        clock=clock,
        about={"kind": "CHILD", "first_name": "Tess", "last_name": "Hallam", "born_on": born(1, now)},
        said=[
            Said(
                "FACT_HEARD",
                "Her mother says that she cannot bear the crying and is afraid of what she might do.",
                "Her mother, to me by phone",
            ),
            Said("OPINION", "She needs somebody with her tonight.", "Me", rests_on=[1]),
        ],
        level=4,
        urgency="URGENT",
        voice_why_not="She is a baby.",
        voice_plan="I see her with her mother tomorrow.",
    )
    concern = steps.log(tale, start="start-at-share", reason="I rang the duty team first.")
    exchange = _prepared(tale, concern, what_i_ask="Be with them tonight, or find who can.")
    _ring(
        exchange,
        clock,
        minutes=6,
        what_was_said="Both points, and that her sister lives two streets away.",
        heard=(
            "A mother on her own with a baby says herself that she is at the end of what she can do.",
            "That she is alone with her tonight and has told us she is afraid.",
            "I ring the sister now and stay on until she is there; if she cannot come, I go myself.",
        ),
        emergency_reason="Her mother asked for help for tonight.",
    )
    faye = steps.member(NIGHT_WORKER)
    spoken.confirm_said(exchange, by=faye, at=clock.tick(480))
    differ.answer_agreement(exchange, by=faye, at=clock.tick(4), risk="AGREE", action="AGREE")


def a_call_was_put_differently(now: datetime) -> None:
    """Two working days ago: the social worker struck the typed words and wrote his own."""
    clock = steps.working_morning(now, 2)
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={"kind": "CHILD", "first_name": "Owen", "last_name": "Blythe", "born_on": born(9, now)},
        said=[
            Said("FACT_SEEN", "He came without a coat on four days, and was hungry on each.", "Me"),
            Said("VOICE", "We are saving up.", "Owen, to me", verbatim=True, voice_of="WORDS"),
        ],
        level=3,
        urgency="HIGH",
    )
    concern = steps.log(tale, start="start-at-share", reason="I rang the duty desk first.")
    steps.decide(tale, concern, capacity="NOT_COMPETENT")
    exchange = _prepared(tale, concern, who="Tom Ashdown", what_i_ask="Say whether early help is enough.")
    _ring(
        exchange,
        clock,
        minutes=4,
        what_was_said="Both points, and that his mother was friendly at the gate.",
        heard=(
            "He is cold and hungry, and says that the family is saving up.",
            "That it is neglect.",
            "I visit this week; sooner if he does not come to school.",
        ),
    )
    spoken.say_differently(
        exchange,
        by=exchange.listener,
        at=clock.tick(40),
        what_happened="He is cold and hungry at school, and says that the family is saving up.",
        what_worries_me="That they have no money for food. I did not say that it is neglect: I do not know.",
        what_i_will_do="I ring his mother today about help with money; I visit if she does not answer.",
    )
    steps.confirm(exchange, clock)


def _evening(now: datetime, *, nights_ago: int) -> Clock:
    """A clock that starts at half past nine in the evening, some nights ago."""
    local = now.astimezone(ZoneInfo("Europe/London")) - timedelta(days=nights_ago)
    return Clock(local.replace(hour=21, minute=30, second=0, microsecond=0))


def _prepared(tale: Tale, concern: Concern, *, who: str = NIGHT_WORKER, what_i_ask: str) -> Exchange:
    return steps.prepare(
        tale, concern, steps.member(who), key=[1], why_you="You are on duty now.", what_i_ask=what_i_ask
    )


def _ring(
    exchange: Exchange,
    clock: Clock,
    *,
    minutes: int,
    what_was_said: str,
    heard: tuple[str, str, str],
    **more: Any,
) -> None:
    """Ring the listener's duty desk, and log the call a few minutes after it."""
    called_at = clock.tick(5)
    point = ContactPoint.objects.checked().filter(
        agency=exchange.listener.agency, kind=ContactPoint.Kind.PHONE, member=None
    )
    happened, worries, will_do = heard
    spoken.log_call(
        exchange,
        by=exchange.speaker,
        at=clock.tick(minutes + 6),
        spoken_with=exchange.listener,
        called_at=called_at,
        minutes=minutes,
        point=point.get(),
        what_was_said=what_was_said,
        what_happened=happened,
        what_worries_me=worries,
        what_i_will_do=will_do,
        verdicts={1: "UNDERSTOOD"},
        outcome="CONFIRMED",
        **more,
    )


STORIES = (
    a_doctor_rings_the_duty_team_at_night,
    a_call_is_confirmed_in_the_morning,
    a_call_was_put_differently,
)
