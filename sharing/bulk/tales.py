"""The concerns that are copied: one for each state in which a partnership's concerns are found.

Everybody in them is invented. The words in VARIED stand in their texts and are other ones in every copy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from records.models import Concern
from sharing import workflow
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Action, Exchange
from sharing.operations import actions, ask, differ, record

# Who tells, who is told, and who is asked. The first two are other people in every copy; what is asked all
# goes to one person, whose list of work is as long as the partnership is large.
SPEAKER, LEAD, LISTENER, ASKED = "Joanne Tully", "Ruth Adeyemi", "Tom Ashdown", "Dr Amara Osei"
AGENCY = "wyrefold-0-19"
# A name that nobody has, so that each place where it stands is found.
FIRST, LAST, FIRST_OF_RELATIVE, LAST_OF_RELATIVE = "Quenby", "Zarquinstow", "Yorvilda", "Vexmorrin"

VARIED: dict[str, tuple[str, ...]] = {
    "Ashgrove Road": (
        "Mill Lane", "Station Road", "the Crescent", "Harbour Street", "Church Walk", "Elm Close",
        "the flats",
        "Quarry Hill", "Orchard Way", "the old school house", "Canal Street", "Beacon Rise",
    ),
    "Three appointments": (
        "Two appointments", "Four visits", "Both reviews", "The last three visits", "Five days of nursery",
        "Two weighing clinics", "Three mornings of school", "The last two calls",
    ),
    "a neighbour downstairs": (
        "an aunt", "the family above", "a grandfather", "the school secretary", "a friend of the mother",
        "the landlord", "a play worker", "the bus driver", "an older sister",
    ),
    "on two evenings": (
        "on Sunday night", "every evening this week", "before school", "late on Friday", "more than once",
        "at the gate", "from the stairs", "the night before last",
    ),
    "louder at ours": (
        "quieter at Nan’s", "cold in my room", "different when he comes", "nicer here", "busy at ours",
        "better when Mum sleeps", "dark on the stairs", "like before we moved",
    ),
}  # fmt: skip
PLACE, MISSED, WITNESS, TIMES, VOICE = VARIED


@dataclass(frozen=True)
class Pattern:
    """A concern that was told, and how many of a thousand copies are like it."""

    concern: Concern
    of_a_thousand: int
    is_open: bool


def tell(now: datetime) -> list[Pattern]:
    """Tell one concern of each kind as of `now` (UTC), by the people of the demo's partnership."""
    told: tuple[tuple[Callable[[datetime], Concern], int, bool], ...] = (
        (_closed, 550, False),
        (_closed_after_a_correction, 230, False),
        (_asked, 55, True),
        (_prepared, 20, True),
        (_sent, 30, True),
        (_said_back, 30, True),
        (_to_say_again, 20, True),
        (_agreed_with_an_action, 35, True),
        (_disagreed, 10, True),
        (_at_record, 20, True),
    )
    return [Pattern(tale(now), often, is_open) for tale, often, is_open in told]


def begun(now: datetime, *, days: int, urgency: str = "STANDARD") -> Tale:
    """Begin a tale on the morning of a working day, so many working days ago."""
    return Tale(
        by=steps.member(SPEAKER),
        clock=steps.working_morning(now, days),
        about={"kind": "CHILD", "first_name": FIRST, "last_name": LAST, "born_on": born(8, now)},
        related=[
            (
                {"kind": "PARENT_OR_CARER", "first_name": FIRST_OF_RELATIVE, "last_name": LAST_OF_RELATIVE,
                 "born_on": born(33, now)},
                "PARENT",
                "She may need help of her own.",
            )
        ],
        said=[
            Said("FACT_SEEN", f"{MISSED} were missed since the start of term.", "Our appointment book"),
            Said("REPORTED", f"Shouting was heard {TIMES} by {WITNESS}.", "By phone, to our office"),
            Said("HISTORY", f"The family moved to {PLACE} a year ago.", "Our records"),
            Said("OPINION", "I think that they are coping less well than they say.", "My own view",
                 rests_on=[1]),
            Said("VOICE", f"It is {VOICE}.", "To me, alone", verbatim=True, voice_of="WORDS"),
        ],
        level=2,
        urgency=urgency,
    )  # fmt: skip


def at_share(now: datetime, *, days: int, urgency: str = "STANDARD") -> tuple[Tale, Concern, Exchange]:
    """Go as far as what was chosen for the front door, everything before it settled."""
    tale = begun(now, days=days, urgency=urgency)
    concern = steps.log(tale)
    tom = steps.member(LISTENER)
    steps.settle_ask(tale, concern, who="Children's social care.", worked_with=tom)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale, concern, tom, key=[1, 2, 4],
        why_you=f"You are on duty for {PLACE}.", what_i_ask="Say what you can offer them.",
    )  # fmt: skip
    return tale, concern, exchange


def heard(exchange: Exchange, clock: Clock) -> None:
    """Say it back as the listener, so that it can be confirmed."""
    steps.hear(
        exchange,
        clock,
        f"They did not keep what was arranged, and {WITNESS} heard them shout.",
        f"That nobody outside the home sees how they are at {PLACE} from one week to the next.",
        "I ring them tomorrow, and go round the same day if nobody answers.",
    )


def _corrected(exchange: Exchange, clock: Clock) -> None:
    steps.hear(
        exchange,
        clock,
        "It has been a little noisy where they live.",
        "They may fall behind with their appointments.",
        "I will speak with the school nurse this week.",
    )
    steps.correct(exchange, clock, note=f"Say what was heard {TIMES}, and by whom.", wrong={2: "MISSING"})


def understood(now: datetime, *, days: int, corrected: bool = False) -> tuple[Tale, Concern, Exchange]:
    tale, concern, exchange = at_share(now, days=days)
    steps.send(tale, concern, exchange)
    if corrected:
        _corrected(exchange, tale.clock)
    heard(exchange, tale.clock)
    steps.confirm(exchange, tale.clock)
    return tale, concern, exchange


def _round_and_closed(now: datetime, *, corrected: bool) -> Concern:
    tale, concern, exchange = understood(now, days=9, corrected=corrected)
    clock, tom = tale.clock, exchange.listener
    differ.answer_agreement(exchange, by=tom, at=clock.tick(), risk="AGREE", action="AGREE")
    action = _action(tale, exchange)
    actions.accept(action, by=tom, at=clock.tick())
    actions.report(
        action, by=tom, at=clock.tick(60),
        what_happened=f"We met at {PLACE}. They will come to the next ones.",
        done_at=clock.now - timedelta(minutes=20),
    )  # fmt: skip
    actions.check_report(action, by=tale.by, at=clock.tick(), is_done=True)
    _summary(tale, concern, answered=True)
    workflow.move(concern, "close", by=tale.by, at=clock.tick())
    return concern


def _closed(now: datetime) -> Concern:
    """All round and closed: understood at the first try, done and checked."""
    return _round_and_closed(now, corrected=False)


def _closed_after_a_correction(now: datetime) -> Concern:
    """All round and closed: said back twice."""
    return _round_and_closed(now, corrected=True)


def _asked(now: datetime) -> Concern:
    """At Ask: a question to the doctor has no answer yet."""
    tale = begun(now, days=3)
    concern, clock = steps.log(tale), tale.clock
    amara = steps.member(ASKED)
    ask.list_involvement(steps.now_at(concern), by=tale.by, at=clock.tick(), member=amara)
    ask.ask(
        steps.now_at(concern), of=amara, by=tale.by, at=clock.tick(),
        told=f"I work with a family at {PLACE}.",
        question="Do you work with them? Are you more or less worried than before?",
    )  # fmt: skip
    return concern


def _prepared(now: datetime) -> Concern:
    """At Do: chosen and not sent."""
    return at_share(now, days=1)[1]


def _sent(now: datetime) -> Concern:
    """At Share: nobody has opened it yet."""
    tale, concern, exchange = at_share(now, days=2, urgency="HIGH")
    steps.send(tale, concern, exchange)
    return concern


def _said_back(now: datetime) -> Concern:
    """At Share: said back, and waits for the speaker's check."""
    tale, concern, exchange = at_share(now, days=2)
    steps.send(tale, concern, exchange)
    heard(exchange, tale.clock)
    return concern


def _to_say_again(now: datetime) -> Concern:
    """At Share: something was missing in what was said back."""
    tale, concern, exchange = at_share(now, days=3)
    steps.send(tale, concern, exchange)
    _corrected(exchange, tale.clock)
    return concern


def _agreed_with_an_action(now: datetime) -> Concern:
    """At Share: understood, and an action that is taken on."""
    tale, concern, exchange = understood(now, days=3)
    tom = exchange.listener
    differ.answer_agreement(exchange, by=tom, at=tale.clock.tick(), risk="AGREE", action="AGREE")
    actions.accept(_action(tale, exchange), by=tom, at=tale.clock.tick())
    return concern


def _disagreed(now: datetime) -> Concern:
    """At Share: understood, and disagreed on the risk."""
    tale, concern, exchange = understood(now, days=4)
    differ.answer_agreement(
        exchange, by=exchange.listener, at=tale.clock.tick(), risk="DISAGREE", action="AGREE",
        risk_why=f"{MISSED} alone do not meet our threshold.",
    )  # fmt: skip
    return concern


def _at_record(now: datetime) -> Concern:
    """At Record: the summary waits for an answer."""
    tale, concern, exchange = understood(now, days=4)
    differ.answer_agreement(
        exchange, by=exchange.listener, at=tale.clock.tick(), risk="AGREE", action="AGREE"
    )
    _summary(tale, concern, answered=False)
    return concern


def _action(tale: Tale, exchange: Exchange) -> Action:
    return actions.propose(
        exchange, by=tale.by, at=tale.clock.tick(), what=f"Meet the family at {PLACE}.",
        owner=exchange.listener, by_when="2 working days", contingency="They miss another one before then.",
    )  # fmt: skip


def _summary(tale: Tale, concern: Concern, *, answered: bool) -> None:
    by, clock = tale.by, tale.clock
    workflow.move(concern, "to-record", by=by, at=clock.tick())
    cycle = steps.now_at(concern)
    record.write_summary(cycle, by=by, at=clock.tick(), decision="The plan goes on without us.")
    if answered:
        for summary in cycle.exchanges.filter(kind="SUMMARY"):
            record.answer_summary(summary, by=summary.listener, at=clock.tick(30), matches=True)
