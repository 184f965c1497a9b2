"""People without an account: one got a link, one said it back and took on an action, one is locked out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agencies import operations as agencies
from agencies.models import Membership
from notifications import texts
from records.models import Concern
from sharing import workflow
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.models import Exchange, Link
from sharing.operations import actions, disclosure, links, visits
from sharing.operations.links import LinkIsOver

ORGANISATION = {"organisation": "Harrow Lane Homes", "kind": "HOUSING"}
OFFICER: dict[str, Any] = {
    **ORGANISATION,
    "full_name": "Rosa Lindqvist",
    "job_title": "Housing officer",
    "email": "rosa.lindqvist@harrow-lane-homes.example",
    "how_email_checked": "I rang their office on the number on their website, and she spelled it out.",
    "phone": "07700 900123",
    "how_phone_checked": "On her card; I rang it and she answered with her name.",
}
MANAGER: dict[str, Any] = {
    **ORGANISATION,
    "full_name": "Ebo Quaye",
    "job_title": "Tenancy support manager",
    "email": "ebo.quaye@harrow-lane-homes.example",
    "how_email_checked": "Rosa Lindqvist gave it by phone, and he wrote back from it.",
    "phone": "01632 960456",
    "how_phone_checked": "The desk number on their letter of last week; he answered.",
}


def people_without_an_account(now: datetime) -> None:
    """Tell the three stories, by one practitioner, in the last hours: a link that is sent now still works."""
    tom = steps.member("Tom Ashdown")
    clock = Clock(now - timedelta(hours=6))
    rosa = agencies.add_outside(by=tom, at=clock.tick(), **OFFICER)
    ebo = agencies.add_outside(by=tom, at=clock.tick(), **MANAGER)
    _rosa_has_said_back_and_moves_the_family(tom, rosa, clock, now)
    _rosa_has_a_link_and_a_code_by_text(tom, rosa, clock, now)
    _ebo_is_locked_out(tom, ebo, clock, now)


def _told(
    tom: Membership, listener: Membership, clock: Clock, now: datetime, *, first: str, last: str, code_by: str
) -> tuple[Concern, Exchange]:
    """Tom tells somebody at the housing association about a family that must not stay where it is."""
    tale = Tale(
        by=tom,
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(13, now)},
        said=[
            Said("FACT_SEEN", "The front door was broken and does not close.", "I did, on a visit"),
            Said("FACT_HEARD", "Somebody came to the door twice last week.", f"{first}'s mother, by phone"),
            Said("OPINION", "They are not safe there at night.", "Me", rests_on=[1, 2]),
            Said(
                "VOICE",
                "I push a chair against the door at night.",
                f"{first}, to me",
                verbatim=True,
                voice_of="LIVED",
            ),
        ],
        level=3,
        urgency="HIGH",
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Their housing officer.", worked_with=steps.member("Priya Nair"))
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        listener,
        key=[1, 2],
        held_back={3: "Facts are enough for the repair."},
        why_you="You look after their tenancy, and can have the door mended today.",
        what_i_ask="Have the door made safe today, and say whether there is another flat.",
    )
    workflow.move(concern, "to-share", by=tom, at=clock.tick())
    sent = disclosure.send(exchange, by=tom, at=clock.tick(), meant=listener.pk, code_by=code_by)
    return concern, sent


def _rosa_has_a_link_and_a_code_by_text(
    tom: Membership, rosa: Membership, clock: Clock, now: datetime
) -> None:
    """The link is in her e-mail and has still to be opened; the code comes as a text message."""
    _told(tom, rosa, clock, now, first="Ines", last="Calder", code_by=_by_text())


def _rosa_has_said_back_and_moves_the_family(
    tom: Membership, rosa: Membership, clock: Clock, now: datetime
) -> None:
    """She came in, said it back, and took on an action that is due after her link ends."""
    _, exchange = _told(tom, rosa, clock, now, first="Joss", last="Arden", code_by=Link.CodeBy.SPEAKER)
    visits.enter_code(_link(exchange), _read_out(exchange, tom, clock), at=clock.tick(), address=None)
    steps.hear(
        exchange,
        clock,
        "Their door is broken and cannot be shut, and their mother says a person came there twice.",
        "Anybody can walk in on them at night, and that person may come a third time.",
        "I send the joiner this afternoon. If they are troubled before that, their mother rings 999 and me.",
    )
    steps.confirm(exchange, clock)
    action = actions.propose(
        exchange,
        by=tom,
        at=clock.tick(),
        what="Offer the family another flat, away from this street.",
        owner=rosa,
        by_when="8 working days",
        contingency="Somebody comes to the door again: ring me and they stay with family.",
    )
    actions.accept(action, by=rosa, at=clock.tick())


def _ebo_is_locked_out(tom: Membership, ebo: Membership, clock: Clock, now: datetime) -> None:
    """A wrong code was entered five times. Tom rings, and sends a new link."""
    _, exchange = _told(tom, ebo, clock, now, first="Mabel", last="Stroud", code_by=Link.CodeBy.SPEAKER)
    _read_out(exchange, tom, clock)
    for _ in range(5):
        try:
            visits.enter_code(_link(exchange), "not the code", at=clock.tick(1), address="192.0.2.44")
        except (visits.WrongCode, LinkIsOver):
            continue


def _by_text() -> str:
    """By text message where this machine can send one, as the demo can."""
    return Link.CodeBy.TEXT if texts.is_set_up() else Link.CodeBy.SPEAKER


def _link(exchange: Exchange) -> Link:
    return Link.objects.select_related("exchange__cycle").get(exchange=exchange)


def _read_out(exchange: Exchange, tom: Membership, clock: Clock) -> str:
    return links.read_out_code(exchange, by=tom, at=clock.tick())
