"""Pages on which something is wrong, and those of other roles: axe finds nothing at either width.

The pages of the journey are looked over on the way, in test_the_loop.py and test_other_ways.py.
"""

from __future__ import annotations

from sharing.states import State
from tests import factories
from tests.browser import check_back_steps as check_back
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.main_pages import FOR_EVERYBODY
from tests.browser.somebody import Somebody
from tests.factories import PHRASE, World


def test_pages_for_everybody(world: World, at_a_browser: AtABrowser, inspector: Inspector) -> None:
    stranger = at_a_browser(world.priya)
    for page in FOR_EVERYBODY:
        stranger.opens(page)
        inspector(stranger)
    stranger.opens("/accounts/login/")
    stranger.writes("Email", "nobody@nowhere.example")
    stranger.writes("Password", PHRASE)
    stranger.presses("Sign in")
    stranger.is_told("There is a problem")
    inspector(stranger)


def test_forms_sent_empty(world: World, signed_in: AtABrowser, inspector: Inspector) -> None:
    concern, draft = factories.concern_at(world, "ASK"), factories.draft(world)
    share = factories.concern_at(world, "SHARE")
    priya = signed_in(world.priya)
    forms = {
        "/concerns/new/": "Search",
        "/concerns/new/person/": "Save and continue",
        f"/concerns/{draft.reference}/statements/": "Continue",
        f"/concerns/{draft.reference}/statements/add/fact-seen/": "Save and continue",
        f"/concerns/{draft.reference}/statements/add/voice/": "Save and continue",
        f"/concerns/{draft.reference}/discard/": "Discard this draft",
        f"/concerns/{concern.reference}/ask/people/": "Search the directory",
        f"/concerns/{concern.reference}/ask/assumptions/add/": "Save and continue",
        f"/concerns/{concern.reference}/worry-now/": "Save and continue",
        f"/concerns/{concern.reference}/cycle/1/sharing-decision/P-000001/view/": "Save what they said",
        f"/concerns/{share.reference}/move/back-to-do/": "Step back to Do",
        f"/exchanges/{share.reference}-X1/send/": "Send it",
    }
    for page, button in forms.items():
        priya.opens(page)
        priya.presses(button)
        priya.is_told("There is a problem")
        inspector(priya)


def test_refusals_in_the_check_back(world: World, signed_in: AtABrowser, inspector: Inspector) -> None:
    received = factories.exchange_at(world, State.RECEIVED)
    restated = factories.exchange_at(world, State.RESTATED)
    understood = factories.exchange_at(world, State.UNDERSTOOD)
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    tom.opens(f"/exchanges/{received.reference}/restate/")
    check_back.writes_restatement(tom, happened="", worries="Noted.", first="")
    tom.is_told("This has not been saved")
    inspector(tom)
    words = " ".join(received.items.values_list("text", flat=True))
    check_back.writes_restatement(tom, happened=words, worries=words, first=words)
    tom.sees("Send it as it is, although it is nearly the sender’s own wording")
    tom.still_has(check_back.WORRIES, words)
    look_again(inspector, tom)
    tom.opens(f"/exchanges/{understood.reference}/agreement/")
    tom.presses("Send this answer")
    tom.is_told("There is a problem")
    inspector(tom)
    assert tom.opens(f"/exchanges/{understood.reference}/restate/") == 409
    inspector(tom)
    priya.opens(f"/exchanges/{restated.reference}/check/")
    priya.presses("Save and tell them")
    priya.is_told("There is a problem")
    inspector(priya)
    priya.chooses("Not yet: ask them to say it again")
    priya.presses("Save and tell them")
    priya.is_told("This has not been saved")
    look_again(inspector, priya)


def test_pages_that_refuse(world: World, signed_in: AtABrowser, inspector: Inspector) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    priya, stranger, ada = (
        signed_in(m) for m in (world.priya, world.stranger.practitioner, world.school.administrator)
    )
    assert stranger.opens(f"/exchanges/{exchange.reference}/") == 404
    inspector(stranger)
    assert ada.opens("/concerns/") == 403
    inspector(ada)
    assert priya.opens("/no-such-page/") == 404
    priya.opens("/concerns/WF-00-0000/")
    inspector(priya)


def test_pages_of_the_other_roles(world: World, signed_in: AtABrowser, inspector: Inspector) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    school = world.school
    pages = {
        school.lead: ["/", "/lead/", "/notices/not-delivered/", f"/exchanges/{exchange.reference}/"],
        school.administrator: [
            "/team/",
            "/team/add/",
            f"/team/{school.practitioner.pk}/",
            f"/cover/{school.practitioner.pk}/deputy/",
            "/contact-points/",
            "/contact-points/add/",
        ],
        school.auditor: ["/audit/events/", "/audit/access/", "/audit/seals/"],
        world.coordinator: ["/partnership/", "/partnership/time-limits/", "/partnership/time-limits/answer/"],
        world.two_hats[0]: ["/hat/"],
        school.practitioner: ["/people/", "/people/P-000001/", "/concerns/", "/directory/", "/notices/"],
    }
    for member, addresses in pages.items():
        somebody = signed_in(member)
        for address in addresses:
            assert somebody.opens(address) == 200, address
            inspector(somebody)


def look_again(inspector: Inspector, somebody: Somebody) -> None:
    """Look at a page of a kind that was seen already, because something else is wrong on it."""
    inspector.seen.clear()
    inspector(somebody)
