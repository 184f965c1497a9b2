"""A fact that changes, from the recipient who says so to everyone who says the change back, on both sides."""

from __future__ import annotations

from agencies.models import Membership
from sharing.models import ActionFlag, Exchange
from sharing.states import ActionState
from tests import correcting, factories
from tests.browser import check_back_steps as check_back
from tests.browser import correcting_steps as steps
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.somebody import Somebody
from tests.factories import World

RIGHT, WHY = correcting.NEW, "Tom has seen the arm himself."


def at_browsers(at_a_browser: AtABrowser, inspector: Inspector, *members: Membership) -> list[Somebody]:
    people = [at_a_browser(member) for member in members]
    for somebody in people:
        somebody.looks.append(inspector)
        somebody.has_an_authenticator_app()
        somebody.is_signed_in_already()
    return people


def test_from_a_proposal_to_still_right(world: World, at_a_browser: AtABrowser, inspector: Inspector) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    exchange = action.exchange.reference
    priya, tom, bell = at_browsers(at_a_browser, inspector, world.priya, world.tom, world.school.colleague)

    steps.says_that_an_item_is_wrong(
        tom, exchange, item="Item 1", right=RIGHT, how="I looked at it with the doctor."
    )
    steps.goes_to_what_was_proposed(priya, right=RIGHT)
    steps.corrects_the_statement(priya, label="S1", right=RIGHT, why=WHY)

    sent = Exchange.objects.get(kind="CORRECTION").reference
    steps.looks_at_the_correction(
        bell, f"{action.cycle.concern.reference}-C1", correcting.OLD, RIGHT, WHY, exchange, sent,
        "0 of 1 have said it back", "To look at again",
    )  # fmt: skip

    tom.opens_exchange(exchange)
    tom.sees("This has changed. Read what it is now in")
    check_back.opens_what_was_sent(tom, sent, sender="Priya Nair", secret=RIGHT)
    tom.sees("Was:", correcting.OLD, "Is now:")
    tom.opens_exchange(exchange)
    tom.sees("Was:", "Is now:", RIGHT)
    tom.opens_exchange(sent)
    check_back.says_back(
        tom,
        happened="It was his other arm. The rest of what you saw stays as it was.",
        worries="No more and no less than before; only the side is different.",
        first="Tell the doctor today which side; at once if she is already looking.",
    )
    check_back.confirms(priya, sent)
    steps.looks_at_the_correction(
        priya, f"{action.cycle.concern.reference}-C1", "1 of 1 has said it back and been understood"
    )

    steps.says_that_an_action_is_still_right(
        tom, action.reference, why="He is seen today, whichever arm it is."
    )
    assert ActionFlag.objects.get().answered_by == world.tom
    priya.opens(f"/actions/{action.reference}/")
    priya.sees("Still right", "He is seen today, whichever arm it is.")


def test_an_agreement_taken_back_and_what_nobody_has_opened(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    concern = factories.at_share(world)
    read = factories.understood(world, factories.sent(world, concern))
    unread = factories.sent(world, concern, listener=world.amara)
    person = factories.main_person(concern)
    priya, tom, amara = at_browsers(at_a_browser, inspector, world.priya, world.tom, world.amara)

    priya.opens(f"/concerns/{concern.reference}/cycle/1/sharing-decision/{person.reference}/view/")
    priya.sees("Who has been told already", "Tom Ashdown", "Amara Osei", "not opened yet")
    priya.sees("What was read cannot be unread")
    correction = correcting.withdrawn(world, concern)
    assert correction is not None
    priya.opens(f"/corrections/{correction.reference}/")
    priya.sees("1 person has not opened it yet", read.reference, unread.reference)
    priya.follows("Withdraw what is not opened")
    priya.is_on("Withdraw what is not opened")
    priya.sees(f"{unread.reference}, to Amara Osei")
    priya.presses("Withdraw what is not opened")
    priya.is_on("Agreement to sharing was taken back")
    priya.does_not_see("has not opened it yet")

    amara.opens_exchange(unread.reference)
    amara.sees("This was withdrawn")
    sent = correcting.told_of(correction, read).reference
    check_back.opens_what_was_sent(tom, sent, sender="Priya Nair", secret="no longer agrees")
    check_back.says_back(
        tom,
        happened="He does not want this known any further than it is.",
        worries="That he stops talking if it goes round.",
        first="I stop passing it on now, and ask you before anybody else has to know.",
    )
    check_back.confirms(priya, sent)


def test_somebody_who_cannot_be_reached_is_told_by_telephone(
    world: World, at_a_browser: AtABrowser, inspector: Inspector
) -> None:
    row = correcting.unreachable(world)
    (priya,) = at_browsers(at_a_browser, inspector, world.priya)
    priya.goes_home()
    priya.sees("Tell somebody of a correction by hand: no notice can reach them")
    priya.opens(f"/corrections/{row.correction.reference}/by-hand/{row.pk}/")
    priya.is_on("Tell them by hand")
    priya.sees("no checked e-mail address", correcting.OLD, correcting.NEW)
    priya.writes("How were they told?", "I rang the desk at noon; Tom said it back.")
    priya.presses("Save how they were told")
    priya.is_on("S1 was corrected")
    priya.sees("I rang the desk at noon; Tom said it back.")
    assert row.correction.reference in priya.page.url
