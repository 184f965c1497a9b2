"""A core group: it is called, held and minuted, and each member says back their own part.

Priya, in the chair; Tom, who comes and does not agree; Amara, who sends apologies and something for Tom.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sharing.models import Action, Exchange
from tests import factories, meeting_cases
from tests.browser import acting_steps as acting
from tests.browser import check_back_steps as check_back
from tests.browser import meeting_steps as steps
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)
RISK = "That he is alone at weekends and nobody hears of it till Monday."
BROUGHT = "He came to the surgery alone, twice, this month."
DISSENT = "It is higher than that: he flinched on Thursday."
APOLOGIES = "I have surgery until noon, and nobody can take it."


def calls_and_asks(priya: Somebody, tom: Somebody, amara: Somebody, concern: str) -> str:
    meeting = steps.calls_a_core_group(priya, concern, at=timezone.now() + timedelta(hours=2))
    steps.asks(priya, "Tom Ashdown", why="You visit the family.")
    steps.asks(priya, "Amara Osei", why="You know the parents.")
    steps.comes(tom)
    steps.sends_apologies(amara, meeting, words=APOLOGIES)
    steps.brings(amara, BROUGHT, for_whom="Tom Ashdown")
    tom.opens(f"/meetings/{meeting}/")
    tom.sees("You visit the family.", APOLOGIES)
    tom.does_not_see(BROUGHT)
    return meeting


def is_held_and_minuted(priya: Somebody, meeting: str) -> None:
    came = {"Priya Nair": "Was there", "Tom Ashdown": "Was there", "Amara Osei": "Sent apologies"}
    steps.writes_down_who_came(priya, meeting, came, at=timezone.now() - timedelta(minutes=5))
    steps.decides(priya, "One of us sees him every week.", why="He talks to each of us.")
    steps.agrees_an_action(priya, "Visit at home on a Friday.", owner="Tom Ashdown")
    steps.sends_the_minutes(priya, risk=RISK)
    priya.sees("Waiting until these are understood: Tom Ashdown, Amara Osei")


def says_it_back_and_differs(priya: Somebody, tom: Somebody) -> str:
    part = Exchange.objects.get(kind="MEETING", listener=tom.member)
    check_back.opens_what_was_sent(tom, part.reference, sender="Priya Nair", secret=RISK)
    tom.sees(BROUGHT, "Visit at home on a Friday.")
    check_back.says_back(
        tom,
        happened="We each take a turn to see him, week by week, so that somebody always knows.",
        worries="Friday night to Monday morning, when no one from any agency is near him.",
        first="I go on Friday afternoon; if nobody opens twice I ring you and go back with a colleague.",
    )
    check_back.confirms(priya, part.reference)
    steps.does_not_agree(tom, part.reference, why=DISSENT)
    acting.takes_on(tom, Action.objects.get(owner=tom.member).reference)
    return part.reference


def amends(priya: Somebody, meeting: str) -> None:
    priya.opens(f"/meetings/{meeting}/")
    priya.sees(DISSENT)
    steps.agrees_an_action(priya, "Look for missed appointments.", owner="Amara Osei")
    steps.sends_the_minutes(priya, what_changed="The doctor’s action was left out.")
    priya.follows("Version 1")
    priya.is_on("Minutes")
    priya.sees("This is an earlier version", DISSENT, APOLOGIES)
    priya.does_not_see("Look for missed appointments.")


def journey(priya: Somebody, tom: Somebody, amara: Somebody, concern: str) -> None:
    meeting = calls_and_asks(priya, tom, amara, concern)
    is_held_and_minuted(priya, meeting)
    says_it_back_and_differs(priya, tom)
    amends(priya, meeting)
    tom.opens(f"/meetings/{meeting}/minutes/1/")
    tom.is_on("Minutes")
    tom.sees("Your part", BROUGHT, DISSENT)
    latest = Exchange.objects.filter(kind="MEETING", listener=amara.member).latest("pk")
    check_back.opens_what_was_sent(amara, latest.reference, sender="Priya Nair", secret=RISK)
    amara.sees("Look for missed appointments.")
    amara.does_not_see(BROUGHT, DISSENT, "Visit at home on a Friday.")


def test_a_core_group(signed_in: AtABrowser, world: World, inspector: Inspector) -> None:
    concern = factories.at_share(world).reference
    people = [signed_in(one) for one in (world.priya, world.tom, world.amara)]
    for one in people:
        one.looks.append(inspector)
    journey(people[0], people[1], people[2], concern)


def test_without_a_quorum_at_320_pixels_without_javascript(
    at_320px: None, without_javascript: None, signed_in: AtABrowser, world: World
) -> None:
    meeting = meeting_cases.held(world, away={world.tom: ""})
    priya = signed_in(world.priya)
    priya.opens(f"/meetings/{meeting.reference}/")
    priya.sees("This is not a quorum, so nothing can be decided yet")
    priya.follows("Write why it cannot wait")
    priya.writes("Why can it not wait until enough agencies are there?", "He goes home tonight.")
    priya.presses("Go on without a quorum")
    priya.sees("He goes home tonight.")
    steps.decides(priya, "A visit tonight.", why="Nobody has seen him.")
    steps.sends_the_minutes(priya, risk=RISK)
