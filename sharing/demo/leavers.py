"""Two stories of people who go: one hands over, one is away without anybody who acts for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from agencies import operations as agencies
from agencies.models import Membership
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born
from sharing.operations import check_back, handover


def nadia_hands_over_to_tom(now: datetime) -> None:
    """Nadia leaves social care: what she was told comes to Tom afresh, and he has not taken over yet."""
    clock = Clock(now - timedelta(hours=6))
    priya, nadia, tom = (steps.member(name) for name in ("Priya Nair", "Nadia Rahman", "Tom Ashdown"))
    tale = Tale(
        by=priya,
        clock=clock,
        about={"kind": "CHILD", "first_name": "Kezia", "last_name": "Obi", "born_on": born(8, now)},
        said=[
            Said("FACT_SEEN", "Wore the same thin jumper on four cold days.", "Class teacher"),
            Said("VOICE", "Mum is asleep when I go.", "Kezia, to me", verbatim=True, voice_of="LIVED"),
        ],
        level=2,
    )
    concern = steps.log(tale)
    steps.settle_ask(tale, concern, who="Children's social care.", worked_with=nadia)
    steps.decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        nadia,
        key=[1],
        why_you="You visit families in our area.",
        what_i_ask="Say whether you can call on them this week.",
    )
    steps.send(tale, concern, exchange)
    check_back.open_exchange(exchange, by=nadia, at=clock.tick(20))
    check_back.receive(exchange, by=nadia, at=clock.tick())
    handover.hand_over(
        concern,
        leaver=nadia,
        successor=tom,
        by=nadia,
        at=clock.tick(40),
        note="Her grandmother is glad of a call before ten. This is my last week here.",
    )


def joanne_is_away_without_cover(now: datetime) -> None:
    """Joanne is away next week, work waits for her, and nobody is named to act for her."""
    joanne = steps.member("Joanne Tully")
    by = Membership.objects.current().with_people().get(agency=joanne.agency, role="administrator")
    first = timezone.localdate(now) + timedelta(days=2)
    agencies.record_absence(
        joanne, by=by, at=now - timedelta(days=1), starts_on=first, ends_on=first + timedelta(days=8)
    )
