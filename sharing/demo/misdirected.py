"""The right person: a secret address that must not travel, two people called Marcus Webb, and a breach."""

from __future__ import annotations

from datetime import datetime, timedelta

from agencies import deciding
from records import operations as records
from records.models import Concern
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Breach, Exchange, Incident
from sharing.operations import breach, check_back, misdirected
from sharing.operations.guarding import ProtectedDetailFound

REFUGE = "Haven House\n3 Oak Road\nWyrefold\nWY6 2AX"
SINCE_MAY = "Their mother fled in May. Her former partner is looking for them, also through his brother."


def _tale(now: datetime, child: str, text: str, *, ago: timedelta) -> Tale:
    first, _, last = child.partition(" ")
    return Tale(
        by=steps.member("Priya Nair"),
        clock=Clock(now - ago),
        about={
            "kind": "CHILD",
            "first_name": first,
            "last_name": last,
            "born_on": born(9, now),
        },
        said=[
            Said("FACT_HEARD", text, "Anna Bell, class teacher"),
            Said(
                "VOICE", "I want to stay where we are.", f"{first}, to me", verbatim=True, voice_of="WISHES"
            ),
        ],
        level=3,
        urgency="HIGH",
    )


def _ready(tale: Tale, who: str) -> Concern:
    """Log it and come to Share, with a decision to share."""
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who=who, worked_with=steps.member("Dr Amara Osei"))
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    return concern


def _prepared_for(tale: Tale, concern: Concern, name: str, agency: str, why: str) -> Exchange:
    return steps.prepare(
        tale,
        concern,
        steps.member(name, agency),
        key=[1],
        why_you=why,
        what_i_ask="Tell me by tomorrow what you know of him.",
    )


def _told_the_wrong_marcus_webb(now: datetime) -> None:
    """Two days ago it went to the school nurse and was meant for the police officer. Its 72 hours run."""
    tale = _tale(now, "Ned Calder", "Waited for by a man in a van at the gate, twice.", ago=timedelta(days=2))
    concern = _ready(tale, "The police officer for child protection.")
    exchange = _prepared_for(tale, concern, "Marcus Webb", "wyrefold-0-19", "You know who drives the van.")
    exchange = steps.send(tale, concern, exchange)
    clock = tale.clock
    check_back.open_exchange(exchange, by=exchange.listener, at=clock.tick(20))
    sent_back = check_back.not_mine(
        exchange, by=exchange.listener, at=clock.tick(4), note="There is a Marcus Webb with the police too."
    )
    lead = steps.member("Lena Hollis")
    misdirected.handle_incident(
        Incident.objects.get(exchange=sent_back),
        by=tale.by,
        at=clock.tick(40),
        what_was_done="He closed it at once and told nobody. The right Marcus Webb was rung.",
        contained="YES",
        seen="READ",
        who_decided="Lena Hollis, head teacher",
        is_breach=True,
        breach_why="A child’s name and what happened to him reached somebody who was not to have it.",
    )
    breach.decide(
        Breach.objects.get(exchange=sent_back),
        by=lead,
        at=clock.tick(30),
        about="PERSON",
        answer=True,
        why="His mother would want to know, and telling her puts nobody at risk.",
    )


def _found_too_late(now: datetime) -> None:
    """The sender finds it a day later; what was done about it is still to be said."""
    text = "Came without a coat and said that he slept in the car."
    tale = _tale(now, "Bryn Hollins", text, ago=timedelta(days=1, hours=3))
    concern = _ready(tale, "The school nurse who knows him.")
    exchange = _prepared_for(tale, concern, "Marcus Webb", "wyrefold-police", "You know who was in the car.")
    exchange = steps.send(tale, concern, exchange)
    misdirected.report_misdirected(
        exchange,
        by=tale.by,
        at=tale.clock.tick(90),
        note="I picked the police officer; it was for the school nurse of the same name.",
    )


def _a_secret_address(now: datetime) -> None:
    """The family of Ella lives in a refuge. One statement names it, as people do.

    Social care is told all the same; what was prepared for the police officer waits to be sent.
    """
    tale = _tale(now, "Ella Tanner", "Said that they walked home to 3 Oak Rd alone.", ago=timedelta(hours=6))
    concern = _ready(tale, "The police, and social care.")
    if tale.person is None:
        raise LookupError("Ella is not recorded")
    records.protect_detail(
        tale.person,
        by=tale.by,
        at=tale.clock.tick(),
        kind="ADDRESS",
        value=REFUGE,
        kept_from="EVERYBODY",
        why=SINCE_MAY,
    )
    records.protect_detail(
        tale.person,
        at=tale.clock.tick(),
        kind="SCHOOL",
        value="St Wulstan’s Primary",
        kept_from="PEOPLE",
        people=[steps.member("Marcus Webb", "wyrefold-0-19")],
        why="He is the former partner’s brother.",
        by=tale.by,
    )
    _sent_all_the_same(concern)
    _waits_to_be_sent(concern)


def _again(concern: Concern) -> Tale:
    """Go on telling a story a little later."""
    last = Exchange.objects.filter(cycle__concern=concern).order_by("-prepared_at").first()
    began = last.prepared_at if last else concern.logged_at or concern.started_at
    return Tale(
        by=concern.owner, clock=Clock(began + timedelta(minutes=30)), about={}, said=[], urgency="HIGH"
    )


def _sent_all_the_same(concern: Concern) -> None:
    """Social care has to know where she lives: a decision, with a reason, that her lead can see."""
    tale = _again(concern)
    exchange = _prepared_for(tale, concern, "Tom Ashdown", "", "You decide tonight whether she is safe.")
    try:
        steps.send(tale, concern, exchange)
    except ProtectedDetailFound as found:
        decision = deciding.Decision(
            why="You visit tonight, so you have to know where. You keep it from the rest of the file.",
            seen=frozenset(found.seen.split(deciding.BETWEEN)),
        )
        with deciding.deciding(decision):
            steps.send(tale, concern, exchange)


def _waits_to_be_sent(concern: Concern) -> None:
    """Prepared for the police officer: sending it stops at the address, and asks which Marcus Webb."""
    tale = _again(concern)
    _prepared_for(tale, concern, "Marcus Webb", "wyrefold-police", "You know the former partner.")


STORIES = (_told_the_wrong_marcus_webb, _found_too_late, _a_secret_address)
