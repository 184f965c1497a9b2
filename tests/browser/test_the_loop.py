"""The whole journey, by two people in two agencies, through real pages only."""

from __future__ import annotations

from tests.browser import acting_steps as acting
from tests.browser import asking_steps as asking
from tests.browser import check_back_steps as check_back
from tests.browser import cycle_steps as cycle
from tests.browser import differing_steps as differing
from tests.browser import logging_steps as logging
from tests.browser import sharing_steps as sharing
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World


def test_from_a_concern_to_the_next_cycle(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    priya, tom, amara = (at_a_browser(member) for member in (world.priya, world.tom, world.amara))
    for somebody in (priya, tom, amara):
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.signs_in()

    # Ask
    reference = logging.logs_a_concern(priya)
    asking.starts_with_ask(priya)
    asking.lists_and_asks(priya, "Amara Osei", "osei")
    asking.answers_the_question(amara, "Priya Nair")
    answer = f"{reference}-X1"
    check_back.opens_what_was_sent(priya, answer, sender="Amara Osei", secret=asking.ANSWER)
    check_back.says_back(
        priya,
        happened="You have seen Leo: two missed appointments this autumn, both made up for later.",
        worries="He was quieter with you as well, so it is not only at school.",
        first="I tell the duty social worker today; sooner if he says anything more.",
    )
    check_back.confirms(amara, answer)
    asking.tests_an_assumption(priya, reference)
    cycle.finds_the_gate_closed(priya, reference, "Go on to Do", "Who needs to know")
    asking.says_who_needs_to_know(priya, reference)
    cycle.goes_on(priya, reference, "Go on to Do")
    shares(priya, tom, reference, f"{reference}-X2")
    settles_who_does_what(priya, tom, reference, f"{reference}-X2")
    records(priya, tom, reference, f"{reference}-X4")


CHOICES = {
    "S1": sharing.KEY,
    "S2": sharing.SHARE,
    "S3": sharing.HOLD,
    "S4": sharing.SHARE,
    "S5": sharing.KEY,
}


def shares(priya: Somebody, tom: Somebody, reference: str, exchange: str) -> None:
    """Do and Share: decide, choose, look, send; the listener says it back twice; it is understood."""
    cycle.finds_the_gate_closed(priya, reference, "Go on to Share", "decision")
    sharing.decides_to_share(priya, reference, "Leo Marsh")
    sharing.chooses_whom_to_tell(priya, reference, "Tom Ashdown", "Wyrefold Family Front Door")
    sharing.chooses_what_to_tell(
        priya, "Tom Ashdown", CHOICES, held_back_because="It adds nothing that he needs tonight."
    )
    cycle.goes_on(priya, reference, "Go on to Share")
    sharing.sends(priya, exchange, "Tom Ashdown")
    check_back.opens_what_was_sent(tom, exchange, sender="Priya Nair", secret=logging.SEEN)
    tom.does_not_see(logging.HISTORY)
    cycle.finds_the_gate_closed(priya, reference, "Go on to Record", "Tom Ashdown")
    check_back.tries_to_say_only_thanks(tom)
    check_back.says_back(
        tom,
        happened="Leo has a fresh mark on his left arm. You and his teacher both saw it this morning.",
        worries="He goes home to the same adult at quarter past three.",
        first="I ring my manager now. If anybody comes to collect him early, you ring 999 and then me.",
    )
    check_back.corrects(priya, exchange, note="Say who did it, as Leo told it. That must not be lost.")
    check_back.says_it_again(
        tom,
        happened="A fresh mark on his left arm, seen by two of you. Leo says a man at home squeezed him for "
        "being noisy.",
    )
    check_back.confirms(priya, exchange)


def settles_who_does_what(priya: Somebody, tom: Somebody, reference: str, exchange: str) -> None:
    """Agree on the risk, differ in part on what to do, settle that; an action is taken on, done, checked."""
    why, side = "I would rather see him at school than at home.", "At school is fine, if it is before 3.15."
    acting.agrees_on_risk_and_partly_on_action(tom, exchange, why=why)
    disagreement, outcome = f"{reference}-D1", f"{reference}-X3"
    differing.gives_their_side(priya, disagreement, side=side, theirs=why)
    differing.says_who_holds_the_risk(
        priya, disagreement, "Priya Nair", meanwhile="I keep him at school until Tom comes."
    )
    differing.writes_the_outcome(tom, disagreement, decided="I come to school at 2.")
    check_back.opens_what_was_sent(priya, outcome, sender="Tom Ashdown", secret="I come to school at 2.")
    check_back.says_back(
        priya,
        happened="You see Leo here this afternoon, before anybody can collect him.",
        worries="If you are held up he would have gone.",
        first="I keep him in my office from half past one, and ring you at two.",
    )
    check_back.confirms(tom, outcome)
    differing.closes(priya, disagreement)
    acting.proposes(priya, exchange, what="See Leo at school.", owner="Tom Ashdown", by_when="2 working days")
    action, done = f"{reference}-A1", "Seen at school with his teacher. He goes home with his aunt."
    acting.takes_on(tom, action)
    acting.reports(tom, action, what=done)
    acting.checks_that_it_is_done(priya, action, what=done)


def records(priya: Somebody, tom: Somebody, reference: str, exchange: str) -> None:
    """Record: the summary writes itself, the party confirms it, and the next cycle begins."""
    decision = "A strategy discussion with police and health, today at noon."
    cycle.goes_on(priya, reference, "Go on to Record")
    acting.writes_the_summary(priya, reference, decision=decision)
    acting.confirms_the_summary(tom, exchange, decision=decision)
    cycle.goes_on(priya, reference, "Start the next cycle")
    priya.sees("cycle 2")
