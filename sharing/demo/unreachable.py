"""Somebody whom no notice reaches: their address was retired after they were told, and the inbox too."""

from __future__ import annotations

from datetime import datetime, timedelta

from agencies import operations as agencies
from agencies.models import ContactPoint, Membership
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born


def nobody_reads_what_went_to_the_youth_project(now: datetime) -> None:
    """Tom told the youth project two weeks ago; nobody there can be reminded, and every list says so."""
    clock = Clock(now - timedelta(days=14))
    tom, esi = steps.member("Tom Ashdown"), steps.member("Esi Mensah")
    tale = Tale(
        by=tom,
        clock=clock,
        about={
            "kind": "CHILD",
            "first_name": "Callum",
            "last_name": "Reyes",
            "born_on": born(14, now),
        },
        said=[
            Said("FACT_HEARD", "He sleeps at the project's boat shed at weekends.", "His aunt, by phone"),
            Said(
                "VOICE",
                "I just do not want to be at home.",
                "Callum, to me",
                verbatim=True,
                voice_of="WISHES",
            ),
        ],
        level=2,
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="The youth project.", worked_with=esi)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        esi,
        key=[1],
        why_you="He trusts you, and he is there at night.",
        what_i_ask="Tell me whether somebody is with him.",
    )
    steps.send(tale, concern, exchange)
    by = Membership.objects.current().with_people().get(agency=esi.agency, role="administrator")
    for point in ContactPoint.objects.in_use().filter(agency=esi.agency, kind=ContactPoint.Kind.EMAIL):
        agencies.retire_contact_point(point, by=by, at=clock.tick(5))
