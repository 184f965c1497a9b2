"""The ways that are not straight: wrong person, withdrawn, urgent, by a deputy, two tabs, closed."""

from __future__ import annotations

from playwright.sync_api import expect

from sharing.models import Exchange, Round
from sharing.rules import PROMPTS
from sharing.states import State
from tests import factories
from tests.browser import acting_steps as acting
from tests.browser import check_back_steps as check_back
from tests.browser import cycle_steps as cycle
from tests.browser import sharing_steps as sharing
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.factories import OTHER_WORDS, OWN_WORDS, World

SECRET = "small round marks"


def test_what_reached_the_wrong_person_is_gone_at_once(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    exchange = factories.exchange_at(world, State.OPENED)
    tom, priya, lena = signed_in(world.tom), signed_in(world.priya), signed_in(world.school.lead)
    for somebody in (tom, priya, lena):
        somebody.looks.append(inspector)
    tom.opens_exchange(exchange.reference)
    tom.is_on("Information from Priya Nair")
    tom.sees(SECRET)
    tom.follows("This is not for me")
    tom.is_on("This is not for me")
    tom.presses("This is not for me")
    tom.is_told("You can no longer read it.")
    tom.does_not_see(SECRET)
    tom.page.go_back()
    tom.opens_exchange(exchange.reference)
    tom.is_on("Information from Priya Nair")
    tom.does_not_see(SECRET)

    priya.opens_exchange(exchange.reference)
    priya.is_on("What you told Tom Ashdown")
    priya.sees("Tom Ashdown says that this is not for them")
    priya.follows("Record what was done")
    priya.is_on("It reached the wrong person")
    priya.chooses("Yes: nobody else has it", to="Is it contained?")
    priya.writes("What was done?", "Rang Tom: nothing was printed. Told the data protection lead.")
    priya.writes("Who decided that?", "The data protection lead")
    priya.chooses("No", to="Is it a personal data breach?")
    priya.writes("Why, or why not?", "Nothing was read, and nothing was printed.")
    priya.presses("Record this")
    priya.is_told("What was done is recorded.")
    lena.opens_exchange(exchange.reference)
    lena.is_on("What Priya Nair told Tom Ashdown")
    lena.sees("It reached the wrong person, and what was done is recorded")


def test_what_was_withdrawn_can_no_longer_be_read(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    priya.opens_exchange(exchange.reference)
    priya.follows("Withdraw it")
    priya.is_on("Withdraw what you sent")
    priya.writes("Why are you withdrawing it?", "I sent it to you instead of your colleague.")
    priya.presses("Withdraw it")
    priya.is_told("Tom Ashdown can no longer read it")
    tom.opens_exchange(exchange.reference)
    tom.does_not_see(SECRET)
    tom.sees("This was withdrawn", "I sent it to you instead of your colleague.")


def test_an_emergency_does_not_wait_for_ask(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    concern = factories.concern_at(world, "ASK")
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    priya.looks.append(inspector)
    priya.opens(f"/concerns/{concern.reference}/urgent/")
    priya.is_on("Tell somebody now")
    sharing.finds_and_chooses(priya, "Tom Ashdown", "Wyrefold Family Front Door")
    choices = {"S1": sharing.KEY, "S2": sharing.SHARE, "S3": sharing.HOLD}
    sharing.chooses_what_to_tell(
        priya, "Tom Ashdown", choices, held_back_because="Not needed now.", urgency="Urgent"
    )
    priya.follows("Go on to send it")
    priya.is_on("Check before you send")
    priya.sees("Can it wait?")
    priya.writes("Why can it not wait?", "Dean is at the gate now.")
    priya.ticks("I have read it as they will see it")
    priya.presses("Send it now as urgent")
    priya.is_on("What you told Tom Ashdown")
    tom.goes_home()
    tom.sees("Open it and confirm receipt", "Urgent")
    priya.opens_concern(concern.reference)
    priya.is_on("Concern")
    priya.sees("Steps skipped for an urgent disclosure")


def test_a_deputy_acts_by_their_own_name(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    nadia = signed_in(world.care.colleague)
    nadia.goes_home()
    nadia.sees("For Tom Ashdown, as deputy")
    nadia.follows("Say it back")
    nadia.sees("You are acting for Tom Ashdown. Your own name is recorded.")
    nadia.follows("Say it back")
    check_back.writes_restatement(nadia, **words(OWN_WORDS))
    nadia.sees("Waiting for Priya Nair to check what was said back", "Nadia Rahman")
    assert Round.objects.get(exchange=exchange).restated_by == world.care.colleague


def test_two_tabs_do_not_overwrite_each_other(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom, at_another_tab = signed_in(world.tom), signed_in(world.tom)
    for window in (tom, at_another_tab):
        window.opens(f"/exchanges/{exchange.reference}/restate/")
    check_back.writes_restatement(tom, **words(OWN_WORDS))
    tom.sees("Waiting for Priya Nair")
    check_back.writes_restatement(at_another_tab, **words(OTHER_WORDS))
    at_another_tab.is_told("This has not been saved")
    at_another_tab.still_has(check_back.HAPPENED, OTHER_WORDS["what_happened"])
    assert Round.objects.filter(exchange=exchange).count() == 1


def test_a_double_click_says_it_once(world: World, signed_in: AtABrowser) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    for label, text in zip(PROMPTS.values(), OWN_WORDS.values(), strict=True):
        tom.writes(label, text)
    tom.page.get_by_role("button", name="Send this back to be checked").dblclick()
    tom.sees("Waiting for Priya Nair")
    assert Round.objects.filter(exchange=exchange).count() == 1


def test_a_double_click_without_javascript_says_it_once_too(
    without_javascript: None, world: World, signed_in: AtABrowser
) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    tom = signed_in(world.tom)
    tom.opens(f"/exchanges/{exchange.reference}/restate/")
    for label, text in zip(PROMPTS.values(), OWN_WORDS.values(), strict=True):
        tom.writes(label, text)
    tom.page.get_by_role("button", name="Send this back to be checked").dblclick()
    tom.sees("Waiting for Priya Nair")
    assert Round.objects.filter(exchange=exchange).count() == 1


def test_a_concern_closes_when_nothing_is_open_and_can_be_opened_again(
    world: World, signed_in: AtABrowser, inspector: Inspector
) -> None:
    concern = factories.concern_at(world, "RECORD")
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    priya.looks.append(inspector)
    cycle.cannot(priya, concern.reference, "Close the concern", "summary")
    acting.writes_the_summary(priya, concern.reference, decision="No further action; the school keeps watch.")
    summary = Exchange.objects.get(kind="SUMMARY", cycle__concern=concern)
    acting.confirms_the_summary(tom, summary.reference, decision="No further action")
    priya.opens_concern(concern.reference)
    priya.follows("Close the concern")
    priya.is_on("Close the concern")
    priya.presses("Close the concern")
    priya.is_on("Concern")
    priya.sees("This concern is closed. Open it again if something changes.")
    priya.follows("Open it again")
    priya.is_on("Open it again")
    priya.writes("Why?", "A neighbour rang: shouting again.")
    priya.presses("Open it again")
    priya.is_on("Concern")
    expect(priya.page.locator(".app-gate--closed")).to_contain_text("Do")


def words(given: dict[str, str]) -> dict[str, str]:
    return {
        "happened": given["what_happened"],
        "worries": given["what_worries_me"],
        "first": given["what_i_will_do"],
    }
