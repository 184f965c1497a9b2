"""Two stories of what changes after it was shared: a date; an agreement taken back, and then an address."""

from __future__ import annotations

from datetime import datetime, timedelta

from consent import operations as consent
from records import operations as records
from records.models import Concern, Person
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange
from sharing.operations import actions, flags, proposals


def the_clinic_letter_had_another_date(now: datetime) -> None:
    """Amara says that what she was told is wrong. Priya corrects it: two people are told, one has said it
    back, and one of two actions has been looked at again."""
    clock = Clock(now - timedelta(hours=7))
    priya, tom, amara = (steps.member(name) for name in ("Priya Nair", "Tom Ashdown", "Dr Amara Osei"))
    tale = Tale(
        by=priya,
        clock=clock,
        about={"kind": "CHILD", "first_name": "Rosa", "last_name": "Lind", "born_on": born(6, now)},
        said=[
            Said(
                "HISTORY",
                "The last clinic letter is from March: she was not brought.",
                "School file",
            ),
            Said("FACT_SEEN", "Asked twice for a second lunch this week.", "Lunchtime supervisor"),
            Said("VOICE", "My tummy talks.", "Rosa, to me", verbatim=True, voice_of="WORDS"),
        ],
        level=3,
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Children's social care and her doctor.", worked_with=amara)
    steps.decide(tale, concern, capacity="NOT_COMPETENT", answer="GIVEN", told=True)
    told = [
        steps.prepare(
            tale,
            concern,
            listener,
            key=[1],
            why_you=why,
            what_i_ask="Say what you know of the clinic, and whether you can see her this week.",
        )
        for listener, why in ((tom, "You are on duty for our area."), (amara, "She is on your list."))
    ]
    for exchange in told:
        steps.send(tale, concern, exchange)
        steps.hear(
            exchange,
            clock,
            "She has missed an appointment at the clinic since spring and is hungry at school.",
            "Nobody may be looking after what she needs to grow.",
            "I look in our own file today. Sooner if she is hungry again on Monday.",
        )
        steps.confirm(exchange, clock)
    for exchange, what in zip(
        told, ("Ask why she was not brought.", "Offer a new clinic date."), strict=True
    ):
        action = actions.propose(
            exchange,
            by=exchange.listener,
            at=clock.tick(),
            what=what,
            owner=exchange.listener,
            by_when="2 working days",
            contingency="She is hungry again.",
        )
        actions.accept(action, by=exchange.listener, at=clock.tick())
    proposals.propose_correction(
        told[1],
        by=amara,
        at=clock.tick(30),
        item_number=1,
        should_say="She was brought in September. The letter in your file is an old one.",
        how_known="It is in our own record of the clinic.",
    )
    records.amend_statement(
        concern.statements.get(number=1),
        why="Her surgery has the later letter. Ours was an old one.",
        by=priya,
        at=clock.tick(20),
        text="The last clinic visit on record is in September: she was brought.",
        source="Bridge Street Surgery, by Dr Amara Osei",
    )
    sent = Exchange.objects.get(carries__correction__concern=concern, carries__about=told[0])
    steps.hear(
        sent,
        clock,
        "The appointment was kept in the autumn; the older letter misled the school.",
        "Less about the clinic. Still that she comes hungry.",
        "I stop asking why she missed it, and ask about food at home instead.",
    )
    steps.confirm(sent, clock)
    flags.look_again(
        told[0].actions.get(),
        by=tom,
        at=clock.tick(),
        answer="CHANGED",
        why="She was brought, so there is nothing to ask about.",
    )


def main_person(concern: Concern) -> Person:
    """Whom a concern is about."""
    return concern.subjects.get(is_main=True).person


def evan_takes_his_agreement_back(now: datetime) -> None:
    """Evan agreed and has taken it back: who has read it is asked to hold to that, who has not can still be
    spared it."""
    clock = Clock(now - timedelta(hours=5))
    priya, tom, nadia = (steps.member(name) for name in ("Priya Nair", "Tom Ashdown", "Nadia Rahman"))
    tale = Tale(
        by=priya,
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Evan",
            "last_name": "Strand",
            "born_on": born(15, now),
            "address": "4 Quarry Rise, Wyrefold",
        },
        said=[
            Said("VOICE", "I would rather stay at my nan’s.", "Evan", verbatim=True, voice_of="WISHES"),
            Said("FACT_SEEN", "Has come in from his grandmother’s address since Monday.", "Form tutor"),
        ],
        level=2,
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Children's social care.", worked_with=tom)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    told = [
        steps.prepare(
            tale, concern, listener, key=[1],
            why_you="You support families in our area.",
            what_i_ask="Say whether you can talk to him and his grandmother.",
        )
        for listener in (tom, nadia)
    ]  # fmt: skip
    for exchange in told:
        steps.send(tale, concern, exchange)
    steps.hear(
        told[0],
        clock,
        "He is with his nan for now and says that he would like that to last.",
        "I do not know yet what he is staying away from.",
        "I ring his grandmother this afternoon; sooner if he is not in school.",
    )
    steps.confirm(told[0], clock)
    person = main_person(concern)
    consent.record_view(
        concern,
        person,
        answer="WITHDRAWN",
        capacity="COMPETENT",
        their_words="I thought only one person would read it.",
        asked_at=clock.now,
        by=priya,
        at=clock.tick(40),
    )
    records.change_person(person, by=priya, at=clock.tick(10), address_is_protected=True)
