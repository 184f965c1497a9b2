"""One disagreement from its first word to its end at stage 2, by four people in two agencies."""

from __future__ import annotations

from sharing.states import State
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser import differing_steps as differing
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

LOWER, HIGHER = "It is lower than that: his aunt is there.", "His aunt is away, and he knows it."
DECIDED = "We see him together at school on Thursday."


def test_from_the_first_word_to_the_end(world: World, at_a_browser: AtABrowser, inspector: Inspector) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD).reference
    members = (world.priya, world.tom, world.school.lead, world.care.lead)
    priya, tom, hollis, croft = (at_a_browser(member) for member in members)
    for somebody in (priya, tom, hollis, croft):
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()

    reference = differing.says_that_we_do_not_agree(tom, exchange, about="The risk", why=LOWER)
    differing.gives_their_side(priya, reference, side=HIGHER, theirs=LOWER)
    cannot_go_on_before_the_risk_is_held(priya, reference)
    differing.says_who_holds_the_risk(
        priya, reference, "Tom Ashdown", meanwhile="He rings the school every morning."
    )
    differing.takes_it_further(priya, reference, 2, why="He goes home tonight.")

    differing.opens(croft, reference)
    differing.says_who_holds_the_risk(
        hollis, reference, "Helen Croft", meanwhile="She keeps it open until Thursday."
    )
    differing.writes_the_outcome(croft, reference, decided=DECIDED)
    concern = reference.rsplit("-", 1)[0]
    says_it_back(priya, croft, f"{concern}-X2")
    cannot_close_yet(tom, reference)
    says_it_back(tom, croft, f"{concern}-X3")
    differing.closes(priya, reference)
    differing.opens(tom, reference)
    tom.sees("This is settled", DECIDED, LOWER, HIGHER)


def cannot_go_on_before_the_risk_is_held(somebody: Somebody, reference: str) -> None:
    somebody.opens(f"/disagreements/{reference}/next-stage/")
    somebody.sees("Say first who holds the risk until this is settled.")


def cannot_close_yet(somebody: Somebody, reference: str) -> None:
    somebody.opens(f"/disagreements/{reference}/close/")
    somebody.sees("The outcome is not understood by everybody yet.")


def says_it_back(listener: Somebody, speaker: Somebody, exchange: str) -> None:
    """The ordinary check-back, on the outcome."""
    check_back.opens_what_was_sent(listener, exchange, sender="Helen Croft", secret=DECIDED)
    check_back.says_back(
        listener,
        happened="The two of us go to the school to see him, instead of arguing about it.",
        worries="If it is put off again, he is where he was before.",
        first="I keep the morning free; if they cancel I ring you the same hour.",
    )
    check_back.confirms(speaker, exchange)
