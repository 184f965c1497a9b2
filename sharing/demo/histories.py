"""Two stories of the record itself: a history from before with a mistake in it, and a statement about
somebody else that had been shared already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agencies.models import Membership
from records import moments
from records import operations as records
from records.models import Person
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.operations import about

BEFORE: tuple[tuple[int, str, str, str, str], ...] = (
    (2190, "%Y", "HOME", "Came to live with his grandparents.", "Grandmother, at admission"),
    (1500, "%m/%Y", "REFERRAL", "Early help assessment: no further action.", "File from the previous school"),
    (760, "%d/%m/%Y", "CONTACT", "Health visitor called; nobody at home.", "Letter of the health visitor"),
    (400, "%d/%m/%Y %H:%M", "EVENT", "Collected by a neighbour, an hour late.", "Office diary"),
    (395, "%d/%m/%Y", "POLICE", "Police called to the flat above theirs.", "Office diary"),
)


def the_note_was_about_another_child(now: datetime) -> None:
    """Priya shares what she was told of Theo; then it turns out that one note was about another boy. Tom has
    said back that it no longer stands, Amara has not opened it yet."""
    clock = Clock(now - timedelta(hours=30))
    priya, tom, amara = (steps.member(name) for name in ("Priya Nair", "Tom Ashdown", "Dr Amara Osei"))
    tale = Tale(
        by=priya,
        clock=clock,
        about={"kind": "CHILD", "first_name": "Theo", "last_name": "Brandt", "born_on": born(9, now)},
        said=[
            Said("FACT_SEEN", "Asleep at his desk on three mornings this week.", "Form tutor"),
            Said("REPORTED", "An older boy waits for him at the gate.", "Lunchtime supervisor"),
            Said("VOICE", "Nobody wakes me.", "Theo, to me", verbatim=True, voice_of="WORDS"),
        ],
        level=3,
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Children's social care and his doctor.", worked_with=amara)
    steps.decide(tale, concern, capacity="NOT_COMPETENT", answer="GIVEN", told=True)
    told = [
        steps.prepare(
            tale, concern, listener, key=[1, 2],
            why_you=why,
            what_i_ask="Say what you know of his mornings.",
        )
        for listener, why in ((tom, "You are on duty for our area."), (amara, "He is on your list."))
    ]  # fmt: skip
    for exchange in told:
        steps.send(tale, concern, exchange)
    steps.hear(
        told[0],
        clock,
        "He falls asleep at school and an older boy waits for him outside.",
        "That nobody gets him up, and who that boy is.",
        "I visit tomorrow morning before school. Sooner if he does not come in.",
    )
    steps.confirm(told[0], clock)
    theirs = _known_to(tom, told[0], clock)
    about.link_person(told[0], person=theirs, by=tom, at=clock.tick())
    records.strike_statement(
        concern.statements.get(number=2),
        reason="WRONG_PERSON",
        why="The supervisor meant another boy in his class. She said so this morning.",
        by=priya,
        at=clock.tick(40),
    )
    sent = told[0].follow_ups.get()
    steps.hear(
        sent,
        clock,
        "The older boy at the gate has nothing to do with Theo; that note belonged to a classmate.",
        "Still that nobody wakes him. No longer the boy at the gate.",
        "I take it out of our record today and do not ask him about it.",
    )
    steps.confirm(sent, clock)
    _history(concern.subjects.get(is_main=True).person, priya, clock)


def _known_to(tom: Membership, told: Any, clock: Clock) -> Person:
    """The same boy, as children's social care has known him for years."""
    person = records.record_person(
        by=tom, at=clock.tick(), kind="CHILD", first_name="Theodor", last_name="Brandt", known_as="Theo",
        born_on=told.people.get().born_on,
    )  # fmt: skip
    _history(person, tom, clock)
    return person


def _history(person: Person, by: Membership, clock: Clock) -> None:
    """Write down what was before; the last of it was another family's, and is struck through."""
    entry = None
    for days, written, kind, text, source in BEFORE:
        when = moments.read((clock.now - timedelta(days=days)).strftime(written))
        entry = records.add_entry(
            person, by=by, at=clock.tick(), happened_at=when.at, precision=when.precision, kind=kind,
            text=text, source=source,
        )  # fmt: skip
    if entry is not None:
        records.strike_entry(
            entry, reason="WRONG_PERSON", why="That was another family.", by=by, at=clock.tick()
        )
